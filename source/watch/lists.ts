import type {Containerd} from '../clients/containerd/types.ts';
import type {Container, Task} from '../model/container.ts';
import type {Image} from '../model/image.ts';
import type {AppStore, Scope} from '../store/index.ts';
import {isAbort, isFailure, sentence} from '../errors.ts';

export type ListDependencies = {readonly containerd: Containerd; readonly store: AppStore; readonly signal: AbortSignal};

/** The namespaces that are looked at. A daemon with none yet still has the one that was asked for. */
export const namespacesIn = (scope: Scope, known: ReadonlyArray<{readonly name: string}>): readonly string[] =>
	scope.kind === 'one' ? [scope.namespace] : known.map((namespace) => namespace.name);

/** A namespace can vanish between its listing and ours: it has nothing in it then. */
const orNothing = async <T>(answer: Promise<readonly T[]>): Promise<readonly T[]> => {
	try {
		return await answer;
	} catch (error) {
		if (isFailure(error, 'not-found')) return [];
		throw error;
	}
};

const listNamespace = async ({containerd, store, signal}: ListDependencies, namespace: string, show: boolean): Promise<readonly Container[]> => {
	const tasks = new Map<string, Task>();
	for (const task of await orNothing(containerd.tasks.list(namespace, {signal}))) tasks.set(task.containerId, task);
	const containers: Container[] = [];
	let shown = 0;
	for await (const batch of containerd.containers.list(namespace, {signal})) {
		const joined = batch.map((container) => ({...container, task: tasks.get(container.id)}));
		containers.push(...joined);
		// While the first listing runs, rows appear as they come: five thousand are usable long before the last has arrived. Each time as
		// many again as there are, since each time all of them are put in order.
		if (!show || containers.length < 2 * shown) continue;
		store.dispatch({type: 'containers-arrived', containers: containers.slice(shown)});
		shown = containers.length;
	}
	return containers;
};

/** Two calls per namespace, however many containers: one list of containers, one of tasks. */
export const listContainers = async (dependencies: ListDependencies): Promise<void> => {
	const {store} = dependencies;
	const {scope, namespaces, containers} = store.get();
	// A first look at the daemon may have shown rows already: they stay until the list is whole.
	const isFirst = containers.freshness === 'loading' && containers.items.size === 0;
	const all: Container[] = [];
	for (const namespace of namespacesIn(scope, namespaces)) all.push(...(await listNamespace(dependencies, namespace, isFirst)));
	if (store.get().scope === scope) store.dispatch({type: 'containers-listed', containers: all});
};

/**
A list that can't be had (its plugin is broken, its answer is garbage) is said in its own pane and takes nothing else with it. Without a
daemon it is the connection that failed, which is not said here.
*/
const orSaid = async (list: 'images' | 'snapshots', {store, signal}: ListDependencies, work: () => Promise<void>): Promise<void> => {
	try {
		await work();
	} catch (error) {
		if (isAbort(error) || signal.aborted || isFailure(error, 'unavailable')) throw error;
		store.dispatch({type: 'list-failed', list, reason: sentence(error)});
	}
};

export const listImages = async (dependencies: ListDependencies): Promise<void> => orSaid('images', dependencies, async () => readImages(dependencies));

const readImages = async ({containerd, store, signal}: ListDependencies): Promise<void> => {
	const {scope, namespaces} = store.get();
	const all: Image[] = [];
	for (const namespace of namespacesIn(scope, namespaces)) all.push(...(await orNothing(containerd.images.list(namespace, {signal}))));
	if (store.get().scope === scope) store.dispatch({type: 'images-listed', images: all});
};

export const listNamespaces = async ({containerd, store, signal}: ListDependencies): Promise<void> => {
	store.dispatch({type: 'namespaces-listed', namespaces: await containerd.namespaces.list({signal})});
};

export const listSnapshots = async (dependencies: ListDependencies): Promise<void> => orSaid('snapshots', dependencies, async () => readSnapshots(dependencies));

const readSnapshots = async ({containerd, store, signal}: ListDependencies): Promise<void> => {
	const {drill} = store.get().view;
	if (drill === undefined) return;
	const {scope, namespaces} = store.get();
	const snapshots = [];
	for (const namespace of namespacesIn(scope, namespaces))
		for await (const batch of containerd.snapshots.list(namespace, drill.snapshotter, {signal})) snapshots.push(...batch);
	if (store.get().view.drill === drill) store.dispatch({type: 'snapshots-listed', snapshots});
};
