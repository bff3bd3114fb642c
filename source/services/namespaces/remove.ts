import type {Containerd} from '../../clients/containerd/types.ts';
import {Failure, failing, isFailure} from '../../errors.ts';
import {ownerOf} from '../../model/namespace.ts';
import type {ContainersService} from '../containers/index.ts';
import {createSnapshots} from '../snapshots/index.ts';
import type {VolumesService} from '../volumes/index.ts';
import {type InspectDependencies, inspect} from './inspect.ts';
import type {NamespaceDetails, NamespaceSignal} from './types.ts';

export type RemoveDependencies = InspectDependencies & {
	readonly containerd: Pick<Containerd, 'content' | 'leases'>;
	/** Others know what belongs to a container or a volume: networks, names, files. */
	readonly removeContainer: ContainersService['remove'];
	readonly removeVolume: VolumesService['remove'];
	readonly listVolumes: VolumesService['list'];
};

/** The collector may have much to delete. */
const syncTimeoutMs = 120_000;

/**
The daemon refuses a namespace that is not empty too, but does not say how much is in it; and it knows nothing of volumes. With `contents`
all that is in it goes first, in the order of need: containers, volumes, images, and what nothing held any more but a lease.
*/
export const remove = async (dependencies: RemoveDependencies, name: string, {contents = false, ...options}: NamespaceSignal & {readonly contents?: boolean} = {}): Promise<void> => {
	try {
		const details = await inspect(dependencies, name, options);
		const inside = contentsOf(details);
		if (inside.length > 0 && !contents) throw new Failure('conflict', `it holds ${inside.join(', ')}`, {hint: 'remove these first'});
		const owner = ownerOf(name);
		if (inside.length > 0 && owner !== undefined) throw new Failure('conflict', `what is in it is ${owner}'s`, {hint: `remove it with ${owner}'s own tools`});
		if (contents) await empty(dependencies, name, options);
		await dependencies.containerd.namespaces.remove(name, options);
	} catch (error) {
		throw failing(`remove namespace ${name}`, error);
	}
};

/** What is in it in words, `2 containers`, `1 image`; empty when nothing is. */
export const contentsOf = ({containers, images, snapshots, volumes}: NamespaceDetails): readonly string[] =>
	[counted(containers, 'container'), counted(images, 'image'), counted(snapshots, 'snapshot'), counted(volumes, 'volume')].filter(text => text !== undefined);

const counted = (count: number, noun: string): string | undefined => (count === 0 ? undefined : `${count} ${noun}${count === 1 ? '' : 's'}`);

const orGone = async (work: Promise<unknown>): Promise<void> => {
	try {
		await work;
	} catch (error) {
		if (!isFailure(error, 'not-found')) throw error;
	}
};

const all = async <T>(batches: AsyncIterable<readonly T[]>): Promise<readonly T[]> => {
	const items: T[] = [];
	for await (const batch of batches) items.push(...batch);
	return items;
};

const empty = async ({containerd, removeContainer, removeVolume, listVolumes, ...rest}: RemoveDependencies, namespace: string, options: NamespaceSignal): Promise<void> => {
	for (const {id} of await all(containerd.containers.list(namespace, options))) await orGone(removeContainer({namespace, id}, {...options, force: true, volumes: true}));
	if (rest.host !== undefined) for (const {name} of await listVolumes(namespace, options)) await orGone(removeVolume(namespace, name, options));
	for (const {name} of await containerd.images.list(namespace, options)) await orGone(containerd.images.remove(namespace, name, options));
	const leases = await containerd.leases.list(namespace, options);
	for (const [at, {id}] of leases.entries()) await orGone(containerd.leases.remove(namespace, id, {...options, sync: at === leases.length - 1, timeoutMs: syncTimeoutMs}));
	await removeSnapshots(containerd, namespace, options);
	for (const {digest} of await all(containerd.content.list(namespace, options))) await orGone(containerd.content.remove(namespace, digest, options));
};

/** Those that nothing stands on first. */
const removeSnapshots = async (containerd: RemoveDependencies['containerd'], namespace: string, options: NamespaceSignal): Promise<void> => {
	for (const {name: snapshotter, health} of await createSnapshots({containerd}).snapshotters(options)) {
		if (health !== 'ok') continue;
		let left = await all(containerd.snapshots.list(namespace, snapshotter, options));
		while (left.length > 0) {
			const parents = new Set(left.map(({parent}) => parent));
			const leaves = left.filter(({key}) => !parents.has(key));
			for (const {key} of leaves) await orGone(containerd.snapshots.remove(namespace, snapshotter, key, options));
			left = left.filter(({key}) => parents.has(key));
		}
	}
};
