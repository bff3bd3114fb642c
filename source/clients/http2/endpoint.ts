import type {Duplex} from 'node:stream';
import {maxHeaderBytes, openConnection} from './connection.ts';
import {breach, errorCode, frameType, headerFrames, numberFrame, setting, settingsFrame, standardFrameBytes} from './frames.ts';
import {encodeHeaders, type Header} from './hpack.ts';
import {createIncoming, type Incoming, streamWindow} from './incoming.ts';
import type {Outgoing} from './sender.ts';
import type {Http2Endpoint, Http2Request} from './types.ts';

/** More at once than any build asks for. */
const maxStreams = 1024;

type Stream = {
	readonly id: number;
	readonly receiving: Incoming;
	readonly outgoing: Outgoing;
	readonly cut: AbortController;
	isAnswered: boolean;
	isFinished: boolean;
};

/**
The server's side of one HTTP/2 connection over any pipe. Node's own server runs over a socket of JavaScript with one write in flight and
hands repeated headers over joined; this one is made for few streams and many bytes.
*/
export const serveHttp2 = (pipe: Duplex, onRequest: (request: Http2Request) => void): Http2Endpoint => {
	const streams = new Map<number, Stream>();
	const closed = Promise.withResolvers<Error | undefined>();
	let lastStreamId = 0;

	const forget = (stream: Stream, error: Error): void => {
		streams.delete(stream.id);
		stream.receiving.fail(error);
		stream.outgoing.drop();
		stream.cut.abort();
	};

	const reset = (streamId: number, code: number): void => {
		const stream = streams.get(streamId);
		if (stream === undefined) return;
		forget(stream, new Error(`the stream was cut with HTTP/2 code ${code}`));
		sender.control(numberFrame(frameType.reset, streamId, code));
	};

	const requestOf = (stream: Stream, headers: readonly Header[], path: string): Http2Request => ({
		headers,
		path,
		signal: stream.cut.signal,
		body: stream.receiving.body,
		respond: answer => {
			if (stream.isAnswered || !streams.has(stream.id)) return;
			stream.isAnswered = true;
			sender.control(...headerFrames(encodeHeaders([[':status', '200'], ...answer]), stream.id, false, standardFrameBytes));
		},
		write: stream.outgoing.write,
		room: stream.outgoing.room,
		finish: trailers => {
			if (stream.isFinished || !streams.has(stream.id)) return;
			stream.isFinished = true;
			const all: readonly Header[] = stream.isAnswered ? trailers : [[':status', '200'], ...trailers];
			const frames = [...headerFrames(encodeHeaders(all), stream.id, true, standardFrameBytes)];
			// Whoever has everything it wanted need not send the rest.
			if (!stream.receiving.isOver()) frames.push(numberFrame(frameType.reset, stream.id, errorCode.none));
			stream.outgoing.finish(frames);
		},
		reset: code => reset(stream.id, code),
	});

	const openStream = (id: number, headers: readonly Header[], endsStream: boolean): void => {
		if (id % 2 === 0 || id <= lastStreamId) throw breach(errorCode.protocol, `a stream of number ${id} after ${lastStreamId}`);
		lastStreamId = id;
		const path = headers.find(([name]) => name === ':path')?.[1];
		const method = headers.find(([name]) => name === ':method')?.[1];
		if (streams.size >= maxStreams || path === undefined || method === undefined) {
			sender.control(numberFrame(frameType.reset, id, streams.size >= maxStreams ? errorCode.refusedStream : errorCode.protocol));
			return;
		}

		const stream: Stream = {
			id,
			receiving: createIncoming(id, bytes => sender.control(numberFrame(frameType.windowUpdate, id, bytes))),
			outgoing: sender.open(id, () => streams.delete(id)),
			cut: new AbortController(),
			isAnswered: false,
			isFinished: false,
		};
		streams.set(id, stream);
		if (endsStream) stream.receiving.end();
		onRequest(requestOf(stream, headers, path));
	};

	const {sender, leave} = openConnection(
		pipe,
		{
			from: 'client',
			stream: id => streams.get(id),
			wasOpened: id => id <= lastStreamId,
			takeHeaders: (id, headers, endsStream) => {
				const known = streams.get(id);
				if (known === undefined) {
					if (id > lastStreamId || id % 2 === 0) openStream(id, headers, endsStream);
					return;
				}

				if (!endsStream || known.receiving.isOver()) throw breach(errorCode.protocol, 'headers in the middle of a stream', id);
				known.receiving.end();
			},
			takeEnd: id => streams.get(id)?.receiving.end(),
			takeReset: (id, code) => {
				const stream = streams.get(id);
				if (stream !== undefined) forget(stream, new Error(`the other side cut the stream with HTTP/2 code ${code}`));
			},
			// Who says goodbye ends the connection when it has what it wanted.
			takeGoAway: () => undefined,
			takeSetting: () => undefined,
			cut: reset,
			over: error => {
				for (const stream of streams.values()) {
					stream.receiving.fail(error ?? new Error('the connection was closed'));
					stream.outgoing.drop();
					stream.cut.abort();
				}

				streams.clear();
				closed.resolve(error);
			},
			lastStreamId: () => lastStreamId,
		},
		[settingsFrame([[setting.initialWindowSize, streamWindow], [setting.maxConcurrentStreams, maxStreams], [setting.maxHeaderListSize, maxHeaderBytes]])],
	);

	return {closed: closed.promise, close: () => leave(errorCode.none, undefined)};
};
