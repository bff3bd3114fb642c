import {isAbort, sentence} from '../errors.ts';
import {type Network, networkKey} from '../model/network.ts';
import type {NetworksService} from '../services/networks/types.ts';
import type {AppStore, State} from '../store/index.ts';
import {namespacesIn} from './lists.ts';

export type NetworksDependencies = {readonly store: AppStore; readonly networks: Pick<NetworksService, 'list'>; readonly signal: AbortSignal};

/** A small file each; those that all namespaces share are found once for each of them. */
export const listNetworks = async ({store, networks, signal}: NetworksDependencies): Promise<void> => {
	const {scope, namespaces, connection} = store.get();
	if (connection.status !== 'live') return;
	try {
		const all = (await Promise.all(namespacesIn(scope, namespaces).map(async (namespace) => networks.list(namespace, {signal})))).flat();
		const found: readonly Network[] = [...new Map(all.map((network) => [networkKey(network), network])).values()];
		if (store.get().scope !== scope || signal.aborted) return;
		const known = store.get().networks;
		// The same as before is no news: nothing is painted anew.
		if (known.freshness === 'live' && JSON.stringify([...known.items.values()]) === JSON.stringify(found)) return;
		store.dispatch({type: 'networks-listed', networks: found});
	} catch (error) {
		if (!isAbort(error)) store.dispatch({type: 'list-failed', list: 'networks', reason: sentence(error)});
	}
};

/** What, when it is another, may mean that networks came or went: a container was made or removed, or somebody looks at them. */
export const networksClue = ({connection, scope, namespaces, containers, view, minute}: State): readonly unknown[] => [
	connection.status,
	scope,
	namespaces.length,
	containers.items.size,
	view.pane === 'networks' ? minute : undefined,
];
