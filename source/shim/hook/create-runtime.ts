import {existsSync, mkdirSync, renameSync, writeFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import type {HookContainer, HookPaths} from './container-state.ts';
import type {HookLog} from './hook-log.ts';
import {ownNameOf} from './own-name.ts';
import {writeLifecycle} from './lifecycle.ts';

/**
The name was given back when the task before this one was deleted. That it is somebody else's now must not keep the container down. When it is made
for the first time, the name is its own already: no lock, no flock process.
*/
const takeName = async (container: HookContainer, {dataStore}: HookPaths, log: HookLog): Promise<void> => {
	try {
		const {acquireName} = await import('../../clients/host/stores.ts');
		await acquireName(dataStore, container.namespace, container.name, container.id);
	} catch (error) {
		log.warn(`could not take the name ${container.name} again`, error);
	}
};

/** Whoever made the container has written what there is to tell; only after a stop it is to be told again. */
const isToldOf = ({namespace, id}: HookContainer, {dataStore}: HookPaths): boolean => existsSync(join(dataStore, 'etchosts', namespace, id, 'meta.json'));

const writePidFile = ({pidFile, pid}: HookContainer): void => {
	if (pidFile === '') return;
	const temporary = join(dirname(pidFile), `.${basename(pidFile)}`);
	mkdirSync(dirname(pidFile), {recursive: true, mode: 0o755});
	writeFileSync(temporary, String(pid));
	renameSync(temporary, pidFile);
};

/** After a boot the kernel has forgotten it, and a container that names it would not start. A failure to load it is that start's to tell. */
const loadProfile = async (log: HookLog): Promise<void> => {
	if (!existsSync('/sys/module/apparmor')) return;
	try {
		await (await import('../../clients/host/apparmor.ts')).loadDefaultProfile();
	} catch (error) {
		log.warn('could not load the AppArmor profile', error);
	}
};

/**
Before the container's root is entered: its namespaces are there, its process waits. A failure here is the failure of the start. What needs child
processes, sockets or hashes is loaded when it is needed: loading those takes Node longer than all that a container without networks needs.
*/
export const createRuntime = async (asMade: HookContainer, paths: HookPaths, log: HookLog): Promise<void> => {
	const ownName = ownNameOf(asMade, paths.dataStore);
	const container = ownName === undefined ? asMade : {...asMade, name: ownName};
	if (ownName === undefined && container.name !== '') await takeName(container, paths, log);
	await loadProfile(log);
	let failure: {readonly error: unknown} | undefined;
	try {
		writePidFile(container);
		const {mode} = container;
		if (mode.kind === 'networks') await (await import('./join-networks.ts')).joinNetworks(container, mode.names, paths, log);
		else if (mode.kind === 'none' && !isToldOf(container, paths)) await (await import('./tell-hosts.ts')).tellHosts(container, {}, paths);
	} catch (error) {
		failure = {error};
	}
	writeLifecycle(container.stateDir, {started_at: new Date().toISOString(), create_error: failure !== undefined});
	if (failure !== undefined) throw failure.error;
};
