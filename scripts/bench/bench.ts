import {existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Daemon, type DaemonOptions, startDaemon} from './daemon.ts';
import {openTerminal, type Terminal, type TerminalOptions} from './terminal.ts';

/** What every measurement needs: a place, a daemon, a dashboard on a terminal; all of it gone with `close`. */
export type Bench = {
	/** Shorter and fewer: for trying the bench itself. */
	readonly isQuick: boolean;
	/** What is measured. */
	readonly program: string;
	/** In memory where there is such a place, so that no disk is measured. */
	readonly folder: string;
	/** The environment of what is measured: the user's own settings and caches stay out of it, and in peace. */
	readonly environment: Readonly<Record<string, string>>;
	log(text: string): void;
	daemon(options: DaemonOptions): Promise<Daemon>;
	dashboard(address: string, options?: TerminalOptions & {readonly environment?: Readonly<Record<string, string>>}): Terminal;
	/** Runs with what is opened inside it, and closes that. */
	within<T>(run: (bench: Bench) => Promise<T>): Promise<T>;
	close(): Promise<void>;
};

type Open = {readonly program: string; readonly isQuick: boolean};

const inside = (folder: string, environment: Bench['environment'], {program, isQuick}: Open): Bench => {
	const closing: Array<() => Promise<void>> = [];
	const bench: Bench = {
		isQuick,
		program,
		folder,
		environment,
		log: text => process.stderr.write(`bench: ${text}\n`),
		daemon: async options => {
			const daemon = await startDaemon(options);
			closing.push(daemon.stop);
			return daemon;
		},
		dashboard: (address, options = {}) => {
			const terminal = openTerminal(program, ['--address', address, '--data-root', join(folder, 'data')], {...environment, ...options.environment}, options);
			closing.push(terminal.close);
			return terminal;
		},
		within: async run => {
			const inner = inside(folder, environment, {program, isQuick});
			try {
				return await run(inner);
			} finally {
				await inner.close();
			}
		},
		close: async () => {
			for (const close of closing.splice(0).reverse()) await close();
		},
	};
	return bench;
};

export const openBench = (open: Open): Bench => {
	const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'gantry-bench-'));
	for (const name of ['home', 'config', 'cache', 'data']) mkdirSync(join(folder, name));
	const environment = {
		PATH: process.env['PATH'] ?? '/usr/bin:/bin',
		LANG: 'C.UTF-8',
		TERM: 'xterm-256color',
		HOME: join(folder, 'home'),
		XDG_CONFIG_HOME: join(folder, 'config'),
		XDG_CACHE_HOME: join(folder, 'cache'),
		// The same Node runs what is measured and what it is measured against.
		GANTRY_NODE: process.execPath,
	};
	const bench = inside(folder, environment, open);
	return {
		...bench,
		close: async () => {
			await bench.close();
			rmSync(folder, {recursive: true, force: true});
		},
	};
};
