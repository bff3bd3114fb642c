import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';

export type Timed = {readonly wallSeconds: number; readonly cpuSeconds: number; readonly peakMegabytes: number};

const tick = 100;

/** User and system time of a process so far, threads that have ended included; 10 ms is the kernel's unit here. */
export const processorSeconds = (pid: number): number => {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
	return (Number(fields[11]) + Number(fields[12])) / tick;
};

const peakOf = (pid: number): number => (Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024) / 1e6;

/** Nobody tells a parent what its child took but the kernel, which forgets as soon as Node has asked for the exit code: so it is read on the way. */
const readEveryMs = 5;

/** Runs a program to its end and says what it took; it must succeed. `onStderr` sees what it tells. */
export const timed = async (program: string, args: readonly string[], env: Readonly<Record<string, string>>, onStderr?: (chunk: Buffer) => void): Promise<Timed> => {
	const startedAt = performance.now();
	const child = spawn(program, args, {env, stdio: ['ignore', 'ignore', 'pipe']});
	let told = '';
	child.stderr.on('data', (chunk: Buffer) => {
		onStderr?.(chunk);
		told = (told + chunk.toString()).slice(-2000);
	});
	let cpu = 0;
	let peak = 0;
	const timer = setInterval(() => {
		try {
			cpu = processorSeconds(child.pid ?? 0);
			// A process that has ended and was not asked for has none any more.
			peak = Math.max(peak, peakOf(child.pid ?? 0));
		} catch {
			// It has just ended.
		}
	}, readEveryMs);
	try {
		const code = await new Promise<number | null>((resolve, reject) => {
			child.once('error', reject);
			child.once('close', resolve);
		});
		const wallSeconds = (performance.now() - startedAt) / 1000;
		if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${told.trim()}`);
		return {wallSeconds, cpuSeconds: cpu, peakMegabytes: peak};
	} finally {
		clearInterval(timer);
	}
};
