import {readdirSync, readFileSync} from 'node:fs';

/** The argument vector of a live process; empty for kernel threads, zombies and processes that are gone. */
const argumentsOf = (pid: number): readonly string[] => {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
	} catch {
		return [];
	}
};

/** A zombie counts as gone: it holds nothing, and who should reap it is not for us to say. */
export const isAlive = (pid: number): boolean => {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
	} catch {
		return false;
	}
};

/** Every process but this one that has a path under `folder` in its arguments. The folder's name is random, so these are ours alone. */
export const processesUnder = (folder: string): readonly number[] =>
	readdirSync('/proc')
		.filter(entry => /^\d+$/.test(entry))
		.map(Number)
		.filter(pid => pid !== process.pid && argumentsOf(pid).some(argument => argument === folder || argument.includes(`${folder}/`)));

/** Whether it belongs to a terminal, as what a person started does. Daemons, shims and log drivers have none. */
export const hasTerminal = (pid: number): boolean => {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The seventh field, after the name in brackets, which may hold anything.
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4] !== '0';
	} catch {
		return false;
	}
};

export const killQuietly = (pid: number, signal: NodeJS.Signals = 'SIGKILL'): void => {
	try {
		process.kill(pid, signal);
	} catch {
		// It went before us.
	}
};

/** Poll until `done` answers true. Answers whether it did so within `timeoutMs`. */
export const until = async (done: () => boolean | Promise<boolean>, timeoutMs: number, everyMs = 10): Promise<boolean> => {
	const deadline = performance.now() + timeoutMs;
	while (!(await done())) {
		if (performance.now() > deadline) return false;
		await new Promise(resolve => {
			setTimeout(resolve, everyMs);
		});
	}

	return true;
};
