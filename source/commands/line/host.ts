import {constants, open, stat} from 'node:fs/promises';
import {cpus, hostname, machine, release, totalmem} from 'node:os';
import {setTimeout} from 'node:timers/promises';
import {parseNetworkCounters} from '../../model/network-counters.ts';
import type {HostFacts, LineHost} from './types.ts';

const maximumBytes = 1024 * 1024;

const exists = async (path: string): Promise<boolean> => {
	try {
		await stat(path);
		return true;
	} catch {
		// Not there or not ours to see: both mean that we can't name it.
		return false;
	}
};

const readText = async (path: string): Promise<string | undefined> => {
	let file: Awaited<ReturnType<typeof open>> | undefined;
	try {
		// Without O_NONBLOCK a FIFO in the place of a state file would hang us.
		file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
		const {size} = await file.stat();
		return size > maximumBytes ? undefined : await file.readFile('utf8');
	} catch {
		// State files are optional: what can't be read is as good as missing.
		return undefined;
	} finally {
		await file?.close();
	}
};

const run: LineHost['run'] = async (program, args, {signal} = {}) => {
	const {execa} = await import('execa');
	const result = await execa(program, args, {
		reject: false,
		stdin: 'ignore',
		...(signal === undefined ? {} : {cancelSignal: signal}),
		maxBuffer: 64 * 1024 * 1024,
	});
	if (result.isCanceled) throw Object.assign(new Error('The command was aborted'), {name: 'AbortError'});
	if (result.exitCode === undefined) return undefined;
	return {stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode};
};

const operatingSystem = async (): Promise<string> => {
	const text = (await readText('/etc/os-release')) ?? (await readText('/usr/lib/os-release')) ?? '';
	return /^PRETTY_NAME=(.*)$/m.exec(text)?.[1]?.replaceAll(/^"|"$/g, '') ?? 'Linux';
};

/** cgroup v2 lists them in one file; for v1 the kernel's table has a column for "enabled". */
const controllersOf = (unified: string | undefined, table: string | undefined): readonly string[] =>
	unified !== undefined
		? unified.trim().split(/\s+/)
		: (table ?? '').split('\n').flatMap(line => {
				const [name = '', , , enabled] = line.split(/\s+/);
				return enabled === '1' && !name.startsWith('#') ? [name] : [];
			});

const facts = async (): Promise<HostFacts> => {
	const [system, unified, table, forwarding, appArmor, systemd] = await Promise.all([
		operatingSystem(),
		readText('/sys/fs/cgroup/cgroup.controllers'),
		readText('/proc/cgroups'),
		readText('/proc/sys/net/ipv4/ip_forward'),
		readText('/sys/module/apparmor/parameters/enabled'),
		exists('/run/systemd/system'),
	]);
	return {
		name: hostname(),
		kernel: release(),
		machine: machine(),
		operatingSystem: system,
		cpus: cpus().length,
		memoryBytes: totalmem(),
		cgroupVersion: unified === undefined ? 1 : 2,
		controllers: controllersOf(unified, table),
		forwardsIpv4: forwarding?.trim() === '1',
		hasAppArmor: appArmor?.trim() === 'Y',
		hasSystemd: systemd,
	};
};

/** This machine, for lists that show what containerd does not know. */
export const lineHost: LineHost = {
	readText,
	exists,
	async networkCounters(pid) {
		const text = await readText(`/proc/${pid}/net/dev`);
		return text === undefined ? undefined : parseNetworkCounters(text);
	},
	run,
	facts,
};

/** Rejects with an AbortError when the signal aborts. */
export const lineSleep = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
	await setTimeout(milliseconds, undefined, {signal});
};
