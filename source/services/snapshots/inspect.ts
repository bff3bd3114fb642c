import type {Containers, Snapshots} from '../../clients/containerd/types.ts';
import {failing, isFailure} from '../../errors.ts';
import type {Snapshot, SnapshotUsage} from '../../model/snapshot.ts';
import {list} from './list.ts';
import type {SnapshotDetails} from './types.ts';
import {containersOn, keysAbove} from './users.ts';

export type InspectDependencies = {
	readonly containerd: {readonly snapshots: Pick<Snapshots, 'list' | 'usage' | 'mounts'>; readonly containers: Pick<Containers, 'list'>};
};

export const inspect = async (
	dependencies: InspectDependencies,
	snapshot: Snapshot,
	options: {readonly signal?: AbortSignal} = {},
): Promise<SnapshotDetails> => {
	const {snapshots} = dependencies.containerd;
	const {namespace, snapshotter, key} = snapshot;
	try {
		const [all, usage, mounts] = await Promise.all([
			list(dependencies, namespace, snapshotter, options),
			usageOrNone(snapshots, snapshot, options),
			snapshot.kind === 'committed' ? [] : snapshots.mounts(namespace, snapshotter, key, options),
		]);
		const usedBy = await containersOn(dependencies, snapshot, keysAbove(key, all), options);
		return {snapshot: all.find(each => each.key === key) ?? snapshot, usage, mounts, chain: chainOf(snapshot, all), usedBy};
	} catch (error) {
		throw failing(`inspect snapshot ${key}`, error);
	}
};

/** Some remote snapshotters do not count. */
const usageOrNone = async (
	snapshots: Pick<Snapshots, 'usage'>,
	{namespace, snapshotter, key}: Snapshot,
	options: {readonly signal?: AbortSignal},
): Promise<SnapshotUsage | undefined> => {
	try {
		return await snapshots.usage(namespace, snapshotter, key, options);
	} catch (error) {
		if (isFailure(error, 'unsupported')) return undefined;
		throw error;
	}
};

const chainOf = (snapshot: Snapshot, all: readonly Snapshot[]): Snapshot[] => {
	const byKey = new Map(all.map(each => [each.key, each]));
	const chain = new Set<Snapshot>();
	for (
		let next: Snapshot | undefined = byKey.get(snapshot.key) ?? snapshot;
		next !== undefined && !chain.has(next);
		next = byKey.get(next.parent)
	)
		chain.add(next);
	return [...chain];
};
