import {isAbort, sentence} from '../errors.ts';
import type {VolumesService} from '../services/volumes/types.ts';
import type {AppStore, State} from '../store/index.ts';
import {namespacesIn} from './lists.ts';

export type VolumesDependencies = {readonly store: AppStore; readonly volumes: Pick<VolumesService, 'list' | 'watch'>; readonly signal: AbortSignal};

const readVolumes = async ({store, volumes, signal}: VolumesDependencies): Promise<void> => {
	const {scope, namespaces, connection} = store.get();
	if (connection.status !== 'live') return;
	try {
		const found = (await Promise.all(namespacesIn(scope, namespaces).map(async (namespace) => volumes.list(namespace, {signal})))).flat();
		if (store.get().scope !== scope || signal.aborted) return;
		const known = store.get().volumes;
		// The same as before is no news: nothing is painted anew.
		if (known.freshness === 'live' && JSON.stringify([...known.items.values()]) === JSON.stringify(found)) return;
		store.dispatch({type: 'volumes-listed', volumes: found});
	} catch (error) {
		if (!isAbort(error)) store.dispatch({type: 'list-failed', list: 'volumes', reason: sentence(error)});
	}
};

/**
A directory each. containerd knows nothing of them, so it is the kernel that tells when one is made; and until their parent is there, whatever else may mean
that it is.
*/
export const createVolumesList = (dependencies: VolumesDependencies, onChange: () => void): (() => Promise<void>) => {
	const {store, volumes, signal} = dependencies;
	const watched = new Map<string, () => void>();
	const unwatch = (): void => {
		for (const stop of watched.values()) stop();
		watched.clear();
	};
	signal.addEventListener('abort', unwatch);
	return async () => {
		const {scope, namespaces} = store.get();
		// Anew each time: what was watched may have been removed and made again. Before the list, so that nothing falls between the two.
		unwatch();
		if (!signal.aborted) for (const namespace of namespacesIn(scope, namespaces)) watched.set(namespace, volumes.watch(namespace, onChange));
		await readVolumes(dependencies);
	};
};

/** What, when it is another, may mean that volumes came or went: a container was made or removed, or somebody looks at them. */
export const volumesClue = ({connection, scope, namespaces, containers, view, minute}: State): readonly unknown[] => [
	connection.status,
	scope,
	namespaces.length,
	containers.items.size,
	view.pane === 'volumes' ? minute : undefined,
];

