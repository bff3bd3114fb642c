import type {Readable, Writable} from 'node:stream';
import {setTimeout as delay} from 'node:timers/promises';
import type {Exit} from '../../clients/containerd/types.ts';
import type {Foreground} from '../../clients/host/foreground.ts';
import {failing} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {Uses} from './dependencies.ts';
import {orGone} from './end-task.ts';
import type {Streams} from './launch.ts';

/** A container whose streams are ours to watch. It lives on when we leave; its log is written by another. */
export type AttachedContainer = {
	readonly ref: ContainerRef;
	readonly stdin: Writable | undefined;
	readonly stdout: Readable;
	/** Undefined with a terminal: both streams are one. */
	readonly stderr: Readable | undefined;
	resize(size: {readonly columns: number; readonly rows: number}): Promise<void>;
	kill(signal: number): Promise<void>;
	/** Waits for the end of its first process and for the last byte of output. */
	wait(): Promise<Exit>;
	leave(): void;
};

type AttachedDependencies = Uses<{tasks: 'wait' | 'kill' | 'resizePty' | 'closeStdin'}>;

/** How long a stream may be silent after the exit while a process that was left behind holds it open. */
const silenceMs = 500;

/** At their ends; or silent, while somebody holds them open for whom nobody waits. */
const drained = async (streams: readonly Readable[]): Promise<void> => {
	let lastAt = performance.now();
	const touch = (): void => {
		lastAt = performance.now();
	};
	const ends = streams.map(
		stream =>
			new Promise<void>(resolve => {
				if (stream.readableEnded || stream.destroyed) return resolve();
				stream.on('data', touch).once('end', resolve).once('close', resolve);
			}),
	);
	const ended = Promise.all(ends).then(() => true);
	for (;;) {
		const timer = new AbortController();
		const isOver = await Promise.race([ended, delay(silenceMs, false, {signal: timer.signal}).catch(() => false)]);
		timer.abort();
		if (isOver || (performance.now() - lastAt >= silenceMs && streams.every(({readableLength}) => readableLength === 0))) return;
	}
};

/** What a start is given, and the container once `created` was called. */
export const attach = (dependencies: AttachedDependencies, ref: ContainerRef, foreground: Foreground): {readonly streams: Streams; readonly attached: () => AttachedContainer; started(): void} => {
	const {tasks} = dependencies.containerd;
	const outputs = [foreground.stdout, ...(foreground.stderr === undefined ? [] : [foreground.stderr])];
	const {promise: start, resolve: started} = Promise.withResolvers<void>();
	// The shim holds a writer of its own, so the process sees the end of its input only when the shim is told; and only a started process can be told.
	foreground.stdin?.once('finish', () => void start.then(() => tasks.closeStdin(ref)).catch(() => undefined));
	// A wait that nobody needs any more would keep this process from ending.
	const watching = new AbortController();
	const leave = (): void => {
		watching.abort();
		foreground.leave();
	};
	let exit: Promise<Exit> | undefined;
	let waiting: Promise<Exit> | undefined;
	const wait = async (): Promise<Exit> => {
		try {
			const ended = await exit!;
			await drained(outputs);
			leave();
			return ended;
		} catch (error) {
			leave();
			throw failing(`follow ${ref.id.slice(0, 12)}`, error);
		}
	};
	return {
		streams: {
			stdio: foreground.stdio,
			ready: foreground.ready,
			created() {
				foreground.started();
				// Asked for before the start: no end is too early to be seen.
				exit = tasks.wait(ref, {signal: watching.signal});
				exit.catch(() => undefined);
			},
		},
		started,
		attached: () => ({
			ref,
			stdin: foreground.stdin,
			stdout: foreground.stdout,
			stderr: foreground.stderr,
			resize: async ({columns, rows}) => orGone(tasks.resizePty(ref, {width: columns, height: rows}), undefined),
			kill: async signal => orGone(tasks.kill(ref, signal), undefined),
			wait: () => (waiting ??= wait()),
			leave,
		}),
	};
};
