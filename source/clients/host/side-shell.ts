import {type ChildProcess, spawn} from 'node:child_process';
import type {Socket} from 'node:net';
import {quoteWord} from '../../model/shell-words.ts';

/** A lock that is held by the shell for us. */
export type Held = {
	/** Names the locked file itself, whatever its path names by now. */
	readonly file: string;
	/** Resolves when others can have it. */
	release(): Promise<void>;
};

export type SideShell = {
	/** The exit status of a command in the words of sh, which runs beside all others. */
	run(command: string): Promise<number>;
	/** An exclusive flock(2) of what is at the path; else the exit status of `flock`, or `notOpened`. Undefined when no descriptor is free. */
	lock(path: string, words: readonly string[]): Promise<Held | number> | undefined;
	readonly isAlive: boolean;
};

export const notOpened = 200;

/** The shell was gone before it answered. */
export const shellEnded = 201;

/** All that dash can name. */
const descriptors = [3, 4, 5, 6, 7, 8, 9];

/** Of one that nobody needed for so long. */
const idleMs = 10_000;

const without = (mine?: number): string => descriptors.map(each => (each === mine ? '' : ` ${each}<&-`)).join('');

const startShell = (): SideShell => {
	const child: ChildProcess = spawn('sh', [], {stdio: ['pipe', 'pipe', 'ignore'], cwd: '/', detached: true, env: {PATH: process.env['PATH']}});
	const [input, output] = [child.stdin as Socket, child.stdout as Socket];
	const free = [...descriptors];
	const asked = new Map<number, (status: number) => void>();
	let isAlive = true;
	let lastNumber = 0;
	let heard = '';
	let idle: NodeJS.Timeout | undefined;

	const end = (): void => {
		isAlive = false;
		for (const answer of asked.values()) answer(shellEnded);
		asked.clear();
	};
	/** Nobody waits for an answer. When nobody needs it for long, it goes. */
	const rest = (): void => {
		for (const each of [child, input, output]) each.unref();
		clearTimeout(idle);
		idle = setTimeout(() => {
			if (free.length < descriptors.length) return;
			isAlive = false;
			input.end();
		}, idleMs);
		idle.unref();
	};

	/** `commandFor` is given what the answer begins with. */
	const ask = (commandFor: (number: number) => string): Promise<number> => {
		clearTimeout(idle);
		const number = ++lastNumber;
		if (!isAlive) return Promise.resolve(shellEnded);
		// While there is an answer to come the process stays.
		output.ref();
		input.write(`${commandFor(number)}\n`);
		return new Promise(resolve => {
			asked.set(number, status => {
				asked.delete(number);
				resolve(status);
				if (asked.size === 0) rest();
			});
		});
	};

	child.once('error', end).once('exit', end);
	input.on('error', () => undefined);
	output.setEncoding('latin1').on('data', (text: string) => {
		heard += text;
		const lines = heard.split('\n');
		heard = lines.pop()!;
		for (const line of lines) {
			const [number, status] = line.split(' ').map(Number);
			asked.get(number!)?.(status!);
		}
	});
	rest();

	return {
		get isAlive() {
			return isAlive;
		},
		run: command => ask(number => `{ ${command}; echo "${number} $?"; } </dev/null${without()} &`),
		lock: (path, words) => {
			const fd = free.pop();
			if (fd === undefined) return undefined;
			const release = async (): Promise<void> => {
				const closed = ask(number => `exec ${fd}<&-; echo "${number} 0"`);
				// In the shell's order it is closed before it is opened again.
				free.push(fd);
				await closed;
			};
			const taking = `{ flock ${words.join(' ')} ${fd}; echo "$number $?"; } </dev/null${without(fd)} &`;
			return ask(number => `number=${number}; if { command exec ${fd}<${quoteWord(path)}; } then ${taking} else echo "$number ${notOpened}"; fi`).then(async status => {
				if (status === 0) return {file: `/proc/${child.pid}/fd/${fd}`, release};
				await release();
				return status;
			});
		},
	};
};

const shells: SideShell[] = [];

const living = (): readonly SideShell[] => {
	const dead = shells.findIndex(({isAlive}) => !isAlive);
	if (dead >= 0) shells.splice(dead, 1);
	return shells;
};

const another = (): SideShell => {
	const shell = startShell();
	shells.push(shell);
	return shell;
};

/**
A shell beside us, for what Node has not: flock(2) and mkfifo(3). Both need a program, and to start one from here stops everything for two
milliseconds, since Node is large. A shell is small.

It belongs to a session of its own, so that ^C is not for it, and ends when its input does, whatever becomes of us: its locks end with it then, as
they would if they were ours. What it starts has none of them, so that no lock is held by who waits for another.
*/
export const runBeside = async (command: string): Promise<number> => (living()[0] ?? another()).run(command);

/** See `SideShell.lock`. */
export const lockBeside = async (path: string, words: readonly string[]): Promise<Held | number> => {
	for (const shell of living()) {
		const held = shell.lock(path, words);
		if (held !== undefined) return held;
	}

	return another().lock(path, words)!;
};
