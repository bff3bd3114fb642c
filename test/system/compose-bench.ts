import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {forgetNamespace, labServices, type LabServices} from '../../scripts/lab/services.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {lineHost, lineSleep} from '../../source/commands/line/host.ts';
import {type LineServices, runLine} from '../../source/commands/line/index.ts';
import {createBuildRuns} from '../../source/services/build-runs/index.ts';
import {type BuildsService, createBuilds} from '../../source/services/builds/index.ts';
import {createFiles} from '../../source/services/containers/files/index.ts';
import {createDisk} from '../../source/services/disk/index.ts';
import {createImages, type ImagesService} from '../../source/services/images/index.ts';
import {createLogs} from '../../source/services/logs/index.ts';
import {createNamespaces} from '../../source/services/namespaces/index.ts';
import {createSnapshots} from '../../source/services/snapshots/index.ts';
import {noRegistries} from '../commands/line/no-registries.ts';
import {noCredentials, type Ran, Sink} from '../commands/line/surroundings.ts';

export type ComposeRun = {
	readonly signal?: AbortSignal;
	readonly input?: string;
	readonly stdout?: Sink;
	readonly stderr?: Sink;
	/** Without the project's file and name. */
	readonly bare?: true;
	/** Gets what tells the verb a signal, as soon as it listens. */
	readonly onListen?: (tell: (name: string) => void) => void;
};

export type ComposeBench = {
	readonly lab: LabContainerd;
	readonly namespace: string;
	readonly name: string;
	/** The project's, where `write` puts files. */
	readonly folder: string;
	readonly services: LabServices;
	readonly images: ImagesService;
	write(path: string, text: string): void;
	/** `gantry compose …` on the project, in this process. */
	compose(args: readonly string[], options?: ComposeRun): Promise<Ran>;
	/** Containers of the project by name, with their states. */
	states(): Promise<Readonly<Record<string, string>>>;
	stop(): Promise<void>;
};

/** `makeImages`: with a way to registries, where a test needs one. */
export type ComposeBenchOptions = {
	readonly makeImages?: (parts: {readonly containerd: Containerd; readonly dataRoot: string}) => ImagesService;
	/** In place of BuildKit: brings an image of that name here. */
	readonly build?: (name: string, parts: {readonly containerd: Containerd; readonly namespace: string}) => Promise<void>;
};

/** An image whose shell the services of tests run. */
export const composeImage = 'lab/compose:1';

/** A command that stays, says what it is told to, and ends when it is asked to. */
export const staying = (words = ''): string => `[/bin/sh, -c, "trap 'exit 0' TERM; ${words === '' ? '' : `echo ${words}; `}touch /tmp/ready; while :; do sleep 0.05; done"]`;

const builder = (build: NonNullable<ComposeBenchOptions['build']>, parts: {readonly containerd: Containerd; readonly namespace: string}): Pick<BuildsService, 'find' | 'build'> => ({
	find: async () => 'unix:///nobody',
	build: async ({tags}) => {
		for (const tag of tags) await build(tag, parts);
		return {digest: undefined, images: tags, response: {}};
	},
});

/** The whole command line over real services, on a containerd of its own. */
export const openComposeBench = async (what: string, {makeImages = ({containerd, dataRoot}) => createImages({containerd, dataRoot}), build}: ComposeBenchOptions = {}): Promise<ComposeBench> => {
	const lab = await startContainerd({hasOwnNetwork: true});
	const namespace = `${what}-${process.pid}`;
	const name = `${what[0] ?? 'c'}${process.pid}`;
	const containerd = createContainerd({address: lab.address});
	const made = await labServices(lab, containerd);
	const {host} = made;
	const folder = join(lab.dir, 'project');
	mkdirSync(folder);
	await importImage(containerd, namespace, busyboxImage(`docker.io/${composeImage}`));
	const images = makeImages({containerd, dataRoot: lab.dataRoot});
	const services: LineServices = {
		...made,
		images,
		disk: createDisk({containerd, host}),
		files: createFiles({containerd, host}),
		logs: createLogs({host}),
		namespaces: createNamespaces({
			...{containerd, host},
			removeContainer: made.containers.remove,
			removeVolume: made.volumes.remove,
			listVolumes: made.volumes.list,
		}),
		snapshots: createSnapshots({containerd}),
		registries: noRegistries,
		builds: {...createBuilds({containerd, images, credentials: noCredentials}), ...(build === undefined ? {} : builder(build, {containerd, namespace}))},
		buildRuns: createBuildRuns({stateDirectory: lab.dataRoot, builds: () => services.builds}),
	};
	const compose: ComposeBench['compose'] = async (args, {signal = new AbortController().signal, input, stdout = new Sink(), stderr = new Sink(), onListen, bare} = {}) => {
		const code = await runLine(['compose', ...(bare === true ? [] : ['-f', join(folder, 'compose.yaml'), '-p', name]), ...args], {
			...{stdout, stderr, version: '0.1.0'},
			makeContext: async flags => ({
				global: {address: lab.address, namespace, snapshotter: 'overlayfs', dataRoot: lab.dataRoot, cgroupManager: 'cgroupfs'},
				...{services, containerd, host: lineHost, stdout, stderr, signal},
				stdin: Readable.from(input === undefined ? [] : [input]),
				terminal: {isTTY: false, isInputTTY: false, columns: 80, rows: 24, setRawMode: () => undefined, onResize: () => () => undefined},
				onSignal: listener => {
					onListen?.(listener);
					return () => undefined;
				},
				readonly: flags.readonly,
				env: {},
				clock: Date.now,
				sleep: lineSleep,
				version: '0.1.0',
			}),
		});
		return {code, out: stdout.text, err: stderr.text};
	};
	return {
		...{lab, namespace, name, folder, services: made, compose, images},
		write: (path, text) => writeFileSync(join(folder, path), text),
		states: async () => {
			const {out} = await compose(['ps', '-a', '--format', '{{.Name}} {{.State}}']);
			return Object.fromEntries(out.split('\n').flatMap(line => (line === '' ? [] : [line.split(' ') as [string, string]])));
		},
		stop: async () => {
			await compose(['down', '-v', '--remove-orphans', '-t', '1']);
			containerd.close();
			await lab.stop();
			forgetNamespace(namespace);
		},
	};
};
