import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Failure} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {HostsMeta} from '../../model/hosts-file.ts';
import {addressHash, defaultDataRoot, pathIn} from './data-store.ts';
import {makeFifos} from './fifo.ts';
import {type Foreground, type ForegroundOptions, openForeground} from './foreground.ts';
import {hostFailure} from './missing.ts';
import {acquireName} from './stores.ts';
import type {HostSignal} from './types.ts';

/** The files of a container that is being made, where nerdctl has them. What takes them away again is `Host`'s. */
export type ContainerFiles = {
	makeStateDir(ref: ContainerRef): Promise<void>;
	/** Into the state directory; answers the path. */
	write(ref: ContainerRef, name: string, text: string, mode: number): Promise<string>;
	/** `already-exists` when another container has it. */
	acquireName(ref: ContainerRef, name: string, options?: HostSignal): Promise<void>;
	/** The file that is mounted to /etc/hosts; `meta` where nobody will look for addresses later. Answers the path. */
	makeHosts(ref: ContainerRef, text: string, meta?: HostsMeta): Promise<string>;
	/** A file system in memory that other containers may share; answers the path. */
	makeSharedMemory(ref: ContainerRef, sizeBytes: number): Promise<string>;
	/** A FIFO for the input of a terminal that somebody may come back to; answers the path. */
	makeStdin(ref: ContainerRef): Promise<string>;
	openForeground(options: Omit<ForegroundOptions, 'dataStore'>): Promise<Foreground>;
};

export const createContainerFiles = ({address, dataRoot = defaultDataRoot()}: {readonly address: string; readonly dataRoot?: string}): ContainerFiles => {
	const dataStore = (): string => join(dataRoot, addressHash(address));
	const inStateDir = ({namespace, id}: ContainerRef, ...names: readonly string[]): string => pathIn(dataStore(), 'containers', namespace, id, ...names);
	/** Whatever the umask: the file is read inside the container. At once, as all here: they are small, and to wait for each would take ten times as long. */
	const writeAs = (path: string, text: string, mode: number): string => {
		try {
			writeFileSync(path, text, {mode});
			chmodSync(path, mode);
			return path;
		} catch (error) {
			throw hostFailure(`write ${path}`, error);
		}
	};
	return {
		async makeStateDir(ref) {
			const path = inStateDir(ref);
			try {
				mkdirSync(path, {recursive: true, mode: 0o700});
			} catch (error) {
				throw hostFailure(`make ${path}`, error);
			}
		},
		write: async (ref, name, text, mode) => writeAs(inStateDir(ref, name), text, mode),
		acquireName: async ({namespace, id}, name, options) => acquireName(dataStore(), namespace, name, id, options),
		async makeHosts({namespace, id}, text, meta) {
			// Without the store's lock: until the container runs nobody else knows of this directory.
			const directory = pathIn(dataStore(), 'etchosts', namespace, id);
			mkdirSync(directory, {recursive: true, mode: 0o700});
			if (meta !== undefined) writeAs(join(directory, 'meta.json'), JSON.stringify(meta), 0o600);
			return writeAs(join(directory, 'hosts'), text, 0o644);
		},
		async makeSharedMemory(ref, sizeBytes) {
			const directory = inStateDir(ref, 'shm');
			mkdirSync(directory, {recursive: true, mode: 0o700});
			const {execa} = await import('execa');
			const result = await execa('mount', ['-t', 'tmpfs', '-o', `mode=1777,size=${sizeBytes},nosuid,nodev,noexec`, 'shm', directory], {reject: false});
			if (result.failed) throw new Failure('denied', `shared memory could not be mounted at ${directory}: ${result.stderr}`);
			return directory;
		},
		async makeStdin(ref) {
			const path = inStateDir(ref, 'stdin');
			await makeFifos([path]);
			return path;
		},
		openForeground: async options => openForeground(address.replace(/^unix:\/\//, ''), {...options, dataStore: dataStore()}),
	};
};
