import {isAbort, sentence} from '../errors.ts';
import type {VolumesService} from '../services/volumes/types.ts';
import type {AppStore, State} from '../store/index.ts';
import {namespacesIn} from './lists.ts';

export type VolumesDependencies = {readonly store: AppStore; readonly volumes: Pick<VolumesService, 'list'>; readonly signal: AbortSignal};

/** A directory each; nobody tells when one is made, so they are read again when something else says that it may be so. */
export const listVolumes = async ({store, volumes, signal}: VolumesDependencies): Promise<void> => {
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

/** What, when it is another, may mean that volumes came or went: a container was made or removed, or somebody looks at them. */
export const volumesClue = ({connection, scope, namespaces, containers, view, minute}: State): readonly unknown[] => [
	connection.status,
	scope,
	namespaces.length,
	containers.items.size,
	view.pane === 'volumes' ? minute : undefined,
];

