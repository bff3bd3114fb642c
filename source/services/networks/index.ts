import type {Containerd} from '../../clients/containerd/types.ts';
import type {NetworkFiles} from '../../clients/host/network-files.ts';
import {attachments} from './attachments.ts';
import {connect} from './connect.ts';
import {create, list} from './create.ts';
import {disconnect, release} from './disconnect.ts';
import {isExhausted} from './exhausted.ts';
import {findList, networkFrom} from './find.ts';
import {choosePorts} from './ports.ts';
import {prune, remove} from './remove.ts';
import {repair} from './repair.ts';
import type {NetworkPlaces, NetworksService} from './types.ts';
import {users} from './users.ts';

export {type HookPlaces, networkHooks} from './hooks.ts';
export type {Attachment, Network, NetworkPlaces, NetworkSpec, NetworksService} from './types.ts';

export type NetworksOptions = {
	readonly containerd: Pick<Containerd, 'containers' | 'tasks' | 'namespaces'>;
	readonly files: NetworkFiles;
	readonly places: NetworkPlaces;
};

/** What can be done to networks: CNI's configurations, and who is attached to them. Nothing is read until it is asked for. */
export const createNetworks = (dependencies: NetworksOptions): NetworksService => ({
	list: (namespace, options) => list(dependencies, namespace, options),
	find: async (namespace, name, options) => {
		const list = await findList(dependencies, namespace, name, options);
		// Whoever asks is about to use it: what crashed containers hold is worth a look when nothing else is left.
		if (isExhausted(list)) await repair(dependencies, options);
		return networkFrom(list, dependencies.places.cniNetconfPath);
	},
	create: (namespace, spec, options) => create(dependencies, namespace, spec, options),
	remove: (namespace, name, options) => remove(dependencies, namespace, name, options),
	prune: (namespace, options) => prune(dependencies, namespace, options),
	users: options => users(dependencies, options),
	attachments,
	connect: (ref, network, options) => connect(dependencies, ref, network, options),
	disconnect: (ref, network, options) => disconnect(dependencies, ref, network, options),
	release: (ref, options) => release(dependencies, ref, options),
	repair: options => repair(dependencies, options),
	choosePorts: (wanted, options) => choosePorts(dependencies.files, wanted, options),
});
