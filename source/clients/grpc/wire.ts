import {type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders} from 'node:http2';
import type {Socket} from 'node:net';
import {createFrameReader, type FrameReader, frameHead} from './frames.ts';
import {cancelled, connectionLost, notGrpc, objection, resetBy, statusIn, type WireEnd} from './status.ts';

/**
Megabytes that may wait in a session. Node's default of 10 kills streams with ENHANCE_YOUR_CALM as soon as a few of them wait for their
flow control at once; what really bounds our memory is what each call lets wait.
*/
const maxSessionMemory = 1024;

/** What the other side may send before we have read it: of one call, and of all. HTTP/2's 64 KiB for all would make it wait for us all the time. */
const windowBytes = 256 * 1024;
const sessionWindowBytes = 4 * windowBytes;

const defaultMaxAnswerBytes = 4 * 1024 * 1024;

export type WireCallOptions = {
	/** One with several values is sent as often. */
	readonly headers?: Readonly<Record<string, string | string[]>>;
	readonly maxAnswerBytes?: number;
	/** For answers that are not wanted as whole messages; what it finds goes to `onMessage`. */
	readonly reader?: FrameReader;
	/** One message of the daemon's. */
	onMessage(bytes: Buffer): void;
	/** Once, never before `open` has returned, and nothing comes after it. */
	onEnd(end: WireEnd): void;
};

export type WireCall = {
	/** One message, in pieces that nobody may change any more. Nothing holds the sender back: it counts the answers. */
	send(pieces: readonly Uint8Array[]): void;
	/** No more messages; what was sent still arrives. */
	end(): void;
	/** The daemon is held back, as soon as what is on its way has come, and goes on. */
	pause(): void;
	resume(): void;
	/** Nothing more, at once, in either direction. */
	cancel(): void;
};

/** gRPC by hand over one HTTP/2 session, which is opened when it is needed and again when it broke or was told to go away. */
export type Http2Grpc = {
	open(method: string, options: WireCallOptions): WireCall;
	/** Whether the next call goes over the connection that there is. */
	isOpen(): boolean;
	close(): void;
};

type Opened = {readonly session: ClientHttp2Session; readonly socket: Socket};

/** What the end of a stream means, once it is closed. */
const endOf = ({session, socket}: Opened, stream: ClientHttp2Stream, seen: {readonly isBare: boolean; readonly error: Error | undefined}): WireEnd => {
	if (seen.isBare) return notGrpc('the answer ended without a status');
	const rstCode = stream.rstCode ?? constants.NGHTTP2_NO_ERROR;
	const isQuiet = rstCode === constants.NGHTTP2_NO_ERROR || rstCode === constants.NGHTTP2_CANCEL;
	if (session.destroyed || socket.destroyed || (session.closed && isQuiet)) return connectionLost(seen.error?.message);
	return resetBy(rstCode);
};

const follow = (opened: Opened, stream: ClientHttp2Stream, options: WireCallOptions, onQuiet: () => void): WireCall => {
	const reader = options.reader ?? createFrameReader(options.maxAnswerBytes ?? defaultMaxAnswerBytes);
	let headers: IncomingHttpHeaders | undefined;
	let trailers: IncomingHttpHeaders | undefined;
	let isBare = false;
	let isOver = false;
	let error: Error | undefined;

	const settle = (end: WireEnd): void => {
		if (isOver) return;
		isOver = true;
		onQuiet();
		// Whatever still waits to be sent would wait for ever, since nobody reads it.
		if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
		options.onEnd(end);
	};

	stream.on('response', received => {
		headers = received;
		const wrong = statusIn(received) === undefined ? objection(received) : undefined;
		if (wrong !== undefined) settle(wrong);
	});
	stream.on('trailers', received => {
		trailers = received;
	});
	stream.on('data', (piece: Buffer) => {
		if (isOver) return;
		try {
			for (const message of reader.push(piece)) if (!isOver) options.onMessage(message);
		} catch (problem) {
			settle(notGrpc(problem instanceof Error ? problem.message : String(problem)));
		}
	});
	stream.on('error', problem => {
		error = problem;
	});
	stream.on('end', () => {
		const status = statusIn(trailers) ?? statusIn(headers);
		if (status !== undefined) settle(status.code === 0 && !reader.isEmpty() ? notGrpc('the last message is cut') : status);
		else if (!stream.closed && headers !== undefined) {
			isBare = true;
			stream.close(constants.NGHTTP2_CANCEL);
		}
	});
	stream.on('close', () => settle(statusIn(trailers) ?? endOf(opened, stream, {isBare, error})));

	return {
		send: pieces => {
			if (isOver || stream.destroyed || stream.closed) return;
			// Corked, so that the head does not travel alone.
			stream.cork();
			stream.write(frameHead(pieces.reduce((sum, piece) => sum + piece.byteLength, 0)));
			for (const piece of pieces) stream.write(piece);
			stream.uncork();
		},
		// What we have said all of still has its answer to come: until then the process stays.
		end: () => void stream.end(),
		pause: () => void stream.pause(),
		resume: () => void stream.resume(),
		cancel: () => settle(cancelled),
	};
};

/** `dial` may answer a socket that is not connected yet; it is asked again when one is used up. */
export const openHttp2 = (dial: () => Socket, authority = 'localhost'): Http2Grpc => {
	let current: Opened | undefined;
	let busy = new Set<symbol>();
	const isOpen = (): boolean => current !== undefined && !current.session.closed && !current.session.destroyed && !current.socket.destroyed;

	const connected = (): Opened => {
		if (current !== undefined && !current.session.closed && !current.session.destroyed) return current;
		const socket = dial();
		const session = connect('http://localhost', {createConnection: () => socket, maxSessionMemory, settings: {enablePush: false, initialWindowSize: windowBytes}});
		session.once('connect', () => {
		// It may have been given up before the socket was there.
		if (!session.destroyed) session.setLocalWindowSize(sessionWindowBytes);
	});
		// Every stream of it hears of it by itself.
		session.on('error', () => {});
		session.unref();
		busy = new Set();
		current = {session, socket};
		return current;
	};

	return {
		open: (method, options) => {
			const key = Symbol(method);
			try {
				const opened = connected();
				const {session} = opened;
				const stream = session.request({
					':method': 'POST',
					':path': method,
					':authority': authority,
					'content-type': 'application/grpc',
					te: 'trailers',
					...options.headers,
				});
				const mine = busy;
				mine.add(key);
				session.ref();
				return follow(opened, stream, options, () => {
					// An idle session is no reason for the process to stay.
					if (mine.delete(key) && mine.size === 0 && !session.destroyed) session.unref();
				});
			} catch (error) {
				queueMicrotask(() => options.onEnd(connectionLost(error instanceof Error ? error.message : String(error))));
				return {send: () => {}, end: () => {}, pause: () => {}, resume: () => {}, cancel: () => {}};
			}
		},
		isOpen,
		close: () => current?.session.destroy(),
	};
};
