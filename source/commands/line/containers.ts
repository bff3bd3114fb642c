import type {Container} from '../../model/container.ts';
import type {Surroundings} from './types.ts';

type Asking = Pick<Surroundings, 'containerd' | 'global' | 'signal'>;

/** All containers of the namespace with their tasks, newest first. */
export const listContainers = async ({containerd, global, signal}: Asking, namespace = global.namespace): Promise<readonly Container[]> => {
	const collect = async () => {
		const found: Container[] = [];
		for await (const batch of containerd.containers.list(namespace, {signal})) found.push(...batch);
		return found;
	};
	const [containers, tasks] = await Promise.all([collect(), containerd.tasks.list(namespace, {signal})]);
	const byId = new Map(tasks.map(task => [task.containerId, task]));
	return containers.map(container => ({...container, task: byId.get(container.id)})).sort((a, b) => b.createdAt - a.createdAt);
};

/** What a snapshot holds by itself and with everything it stands on. */
export const snapshotSize = async (
	{containerd, global, signal}: Asking,
	snapshotter: string,
	key: string,
): Promise<{readonly writableBytes: number; readonly allBytes: number}> => {
	let writableBytes: number | undefined;
	let allBytes = 0;
	for (let next = key; next !== ''; ) {
		const [usage, {parent}] = await Promise.all([
			containerd.snapshots.usage(global.namespace, snapshotter, next, {signal}),
			containerd.snapshots.stat(global.namespace, snapshotter, next, {signal}),
		]);
		writableBytes ??= usage.sizeBytes;
		allBytes += usage.sizeBytes;
		next = parent;
	}
	return {writableBytes: writableBytes ?? 0, allBytes};
};
