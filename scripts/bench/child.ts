import {spawn} from 'node:child_process';
import {once as onceEvent} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {once} from './once.ts';

export type Child = {
	readonly pid: number;
	/** What it said when it was ready. */
	readonly firstLine: string;
	/** Says something to it; it answers with a line. */
	ask(question: string): Promise<string>;
	stop(): Promise<void>;
};

/** A script beside this one as a process of its own. It speaks in lines, and ends when its stdin does: also when we are killed. */
export const startChild = async (script: string, options: unknown): Promise<Child> => {
	const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), JSON.stringify(options)], {stdio: ['pipe', 'pipe', 'inherit']});
	const exited = onceEvent(child, 'exit');
	const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
	const nextLine = async (): Promise<string> => {
		const {value, done} = await once(lines.next(), 60_000, () => `${script} said nothing for a minute`);
		if (done === true) throw new Error(`${script} ended with ${(await exited)[0]}`);
		return value as string;
	};
	const firstLine = await nextLine();
	return {
		pid: child.pid ?? 0,
		firstLine,
		ask: async question => {
			child.stdin.write(`${question}\n`);
			return nextLine();
		},
		stop: async () => {
			child.stdin.end();
			await exited;
		},
	};
};
