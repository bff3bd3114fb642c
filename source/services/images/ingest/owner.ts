import {readFileSync, readlinkSync} from 'node:fs';

/** The process that works under a lease, told from later ones with the same id: its pid namespace, id, and when the kernel started it. */
export const ownerLabel = 'gantry/owner';

/** The kernel answers at once, and a pull waits for nothing else before its first word to the daemon. */
const startOf = (pid: string): string | undefined => {
	try {
		// The program's name, in parentheses, may hold spaces; the start is the 22nd field, the 20th after it.
		return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
	} catch {
		return undefined;
	}
};

const pidNamespace = (): string | undefined => {
	try {
		return readlinkSync('/proc/self/ns/pid');
	} catch {
		return undefined;
	}
};

/** Undefined where there is no /proc. */
export const ownName = (): string | undefined => {
	const [namespace, start] = [pidNamespace(), startOf('self')];
	return namespace === undefined || start === undefined ? undefined : `${namespace} ${process.pid} ${start}`;
};

/** Only of a process that we could see: in another pid namespace nobody is dead to us. */
export const isDead = (owner: string): boolean => {
	const [namespace, pid = '', start] = owner.split(' ');
	return /^\d+$/.test(pid) && start !== undefined && namespace === pidNamespace() && startOf(pid) !== start;
};
