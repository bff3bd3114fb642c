import process from 'node:process';
import {fileURLToPath} from 'node:url';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {onTestFinished} from 'vitest';

export const gantry = fileURLToPath(new URL('../../dist/gantry', import.meta.url));

export type PtyOptions = {
	readonly columns?: number;
	readonly rows?: number;
	readonly environment?: Readonly<Record<string, string>>;
	readonly term?: string;
};

/** A program on a real terminal, read through an emulator. */
export type Pty = {
	/** The screen as a person sees it. */
	text(): string;
	lines(): readonly string[];
	/** Every byte that the program has written. */
	raw(): string;
	type(keys: string): void;
	until(condition: string | RegExp | ((text: string) => boolean), patienceMs?: number): Promise<string>;
	resize(columns: number, rows: number): void;
	kill(signal: NodeJS.Signals): void;
	readonly pid: number;
	readonly exited: Promise<{readonly exitCode: number; readonly signal: number | undefined}>;
	/** The emulator's own view of what programs may leave switched on. */
	modes(): {readonly isAlternate: boolean; readonly mouse: string; readonly paste: boolean};
	isCursorShown(): boolean;
};

const inherited = (): Record<string, string> => {
	const {CI, NO_COLOR, FORCE_COLOR, TMUX, NODE_ENV, CONTAINERD_ADDRESS, CONTAINERD_NAMESPACE, ...rest} = process.env;
	return Object.fromEntries(Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('VITEST')));
};

export const openPty = (program: string, args: readonly string[], options: PtyOptions = {}): Pty => {
	const {columns = 120, rows = 40, environment = {}, term = 'xterm-256color'} = options;
	const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 0});
	const child = pty.spawn(program, [...args], {cols: columns, rows, name: term, env: {...inherited(), LANG: 'C.UTF-8', TERM: term, ...environment}});
	let raw = '';
	let hasExited = false;
	let isCursorShown = true;
	const exit = Promise.withResolvers<{readonly exitCode: number; readonly signal: number | undefined}>();
	const listeners = new Set<() => void>();
	const changed = () => {
		for (const listener of [...listeners]) listener();
	};
	terminal.parser.registerCsiHandler({prefix: '?', final: 'h'}, (parameters) => {
		if (parameters.includes(25)) isCursorShown = true;
		return false;
	});
	terminal.parser.registerCsiHandler({prefix: '?', final: 'l'}, (parameters) => {
		if (parameters.includes(25)) isCursorShown = false;
		return false;
	});
	child.onData((data) => {
		raw += data;
		terminal.write(data, changed);
	});
	child.onExit((status) => {
		hasExited = true;
		terminal.write('', () => exit.resolve({exitCode: status.exitCode, signal: status.signal}));
	});
	terminal.onData((answer) => {
		if (!hasExited) child.write(answer);
	});
	onTestFinished(async () => {
		if (!hasExited) child.kill('SIGKILL');
		await exit.promise;
		terminal.dispose();
	});
	const lines = () => Array.from({length: terminal.rows}, (_, y) => terminal.buffer.active.getLine(terminal.buffer.active.baseY + y)?.translateToString(true) ?? '');
	const text = () => lines().join('\n');
	return {
		text,
		lines,
		raw: () => raw,
		type: (keys) => child.write(keys),
		until: async (condition, patienceMs = 12_000) => {
			const holds = (now: string) => (typeof condition === 'string' ? now.includes(condition) : condition instanceof RegExp ? condition.test(now) : condition(now));
			const {promise, resolve, reject} = Promise.withResolvers<string>();
			const look = () => {
				if (holds(text())) resolve(text());
			};
			const timer = setTimeout(() => reject(new Error(`Never came: ${String(condition)}. The screen:\n${text()}`)), patienceMs);
			listeners.add(look);
			look();
			try {
				return await promise;
			} finally {
				clearTimeout(timer);
				listeners.delete(look);
			}
		},
		resize: (wide, high) => {
			terminal.resize(wide, high);
			child.resize(wide, high);
		},
		kill: (signal) => child.kill(signal),
		pid: child.pid,
		exited: exit.promise,
		modes: () => ({isAlternate: terminal.buffer.active.type === 'alternate', mouse: terminal.modes.mouseTrackingMode, paste: terminal.modes.bracketedPasteMode}),
		isCursorShown: () => isCursorShown,
	};
};
