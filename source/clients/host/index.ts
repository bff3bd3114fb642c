import {readAutoRemoval, readBootTime} from './auto-remove.ts';
import {join} from 'node:path';
import {readCapabilities} from './capabilities.ts';
import {withContainerRoot} from './container-root.ts';
import {addressHash, defaultDataRoot, pathIn} from './data-store.ts';
import {openFifos, openInput} from './fifo.ts';
import {readNetworkCounters} from './network-counters.ts';
import {withMounts} from './private-mount.ts';
import {readProcesses} from './processes.ts';
import {appendHealth, withHealthLock} from './health-log.ts';
import {renameHosts} from './hosts-store.ts';
import {readHealth, readLifecycle} from './records.ts';
import {removeStateDir, withoutAutoRemove, withOperationLock} from './state-dir.ts';
import {acquireName, listVolumes, releaseName, removeHosts, removeVolumes} from './stores.ts';
import type {Host} from './types.ts';
import {dropVolume, holdVolumes, makeVolume, readVolume, readVolumes, watchVolumes} from './volume-store.ts';

export type {Bind, ContainerRoot, Fifos, HealthResult, Host, HostProcess, HostSignal, Lifecycle, VolumeRecord} from './types.ts';

/** This machine, as far as the containers of the daemon at `address` are concerned. Opens nothing until asked. */
export const createHost = ({address, dataRoot = defaultDataRoot()}: {readonly address: string; readonly dataRoot?: string}): Host => {
	// Computed each time: a socket that is a link may point elsewhere after a restart.
	const dataStore = (): string => join(dataRoot, addressHash(address));
	const stateDir: Host['stateDir'] = ({namespace, id}) => pathIn(dataStore(), 'containers', namespace, id);
	return {
		dataStore,
		stateDir,
		withOperationLock: (ref, run, options) => withOperationLock(stateDir(ref), run, options),
		withoutAutoRemove: (ref, run) => withoutAutoRemove(stateDir(ref), run),
		removeStateDir: async ref => removeStateDir(stateDir(ref)),
		releaseName: async ({namespace, id}, name, options) => releaseName(dataStore(), namespace, name, id, options),
		acquireName: async ({namespace, id}, name, options) => acquireName(dataStore(), namespace, name, id, options),
		renameHosts: async ({namespace, id}, name, options) => renameHosts(dataStore(), namespace, id, name, options),
		removeHosts: async ({namespace, id}, options) => removeHosts(dataStore(), namespace, id, options),
		volumes: async namespace => listVolumes(dataStore(), namespace),
		volumeRecords: async namespace => readVolumes(dataStore(), namespace),
		volumeRecord: async (namespace, name) => readVolume(dataStore(), namespace, name),
		holdVolumes: async (namespace, options) => holdVolumes(dataStore(), namespace, options),
		watchVolumes: (namespace, onChange) => watchVolumes(dataStore(), namespace, onChange),
		makeVolume: async (namespace, name, labels) => makeVolume(dataStore(), namespace, name, labels),
		dropVolume: async (namespace, name) => dropVolume(dataStore(), namespace, name),
		removeVolumes: async (namespace, names, options) => removeVolumes(dataStore(), namespace, names, options),
		lifecycle: async ref => readLifecycle(stateDir(ref)),
		autoRemoval: async ref => readAutoRemoval(stateDir(ref)),
		bootTime: async () => readBootTime(),
		withHealthLock: async (ref, run, options) => withHealthLock(stateDir(ref), run, options),
		appendHealth: async (ref, result) => appendHealth(stateDir(ref), result),
		health: async (ref, count) => readHealth(stateDir(ref), count),
		processes: pids => readProcesses(pids),
		networkCounters: pid => readNetworkCounters(pid),
		capabilities: pid => readCapabilities(pid),
		openFifos: options => openFifos(address.replace(/^unix:\/\//, ''), options),
		withMounts: (mounts, use, options) => withMounts(mounts, use, options),
		openInput,
		withContainerRoot: (pid, use) => withContainerRoot(pid, use),
	};
};

export {listLogNames, type LogFileStat, type OpenLog, onceChanged, openLog, readCompressed, statLog, writeWhole} from './log-files.ts';
export {copyTree} from './copy-tree.ts';
export {directorySize} from './directory-size.ts';
export {readTree, type TreeEntry} from './read-tree.ts';
export {randomHex} from './random.ts';
export {readArchive, writeArchive} from './tree-archive.ts';
export {packRoot} from './pack-root.ts';
export {type TreeChange, treeChanges} from './tree-changes.ts';
export {type Place, walkTo, withRoot} from './walk.ts';
export {writeTree} from './write-tree.ts';
export {type SpecParts, specParts} from './spec-parts.ts';
