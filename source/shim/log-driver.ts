import {closeSync, writeSync} from 'node:fs';
import {Socket} from 'node:net';
import {encodeEntry, formatTime} from './json-entry.ts';
import {createLineSplitter} from './line-splitter.ts';
import type {Listener} from './listener.ts';
import type {RotatingFile} from './rotating-file.ts';

export type Streams = {
	/** Descriptors that the shim passes to a `binary://` log driver. */
	readonly stdout: number;
	readonly stderr: number;
	readonly ready: number;
};

/** How long a line may take to get its line feed before what there is of it is shown: a prompt has none, a torn read gets it at once. */
const fragmentWaitMs = 20;
const exitPollMs = 1000;
/** With the container gone, what is in the pipe arrives at once; silence this long means that it is empty. */
const drainedAfterMs = 100;
/** The shim kills us twelve seconds after its SIGTERM, so we end in order before that, whatever still writes. */
const drainAtMostMs = 10_000;

const tellReady = (fd: number): void => {
	try {
		// Newer shims want a byte, older ones take the end of the stream for it.
		writeSync(fd, '\0');
		closeSync(fd);
	} catch {
		// Started by hand, without a shim waiting.
	}
};

export type Listeners = {readonly stdout: Listener; readonly stderr: Listener};

/** Copy both streams to the log until they end, or until the container is gone and nothing more comes. Resolves with everything written. */
export const driveLog = async (
	streams: Streams,
	log: RotatingFile | undefined,
	isOver: () => boolean,
	listeners?: Listeners,
): Promise<void> => {
	let touchedAt = 0;

	const writeEntries = (lines: readonly string[], stream: 'stdout' | 'stderr'): void => {
		if (log === undefined || lines.length === 0) return;
		const time = formatTime(performance.timeOrigin + performance.now());
		log.write(lines.map(line => encodeEntry(line, stream, time)));
	};

	const copy = (fd: number, name: 'stdout' | 'stderr') => {
		const splitter = createLineSplitter();
		const socket = new Socket({fd, readable: true, writable: false});
		let timer: NodeJS.Timeout | undefined;

		const listener = listeners?.[name];

		const flush = (text: string | undefined): void => writeEntries(text === undefined ? [] : [text], name);

		const ended = new Promise<void>(resolve => {
			socket.on('data', (chunk: Buffer) => {
				touchedAt = performance.now();
				writeEntries(splitter.push(chunk), name);
				if (listener !== undefined && !listener.write(chunk)) {
					socket.pause();
					listener.onceReady(() => socket.resume());
				}
				clearTimeout(timer);
				if (splitter.hasFragment()) timer = setTimeout(() => flush(splitter.takeFragment()), fragmentWaitMs);
			});
			socket.on('error', () => socket.destroy());
			socket.on('close', () => {
				clearTimeout(timer);
				flush(splitter.end());
				resolve();
			});
		});
		return {socket, ended};
	};

	const copies = [copy(streams.stdout, 'stdout'), copy(streams.stderr, 'stderr')];
	let draining: NodeJS.Timeout | undefined;

	const drain = (): void => {
		if (draining !== undefined) return;
		const startedAt = performance.now();
		touchedAt = startedAt;
		draining = setInterval(() => {
			const now = performance.now();
			if (now - touchedAt < drainedAfterMs && now - startedAt < drainAtMostMs) return;
			for (const {socket} of copies) socket.destroy();
		}, drainedAfterMs / 2);
	};

	process.on('SIGTERM', drain);
	const polling = setInterval(() => {
		if (isOver()) drain();
	}, exitPollMs);
	tellReady(streams.ready);
	await Promise.all(copies.map(({ended}) => ended));
	clearInterval(polling);
	clearInterval(draining);
	process.off('SIGTERM', drain);
	log?.close();
};
