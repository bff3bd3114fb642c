import {acquireHosts} from '../../clients/host/hosts-store.ts';
import type {HookContainer, HookPaths} from './container-state.ts';

/** The container's addresses, to its own hosts file and to those of everybody on its networks. */
export const tellHosts = async (container: HookContainer, networks: Parameters<typeof acquireHosts>[2]['Networks'], {dataStore}: HookPaths): Promise<void> =>
	acquireHosts(
		dataStore,
		container.namespace,
		{
			ID: container.id,
			Networks: networks,
			Hostname: container.hostname,
			ExtraHosts: container.extraHosts,
			Name: container.name,
			Domainname: container.domainname,
		},
		container.aliases,
	);
