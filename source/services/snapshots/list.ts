import type {Snapshots} from '../../clients/containerd/types.ts';
import {failing} from '../../errors.ts';
import type {Snapshot} from '../../model/snapshot.ts';

export const list = async (
	{containerd}: {readonly containerd: {readonly snapshots: Pick<Snapshots, 'list'>}},
	namespace: string,
	snapshotter: string,
	options: {readonly signal?: AbortSignal} = {},
): Promise<readonly Snapshot[]> => {
	const all: Snapshot[] = [];
	try {
		for await (const batch of containerd.snapshots.list(namespace, snapshotter, options)) all.push(...batch);
	} catch (error) {
		throw failing(`list the snapshots of ${snapshotter}`, error);
	}
	return all;
};
