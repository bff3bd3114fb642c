import {breach, errorCode, flag, frameType, headBytes, standardFrameBytes} from './frames.ts';

export type Frame = {readonly type: number; readonly flags: number; readonly streamId: number; readonly payload: Buffer};

/** What a parser tells, in the order in which it came. */
export type FrameListener = {
	/** A DATA frame begins; `bytes` count against the windows, padding included. */
	onDataHead(streamId: number, bytes: number): void;
	/** Part of its payload, as it came off the wire: never copied, never put together. */
	onData(streamId: number, piece: Buffer): void;
	/** Bytes of it that are no payload. */
	onPadding(streamId: number, bytes: number): void;
	onDataEnd(streamId: number, endsStream: boolean): void;
	onFrame(frame: Frame): void;
};

/** Before everything else a client sends these. */
export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

type DataFrame = {readonly streamId: number; readonly endsStream: boolean; left: number; padding: number; needsPadLength: boolean};

const startData = (head: {readonly length: number; readonly flags: number; readonly streamId: number}): DataFrame => {
	if (head.streamId === 0) throw breach(errorCode.protocol, 'DATA on no stream');
	const isPadded = (head.flags & flag.padded) !== 0;
	if (isPadded && head.length === 0) throw breach(errorCode.frameSize, 'padding without a length');
	return {streamId: head.streamId, endsStream: (head.flags & flag.endStream) !== 0, left: head.length, padding: 0, needsPadLength: isPadded};
};

/** The bytes of the other side, cut anywhere, as frames. A client says its preface first. Throws a breach; nothing may be pushed after that. */
export const createFrameParser = (listener: FrameListener, from: 'client' | 'server'): {push(bytes: Buffer): void} => {
	let held: Buffer = Buffer.alloc(0);
	let isGreeted = from === 'server';
	let data: DataFrame | undefined;

	const greet = (): boolean => {
		const seen = Math.min(held.length, preface.length);
		if (!held.subarray(0, seen).equals(preface.subarray(0, seen))) throw breach(errorCode.protocol, 'what came first is not HTTP/2');
		if (seen < preface.length) return false;
		held = held.subarray(preface.length);
		isGreeted = true;
		return true;
	};

	const takeData = (current: DataFrame): boolean => {
		if (current.needsPadLength) {
			const padding = held[0];
			if (padding === undefined) return false;
			held = held.subarray(1);
			current.left -= 1;
			if (padding > current.left) throw breach(errorCode.protocol, 'more padding than there are bytes');
			current.padding = padding;
			current.needsPadLength = false;
			listener.onPadding(current.streamId, padding + 1);
		}

		const payload = Math.min(held.length, current.left - current.padding);
		if (payload > 0) {
			listener.onData(current.streamId, held.subarray(0, payload));
			held = held.subarray(payload);
			current.left -= payload;
		}

		if (current.left <= current.padding) {
			const padding = Math.min(held.length, current.left);
			held = held.subarray(padding);
			current.left -= padding;
			current.padding = current.left;
		}

		if (current.left > 0) return false;
		data = undefined;
		listener.onDataEnd(current.streamId, current.endsStream);
		return true;
	};

	const step = (): boolean => {
		if (!isGreeted) return held.length > 0 && greet();
		if (data !== undefined) return takeData(data);
		if (held.length < headBytes) return false;
		const head = {length: held.readUIntBE(0, 3), type: held[3]!, flags: held[4]!, streamId: held.readUInt32BE(5) & 0x7f_ff_ff_ff};
		if (head.length > standardFrameBytes) throw breach(errorCode.frameSize, `a frame of ${head.length} bytes`);
		if (head.type === frameType.data) {
			held = held.subarray(headBytes);
			data = startData(head);
			listener.onDataHead(head.streamId, head.length);
			return true;
		}

		const end = headBytes + head.length;
		if (held.length < end) return false;
		const payload = held.subarray(headBytes, end);
		held = held.subarray(end);
		listener.onFrame({type: head.type, flags: head.flags, streamId: head.streamId, payload});
		return true;
	};

	return {
		push: bytes => {
			held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
			while (step());
		},
	};
};
