export const frameType = {
	data: 0,
	headers: 1,
	priority: 2,
	reset: 3,
	settings: 4,
	pushPromise: 5,
	ping: 6,
	goAway: 7,
	windowUpdate: 8,
	continuation: 9,
} as const;

export const flag = {endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32} as const;

export const setting = {headerTableSize: 1, enablePush: 2, maxConcurrentStreams: 3, initialWindowSize: 4, maxFrameSize: 5, maxHeaderListSize: 6} as const;

export const errorCode = {
	none: 0,
	protocol: 1,
	internal: 2,
	flowControl: 3,
	streamClosed: 5,
	frameSize: 6,
	refusedStream: 7,
	cancel: 8,
	compression: 9,
	enhanceYourCalm: 11,
	inadequateSecurity: 12,
} as const;

export const headBytes = 9;

/** What a frame may hold unless the other side's SETTINGS say more; ours never do. */
export const standardFrameBytes = 16_384;

export const standardWindow = 65_535;

export const maxWindow = 2 ** 31 - 1;

/** The other side broke the protocol: of the whole connection, or of one stream only. */
export type Breach = Error & {readonly http2Code: number; readonly streamId: number | undefined};

export const breach = (http2Code: number, message: string, streamId?: number): Breach => Object.assign(new Error(message), {http2Code, streamId});

export const isBreach = (error: unknown): error is Breach => error instanceof Error && typeof (error as Partial<Breach>).http2Code === 'number';

export const writeHead = (into: Buffer, at: number, length: number, type: number, flags: number, streamId: number): void => {
	into.writeUIntBE(length, at, 3);
	into[at + 3] = type;
	into[at + 4] = flags;
	into.writeUInt32BE(streamId, at + 5);
};

export const frame = (type: number, flags: number, streamId: number, payload: Uint8Array = Buffer.alloc(0)): Buffer => {
	const bytes = Buffer.allocUnsafe(headBytes + payload.length);
	writeHead(bytes, 0, payload.length, type, flags, streamId);
	bytes.set(payload, headBytes);
	return bytes;
};

export const numberFrame = (type: number, streamId: number, ...values: readonly number[]): Buffer => {
	const payload = Buffer.alloc(4 * values.length);
	for (const [index, value] of values.entries()) payload.writeUInt32BE(value, index * 4);
	return frame(type, 0, streamId, payload);
};

export const settingsFrame = (settings: ReadonlyArray<readonly [id: number, value: number]>): Buffer => {
	const payload = Buffer.alloc(6 * settings.length);
	for (const [index, [id, value]] of settings.entries()) {
		payload.writeUInt16BE(id, index * 6);
		payload.writeUInt32BE(value, index * 6 + 2);
	}

	return frame(frameType.settings, 0, 0, payload);
};

/** A block of headers, cut where one frame ends: no frame of another stream may come between. */
export const headerFrames = (block: Buffer, streamId: number, isLast: boolean, maxFrameBytes: number): readonly Buffer[] => {
	const frames: Buffer[] = [];
	for (let at = 0; at === 0 || at < block.length; at += maxFrameBytes) {
		const piece = block.subarray(at, at + maxFrameBytes);
		const endsHeaders = at + maxFrameBytes >= block.length ? flag.endHeaders : 0;
		if (at === 0) frames.push(frame(frameType.headers, endsHeaders | (isLast ? flag.endStream : 0), streamId, piece));
		else frames.push(frame(frameType.continuation, endsHeaders, streamId, piece));
	}

	return frames;
};
