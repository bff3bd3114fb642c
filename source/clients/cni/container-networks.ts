import {renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Failure, isFailure} from '../../errors.ts';
import {attach, detach} from './attach.ts';
import {cachedAttachments} from './cache.ts';
import {removeContainerRules} from './firewall.ts';
import {leaseDirectory, readLeases} from './leases.ts';
import {ensureNetconfPath, loadNetworks} from './load.ts';
import {type Endpoint, runtimeConfs} from './runtime-conf.ts';
import type {CniOptions, CniResult, NetworkList, RuntimeConf} from './types.ts';

/** Told of what went wrong and did not end the whole. */
export type OnTrouble = (text: string, error: unknown) => void;

/**
The lock that nerdctl's hooks hold while plugins run, since plugins take no turns by themselves. A hundred containers that start at once wait for
one another there, a second or so each when the machine is busy.
*/
export const turnsLock = (netconfPath: string): {readonly path: string; readonly patienceSeconds: number} => ({
	path: join(netconfPath, '.cni-concurrency.lock'),
	patienceSeconds: 600,
});

export const isNetwork = (list: NetworkList, name: string): boolean => {
	const id = list.config['nerdctlID'];
	return list.name === name || (typeof id === 'string' && (id === name || id.slice(0, 12) === name));
};

/** nerdctl's. */
const defaultName = 'bridge';

/** Made when it is first asked for, as nerdctl does; whoever removed its file meanwhile gets it back with the next container. */
export const makeDefaultNetwork = async (netconfPath: string, bridgeIp = ''): Promise<void> => {
	// It hashes names, and a hook that starts a container should not load what does unless it must.
	const {defaultConflistText} = await import('../../model/cni-network.ts');
	ensureNetconfPath(netconfPath, '');
	const path = join(netconfPath, `nerdctl-${defaultName}.conflist`);
	const temporary = `${path}.${process.pid}.new`;
	writeFileSync(temporary, defaultConflistText(bridgeIp), {mode: 0o644});
	renameSync(temporary, path);
};

/** The networks of a container, in its order. */
export const findNetworks = async (names: readonly string[], netconfPath: string, namespace: string): Promise<readonly NetworkList[]> => {
	const find = (name: string): NetworkList | undefined => loadNetworks(netconfPath, namespace).lists.find(list => isNetwork(list, name));
	const lists: NetworkList[] = [];
	for (const name of names) {
		if (find(name) === undefined && name === defaultName) await makeDefaultNetwork(netconfPath);
		const list = find(name);
		if (list === undefined) throw new Failure('not-found', `there is no network ${name} in ${netconfPath}`);
		lists.push(list);
	}
	return lists;
};

type Attached = {readonly list: NetworkList; readonly conf: RuntimeConf};

/** What the container is attached to: what CNI remembers, and what its own words say. A network whose file is gone is known by the former. */
const attachedTo = (endpoint: Endpoint, lists: readonly NetworkList[], netns: string, options: CniOptions): readonly Attached[] => {
	const wanted = runtimeConfs(endpoint, lists, netns).map((conf, at) => ({list: lists[at]!, conf}));
	const cached = cachedAttachments(options, endpoint.cniId).flatMap(({list, containerId, ifName, args, capabilityArgs}): readonly Attached[] =>
		list === undefined ? [] : [{list, conf: {containerId, netns, ifName, args, capabilityArgs}}],
	);
	const isKnown = ({list, conf}: Attached): boolean => cached.some(each => each.list.name === list.name && each.conf.ifName === conf.ifName);
	return [...cached, ...wanted.filter(each => !isKnown(each))];
};

/** Take everything away. One network that resists does not save the others; the first reason is answered. */
export const detachAll = async (endpoint: Endpoint, lists: readonly NetworkList[], netns: string, options: CniOptions, onTrouble: OnTrouble, how: Parameters<typeof detach>[3] = {}): Promise<unknown> => {
	let first: unknown;
	for (const {list, conf} of attachedTo(endpoint, lists, netns, options)) {
		try {
			await detach(list, conf, options, how);
		} catch (error) {
			first ??= error;
			onTrouble(`could not take ${conf.ifName} off ${list.name}`, error);
		}
	}
	return first;
};

/** After a crash or a reboot a container has addresses that nobody took back. */
const isRemembered = ({cniId}: Endpoint, lists: readonly NetworkList[], options: CniOptions): boolean =>
	cachedAttachments(options, cniId).length > 0 ||
	lists.some(list => leaseDirectory(list) === undefined || readLeases(list).some(({containerId}) => containerId === cniId));

/** With the namespace gone the bridge plugin leaves its rules for the old address, which is somebody else's soon. */
export const forget = async (endpoint: Endpoint, lists: readonly NetworkList[], options: CniOptions, onTrouble: OnTrouble): Promise<unknown> => {
	const isV6 = cachedAttachments(options, endpoint.cniId).some(({result}) => result?.ips?.some(({address = ''}) => address.includes(':')) === true);
	const failure = await detachAll(endpoint, lists, '', options, onTrouble);
	for (const family of isV6 ? ([4, 6] as const) : ([4] as const)) {
		try {
			await removeContainerRules(endpoint.cniId, family, options.env);
		} catch (error) {
			onTrouble('could not remove what is left of its firewall rules', error);
		}
	}
	return failure;
};

/**
Attach to all, in order. nerdctl always detaches first, because a daemon that died left addresses behind; when CNI remembers nothing of us
there is nothing to take away, and half of the time is saved. After a failure nothing is attached.
*/
export const attachAll = async (endpoint: Endpoint, lists: readonly NetworkList[], netns: string, options: CniOptions, onTrouble: OnTrouble): Promise<readonly CniResult[]> => {
	if (isRemembered(endpoint, lists, options)) await forget(endpoint, lists, options, onTrouble);
	try {
		const results: CniResult[] = [];
		for (const [at, conf] of runtimeConfs(endpoint, lists, netns).entries()) results.push(await attach(lists[at]!, conf, options));
		return results;
	} catch (error) {
		await undo(endpoint, lists, netns, isFailure(error, 'timeout') ? {...options, timeoutMs: undoMs} : options, onTrouble);
		throw error;
	}
};

/** For a plugin that has just hung for its whole time: it is likely to hang again, and a start is waiting to be told. */
const undoMs = 2000;

/** What a plugin made before it was killed has no result that a DEL could go by: its rules are found by the container's name. */
const undo = async (endpoint: Endpoint, lists: readonly NetworkList[], netns: string, options: CniOptions, onTrouble: OnTrouble): Promise<void> => {
	if ((await detachAll(endpoint, lists, netns, options, onTrouble, {isHalf: true})) === undefined) return;
	for (const family of [4, 6] as const) {
		try {
			await removeContainerRules(endpoint.cniId, family, options.env);
		} catch (error) {
			onTrouble('could not remove what is left of its firewall rules', error);
		}
	}
};
