import {Socket} from 'node:net';
import type {Writable} from 'node:stream';
import {breach, errorCode, frameType, headBytes, maxWindow, standardFrameBytes, standardWindow, writeHead} from './frames.ts';
import {createWaiting, type Waiting} from './waiting.ts';

/** So much is put together for one write: large writes cost less below us, and whoever waits for its turn waits this long. */
const batchBytes = 512 * 1024;

/** A batch with the heads of its frames, of the smallest frames there are and then some. */
const bufferBytes = batchBytes + 8 * 1024;

/**
Buffers for large batches, used again where the pipe is done with them when they are written, as the kernel is: new ones for every half a
megabyte would keep the garbage collector busy for a fifth of the time.
*/
const createBuffers = (areReused: boolean) => {
	const spare: Buffer[] = [];
	return {
		take: (bytes: number): Buffer => (!areReused || bytes > bufferBytes || bytes < bufferBytes / 8 ? Buffer.allocUnsafe(bytes) : (spare.pop() ?? Buffer.allocUnsafeSlow(bufferBytes))),
		giveBack: (buffer: Buffer): void => {
			if (areReused && buffer.length === bufferBytes && spare.length < 4) spare.push(buffer);
		},
	};
};

/** So much of one stream goes out before another gets its turn. */
const turnBytes = 64 * 1024;

/** A stream that has this much waiting should not be given more. */
const roomBytes = 1024 * 1024;

export type Outgoing = {
	/** Bytes that nobody may change any more. */
	write(piece: Uint8Array): void;
	/** Resolves when it is time for more; at once when there is room, and when the stream is gone. */
	room(): Promise<void>;
	/** These frames after everything that was written, whatever the windows say. */
	finish(frames: readonly Buffer[]): void;
	/** Forget what waits. */
	drop(): void;
	widen(bytes: number): void;
};

export type Sender = {
	/** Frames that no window holds back, before any data. */
	control(...frames: readonly Buffer[]): void;
	open(streamId: number, onFinished: () => void): Outgoing;
	widen(bytes: number): void;
	/** The other side's SETTINGS: all streams' windows move with the first. */
	setInitialWindow(bytes: number): void;
	setMaxFrame(bytes: number): void;
	/** End the pipe when everything that the windows let through is on its way. */
	end(): void;
};

type Stream = {
	readonly id: number;
	readonly waiting: Waiting;
	window: number;
	last: readonly Buffer[] | undefined;
	wake: (() => void) | undefined;
	readonly onFinished: () => void;
};

const widened = (window: number, bytes: number, streamId?: number): number => {
	if (window + bytes > maxWindow) throw breach(errorCode.flowControl, 'a window beyond what there may be', streamId);
	return window + bytes;
};

/** Cut what waits into frames, copied once: many small messages share a frame, and a large one is cut without being cut again below us. */
const fill = (into: Buffer, from: number, stream: Stream, most: number, maxFrame: number): number => {
	let at = from;
	let left = most;
	while (left > 0) {
		const length = Math.min(left, maxFrame, into.length - at - headBytes);
		if (length <= 0) break;
		writeHead(into, at, length, frameType.data, 0, stream.id);
		at += headBytes;
		stream.waiting.take(into, at, length);
		at += length;
		left -= length;
	}

	return at;
};

/** Everything that goes out: frames first, then the streams' data by turns, as far as the windows of the other side and the pipe allow. */
export const createSender = (pipe: Writable): Sender => {
	const streams = new Map<number, Stream>();
	let control: Buffer[] = [];
	let window = standardWindow;
	let initialWindow = standardWindow;
	let maxFrame = standardFrameBytes;
	let isScheduled = false;
	let isBlocked = false;
	let isEnding = false;
	const buffers = createBuffers(pipe instanceof Socket);

	const finishQuiet = (): void => {
		for (const stream of streams.values()) {
			if (stream.last === undefined || stream.waiting.length() > 0) continue;
			control.push(...stream.last);
			streams.delete(stream.id);
			stream.onFinished();
		}
	};

	const batch = (): {readonly into: Buffer; readonly bytes: number} | undefined => {
		const ready = [...streams.values()].filter(stream => stream.waiting.length() > 0 && stream.window > 0);
		if (ready.length === 0 || window <= 0) return undefined;
		const sendable = Math.min(batchBytes, window, ready.reduce((sum, stream) => sum + Math.min(stream.waiting.length(), stream.window), 0));
		const into = buffers.take(sendable + headBytes * (Math.ceil(sendable / Math.min(maxFrame, turnBytes)) + ready.length + 1));
		let at = 0;
		for (let before = -1; at !== before;) {
			before = at;
			for (const stream of ready) {
				const most = Math.min(turnBytes, stream.waiting.length(), stream.window, window);
				if (most <= 0) continue;
				const had = stream.waiting.length();
				at = fill(into, at, stream, most, maxFrame);
				stream.window -= had - stream.waiting.length();
				window -= had - stream.waiting.length();
			}
		}

		for (const stream of ready) {
			// Whoever was served goes behind those who were not.
			streams.delete(stream.id);
			streams.set(stream.id, stream);
			if (stream.waiting.length() < roomBytes) {
				stream.wake?.();
				stream.wake = undefined;
			}
		}

		return {into, bytes: at};
	};

	const write = (bytes: Buffer, onWritten?: () => void): void => {
		if (pipe.write(bytes, onWritten)) return;
		isBlocked = true;
		pipe.once('drain', () => {
			isBlocked = false;
			pump();
		});
	};

	const pump = (): void => {
		if (pipe.destroyed || pipe.writableEnded) return;
		// All of this turn in one system call.
		pipe.cork();
		while (!isBlocked) {
			finishQuiet();
			if (control.length > 0) {
				const frames = control;
				control = [];
				write(frames.length === 1 ? frames[0]! : Buffer.concat(frames));
				continue;
			}

			const data = batch();
			if (data === undefined) break;
			write(data.into.subarray(0, data.bytes), () => buffers.giveBack(data.into));
		}

		pipe.uncork();
		if (isEnding && !isBlocked) pipe.end();
	};

	const schedule = (): void => {
		if (isScheduled || isBlocked) return;
		isScheduled = true;
		setImmediate(() => {
			isScheduled = false;
			pump();
		});
	};

	return {
		control: (...frames) => {
			control.push(...frames);
			schedule();
		},
		open: (id, onFinished) => {
			const stream: Stream = {id, waiting: createWaiting(), window: initialWindow, last: undefined, wake: undefined, onFinished};
			streams.set(id, stream);
			return {
				write: piece => {
					if (piece.length === 0 || stream.last !== undefined || !streams.has(id)) return;
					stream.waiting.push(piece);
					schedule();
				},
				room: async () =>
					stream.waiting.length() < roomBytes || !streams.has(id)
						? undefined
						: new Promise(resolve => {
							const earlier = stream.wake;
							stream.wake = () => {
								earlier?.();
								resolve();
							};
						}),
				finish: frames => {
					stream.last = frames;
					schedule();
				},
				drop: () => {
					streams.delete(id);
					stream.waiting.clear();
					stream.wake?.();
				},
				widen: bytes => {
					stream.window = widened(stream.window, bytes, id);
					schedule();
				},
			};
		},
		widen: bytes => {
			window = widened(window, bytes);
			schedule();
		},
		setInitialWindow: bytes => {
			for (const stream of streams.values()) stream.window = widened(stream.window, bytes - initialWindow);
			initialWindow = bytes;
			schedule();
		},
		setMaxFrame: bytes => {
			maxFrame = bytes;
		},
		end: () => {
			isEnding = true;
			schedule();
		},
	};
};
