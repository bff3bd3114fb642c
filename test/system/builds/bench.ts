import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {type LabContainerd, startContainerd} from '../../../scripts/lab/containerd.ts';
import {findDockerBuildx} from '../../../scripts/lab/docker-buildx.ts';
import {type LabBuilder, startDockerd} from '../../../scripts/lab/dockerd.ts';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import type {Containerd} from '../../../source/clients/containerd/types.ts';
import type {BuildFlags} from '../../../source/model/build-attributes.ts';
import {type BuildState, emptyBuild, reduceBuild} from '../../../source/model/build-steps.ts';
import {type BuildRequest, type BuildsService, createBuilds} from '../../../source/services/builds/index.ts';
import {createImages} from '../../../source/services/images/index.ts';

export const program = fileURLToPath(new URL('../../../dist/gantry', import.meta.url));

/** Steps have no network here, and buildx attaches provenance that nobody asked for. */
export const plainFlags: BuildFlags = {
	...{target: undefined, platforms: [], buildArgs: [], labels: [], noCache: false, pull: undefined, addHosts: [], network: 'none'},
	...{buildContexts: [], allow: [], attest: [], provenance: undefined, sbom: undefined},
};

export type Ended = {readonly stdout: string; readonly stderr: string; readonly exitCode: number | undefined};

export type ProgramOptions = {readonly env?: Readonly<Record<string, string>>; readonly input?: Uint8Array | string; readonly signal?: AbortSignal};

export type BuildsBench = {
	readonly lab: LabContainerd;
	readonly builder: LabBuilder;
	readonly containerd: Containerd;
	readonly builds: BuildsService;
	/** Of the test's own, with an empty folder `context` in it. Programs run here. */
	readonly dir: string;
	readonly context: string;
	/** A build of the folder `context` that becomes nothing, unless more is said. */
	request(dockerfile: string, more?: Partial<BuildRequest>): BuildRequest;
	/** As `request`, built; answers what was said of it. */
	build(dockerfile: string, more?: Partial<BuildRequest>): Promise<BuildState>;
	/** What is handed out, as it is handed out. Fails on no exit code. */
	gantry(args: readonly string[], options?: ProgramOptions): Promise<Ended>;
	/** Docker's own client on the same daemon; what fails, throws. */
	buildx(args: readonly string[], options?: ProgramOptions): Promise<string>;
	stop(): Promise<void>;
};

export type BuildsBenchOptions = {
	/** Where the daemons keep everything. */
	readonly place?: string;
	/** Which BuildKit: a dockerd that shares the containerd, unless another is started here. */
	readonly start?: (lab: LabContainerd) => Promise<LabBuilder>;
};

/** A private containerd, a BuildKit, and both clients of it. */
export const openBuildsBench = async ({place, start = startDockerd}: BuildsBenchOptions = {}): Promise<BuildsBench> => {
	const lab = await startContainerd(place === undefined ? {} : {dir: place});
	const dir = mkdtempSync(join(tmpdir(), 'gantry-builds-'));
	const context = join(dir, 'context');
	const home = join(dir, 'home');
	mkdirSync(context);
	mkdirSync(home);
	mkdirSync(join(dir, 'temporary'));
	let builder: LabBuilder;
	try {
		builder = await start(lab);
	} catch (error) {
		await lab.stop();
		rmSync(dir, {recursive: true, force: true});
		throw error;
	}

	const containerd = createContainerd({address: lab.address});
	const credentials = {find: async () => undefined, store: async () => ({kind: 'file', path: ''}) as const, erase: async () => undefined};
	const environment = {PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: join(dir, 'temporary'), NO_COLOR: '1'};
	const builds = createBuilds({containerd, images: createImages({containerd}), credentials});
	const request = (dockerfile: string, more: Partial<BuildRequest> = {}): BuildRequest => ({
		...{address: builder.address, namespace: 'default', snapshotter: 'overlayfs', context, dockerfile: Buffer.from(dockerfile), workingFolder: dir},
		...{tags: [], flags: plainFlags, output: {kind: 'nothing'}, secrets: [], agents: [], cacheFrom: [], cacheTo: [], env: {}, stdout: new PassThrough()},
		...more,
	});
	return {
		...{lab, builder, containerd, dir, context, builds, request},
		build: async (dockerfile, more) => {
			let state = emptyBuild;
			await builds.build(request(dockerfile, more), {
				onStatus: status => {
					state = reduceBuild(state, status);
				},
			});
			return state;
		},
		gantry: async (args, {env = {}, input, signal} = {}) => {
			const {stdout, stderr, exitCode} = await execa(program, ['--address', lab.address, '--data-root', lab.dataRoot, ...args], {
				...{cwd: dir, reject: false, extendEnv: false, forceKillAfterDelay: false, cancelSignal: signal, killSignal: 'SIGINT', input: input ?? ''},
				env: {...environment, BUILDKIT_HOST: builder.address, GANTRY_NODE: process.execPath, ...env},
			});
			return {stdout, stderr, exitCode};
		},
		buildx: async (args, {env = {}} = {}) => {
			const {all} = await execa(findDockerBuildx() ?? '', args, {
				...{cwd: dir, extendEnv: false, all: true, stdin: 'ignore'},
				env: {...environment, DOCKER_HOST: builder.address.replace('docker:', 'unix:'), BUILDX_CONFIG: join(home, 'buildx'), ...env},
			});
			return all;
		},
		stop: async () => {
			containerd.close();
			await builder.stop();
			await lab.stop();
			rmSync(dir, {recursive: true, force: true});
		},
	};
};
