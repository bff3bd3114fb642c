import {randomBytes} from 'node:crypto';
import type {Content, Leases} from '../../../clients/containerd/types.ts';
import {isFailure} from '../../../errors.ts';
import {removeDead} from './lease.ts';
import {gcRoot, partialSince, snapshotRef} from './gc-labels.ts';

type Dependencies = {readonly containerd: {readonly content: Pick<Content, 'list' | 'update' | 'info'>}};

type Sweeping = {readonly containerd: {readonly leases: Pick<Leases, 'create' | 'list' | 'remove'>}};

/** After a day nobody will try again. */
export const partialLifeMs = 24 * 3_600_000;
const sweepMs = 60_000;

type Labels = Readonly<Record<string, string>>;

const relabel = async ({containerd}: Dependencies, namespace: string, digest: string, labels: Labels): Promise<void> => {
	const fields = Object.keys(labels).map(key => `labels.${key}`);
	try {
		await containerd.content.update(namespace, {digest, sizeBytes: 0, labels, createdAt: 0, updatedAt: 0}, fields);
	} catch (error) {
		if (!isFailure(error, 'not-found')) throw error;
	}
};

/** Called while the lease still holds them. Takes no signal: it is what a cancelled pull does last. No snapshot stays with the blobs: they are its bytes. */
export const keepPartial = async (
	dependencies: Dependencies,
	namespace: string,
	digests: Iterable<string>,
	snapshotter: string,
): Promise<void> => {
	const since = new Date().toISOString();
	const labels = {[gcRoot]: since, [partialSince]: since, [snapshotRef(snapshotter)]: ''};
	for (const digest of digests) await relabel(dependencies, namespace, digest, labels);
};

/** An empty value takes a label away. */
export const releasePartial = async (dependencies: Dependencies, namespace: string, digests: Iterable<string>): Promise<void> => {
	for (const digest of digests) await relabel(dependencies, namespace, digest, {[gcRoot]: '', [partialSince]: ''});
};

/** What failed pulls left for a second try that did not come. Answers how many blobs the collector may take now, and how many stay. */
export const forgetPartial = async (
	dependencies: Dependencies,
	namespace: string,
	{olderThanMs = 0, signal}: {readonly olderThanMs?: number; readonly signal?: AbortSignal} = {},
): Promise<{readonly released: number; readonly kept: number}> => {
	const calling = signal === undefined ? {} : {signal};
	const found: string[] = [];
	let kept = 0;
	for await (const batch of dependencies.containerd.content.list(namespace, {
		...calling,
		filters: [`labels.${JSON.stringify(partialSince)}`],
	}))
		for (const {digest, labels} of batch) {
			const since = Date.parse(labels[partialSince] ?? '');
			if (Date.now() - since < olderThanMs) kept += 1;
			else found.push(digest);
		}
	await releasePartial(dependencies, namespace, found);
	return {released: found.length, kept};
};

/** The same with what Gantrys that died hold, and wait until the collector has been there: a lease that goes makes it come. */
export const sweepPartial = async (dependencies: Dependencies & Sweeping, namespace: string, options: {readonly signal?: AbortSignal} = {}): Promise<number> => {
	const {released} = await forgetPartial(dependencies, namespace, options);
	const dead = await removeDead(dependencies, namespace, options);
	if (released + dead === 0) return 0;
	const id = `gantry-sweep-${randomBytes(6).toString('hex')}`;
	await dependencies.containerd.leases.create(namespace, {id, labels: {'containerd.io/gc.expire': new Date(Date.now() + sweepMs).toISOString()}}, options);
	await dependencies.containerd.leases.remove(namespace, id, {...options, sync: true, timeoutMs: sweepMs});
	return released;
};
