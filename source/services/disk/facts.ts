import type {Containerd, ContentInfo} from '../../clients/containerd/types.ts';
import {isFailure, sentence} from '../../errors.ts';
import type {Container, Task} from '../../model/container.ts';
import {contentKey, snapshotKey} from '../../model/disk-graph.ts';
import type {Image} from '../../model/image.ts';
import {isAbandoned} from '../images/index.ts';
import type {Snapshot} from '../../model/snapshot.ts';

export type ReadsFacts = {
	readonly containerd: Pick<Containerd, 'plugins'> & {
		readonly namespaces: Pick<Containerd['namespaces'], 'list'>;
		readonly images: Pick<Containerd['images'], 'list'>;
		readonly containers: Pick<Containerd['containers'], 'list'>;
		readonly tasks: Pick<Containerd['tasks'], 'list'>;
		readonly content: Pick<Containerd['content'], 'list' | 'statuses'>;
		readonly snapshots: Pick<Containerd['snapshots'], 'list' | 'usage'>;
		readonly leases: Pick<Containerd['leases'], 'list' | 'resources'>;
	};
};

export type NamespaceFacts = {
	readonly namespace: string;
	readonly images: readonly Image[];
	readonly containers: ReadonlyArray<Container & {readonly task: Task | undefined}>;
	readonly content: readonly ContentInfo[];
	readonly ingests: ReadonlyArray<{readonly ref: string; readonly offset: number}>;
	readonly snapshots: readonly Snapshot[];
	/** Keys of the graph that leases hold. */
	readonly leased: readonly string[];
	/** The same, of Gantrys that died at work. */
	readonly abandoned: readonly string[];
};

type Options = {readonly signal?: AbortSignal};

const all = async <T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> => {
	const items: T[] = [];
	for await (const batch of batches) items.push(...batch);
	return items;
};

/** Those that loaded. The others have nothing on disk that can be asked for. */
export const snapshotterNames = async ({containerd}: ReadsFacts, options: Options): Promise<readonly string[]> => {
	const plugins = await containerd.plugins({...options, filters: ['type==io.containerd.snapshotter.v1']});
	return plugins.filter(plugin => plugin.type === 'io.containerd.snapshotter.v1' && plugin.initError === undefined).map(({id}) => id);
};

export const readContent = async ({containerd}: ReadsFacts, namespace: string, options: Options): Promise<ContentInfo[]> => all(containerd.content.list(namespace, options));

export const readFacts = async (
	dependencies: ReadsFacts,
	namespace: string,
	snapshotters: readonly string[],
	onProblem: (sentence: string) => void,
	options: Options,
): Promise<NamespaceFacts> => {
	const {containerd} = dependencies;
	const [images, containers, tasks, content, ingests, leases] = await Promise.all([
		containerd.images.list(namespace, options),
		all(containerd.containers.list(namespace, options)),
		containerd.tasks.list(namespace, options),
		readContent(dependencies, namespace, options),
		containerd.content.statuses(namespace, options),
		readLeases(dependencies, namespace, options),
	]);
	const snapshots: Snapshot[] = [];
	for (const snapshotter of snapshotters) {
		try {
			snapshots.push(...(await all(containerd.snapshots.list(namespace, snapshotter, options))));
		} catch (error) {
			// A proxy snapshotter whose process is down: what others hold is known all the same.
			if (!isFailure(error)) throw error;
			options.signal?.throwIfAborted();
			onProblem(`The snapshots of ${snapshotter} in ${namespace} are not counted: ${sentence(error)}`);
		}
	}
	const byContainer = new Map(tasks.map(task => [task.containerId, task]));
	return {namespace, images, containers: containers.map(container => ({...container, task: byContainer.get(container.id)})), content, ingests, snapshots, ...leases};
};

/** `content`, `snapshots/overlayfs`, `ingests`. */
const readLeases = async ({containerd}: ReadsFacts, namespace: string, options: Options): Promise<Pick<NamespaceFacts, 'leased' | 'abandoned'>> => {
	const leased: string[] = [];
	const abandoned: string[] = [];
	for (const lease of await containerd.leases.list(namespace, options)) {
		const keys = isAbandoned(lease) ? abandoned : leased;
		try {
			for (const resource of await containerd.leases.resources(namespace, lease.id, options)) {
				const [type, snapshotter] = resource.type.split('/');
				if (type === 'content') keys.push(contentKey(namespace, resource.id));
				else if (type === 'snapshots' && snapshotter !== undefined) keys.push(snapshotKey(namespace, snapshotter, resource.id));
			}
		} catch (error) {
			// It has ended since it was listed.
			if (!isFailure(error, 'not-found')) throw error;
		}
	}
	return {leased, abandoned};
};
