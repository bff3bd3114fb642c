import type {Containers} from '../../clients/containerd/types.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {Snapshot} from '../../model/snapshot.ts';

/** Containers that have this snapshot, or one on top of it, as their file system. containerd has no filter for snapshot keys. */
export const containersOn = async (
	{containerd}: {readonly containerd: {readonly containers: Pick<Containers, 'list'>}},
	snapshot: Snapshot,
	keys: ReadonlySet<string>,
	options: {readonly signal?: AbortSignal},
): Promise<ContainerRef[]> => {
	const users: ContainerRef[] = [];
	for await (const batch of containerd.containers.list(snapshot.namespace, options)) {
		for (const {namespace, id, snapshotter, snapshotKey} of batch) {
			if (snapshotter === snapshot.snapshotter && keys.has(snapshotKey)) users.push({namespace, id});
		}
	}
	return users;
};

/** The snapshot and all that stand on it. */
export const keysAbove = (key: string, all: readonly Snapshot[]): Set<string> => {
	const children = Map.groupBy(all, snapshot => snapshot.parent);
	const keys = new Set([key]);
	for (const below of keys) for (const child of children.get(below) ?? []) keys.add(child.key);
	return keys;
};
