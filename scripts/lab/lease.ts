import {randomUUID} from 'node:crypto';
import type {Containerd} from '../../source/clients/containerd/types.ts';

/** Run with a lease that keeps half-made things from the garbage collector, which runs a moment after a daemon's start and after any removal. */
export const withLease = async <T>(containerd: Containerd, namespace: string, run: (lease: string) => Promise<T>): Promise<T> => {
	const expires = new Date(Date.now() + 3_600_000).toISOString();
	const {id} = await containerd.leases.create(namespace, {id: `lab-${randomUUID()}`, labels: {'containerd.io/gc.expire': expires}});
	try {
		return await run(id);
	} finally {
		await containerd.leases.remove(namespace, id);
	}
};
