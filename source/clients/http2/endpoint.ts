import type {Duplex} from 'node:stream';
import {breach, errorCode, flag, frame, frameType, headBytes, headerFrames, isBreach, maxWindow, numberFrame, setting, settingsFrame, standardFrameBytes, standardWindow} from './frames.ts';
import {createHeaderDecoder, encodeHeaders, type Header} from './hpack.ts';
import {createIncoming, type Incoming, streamWindow} from './incoming.ts';
import {createFrameParser, type Frame} from './parse.ts';
import {createSender, type Outgoing} from './sender.ts';
import type {Http2Endpoint, Http2Request} from './types.ts';

/** Of the connection, given back as bytes arrive: each stream's own window is what holds the other side back. */
const connectionWindow = 16 * 1024 * 1024;

/** More at once than any build asks for. */
const maxStreams = 1024;

const maxHeaderBytes = 4 * 1024 * 1024;

type Stream = {
	readonly id: number;
	readonly incoming: Incoming;
	readonly outgoing: Outgoing;
	readonly cut: AbortController;
	isAnswered: boolean;
	isFinished: boolean;
};

type HeaderBlock = {readonly streamId: number; readonly endsStream: boolean; pieces: Buffer[]; bytes: number};

/** Without padding and priority, which say nothing to us. */
const blockIn = ({flags, payload}: Frame): Buffer => {
	const isPadded = (flags & flag.padded) !== 0;
	const start = (isPadded ? 1 : 0) + ((flags & flag.priority) === 0 ? 0 : 5);
	const padding = isPadded ? (payload[0] ?? 0) : 0;
	if (start + padding > payload.length) throw breach(errorCode.protocol, 'more padding than there are bytes');
	return payload.subarray(start, payload.length - padding);
};

const sizeMustBe = (payload: Buffer, isRight: boolean): void => {
	if (!isRight) throw breach(errorCode.frameSize, `a frame of ${payload.length} bytes that has another size`);
};

