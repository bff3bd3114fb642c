import {readFile} from 'node:fs/promises';
import {hostFailure} from './missing.ts';

/** capabilities(7), in the order of their numbers up to CHECKPOINT_RESTORE (Linux 5.9). */
const names = [
	'CHOWN',
	'DAC_OVERRIDE',
	'DAC_READ_SEARCH',
	'FOWNER',
	'FSETID',
	'KILL',
	'SETGID',
	'SETUID',
	'SETPCAP',
	'LINUX_IMMUTABLE',
	'NET_BIND_SERVICE',
	'NET_BROADCAST',
	'NET_ADMIN',
	'NET_RAW',
	'IPC_LOCK',
	'IPC_OWNER',
	'SYS_MODULE',
	'SYS_RAWIO',
	'SYS_CHROOT',
	'SYS_PTRACE',
	'SYS_PACCT',
	'SYS_ADMIN',
	'SYS_BOOT',
	'SYS_NICE',
	'SYS_RESOURCE',
	'SYS_TIME',
	'SYS_TTY_CONFIG',
	'MKNOD',
	'LEASE',
	'AUDIT_WRITE',
	'AUDIT_CONTROL',
	'SETFCAP',
	'MAC_OVERRIDE',
	'MAC_ADMIN',
	'SYSLOG',
	'WAKE_ALARM',
	'BLOCK_SUSPEND',
	'AUDIT_READ',
	'PERFMON',
	'BPF',
	'CHECKPOINT_RESTORE',
].map(name => `CAP_${name}`);

/** What a process may do now (`CapEff`). runc can give a container only what the shim that runs it has itself. */
export const readCapabilities = async (pid: number, proc = '/proc'): Promise<readonly string[]> => {
	const status = await readFile(`${proc}/${pid}/status`, 'utf8').catch((error: unknown) => {
		throw hostFailure(`read the capabilities of process ${pid}`, error);
	});
	const bits = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
	return names.filter((_, number) => (bits >> BigInt(number)) & 1n);
};
