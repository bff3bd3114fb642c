import {readFile, readlink} from 'node:fs/promises';

/** The process that works under a lease, told from later ones with the same id: its pid namespace, id, and when the kernel started it. */
export const ownerLabel = 'gantry/owner';

const startOf = async (pid: string): Promise<string | undefined> => {
	try {
		// The program's name, in parentheses, may hold spaces; the start is the 22nd field, the 20th after it.
		return (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ')[19];
	} catch {
		return undefined;
	}
};

const pidNamespace = async (): Promise<string | undefined> => {
	try {
		return await readlink('/proc/self/ns/pid');
	} catch {
		return undefined;
	}
};

/** Undefined where there is no /proc. */
export const ownName = async (): Promise<string | undefined> => {
	const [namespace, start] = await Promise.all([pidNamespace(), startOf('self')]);
	return namespace === undefined || start === undefined ? undefined : `${namespace} ${process.pid} ${start}`;
};

/** Only of a process that we could see: in another pid namespace nobody is dead to us. */
export const isDead = async (owner: string): Promise<boolean> => {
	const [namespace, pid = '', start] = owner.split(' ');
	return /^\d+$/.test(pid) && start !== undefined && namespace === (await pidNamespace()) && (await startOf(pid)) !== start;
};