/**
The server's side of one HTTP/2 connection over any pipe. Node's own server runs over a socket of JavaScript with one write in flight and
hands repeated headers over joined; this one is made for few streams and many bytes.
*/
export const serveHttp2 = (pipe: Duplex, onRequest: (request: Http2Request) => void): Http2Endpoint => {
	const streams = new Map<number, Stream>();
	const decoder = createHeaderDecoder(4096, maxHeaderBytes);
	const sender = createSender(pipe);
	const closed = Promise.withResolvers<Error | undefined>();
	let lastStreamId = 0;
	let block: HeaderBlock | undefined;
	let isOver = false;
	let window = connectionWindow;

	const shut = (error: Error | undefined): void => {
		if (isOver) return;
		isOver = true;
		for (const stream of streams.values()) {
			stream.incoming.fail(error ?? new Error('the connection was closed'));
			stream.outgoing.drop();
			stream.cut.abort();
		}

		streams.clear();
		closed.resolve(error);
	};

	/** Say why, then end: what went wrong is ours to know and the other side's to read in its log. */
	const leave = (code: number, error: Error | undefined): void => {
		if (isOver) return;
		const words = Buffer.from(error?.message ?? '');
		const payload = Buffer.concat([Buffer.alloc(8), words]);
		payload.writeUInt32BE(lastStreamId, 0);
		payload.writeUInt32BE(code, 4);
		shut(error);
		sender.control(frame(frameType.goAway, 0, 0, payload));
		sender.end();
	};

	const forget = (stream: Stream, error: Error): void => {
		streams.delete(stream.id);
		stream.incoming.fail(error);
		stream.outgoing.drop();
		stream.cut.abort();
	};

	const reset = (stream: Stream, code: number): void => {
		if (!streams.has(stream.id)) return;
		forget(stream, new Error(`the stream was cut with HTTP/2 code ${code}`));
		sender.control(numberFrame(frameType.reset, stream.id, code));
	};

	const requestOf = (stream: Stream, headers: readonly Header[], path: string): Http2Request => ({
		headers,
		path,
		signal: stream.cut.signal,
		body: stream.incoming.body,
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
			if (!stream.incoming.isOver()) frames.push(numberFrame(frameType.reset, stream.id, errorCode.none));
			stream.outgoing.finish(frames);
		},
		reset: code => reset(stream, code),
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
			incoming: createIncoming(id, bytes => sender.control(numberFrame(frameType.windowUpdate, id, bytes))),
			outgoing: sender.open(id, () => streams.delete(id)),
			cut: new AbortController(),
			isAnswered: false,
			isFinished: false,
		};
		streams.set(id, stream);
		if (endsStream) stream.incoming.end();
		onRequest(requestOf(stream, headers, path));
	};

	const takeBlock = ({streamId, endsStream, pieces}: HeaderBlock): void => {
		let headers: readonly Header[];
		try {
			// Even of a stream that is gone: the table of headers is the connection's.
			headers = decoder.decode(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
		} catch (error) {
			throw breach(errorCode.compression, error instanceof Error ? error.message : String(error));
		}

		const known = streams.get(streamId);
		if (known === undefined) {
			if (streamId > lastStreamId || streamId % 2 === 0) openStream(streamId, headers, endsStream);
			return;
		}

		if (!endsStream || known.incoming.isOver()) throw breach(errorCode.protocol, 'headers in the middle of a stream', streamId);
		known.incoming.end();
	};

	const takeHeaders = (received: Frame): void => {
		const {type, flags, streamId} = received;
		if (type === frameType.headers) {
			if (streamId === 0) throw breach(errorCode.protocol, 'headers on no stream');
			block = {streamId, endsStream: (flags & flag.endStream) !== 0, pieces: [blockIn(received)], bytes: headBytes + received.payload.length};
		} else {
			if (block === undefined) throw breach(errorCode.protocol, 'a continuation of nothing');
			block.pieces.push(received.payload);
			// Empty ones count as well: there could be any number of them.
			block.bytes += headBytes + received.payload.length;
		}

		if (block.bytes > maxHeaderBytes) throw breach(errorCode.enhanceYourCalm, `more than ${maxHeaderBytes} bytes of headers`);
		if ((flags & flag.endHeaders) === 0) return;
		const whole = block;
		block = undefined;
		takeBlock(whole);
	};

	const takeSettings = ({flags, streamId, payload}: Frame): void => {
		if (streamId !== 0) throw breach(errorCode.protocol, 'settings of a stream');
		const isAck = (flags & flag.ack) !== 0;
		sizeMustBe(payload, isAck ? payload.length === 0 : payload.length % 6 === 0);
		if (isAck) return;
		for (let at = 0; at < payload.length; at += 6) {
			const value = payload.readUInt32BE(at + 2);
			const id = payload.readUInt16BE(at);
			if (id === setting.initialWindowSize) {
				if (value > maxWindow) throw breach(errorCode.flowControl, `a window of ${value} bytes`);
				sender.setInitialWindow(value);
			} else if (id === setting.maxFrameSize) {
				if (value < standardFrameBytes || value >= 2 ** 24) throw breach(errorCode.protocol, `frames of ${value} bytes`);
				sender.setMaxFrame(value);
			}
		}

		sender.control(frame(frameType.settings, flag.ack, 0));
	};

	const takeWindow = ({streamId, payload}: Frame): void => {
		sizeMustBe(payload, payload.length === 4);
		const bytes = payload.readUInt32BE(0) & 0x7f_ff_ff_ff;
		if (bytes === 0) throw breach(errorCode.protocol, 'a window wider by nothing', streamId === 0 ? undefined : streamId);
		if (streamId === 0) sender.widen(bytes);
		else if (streamId > lastStreamId) throw breach(errorCode.protocol, 'a window of no stream');
		else streams.get(streamId)?.outgoing.widen(bytes);
	};

	const takeReset = ({streamId, payload}: Frame): void => {
		sizeMustBe(payload, payload.length === 4);
		if (streamId === 0 || streamId > lastStreamId) throw breach(errorCode.protocol, 'a reset of no stream');
		const stream = streams.get(streamId);
		if (stream !== undefined) forget(stream, new Error(`the other side cut the stream with HTTP/2 code ${payload.readUInt32BE(0)}`));
	};

	const takePing = ({flags, streamId, payload}: Frame): void => {
		sizeMustBe(payload, payload.length === 8);
		if (streamId !== 0) throw breach(errorCode.protocol, 'a ping of a stream');
		if ((flags & flag.ack) === 0) sender.control(frame(frameType.ping, flag.ack, 0, payload));
	};

	const takers: Readonly<Partial<Record<number, (received: Frame) => void>>> = {
		[frameType.headers]: takeHeaders,
		[frameType.continuation]: takeHeaders,
		[frameType.settings]: takeSettings,
		[frameType.windowUpdate]: takeWindow,
		[frameType.reset]: takeReset,
		[frameType.ping]: takePing,
		[frameType.priority]: ({payload}) => sizeMustBe(payload, payload.length === 5),
		[frameType.pushPromise]: () => {
			throw breach(errorCode.protocol, 'a push from a client');
		},
	};

	/** A breach of one stream costs that stream. */
	const guarded = (work: () => void): void => {
		try {
			work();
		} catch (error) {
			if (!isBreach(error) || error.streamId === undefined) throw error;
			const stream = streams.get(error.streamId);
			if (stream !== undefined) reset(stream, error.http2Code);
		}
	};

	const parser = createFrameParser({
		onDataHead: (streamId, bytes) => {
			if (block !== undefined) throw breach(errorCode.protocol, 'data between headers');
			if (streamId > lastStreamId) throw breach(errorCode.protocol, 'data of no stream');
			window -= bytes;
			if (window < 0) throw breach(errorCode.flowControl, 'more bytes than the window of the connection');
			if (window < connectionWindow / 2) {
				sender.control(numberFrame(frameType.windowUpdate, 0, connectionWindow - window));
				window = connectionWindow;
			}

			guarded(() => {
				const stream = streams.get(streamId);
				if (stream?.incoming.isOver()) throw breach(errorCode.streamClosed, 'data after the end', streamId);
				stream?.incoming.count(bytes);
			});
		},
		onData: (streamId, piece) => streams.get(streamId)?.incoming.push(piece),
		onPadding: (streamId, bytes) => streams.get(streamId)?.incoming.credit(bytes),
		onDataEnd: (streamId, endsStream) => {
			if (endsStream) streams.get(streamId)?.incoming.end();
		},
		onFrame: received => {
			if (block !== undefined && (received.type !== frameType.continuation || received.streamId !== block.streamId)) {
				throw breach(errorCode.protocol, 'another frame between headers');
			}

			guarded(() => takers[received.type]?.(received));
		},
	});

	pipe.on('data', (bytes: Buffer) => {
		if (isOver) return;
		try {
			parser.push(bytes);
		} catch (error) {
			leave(isBreach(error) ? error.http2Code : errorCode.internal, error instanceof Error ? error : new Error(String(error)));
		}
	});
	pipe.on('error', shut);
	pipe.on('end', () => {
		shut(undefined);
		pipe.end();
	});
	pipe.on('close', () => shut(undefined));

	sender.control(
		settingsFrame([[setting.initialWindowSize, streamWindow], [setting.maxConcurrentStreams, maxStreams], [setting.maxHeaderListSize, maxHeaderBytes]]),
		numberFrame(frameType.windowUpdate, 0, connectionWindow - standardWindow),
	);

	return {closed: closed.promise, close: () => leave(errorCode.none, undefined)};
};
