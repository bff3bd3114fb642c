import {type IPty, spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {once} from './once.ts';

export type TerminalOptions = {
	readonly columns?: number;
	readonly rows?: number;
	/** Keep a screen, for `screen()`. It takes time from what is measured to the millisecond, so only who asks has one. */
	readonly isEmulated?: boolean;
};

/** A program on a terminal of its own, seen from the terminal's side. */
export type Terminal = {
	readonly pid: number;
	/** `performance.now()` just before the program was started. */
	readonly startedAt: number;
	/** All bytes that have arrived. */
	bytes(): number;
	/** What has arrived since the last `forget`, at most the last 256 KB. */
	seen(): string;
	forget(): void;
	/** What stands on the screen now, line by line. Bytes don't say: only what changed of a line is sent. */
	screen(): Promise<string>;
	press(keys: string): void;
	/** When the chunk arrived that made it true; looks at what is already there first. */
	until(what: string, isThere: (seen: string) => boolean, timeoutMs?: number): Promise<number>;
	/** When it ended, by the terminal's own account. */
	readonly ended: Promise<number>;
	/** Ends it kindly, then less so. */
	close(): Promise<void>;
};

const mostKept = 256 * 1024;

type Waiter = {readonly isThere: (seen: string) => boolean; readonly resolve: (at: number) => void};

const isAlive = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
};

export const openTerminal = (command: string, commandLine: readonly string[], environment: Readonly<Record<string, string>>, {columns = 120, rows = 40, isEmulated = false}: TerminalOptions = {}): Terminal => {
	const startedAt = performance.now();
	const pty: IPty = spawn(command, [...commandLine], {cols: columns, rows, name: 'xterm-256color', env: {...environment}});
	const emulator = isEmulated ? new xterm.Terminal({cols: columns, rows, scrollback: 0, allowProposedApi: true}) : undefined;
	let bytes = 0;
	let seen = '';
	const waiters = new Set<Waiter>();
	pty.onData(chunk => {
		const at = performance.now();
		bytes += Buffer.byteLength(chunk);
		seen = (seen + chunk).slice(-mostKept);
		for (const waiter of waiters) {
			if (!waiter.isThere(seen)) continue;
			waiters.delete(waiter);
			waiter.resolve(at);
		}
		emulator?.write(chunk);
	});
	const ended = new Promise<number>(resolve => {
		pty.onExit(() => resolve(performance.now()));
	});
	return {
		pid: pty.pid,
		startedAt,
		bytes: () => bytes,
		seen: () => seen,
		forget: () => {
			seen = '';
		},
		screen: async () => {
			if (emulator === undefined) throw new Error('this terminal keeps no screen');
			await new Promise<void>(resolve => {
				emulator.write('', resolve);
			});
			const {active} = emulator.buffer;
			return Array.from({length: rows}, (_, row) => active.getLine(row)?.translateToString(true) ?? '').join('\n');
		},
		press: keys => pty.write(keys),
		until: async (what, isThere, timeoutMs = 20_000) => {
			if (isThere(seen)) return performance.now();
			const arrival = Promise.withResolvers<number>();
			const waiter = {isThere, resolve: arrival.resolve};
			waiters.add(waiter);
			try {
				return await once(arrival.promise, timeoutMs, () => `${what} did not come within ${timeoutMs} ms; the last that came was ${JSON.stringify(seen.slice(-600))}`);
			} finally {
				waiters.delete(waiter);
			}
		},
		ended,
		close: async () => {
			if (isAlive(pty.pid)) process.kill(pty.pid, 'SIGTERM');
			try {
				await once(ended, 5000, () => 'still there');
			} catch {
				if (isAlive(pty.pid)) process.kill(pty.pid, 'SIGKILL');
				await ended;
			} finally {
				emulator?.dispose();
			}
		},
	};
};
