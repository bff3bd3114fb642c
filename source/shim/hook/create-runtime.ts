import {existsSync, mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {attachAll, detachAll, findNetworks} from '../../clients/cni/index.ts';
import {acquireHosts, releaseHosts} from '../../clients/host/hosts-store.ts';
import {releasePorts, reservePorts} from '../../clients/host/port-reserver.ts';
import {acquireName} from '../../clients/host/stores.ts';
import {Failure} from '../../errors.ts';
import type {HookContainer, HookPaths} from './container-state.ts';
import type {HookLog} from './hook-log.ts';
import {writeLifecycle} from './lifecycle.ts';
import {takingTurns} from './turns.ts';

const nameHolder = (dataStore: string, {namespace, name}: HookContainer): string => {
	try {
		return readFileSync(join(dataStore, 'names', namespace, name), 'utf8').trim();
	} catch {
		return '';
	}
};

/** The name was given back when the task before this one was deleted. That it is somebody else's now must not keep the container down. */
const takeName = async (container: HookContainer, {dataStore}: HookPaths, log: HookLog): Promise<void> => {
	// When it is made for the first time, the name is its own already: no lock, no flock process.
	if (container.name === '' || nameHolder(dataStore, container) === container.id) return;
	try {
		await acquireName(dataStore, container.namespace, container.name, container.id);
	} catch (error) {
		log.warn(`could not take the name ${container.name} again`, error);
	}
};

const writePidFile = ({pidFile, pid}: HookContainer): void => {
	if (pidFile === '') return;
	const temporary = join(dirname(pidFile), `.${basename(pidFile)}`);
	mkdirSync(dirname(pidFile), {recursive: true, mode: 0o755});
	writeFileSync(temporary, String(pid));
	renameSync(temporary, pidFile);
};

const netnsOf = ({netns, pid}: HookContainer): string => {
	const path = netns === '' ? `/proc/${pid}/ns/net` : netns;
	if (pid === 0 && netns === '') throw new Failure('invalid', 'the state on stdin has no pid');
	if (!existsSync(path)) throw new Failure('not-found', `there is no network namespace ${path}`);
	return path;
};

const joinNetworks = async (container: HookContainer, names: readonly string[], paths: HookPaths, log: HookLog): Promise<void> => {
	const netns = netnsOf(container);
	const options = {pluginPath: paths.cniPath};
	const lists = findNetworks(names, paths.netconfPath, container.namespace);
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

const tellHosts = async (container: HookContainer, networks: Parameters<typeof acquireHosts>[2]['Networks'], {dataStore}: HookPaths): Promise<void> =>
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

/** Before the container's root is entered: its namespaces are there, its process waits. A failure here is the failure of the start. */
export const createRuntime = async (container: HookContainer, paths: HookPaths, log: HookLog): Promise<void> => {
	await takeName(container, paths, log);
	let failure: {readonly error: unknown} | undefined;
	try {
		writePidFile(container);
		if (container.mode.kind === 'networks') await joinNetworks(container, container.mode.names, paths, log);
		else if (container.mode.kind === 'none') await tellHosts(container, {}, paths);
	} catch (error) {
		failure = {error};
	}
	writeLifecycle(container.stateDir, {started_at: new Date().toISOString(), create_error: failure !== undefined});
	if (failure !== undefined) throw failure.error;
};
