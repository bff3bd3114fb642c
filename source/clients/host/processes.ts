import {readFile} from 'node:fs/promises';
import type {HostProcess} from './types.ts';
import {isDenied, isMissing} from './missing.ts';

/** USER_HZ: what the kernel counts ticks in towards user space. 100 on every Linux architecture Node runs on. */
const ticksPerSecond = 100;

/** Three small files per process, a few processes at a time so that a container with thousands does not open thousands of files. */
const atOnce = 16;

export const readProcesses = async (pids: readonly number[], proc = '/proc'): Promise<readonly HostProcess[]> => {
	const [bootedAt, users] = await Promise.all([readBootTime(proc), readUserNames()]);
	const found: HostProcess[] = [];
	for (let start = 0; start < pids.length; start += atOnce) {
		const batch = await Promise.all(pids.slice(start, start + atOnce).map(pid => readProcess(proc, pid, bootedAt, users)));
		found.push(...batch.filter(process => process !== undefined));
	}
	return found;
};

const readProcess = async (
	proc: string,
	pid: number,
	bootedAt: number,
	users: ReadonlyMap<number, string>,
): Promise<HostProcess | undefined> => {
	try {
		const [stat, status, cmdline] = await Promise.all([
			readFile(`${proc}/${pid}/stat`, 'utf8'),
			readFile(`${proc}/${pid}/status`, 'utf8'),
			readFile(`${proc}/${pid}/cmdline`, 'utf8'),
		]);
		return parseProcess({pid, stat, status, cmdline, bootedAt, users});
	} catch (error) {
		// Ended between the daemon's answer and ours, or hidden from us by hidepid.
		if (isMissing(error) || isDenied(error)) return undefined;
		throw error;
	}
};

/** proc(5). The name in `stat` may hold spaces and parentheses, so the fields are counted from the last `)`. */
export const parseProcess = (files: {
	readonly pid: number;
	readonly stat: string;
	readonly status: string;
	readonly cmdline: string;
	readonly bootedAt: number;
	readonly users: ReadonlyMap<number, string>;
}): HostProcess => {
	const close = files.stat.lastIndexOf(')');
	const name = files.stat.slice(files.stat.indexOf('(') + 1, close);
	const fields = files.stat.slice(close + 2).split(' ');
	const field = (number: number): number => Number(fields[number - 3] ?? 0);
	const uid = Number(/^Uid:\s+\d+\s+(\d+)/m.exec(files.status)?.[1] ?? 0);
	const residentKilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(files.status)?.[1] ?? 0);
	const words = files.cmdline.replace(/\0+$/, '');
	return {
		pid: files.pid,
		parentPid: field(4),
		user: files.users.get(uid) ?? String(uid),
		state: fields[0] ?? '?',
		cpuNanoseconds: ((field(14) + field(15)) * 1e9) / ticksPerSecond,
		residentBytes: residentKilobytes * 1024,
		startedAt: Math.round(files.bootedAt + (field(22) * 1000) / ticksPerSecond),
		command: words === '' ? `[${name}]` : words.replaceAll('\0', ' '),
	};
};

const readBootTime = async (proc: string): Promise<number> =>
	Number(/^btime (\d+)/m.exec(await readFile(`${proc}/stat`, 'utf8'))?.[1] ?? 0) * 1000;

const readUserNames = async (): Promise<ReadonlyMap<number, string>> => {
	const names = new Map<number, string>();
	const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
	for (const line of passwd.split('\n')) {
		const [name, , uid] = line.split(':');
		if (name && uid && !names.has(Number(uid))) names.set(Number(uid), name);
	}
	return names;
};
