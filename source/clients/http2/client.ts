import type {Duplex} from 'node:stream';
import {openConnection} from './connection.ts';
import {createCredit} from './credit.ts';
import {breach, errorCode, flag, frame, frameType, headerFrames, maxWindow, numberFrame, setting, settingsFrame, standardFrameBytes} from './frames.ts';
import {encodeHeaders, type Header} from './hpack.ts';
import type {Receiving} from './incoming.ts';
import {preface} from './parse.ts';
import type {Outgoing} from './sender.ts';
import type {Cut, Http2Client, StreamListener} from './types.ts';

/** What the server may send of a stream before we have dealt with it. */
const streamWindow = 256 * 1024;

type Stream = {readonly id: number; readonly receiving: Receiving; readonly outgoing: Outgoing; readonly listener: StreamListener; isFinished: boolean; pause(): void; resume(): void};

/**
The client's side of one HTTP/2 connection over any pipe, which need not be connected yet. Node's own brings TLS and crypto along, and takes as
long to load as half of Node; and of a call it makes a stream of Node's, which costs more than most calls.
*/
export const connectHttp2 = (pipe: Duplex): Http2Client => {
	const streams = new Map<number, Stream>();
	/** What the server does not let us begin yet. */
	const queue = new Set<{begin(): void; readonly listener: StreamListener}>();
	let nextId = 1;
	let maxStreams = Number.POSITIVE_INFINITY;
	let isLeaving = false;

	const forget = (stream: Stream): void => {
		streams.delete(stream.id);
		if (!stream.isFinished) stream.outgoing.drop();
		for (const next of queue) {
			if (streams.size >= maxStreams) break;
			queue.delete(next);
			next.begin();
		}

		if (isLeaving && streams.size === 0) sender.end();
	};

	const reset = (stream: Stream, code: number): void => {
		if (!streams.has(stream.id)) return;
		forget(stream);
		sender.control(numberFrame(frameType.reset, stream.id, code));
	};

	const takeEnd = (id: number): void => {
		const stream = streams.get(id);
		if (stream === undefined) return;
		// What we have not said by now nobody wants to hear.
		if (stream.isFinished) forget(stream);
		else reset(stream, errorCode.cancel);
		stream.listener.onEnd();
	};

	const cutOff = (stream: Stream | undefined, cut: Cut): void => {
		if (stream === undefined) return;
		forget(stream);
		stream.listener.onCut(cut);
	};

	const cutAllAbove = (lastStreamId: number, cut: Cut): void => {
		const waiting = [...queue];
		queue.clear();
		for (const stream of [...streams.values()]) if (stream.id > lastStreamId) cutOff(stream, cut);
		for (const {listener} of waiting) listener.onCut(cut);
	};

	const openStream = (headers: readonly Header[], listener: StreamListener): Stream => {
		const block = encodeHeaders(headers);
		const id = nextId;
		nextId += 2;
		const credit = createCredit(id, streamWindow, bytes => sender.control(numberFrame(frameType.windowUpdate, id, bytes)));
		let isPaused = false;
		let held = 0;
		const stream: Stream = {
			id,
			listener,
			isFinished: false,
			receiving: {
				count: credit.count,
				credit: credit.give,
				push: piece => {
					if (isPaused) held += piece.length;
					else credit.give(piece.length);
					listener.onData(piece);
				},
				isOver: () => false,
			},
			outgoing: sender.open(id, () => {
				stream.isFinished = true;
			}),
			pause: () => {
				isPaused = true;
			},
			resume: () => {
				isPaused = false;
				if (streams.has(id)) credit.give(held);
				held = 0;
			},
		};
		streams.set(id, stream);
		sender.control(...headerFrames(block, id, false, standardFrameBytes));
		return stream;
	};

	const {sender, isOver, leave} = openConnection(
		pipe,
		{
			from: 'server',
			stream: id => streams.get(id),
			wasOpened: id => id % 2 === 1 && id < nextId,
			takeHeaders: (id, headers, endsStream) => {
				if (id % 2 === 0 || id >= nextId) throw breach(errorCode.protocol, `headers of stream ${id}, which was not opened`);
				streams.get(id)?.listener.onHeaders(headers);
				if (endsStream) takeEnd(id);
			},
			takeEnd,
			takeReset: (id, code) => cutOff(streams.get(id), {kind: 'reset', code}),
			takeGoAway: (lastStreamId, code, words) => {
				isLeaving = true;
				cutAllAbove(code === errorCode.none ? lastStreamId : 0, {kind: 'lost', words: words === '' ? undefined : words});
				if (streams.size === 0) sender.end();
			},
			takeSetting: (id, value) => {
				if (id === setting.maxConcurrentStreams) maxStreams = value;
			},
			cut: (id, code) => {
				const stream = streams.get(id);
				if (stream === undefined) return;
				reset(stream, code);
				stream.listener.onCut({kind: 'reset', code});
			},
			over: error => cutAllAbove(0, {kind: 'lost', words: error?.message}),
			lastStreamId: () => 0,
		},
		[preface, settingsFrame([[setting.enablePush, 0], [setting.initialWindowSize, streamWindow]])],
	);

	return {
		open: (headers, listener) => {
			let stream: Stream | undefined;
			const early: Array<(stream: Stream) => void> = [];
			const whenBegun = (work: (stream: Stream) => void): void => {
				if (stream === undefined) early.push(work);
				else if (streams.has(stream.id)) work(stream);
			};

			const waiting = {
				listener,
				begin: () => {
					stream = openStream(headers, listener);
					for (const work of early) work(stream);
				},
			};
			if (streams.size < maxStreams) waiting.begin();
			else queue.add(waiting);
			return {
				write: piece => whenBegun(({outgoing}) => outgoing.write(piece)),
				end: () => whenBegun(({id, outgoing}) => outgoing.finish([frame(frameType.data, flag.endStream, id)])),
				pause: () => whenBegun(({pause}) => pause()),
				resume: () => whenBegun(({resume}) => resume()),
				cancel: () => {
					if (!queue.delete(waiting)) whenBegun(begun => reset(begun, errorCode.cancel));
				},
			};
		},
		isOpen: () => !isOver() && !isLeaving && !pipe.destroyed && nextId < maxWindow,
		close: () => {
			leave(errorCode.none, undefined);
			pipe.destroy();
		},
	};
};
