import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, constants, openSync} from 'node:fs';
import type {Socket} from 'node:net';
import type {Readable} from 'node:stream';
import {Failure} from '../../errors.ts';

/** The log driver at work on the FIFOs of a container in the foreground, and what it tells us while it writes. */
export type LogReader = {
	readonly stdout: Readable;
	readonly stderr: Readable;
	/** Resolves when it reads; rejects when it can't be started. */
	readonly ready: Promise<void>;
	/** The daemon has opened its ends: from now on the streams end with the container. */
	started(): void;
	/** Lets go of it: it goes on writing the log by itself. */
	leave(): void;
	/** Ends it; for a container that never came to be. */
	stop(): Promise<void>;
};

/**
Start the log driver of `program` on FIFOs that are there already. Our side is open for both until the daemon has opened its own: else the
streams would end before they begin.
*/
export const startLogReader = (options: {
	readonly program: string;
	readonly dataStore: string;
	readonly namespace: string;
	readonly id: string;
	readonly directory: string;
	readonly stdout: string;
	/** Empty with a terminal. */
	readonly stderr: string;
}): LogReader => {
	const paths = [options.stdout, options.stderr].filter(path => path !== '');
	const keepers = paths.map(path => openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
	const ends = paths.map(path => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
	const dropKeepers = (): void => {
		for (const keeper of keepers.splice(0)) closeSync(keeper);
	};
	let child: ChildProcess;
	try {
		child = spawn(options.program, ['log', options.dataStore, options.directory], {
			detached: true,
			stdio: ['ignore', 'ignore', 'ignore', ends[0] ?? 'pipe', ends[1] ?? 'pipe', 'pipe', 'pipe', 'pipe'],
			cwd: '/',
			env: {CONTAINER_ID: options.id, CONTAINER_NAMESPACE: options.namespace},
		});
	} catch (error) {
		dropKeepers();
		throw error;
	} finally {
		for (const end of ends) closeSync(end);
	}
	const [stderrEnd, readyEnd, stdout, stderr] = child.stdio.slice(4) as unknown as [Socket | null, Socket, Socket, Socket];
	// Without a stderr of its own the driver gets one that has ended.
	stderrEnd?.destroy();
	const exited = new Promise<void>(resolve => {
		child.once('close', () => resolve());
		child.once('error', () => resolve());
	});
	const ready = new Promise<void>((resolve, reject) => {
		readyEnd.once('data', () => resolve());
		readyEnd.on('error', () => undefined);
		child.once('error', cause => reject(new Failure('internal', `the log driver ${options.program} did not start`, {cause})));
		child.once('exit', () => reject(new Failure('internal', `the log driver ${options.program} ended before it was ready`)));
	});
	ready.catch(() => undefined);
	for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
	const leave = (): void => {
		dropKeepers();
		child.unref();
		for (const stream of [readyEnd, stdout, stderr]) stream.destroy();
	};
	return {
		stdout,
		stderr,
		ready,
		started: dropKeepers,
		leave,
		async stop() {
			dropKeepers();
			for (const stream of [stdout, stderr]) stream.resume();
			child.kill('SIGKILL');
			await exited;
			leave();
		},
	};
};
