import type {Duplex} from 'node:stream';
import {breach, errorCode, flag, frame, frameType, headBytes, isBreach, maxWindow, numberFrame, setting, standardFrameBytes, standardWindow} from './frames.ts';
import {createHeaderDecoder, type Header} from './hpack.ts';
import type {Receiving} from './incoming.ts';
import {createFrameParser, type Frame} from './parse.ts';
import {createSender, type Outgoing, type Sender} from './sender.ts';

/** Of the connection, given back as bytes arrive: each stream's own window is what holds the other side back. */
const connectionWindow = 16 * 1024 * 1024;

export const maxHeaderBytes = 4 * 1024 * 1024;

/** What the two sides of a connection do differently. */
export type Side = {
	/** Who speaks to us. */
	readonly from: 'client' | 'server';
	/** The halves of a stream that is under way. */
	stream(streamId: number): {readonly receiving: Receiving; readonly outgoing: Outgoing} | undefined;
	/** Whether there has been such a stream, or is. */
	wasOpened(streamId: number): boolean;
	/** A whole block of them. */
	takeHeaders(streamId: number, headers: readonly Header[], endsStream: boolean): void;
	takeEnd(streamId: number): void;
	/** The other side cut it. */
	takeReset(streamId: number, code: number): void;
	takeGoAway(lastStreamId: number, code: number, words: string): void;
	/** One of the other side's settings that is not about windows or frames. */
	takeSetting(id: number, value: number): void;
	/** The other side broke the protocol in this stream only. */
	cut(streamId: number, code: number): void;
	/** The connection is over, once: with what broke it, if something did. */
	over(error: Error | undefined): void;
	/** For the words of our goodbye: of the streams that the other side opened. */
	lastStreamId(): number;
};

export type Connection = {
	readonly sender: Sender;
	readonly isOver: () => boolean;
	/** Say why, then end. */
	leave(code: number, error: Error | undefined): void;
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

/** What both sides of an HTTP/2 connection have to do over their pipe (RFC 9113): frames, headers, windows, settings, pings and the end. */
export const openConnection = (pipe: Duplex, side: Side, hello: readonly Buffer[]): Connection => {
	const decoder = createHeaderDecoder(4096, maxHeaderBytes);
	const sender = createSender(pipe);
	let block: HeaderBlock | undefined;
	let isOver = false;
	let window = connectionWindow;

	const shut = (error: Error | undefined): void => {
		if (isOver) return;
		isOver = true;
		side.over(error);
	};

	const leave = (code: number, error: Error | undefined): void => {
		if (isOver) return;
		const words = Buffer.from(error?.message ?? '');
		const payload = Buffer.concat([Buffer.alloc(8), words]);
		payload.writeUInt32BE(side.lastStreamId(), 0);
		payload.writeUInt32BE(code, 4);
		shut(error);
		sender.control(frame(frameType.goAway, 0, 0, payload));
		sender.end();
	};

	const takeBlock = ({streamId, endsStream, pieces}: HeaderBlock): void => {
		let headers: readonly Header[];
		try {
			// Even of a stream that is gone: the table of headers is the connection's.
			headers = decoder.decode(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
		} catch (error) {
			throw breach(errorCode.compression, error instanceof Error ? error.message : String(error));
		}

		side.takeHeaders(streamId, headers, endsStream);
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
			} else side.takeSetting(id, value);
		}

		sender.control(frame(frameType.settings, flag.ack, 0));
	};

	const takeWindow = ({streamId, payload}: Frame): void => {
		sizeMustBe(payload, payload.length === 4);
		const bytes = payload.readUInt32BE(0) & 0x7f_ff_ff_ff;
		if (bytes === 0) throw breach(errorCode.protocol, 'a window wider by nothing', streamId === 0 ? undefined : streamId);
		if (streamId === 0) sender.widen(bytes);
		else if (!side.wasOpened(streamId)) throw breach(errorCode.protocol, 'a window of no stream');
		else side.stream(streamId)?.outgoing.widen(bytes);
	};

	const takeReset = ({streamId, payload}: Frame): void => {
		sizeMustBe(payload, payload.length === 4);
		if (streamId === 0 || !side.wasOpened(streamId)) throw breach(errorCode.protocol, 'a reset of no stream');
		side.takeReset(streamId, payload.readUInt32BE(0));
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
			throw breach(errorCode.protocol, 'a push, which was not asked for');
		},
		[frameType.goAway]: ({payload}) => {
			sizeMustBe(payload, payload.length >= 8);
			side.takeGoAway(payload.readUInt32BE(0) & 0x7f_ff_ff_ff, payload.readUInt32BE(4), payload.toString('utf8', 8));
		},
	};

	/** A breach of one stream costs that stream. */
	const guarded = (work: () => void): void => {
		try {
			work();
		} catch (error) {
			if (!isBreach(error) || error.streamId === undefined) throw error;
			side.cut(error.streamId, error.http2Code);
		}
	};

	const parser = createFrameParser(
		{
			onDataHead: (streamId, bytes) => {
				if (block !== undefined) throw breach(errorCode.protocol, 'data between headers');
				if (!side.wasOpened(streamId)) throw breach(errorCode.protocol, 'data of no stream');
				window -= bytes;
				if (window < 0) throw breach(errorCode.flowControl, 'more bytes than the window of the connection');
				if (window < connectionWindow / 2) {
					sender.control(numberFrame(frameType.windowUpdate, 0, connectionWindow - window));
					window = connectionWindow;
				}

				guarded(() => {
					const receiving = side.stream(streamId)?.receiving;
					if (receiving?.isOver()) throw breach(errorCode.streamClosed, 'data after the end', streamId);
					receiving?.count(bytes);
				});
			},
			onData: (streamId, piece) => side.stream(streamId)?.receiving.push(piece),
			onPadding: (streamId, bytes) => side.stream(streamId)?.receiving.credit(bytes),
			onDataEnd: (streamId, endsStream) => {
				if (endsStream) side.takeEnd(streamId);
			},
			onFrame: received => {
				if (block !== undefined && (received.type !== frameType.continuation || received.streamId !== block.streamId)) {
					throw breach(errorCode.protocol, 'another frame between headers');
				}

				guarded(() => takers[received.type]?.(received));
			},
		},
		side.from,
	);

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

	sender.control(...hello, numberFrame(frameType.windowUpdate, 0, connectionWindow - standardWindow));
	return {sender, isOver: () => isOver, leave};
};
