import {chown, mkdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import type {Readable, Writable} from 'node:stream';
import type {ContainerRef} from '../../model/container.ts';
import type {Stdio} from '../containerd/types.ts';
import {makeFifos, placeFor, writerTo} from './fifo.ts';
import {startLogReader} from './log-reader.ts';
import {randomHex} from './random.ts';
import {tellStart} from './write-lifecycle.ts';

/** The streams of a container in the foreground, as they pass the log driver on their way to us. */
export type Foreground = {
	/** What to give the daemon. */
	readonly stdio: Stdio;
	/** Ending it closes our end only: the daemon must be told with `closeStdin` too. */
	readonly stdin: Writable | undefined;
	readonly stdout: Readable;
	/** Undefined with a terminal. */
	readonly stderr: Readable | undefined;
	/** The log driver reads: the container may write. */
	readonly ready: Promise<void>;
	/** The daemon has opened its ends. */
	started(): void;
	/** Go away; the log is written on, and the driver takes the FIFOs with it. */
	leave(): void;
	/** The container never came to be: nothing stays. */
	cancel(): Promise<void>;
};

export type ForegroundOptions = {
	readonly ref: ContainerRef;
	readonly terminal: boolean;
	readonly interactive: boolean;
	/** The log driver, and nerdctl's data store. */
	readonly program: string;
	readonly dataStore: string;
};

/** Make the FIFOs, and let the log driver read them before the daemon hears of them: no byte is lost, and none is kept from the log when we go. */
export const openForeground = async (address: string, {ref, terminal, interactive, program, dataStore}: ForegroundOptions): Promise<Foreground> => {
	const {directory: base, owner} = placeFor(address);
	const directory = join(base, randomHex(8));
	const path = (stream: string): string => join(directory, `${ref.id}-${stream}`);
	const stdio = {stdin: interactive ? path('stdin') : '', stdout: path('stdout'), stderr: terminal ? '' : path('stderr'), terminal};
	const paths = [stdio.stdin, stdio.stdout, stdio.stderr].filter(name => name !== '');
	await mkdir(directory, {recursive: true, mode: 0o700});
	try {
		await makeFifos(paths);
		if (owner !== undefined) await Promise.all([base, directory, ...paths].map(name => chown(name, owner, owner)));
		const reader = startLogReader({program, dataStore, ...ref, directory, stdout: stdio.stdout, stderr: stdio.stderr});
		const stdin = interactive ? writerTo(stdio.stdin) : undefined;
		return {
			stdio,
			stdin,
			stdout: reader.stdout,
			stderr: terminal ? undefined : reader.stderr,
			ready: reader.ready,
			started() {
				reader.started();
				tellStart(join(dataStore, 'containers', ref.namespace, ref.id));
			},
			leave() {
				stdin?.destroy();
				reader.leave();
			},
			async cancel() {
				stdin?.destroy();
				await reader.stop();
				await rm(directory, {recursive: true, force: true});
			},
		};
	} catch (error) {
		await rm(directory, {recursive: true, force: true});
		throw error;
	}
};
