import {randomBytes} from 'node:crypto';
import type {Lease, Leases} from '../../../clients/containerd/types.ts';
import {isFailure} from '../../../errors.ts';
import {isDead, ownerLabel, ownName} from './owner.ts';

/** As long as containerd's own clients give a lease; it only matters when we die without a word. */
const lifeMs = 24 * 3_600_000;
const sweepMs = 60_000;

/** Leases of this process that nobody could remove: their daemon had gone. */
const lost = new Set<string>();

/**
Work whose results the garbage collector must not take before something refers to them. The lease goes whatever happens. After a failure
we wait for the collector as well, so that what was half made is gone when the failure is told; what `work` saved by another root stays.
*/
export const withLease = async <Result>(
	{containerd}: {readonly containerd: {readonly leases: Pick<Leases, 'create' | 'remove'>}},
	namespace: string,
	work: (lease: string) => Promise<Result>,
	{signal}: {readonly signal?: AbortSignal} = {},
): Promise<Result> => {
	const id = `gantry-${Date.now()}-${randomBytes(6).toString('hex')}`;
	const owner = ownName();
	const labels = {
		'containerd.io/gc.expire': new Date(Date.now() + lifeMs).toISOString(),
		...(owner === undefined ? {} : {[ownerLabel]: owner}),
	};
	let isDone = false;
	try {
		// Without the signal: a lease that was made while we looked away would stay for a day.
		await containerd.leases.create(namespace, {id, labels});
		signal?.throwIfAborted();
		const result = await work(id);
		isDone = true;
		return result;
	} finally {
		await containerd.leases.remove(namespace, id, isDone ? {} : {sync: true, timeoutMs: sweepMs}).catch(() => {
			// The daemon is gone, or the lease never came to be: the failure that is under way says more.
			lost.add(id);
		});
	}
};

type Sweeping = {readonly containerd: {readonly leases: Pick<Leases, 'list' | 'remove'>}};

/** Leases of Gantrys that were killed, or whose daemon was lost. */
export const findDead = async ({containerd}: Sweeping, namespace: string, options: {readonly signal?: AbortSignal}): Promise<readonly string[]> => {
	const ours = await containerd.leases.list(namespace, {...options, filters: ['id~=^gantry-']});
	return ours.filter(isAbandoned).map(({id}) => id);
};

/** What they hold is what a second try needs, so they go when one has succeeded; without one they expire. Answers how many. */
export const removeDead = async (
	{containerd}: Sweeping,
	namespace: string,
	options: {readonly signal?: AbortSignal},
	found = findDead({containerd}, namespace, options),
): Promise<number> => {
	const dead = await found;
	for (const id of dead) {
		try {
			await containerd.leases.remove(namespace, id, options);
		} catch (error) {
			// Another one that has succeeded was here first.
			if (!isFailure(error, 'not-found')) throw error;
		}
		lost.delete(id);
	}
	return dead.length;
};

/** Whoever made it is dead, or was us and could not remove it. */
export const isAbandoned = ({id, labels}: Pick<Lease, 'id' | 'labels'>): boolean => {
	const owner = labels[ownerLabel];
	return id.startsWith('gantry-') && (lost.has(id) || (owner !== undefined && isDead(owner)));
};
