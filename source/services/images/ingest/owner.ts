import {readlinkSync} from 'node:fs';
import {processStart} from '../../../clients/host/process-start.ts';

/** The process that works under a lease, told from later ones with the same id: its pid namespace, id, and when the kernel started it. */
export const ownerLabel = 'gantry/owner';

const pidNamespace = (): string | undefined => {
	try {
		return readlinkSync('/proc/self/ns/pid');
	} catch {
		return undefined;
	}
};

/** Undefined where there is no /proc. */
export const ownName = (): string | undefined => {
	const [namespace, start] = [pidNamespace(), processStart('self')];
	return namespace === undefined || start === undefined ? undefined : `${namespace} ${process.pid} ${start}`;
};

/** Only of a process that we could see: in another pid namespace nobody is dead to us. */
export const isDead = (owner: string): boolean => {
	const [namespace, pid = '', start] = owner.split(' ');
	return /^\d+$/.test(pid) && start !== undefined && namespace === pidNamespace() && processStart(pid) !== start;
};
