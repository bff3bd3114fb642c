import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ContainerRef} from '../../model/container.ts';
import {type PortMapping, portMappings} from '../../model/docker-ports.ts';
import type {HostsAliases, HostsEntry, HostsMeta} from '../../model/hosts-file.ts';
import {addressHash, defaultDataRoot, pathIn} from './data-store.ts';
import {type LockOptions, withDirectoryLock, withLock} from './flock.ts';
import {acquireHosts, readHosts, releaseHosts} from './hosts-store.ts';
import {releasePorts} from './port-reserver.ts';
import type {HostSignal} from './types.ts';

/** What nerdctl's data store says of networks, and the locks around it. */
export type NetworkFiles = {
	/** Alone with a file that is made when it is missing; its directory must be there. */
	withFileLock<T>(path: string, run: () => Promise<T>, options?: LockOptions): Promise<T>;
	/** Alone among those who choose ports of this machine for containers of this daemon. */
	withPortsLock<T>(run: () => Promise<T>, options?: LockOptions): Promise<T>;
	/** Undefined while the container has no addresses. */
	readHosts(ref: ContainerRef): HostsEntry | undefined;
	acquireHosts(ref: ContainerRef, meta: HostsMeta, aliases: HostsAliases, options?: HostSignal): Promise<void>;
	releaseHosts(ref: ContainerRef, options?: HostSignal): Promise<void>;
	/** Ends the process that holds the ports of a container. */
	releasePorts(ref: ContainerRef): void;
	ports(ref: ContainerRef): Promise<readonly PortMapping[]>;
	/** What every container of this daemon publishes when it runs. */
	allPorts(): Promise<ReadonlyArray<{readonly ref: ContainerRef; readonly ports: readonly PortMapping[]}>>;
};

const entriesOf = async (directory: string): Promise<readonly string[]> => readdir(directory).catch(() => []);

export const createNetworkFiles = ({address, dataRoot = defaultDataRoot()}: {readonly address: string; readonly dataRoot?: string}): NetworkFiles => {
	const dataStore = (): string => join(dataRoot, addressHash(address));
	const ports = async ({namespace, id}: ContainerRef): Promise<readonly PortMapping[]> => {
		const path = pathIn(dataStore(), 'containers', namespace, id, 'network-config.json');
		return portMappings(await readFile(path, 'utf8').catch(() => undefined), {});
	};
	return {
		async withFileLock(path, run, options) {
			await writeFile(path, '', {flag: 'a', mode: 0o600});
			return withLock(path, run, options);
		},
		withPortsLock: async (run, options) => withDirectoryLock(join(dataStore(), 'containers'), run, options),
		readHosts: ({namespace, id}) => readHosts(dataStore(), namespace, id),
		acquireHosts: async ({namespace}, meta, aliases, options) => acquireHosts(dataStore(), namespace, meta, aliases, options),
		releaseHosts: async ({namespace, id}, options) => releaseHosts(dataStore(), namespace, id, options),
		releasePorts,
		ports,
		async allPorts() {
			const containers = join(dataStore(), 'containers');
			const found: Array<{readonly ref: ContainerRef; readonly ports: readonly PortMapping[]}> = [];
			for (const namespace of await entriesOf(containers)) {
				for (const id of await entriesOf(join(containers, namespace))) {
					const ref = {namespace, id};
					found.push({ref, ports: await ports(ref)});
				}
			}
			return found.filter(each => each.ports.length > 0);
		},
	};
};
