import {renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {attach, cachedAttachments, type CniOptions, type CniResult, detach, ensureNetconfPath, leaseDirectory, loadNetworks, type NetworkList, readLeases, type RuntimeConf, runtimeConfs} from '../../clients/cni/index.ts';
import {withLock} from '../../clients/host/flock.ts';
import {Failure} from '../../errors.ts';
import {defaultConflistText, defaultNetworkName} from '../../model/cni-network.ts';
import type {HookContainer, HookPaths} from './container-state.ts';
import type {HookLog} from './hook-log.ts';

/** A hundred containers that start at once wait for one another here, a second or so each when the machine is busy. */
const patienceSeconds = 600;

export const cniOptions = ({cniPath}: HookPaths): CniOptions => ({pluginPath: cniPath});

/** nerdctl's lock around everything that plugins do: they take no turns by themselves. */
export const takingTurns = async <T>({netconfPath}: HookPaths, namespace: string, run: () => Promise<T>): Promise<T> => {
	ensureNetconfPath(netconfPath, namespace);
	const path = join(netconfPath, '.cni-concurrency.lock');
	writeFileSync(path, '', {flag: 'a', mode: 0o600});
	return withLock(path, run, {patienceSeconds});
};

const matches = (list: NetworkList, name: string): boolean => {
	const id = list.config['nerdctlID'];
	return list.name === name || (typeof id === 'string' && (id === name || id.slice(0, 12) === name));
};

/** Made when it is first asked for, as nerdctl does; whoever removed its file meanwhile gets it back with the next container. */
const makeDefault = ({netconfPath}: HookPaths): void => {
	const path = join(netconfPath, `nerdctl-${defaultNetworkName}.conflist`);
	const temporary = `${path}.${process.pid}.new`;
	writeFileSync(temporary, defaultConflistText(), {mode: 0o644});
	renameSync(temporary, path);
};

/** The networks of a container, in its order. */
export const findNetworks = (names: readonly string[], paths: HookPaths, namespace: string): readonly NetworkList[] => {
	ensureNetconfPath(paths.netconfPath, namespace);
	const find = (name: string): NetworkList | undefined => loadNetworks(paths.netconfPath, namespace).lists.find(list => matches(list, name));
	return names.map(name => {
		const found = find(name);
		if (found !== undefined) return found;
		if (name === defaultNetworkName) makeDefault(paths);
		const made = find(name);
		if (made === undefined) throw new Failure('not-found', `there is no network ${name} in ${paths.netconfPath}`);
		return made;
	});
};

/** Whether CNI remembers this container: after a crash or a reboot it has addresses that nobody took back. */
const isRemembered = (container: HookContainer, lists: readonly NetworkList[]): boolean =>
	cachedAttachments({}, container.cniId).length > 0 ||
	lists.some(list => leaseDirectory(list) === undefined || readLeases(list).some(({containerId}) => containerId === container.cniId));

type Attached = {readonly list: NetworkList; readonly conf: RuntimeConf};

/** What the container is attached to: what CNI remembers, and what its own words say. A network whose file is gone is known by the former. */
const attachedTo = (container: HookContainer, lists: readonly NetworkList[], netns: string): readonly Attached[] => {
	const wanted = runtimeConfs(container, lists, netns).map((conf, at) => ({list: lists[at]!, conf}));
	const cached = cachedAttachments({}, container.cniId).flatMap(({list, ...conf}): readonly Attached[] =>
		list === undefined ? [] : [{list, conf: {containerId: conf.containerId, netns, ifName: conf.ifName, args: conf.args, capabilityArgs: conf.capabilityArgs}}],
	);
	const isKnown = ({list, conf}: Attached): boolean => cached.some(each => each.list.name === list.name && each.conf.ifName === conf.ifName);
	return [...cached, ...wanted.filter(each => !isKnown(each))];
};

/** Take everything away. One network that resists does not save the others; the first reason is answered. */
export const detachAll = async (container: HookContainer, lists: readonly NetworkList[], paths: HookPaths, netns: string, log: HookLog): Promise<unknown> => {
	let first: unknown;
	for (const {list, conf} of attachedTo(container, lists, netns)) {
		try {
			await detach(list, conf, cniOptions(paths));
		} catch (error) {
			first ??= error;
			log.warn(`could not take ${conf.ifName} off ${list.name}`, error);
		}
	}
	return first;
};

/**
Attach to all, in order; answers what CNI said by the name that the container uses for the network. nerdctl always detaches first, because a
daemon that died left addresses behind; when CNI remembers nothing of us there is nothing to take away, and half of the time is saved.
*/
export const attachAll = async (
	container: HookContainer,
	names: readonly string[],
	lists: readonly NetworkList[],
	paths: HookPaths,
	netns: string,
	log: HookLog,
): Promise<Readonly<Record<string, CniResult>>> => {
	if (isRemembered(container, lists)) {
		log.info('CNI remembers this container from before: detaching it first');
		await detachAll(container, lists, paths, '', log);
	}
	const results: Record<string, CniResult> = {};
	try {
		for (const [at, conf] of runtimeConfs(container, lists, netns).entries()) results[names[at]!] = await attach(lists[at]!, conf, cniOptions(paths));
		return results;
	} catch (error) {
		await detachAll(container, lists, paths, netns, log);
		throw error;
	}
};
