import {forget, loadNetworks, type NetworkList} from '../../clients/cni/index.ts';
import {releaseHosts} from '../../clients/host/hosts-store.ts';
import {releasePorts} from '../../clients/host/port-reserver.ts';
import {releaseName} from '../../clients/host/stores.ts';
import type {HookContainer, HookPaths} from './container-state.ts';
import type {HookLog} from './hook-log.ts';
import {readLifecycle, writeLifecycle} from './lifecycle.ts';
import {takingTurns} from './turns.ts';

/** By name only, and without those that are gone: what the container is attached to CNI remembers itself. */
const knownNetworks = (names: readonly string[], {netconfPath}: HookPaths, namespace: string): readonly NetworkList[] => {
	const {lists} = loadNetworks(netconfPath, namespace);
	return names.flatMap(name => lists.find(list => list.name === name) ?? []);
};

const leaveNetworks = async (container: HookContainer, names: readonly string[], paths: HookPaths, log: HookLog): Promise<unknown> =>
	takingTurns(paths, () => forget(container, knownNetworks(names, paths, container.namespace), {pluginPath: paths.cniPath, env: paths.env}, log.warn));

/** When the task is deleted. Everything is given back that can be: one thing that resists keeps nothing else, and is told at the end. */
export const postStop = async (container: HookContainer, paths: HookPaths, log: HookLog): Promise<void> => {
	const lifecycle = readLifecycle(container.stateDir);
	if (lifecycle.create_error) {
		// runc stops what it could not create, though the container stays: its name must not go to another one.
		writeLifecycle(container.stateDir, {...lifecycle, create_error: false});
		return;
	}
	const failures: unknown[] = [];
	const attempt = async (run: () => Promise<unknown>): Promise<void> => {
		try {
			const failure = await run();
			if (failure !== undefined) failures.push(failure);
		} catch (error) {
			failures.push(error);
		}
	};
	const {mode, namespace, name, id} = container;
	// Side by side: each waits for a lock of its own, and the plugins are slow.
	const others = [attempt(() => releaseHosts(paths.dataStore, namespace, id)), attempt(async () => (name === '' ? undefined : releaseName(paths.dataStore, namespace, name, id)))];
	if (mode.kind === 'networks') {
		await attempt(() => leaveNetworks(container, mode.names, paths, log));
		await attempt(async () => releasePorts(container));
	}
	await Promise.all(others);
	if (failures.length > 0) throw failures[0];
};
