import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Readable, Writable} from 'node:stream';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import {createHost} from '../../../source/clients/host/index.ts';
import {createNetworkFiles} from '../../../source/clients/host/network-files.ts';
import {type LineHost, type LineServices, runLine, type Surroundings} from '../../../source/commands/line/index.ts';
import type {Credentials} from '../../../source/clients/registry/types.ts';
import {createBuildRuns} from '../../../source/services/build-runs/index.ts';
import {createBuilds} from '../../../source/services/builds/index.ts';
import {createContainers} from '../../../source/services/containers/index.ts';
import {createFiles} from '../../../source/services/containers/files/index.ts';
import {createDisk} from '../../../source/services/disk/index.ts';
import {createImages} from '../../../source/services/images/index.ts';
import {createLogs} from '../../../source/services/logs/index.ts';
import {createNamespaces} from '../../../source/services/namespaces/index.ts';
import {createSnapshots} from '../../../source/services/snapshots/index.ts';
import {createNetworks} from '../../../source/services/networks/index.ts';
import {createVolumes} from '../../../source/services/volumes/index.ts';
import {noRegistries} from './no-registries.ts';
import {type FakeContainerd, startFakeContainerd} from '../../fakes/containerd.ts';

export const now = Date.UTC(2024, 4, 1, 12, 0, 0);
export const hour = 3_600_000;
export const id = (letter: string): string => letter.repeat(64);

/** A stream that keeps what was written to it. */
export class Sink extends Writable {
	text = '';
	override _write(chunk: Buffer, _: string, done: () => void): void {
		this.text += chunk.toString('utf8');
		done();
	}
}

export const quietHost: LineHost = {
	readText: async () => undefined,
	exists: async () => false,
	networkCounters: async () => undefined,
	run: async () => undefined,
	facts: async () => ({
		name: 'box',
		kernel: '6.1.0',
		machine: 'x86_64',
		operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
		cpus: 2,
		memoryBytes: 8 * 1024 ** 3,
		cgroupVersion: 2,
		controllers: ['cpu', 'cpuset', 'memory', 'pids', 'io'],
		forwardsIpv4: true,
		hasAppArmor: true,
		hasSystemd: true,
	}),
};

export type Ran = {readonly code: number; readonly out: string; readonly err: string};

/** Nobody is logged in anywhere. */
export const noCredentials: Credentials = {find: async () => undefined, store: async () => ({kind: 'file', path: ''}), erase: async () => undefined};

export type RunOptions = {
	readonly input?: string;
	readonly signal?: AbortSignal;
	readonly host?: Partial<LineHost>;
	readonly terminal?: Partial<Surroundings['terminal']>;
	readonly services?: {readonly [Name in keyof LineServices]?: Partial<LineServices[Name]>};
	readonly stdout?: Sink;
	readonly stdin?: Readable;
	readonly sleep?: Surroundings['sleep'];
	readonly env?: Surroundings['env'];
};

export type LineBench = {
	readonly fake: FakeContainerd;
	/** `gantry …`, against the fake daemon. */
	run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
	close(): Promise<void>;
};

/** The whole command line over the real client and services, on a daemon in memory. */
export const openLineBench = async (): Promise<LineBench> => {
	const fake = await startFakeContainerd();
	const containerd = createContainerd({address: fake.address});
	const dataRoot = await mkdtemp(join(tmpdir(), 'gantry-line-'));
	const host = createHost({address: fake.address, dataRoot});
	const services: LineServices = {
		containers: createContainers({containerd, host}),
		images: createImages({containerd}),
		disk: createDisk({containerd, host}),
		networks: createNetworks({
			containerd,
			files: createNetworkFiles({address: fake.address, dataRoot}),
			places: {cniPath: '/usr/lib/cni', cniNetconfPath: join(dataRoot, 'net.d'), cniCacheDir: join(dataRoot, 'cni')},
		}),
		volumes: createVolumes({containerd, host}),
		files: createFiles({containerd, host}),
		logs: createLogs({host, podLogs: join(dataRoot, 'pods'), dockerRoot: join(dataRoot, 'docker')}),
		namespaces: createNamespaces({
			...{containerd, host},
			removeContainer: createContainers({containerd, host}).remove,
			removeVolume: createVolumes({containerd, host}).remove,
			listVolumes: createVolumes({containerd, host}).list,
		}),
		snapshots: createSnapshots({containerd}),
		registries: noRegistries,
		builds: createBuilds({containerd, images: createImages({containerd}), credentials: noCredentials}),
		buildRuns: createBuildRuns({stateDirectory: join(dataRoot, 'state'), builds: () => services.builds}),
	};
	return {
		fake,
		run: async (argv, options = {}) => {
			const stdout = options.stdout ?? new Sink();
			const stderr = new Sink();
			const code = await runLine(argv, {
				stdout,
				stderr,
				version: '0.1.0',
				makeContext: async flags => ({
					global: {
						address: flags.address ?? fake.address,
						namespace: flags.namespace ?? 'default',
						snapshotter: flags.snapshotter ?? 'overlayfs',
						dataRoot: flags.dataRoot ?? dataRoot,
						cgroupManager: 'cgroupfs',
					},
					services: {
						containers: {...services.containers, ...options.services?.containers},
						images: {...services.images, ...options.services?.images},
						logs: {...services.logs, ...options.services?.logs},
						namespaces: {...services.namespaces, ...options.services?.namespaces},
						snapshots: services.snapshots,
						disk: services.disk,
						networks: {...services.networks, ...options.services?.networks},
						volumes: {...services.volumes, ...options.services?.volumes},
						files: {...services.files, ...options.services?.files},
						registries: {...services.registries, ...options.services?.registries},
						builds: {...services.builds, ...options.services?.builds},
						buildRuns: {...createBuildRuns({stateDirectory: join(dataRoot, 'state'), builds: () => ({...services.builds, ...options.services?.builds})}), ...options.services?.buildRuns},
					},
					containerd,
					host: {...quietHost, ...options.host},
					stdout,
					stderr,
					stdin: options.stdin ?? Readable.from(options.input === undefined ? [] : [options.input]),
					terminal: {
						isTTY: false,
						isInputTTY: false,
						columns: 80,
						rows: 24,
						setRawMode: () => undefined,
						onResize: () => () => undefined,
						...options.terminal,
					},
					signal: options.signal ?? new AbortController().signal,
					onSignal: () => () => undefined,
					readonly: flags.readonly,
					env: options.env ?? {},
					clock: () => now,
					sleep: options.sleep ?? (async () => undefined),
					version: '0.1.0',
				}),
			});
			return {code, out: stdout.text, err: stderr.text};
		},
		close: async () => {
			containerd.close();
			await fake.stop();
			await rm(dataRoot, {recursive: true, force: true});
		},
	};
};
