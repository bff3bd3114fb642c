import type {Socket} from 'node:net';
import {connectHttp2, type Header, type Http2Client} from '../http2/index.ts';
import {createFrameReader, frameHead} from './frames.ts';
import {type AnswerHeaders, cancelled, connectionLost, notGrpc, objection, resetBy, statusIn, type WireEnd} from './status.ts';
import type {Wire, WireCall, WireCallOptions} from './types.ts';

const defaultMaxAnswerBytes = 4 * 1024 * 1024;

/** Of one that came more than once, the first. */
const answerHeaders = (headers: readonly Header[]): AnswerHeaders => Object.fromEntries(headers.toReversed());

const requestHeaders = (method: string, authority: string, more: WireCallOptions['headers'] = {}): readonly Header[] => [
	[':method', 'POST'],
	[':scheme', 'http'],
	[':path', method],
	[':authority', authority],
	['content-type', 'application/grpc'],
	['te', 'trailers'],
	...Object.entries(more).flatMap(([name, values]) => [values].flat().map((value): Header => [name, value])),
];

const follow = (client: Http2Client, headers: readonly Header[], options: WireCallOptions, onQuiet: () => void): WireCall => {
	const reader = options.reader ?? createFrameReader(options.maxAnswerBytes ?? defaultMaxAnswerBytes);
	let first: AnswerHeaders | undefined;
	let trailers: AnswerHeaders | undefined;
	let isOver = false;

	const settle = (end: WireEnd): void => {
		if (isOver) return;
		isOver = true;
		onQuiet();
		// Whatever still waits to be sent would wait for ever, since nobody reads it.
		stream.cancel();
		options.onEnd(end);
	};

	const stream = client.open(headers, {
		onHeaders: block => {
			if (isOver) return;
			const received = answerHeaders(block);
			// Of those that only say that the answer will come.
			if (received[':status']?.startsWith('1')) return;
			if (first !== undefined) {
				trailers = received;
				return;
			}

			first = received;
			const wrong = statusIn(received) === undefined ? objection(received) : undefined;
			if (wrong !== undefined) settle(wrong);
		},
		onData: piece => {
			if (isOver) return;
			try {
				for (const message of reader.push(piece)) if (!isOver) options.onMessage(message);
			} catch (problem) {
				settle(notGrpc(problem instanceof Error ? problem.message : String(problem)));
			}
		},
		onEnd: () => {
			const status = statusIn(trailers) ?? statusIn(first);
			if (status === undefined) settle(notGrpc('the answer ended without a status'));
			else settle(status.code === 0 && !reader.isEmpty() ? notGrpc('the last message is cut') : status);
		},
		onCut: cut => settle(cut.kind === 'lost' ? connectionLost(cut.words) : resetBy(cut.code)),
	});

	return {
		send: pieces => {
			if (isOver) return;
			stream.write(frameHead(pieces.reduce((sum, piece) => sum + piece.byteLength, 0)));
			for (const piece of pieces) stream.write(piece);
		},
		end: () => stream.end(),
		pause: () => stream.pause(),
		resume: () => stream.resume(),
		cancel: () => settle(cancelled),
	};
};

/** gRPC by hand over HTTP/2 by hand. `dial` may answer a socket that is not connected yet; it is asked again when one is used up. */
export const openWire = (dial: () => Socket, authority = 'localhost'): Wire => {
	let current: {readonly client: Http2Client; readonly socket: Socket; busy: number} | undefined;

	return {
		open: (method, options) => {
			if (current?.client.isOpen() !== true) {
				const socket = dial();
				current = {socket, client: connectHttp2(socket), busy: 0};
				// An idle connection is no reason for the process to stay.
				socket.unref?.();
			}

			const mine = current;
			const call = follow(mine.client, requestHeaders(method, authority, options.headers), options, () => {
				if (--mine.busy === 0) mine.socket.unref?.();
			});
			if (mine.busy++ === 0) mine.socket.ref?.();
			return call;
		},
		isOpen: () => current?.client.isOpen() === true,
		close: () => current?.client.close(),
	};
};
