import {existsSync} from 'node:fs';
import {attachAll, detachAll, findNetworks} from '../../clients/cni/index.ts';
import {releaseHosts} from '../../clients/host/hosts-store.ts';
import {releasePorts, reservePorts} from '../../clients/host/port-reserver.ts';
import {Failure} from '../../errors.ts';
import type {HookContainer, HookPaths} from './container-state.ts';
import type {HookLog} from './hook-log.ts';
import {tellHosts} from './tell-hosts.ts';
import {takingTurns} from './turns.ts';

const netnsOf = ({netns, pid}: HookContainer): string => {
	const path = netns === '' ? `/proc/${pid}/ns/net` : netns;
	if (pid === 0 && netns === '') throw new Failure('invalid', 'the state on stdin has no pid');
	if (!existsSync(path)) throw new Failure('not-found', `there is no network namespace ${path}`);
	return path;
};

/** After a failure nothing is attached and no port is held. */
export const joinNetworks = async (container: HookContainer, names: readonly string[], paths: HookPaths, log: HookLog): Promise<void> => {
	const netns = netnsOf(container);
	const options = {pluginPath: paths.cniPath, env: paths.env};
	const lists = await findNetworks(names, paths.netconfPath, container.namespace);
	await reservePorts(container, container.ports, log.warn);
	try {
		const results = await takingTurns(paths, () => attachAll(container, lists, netns, options, log.warn));
		try {
			await tellHosts(container, Object.fromEntries(results.map((result, at) => [names[at]!, result])), paths);
		} catch (error) {
			await takingTurns(paths, () => detachAll(container, lists, netns, options, log.warn));
			throw error;
		}
	} catch (error) {
		releasePorts(container);
		// What peers were told at an earlier start is not true any more.
		await releaseHosts(paths.dataStore, container.namespace, container.id);
		throw error;
	}
};
