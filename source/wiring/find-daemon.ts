import type {Containerd} from '../clients/containerd/types.ts';
import {findSockets} from '../clients/discover/index.ts';
import type {Settings} from '../config/index.ts';
import {chooseHost, chooseNamespace} from '../services/hosts/index.ts';
import type {HostChoice, Scope} from '../store/index.ts';

export type Found = {readonly address: string; readonly choices: readonly HostChoice[]};

/** The daemon that is meant: what was said, else the first that is found with tasks. */
export const findDaemon = async (settings: Settings, connect: (address: string) => Containerd, env: Readonly<Record<string, string | undefined>>, uid: number, signal?: AbortSignal): Promise<Found> => {
	if (settings.address !== undefined) return {address: settings.address.value, choices: []};
	const {chosen, others} = await chooseHost(await findSockets({env, uid}), connect, signal === undefined ? {} : {signal});
	return {
		address: chosen.address,
		choices: [chosen, ...others].map((host) => ({address: host.address, label: `${host.owner} · ${host.version} · ${host.tasks} tasks`, isCurrent: host === chosen})),
	};
};

/** Said, or the namespace that has tasks. */
export const findScope = async (containerd: Containerd, settings: Settings): Promise<Scope> => ({
	kind: 'one',
	namespace: settings.namespace?.value ?? (await chooseNamespace(containerd)),
});
