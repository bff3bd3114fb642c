import {isFailure} from '../errors.ts';
import type {Containerd} from '../clients/containerd/types.ts';
import {type ContainerRef, containerKey} from '../model/container.ts';
import type {DaemonEvent} from '../model/event.ts';
import type {AppStore} from '../store/index.ts';
import {type ListDependencies, listContainers, listImages, listNamespaces, listSnapshots} from './lists.ts';

/** Past this many changed rows, one list costs less than a call each. */
const relistAbove = 32;

/**
What the daemon's events have made untrue, gathered until it is looked at again.

An event says only that something changed; the state is read afterwards, so that an event that is late, doubled or out of order can't
make a row lie.
*/
export type Changes = {
	note(event: DaemonEvent): void;
	/** Everything may have changed: a manual refresh, or a new scope. */
	noteAll(): void;
	/** Reads again what was noted, until nothing more is. */
	settle(): Promise<void>;
};

type Dirty = {containers: Map<string, ContainerRef>; tasks: Map<string, ContainerRef>; all: boolean; images: boolean; namespaces: boolean; snapshots: boolean};

const clean = (): Dirty => ({containers: new Map(), tasks: new Map(), all: false, images: false, namespaces: false, snapshots: false});

const isInScope = (store: AppStore, namespace: string): boolean => {
	const {scope} = store.get();
	return scope.kind === 'all' || scope.namespace === namespace;
};

export const createChanges = (dependencies: ListDependencies): Changes => {
	const {store} = dependencies;
	let dirty = clean();
	return {
		noteAll() {
			dirty.all = true;
			dirty.images = true;
			dirty.namespaces = true;
			dirty.snapshots = true;
		},
		note(event) {
			if (event.kind.startsWith('namespace-')) dirty.namespaces = true;
			if (!isInScope(store, event.namespace)) return;
			switch (event.kind) {
				case 'container-created':
				case 'container-updated': {
					const ref = {namespace: event.namespace, id: event.containerId};
					dirty.containers.set(containerKey(ref), ref);
					return;
				}
				case 'container-deleted':
					store.dispatch({type: 'container-gone', key: containerKey({namespace: event.namespace, id: event.containerId})});
					return;
				case 'task-created':
				case 'task-started':
				case 'task-paused':
				case 'task-resumed':
				case 'task-exited':
				case 'task-deleted': {
					if ('execId' in event && event.execId !== undefined && event.execId !== '' && event.execId !== event.containerId) return;
					const ref = {namespace: event.namespace, id: event.containerId};
					dirty.tasks.set(containerKey(ref), ref);
					return;
				}
				case 'image-created':
				case 'image-updated':
				case 'image-deleted':
					dirty.images = true;
					return;
				case 'snapshot-prepared':
				case 'snapshot-committed':
				case 'snapshot-removed':
					dirty.snapshots = true;
					return;
				default:
			}
		},
		async settle() {
			for (;;) {
				const found = dirty;
				const isQuiet = !found.all && !found.images && !found.namespaces && !found.snapshots && found.containers.size + found.tasks.size === 0;
				if (isQuiet) return;
				dirty = clean();
				if (found.namespaces) await listNamespaces(dependencies);
				if (found.all || found.containers.size + found.tasks.size > relistAbove) await listContainers(dependencies);
				else await readAgain(dependencies.containerd, store, found, dependencies.signal);
				if (found.images) await listImages(dependencies);
				if (found.snapshots) await listSnapshots(dependencies);
			}
		},
	};
};

const readAgain = async (containerd: Containerd, store: AppStore, {containers, tasks}: Dirty, signal: AbortSignal): Promise<void> => {
	const readContainer = async (ref: ContainerRef) => {
		try {
			const [record, task] = await Promise.all([containerd.containers.get(ref, {signal}), containerd.tasks.find(ref, {signal})]);
			// The spec and the extensions stay out of the state: kilobytes per row that only a detail view reads.
			const {spec: _spec, runtimeOptions: _options, extensions: _extensions, ...container} = record;
			store.dispatch({type: 'containers-arrived', containers: [{...container, task}]});
		} catch (error) {
			if (!isFailure(error, 'not-found')) throw error;
			store.dispatch({type: 'container-gone', key: containerKey(ref)});
		}
	};
	const readTask = async (ref: ContainerRef) => {
		store.dispatch({type: 'task-changed', ref, task: await containerd.tasks.find(ref, {signal})});
	};
	await Promise.all([
		...[...containers.values()].map(readContainer),
		...[...tasks].filter(([key]) => !containers.has(key)).map(async ([, ref]) => readTask(ref)),
	]);
};
