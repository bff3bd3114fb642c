import type {Containers, Snapshots} from '../../clients/containerd/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import {list} from './list.ts';
import {containersOn} from './users.ts';

export type RemoveDependencies = {
	readonly containerd: {readonly snapshots: Pick<Snapshots, 'list' | 'remove'>; readonly containers: Pick<Containers, 'list'>};
};

export const remove = async (
	dependencies: RemoveDependencies,
	snapshot: Snapshot,
	options: {readonly signal?: AbortSignal} = {},
): Promise<void> => {
	const {namespace, snapshotter, key} = snapshot;
	try {
		const children = (await list(dependencies, namespace, snapshotter, options)).filter(each => each.parent === key);
		const [child] = children;
		if (child !== undefined) {
			throw new Failure(
				'conflict',
				`${children.length === 1 ? 'a snapshot stands' : `${children.length} snapshots stand`} on it (${child.key})`,
				{hint: 'remove what stands on it first'},
			);
		}
		const users = await containersOn(dependencies, snapshot, new Set([key]), options);
		const [user] = users;
		if (user !== undefined) throw new Failure('conflict', `container ${user.id} uses it`, {hint: 'remove the container first'});
		await dependencies.containerd.snapshots.remove(namespace, snapshotter, key, options);
	} catch (error) {
		throw failing(`remove snapshot ${key}`, error);
	}
};
