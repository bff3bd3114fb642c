import {type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders} from 'node:http2';
import type {Socket} from 'node:net';
import {Duplex} from 'node:stream';
import {Failure} from '../../../errors.ts';
import {ControlService} from '../../../protocol/generated/buildkit-control.ts';
import {bytesMessageHead, createBytesReader} from './bytes-message.ts';

/** What may be on its way into the outer connection: with one write at a time the line would be idle between them. */
const pendingBytes = 2 * 1024 * 1024;

const windowBytes = 8 * 1024 * 1024;

const lost = (trailers: IncomingHttpHeaders | undefined): Error | undefined => {
	const status = trailers?.['grpc-status'];
	if (status === undefined || status === '0') return undefined;
	return new Failure('unavailable', `BuildKit ended the session: ${String(trailers?.['grpc-message'] ?? `status ${String(status)}`)}`);
};

/** The bytes within the messages of one stream, as a pipe. */
const pipeOver = (session: ClientHttp2Session, stream: ClientHttp2Stream): Duplex => {
	const reader = createBytesReader();
	let pending = 0;
	let waiting: (() => void) | undefined;
	let trailers: IncomingHttpHeaders | undefined;

	const send = (chunks: readonly Buffer[], done: () => void): void => {
		const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
		pending += length;
		stream.cork();
		stream.write(bytesMessageHead(length));
		for (const chunk of chunks.slice(0, -1)) stream.write(chunk);
		stream.write(chunks.at(-1)!, () => {
			pending -= length;
			if (pending >= pendingBytes) return;
			// It may write again at once, and wait again.
			const next = waiting;
			waiting = undefined;
			next?.();
		});
		stream.uncork();
		if (pending < pendingBytes) done();
		else waiting = done;
	};

	const pipe = new Duplex({
		readableHighWaterMark: 1024 * 1024,
		read: () => void stream.resume(),
		write: (chunk: Buffer, _encoding, done) => send([chunk], done),
		final: done => {
			stream.end();
			done();
		},
		destroy: (error, done) => {
			stream.close(constants.NGHTTP2_CANCEL);
			session.destroy();
			done(error);
		},
	});
	const fail = (error: Error | undefined): void => void pipe.destroy(error);
	stream.on('response', headers => {
		const error = lost(headers);
		if (error !== undefined) fail(error);
	});
	stream.on('trailers', received => {
		trailers = received;
	});
	stream.on('data', (piece: Buffer) => {
		try {
			for (const part of reader.push(piece)) if (!pipe.push(part)) stream.pause();
		} catch (error) {
			fail(error as Error);
		}
	});
	stream.on('end', () => {
		const error = lost(trailers);
		if (error === undefined) pipe.push(null);
		else fail(error);
	});
	stream.on('error', fail);
	stream.on('close', () => fail(undefined));
	session.on('error', fail);
	return pipe;
};

/** A session as buildkitd has it: a call of Control.Session, whose messages hold the bytes of a connection on which we are the server. */
export const openPipe = (socket: Socket, authority: string, headers: Readonly<Record<string, string | readonly string[]>>): Duplex => {
	const session = connect('http://localhost', {
		createConnection: () => socket,
		maxSessionMemory: 1024,
		settings: {enablePush: false, initialWindowSize: windowBytes},
	});
	session.once('connect', () => session.setLocalWindowSize(2 * windowBytes));
	const stream = session.request({
		...{':method': 'POST', ':path': ControlService.session.path, ':authority': authority},
		...{'content-type': 'application/grpc', te: 'trailers', ...headers},
	});
	return pipeOver(session, stream);
};
