import {spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough, Readable} from 'node:stream';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {type LabDockerd, startDockerd, whyNoBuilds} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import type {BuildFlags} from '../../source/model/build-attributes.ts';
import {type BuildState, emptyBuild, reduceBuild} from '../../source/model/build-steps.ts';
import {parseCache} from '../../source/model/build-flags.ts';
import {type BuildRequest, type BuildsService, createBuilds} from '../../source/services/builds/index.ts';
import {createImages} from '../../source/services/images/index.ts';

const why = whyNoBuilds();

describe.skipIf(why !== undefined)(titled('layouts in folders here, and archives', why), () => {
	let lab: LabContainerd;
	let dockerd: LabDockerd;
	let containerd: Containerd;
	let builds: BuildsService;
	let dir: string;

	beforeAll(async () => {
		lab = await startContainerd();
		dockerd = await startDockerd(lab);
		containerd = createContainerd({address: lab.address});
		const credentials = {find: async () => undefined, store: async () => ({kind: 'file', path: ''}) as const, erase: async () => undefined};
		builds = createBuilds({containerd, images: createImages({containerd}), credentials});
		dir = mkdtempSync(join(tmpdir(), 'gantry-stores-'));
		// What is left behind in the place for temporary files is counted: nobody else may be at work there.
		process.env['TMPDIR'] = join(dir, 'tmp');
		mkdirSync(join(dir, 'tmp'));
		mkdirSync(join(dir, 'context'));
		copyFileSync('/bin/busybox', join(dir, 'context/busybox'));
	});

	afterAll(async () => {
		containerd?.close();
		await dockerd?.stop();
		await lab?.stop();
		delete process.env['TMPDIR'];
		if (dir !== undefined) rmSync(dir, {recursive: true, force: true});
	});

	const flags: BuildFlags = {
		...{target: undefined, platforms: [], buildArgs: [], labels: [], noCache: false, pull: undefined, addHosts: [], network: 'none'},
		...{buildContexts: [], allow: [], attest: [], provenance: undefined, sbom: undefined},
	};

	const request = (dockerfile: string): BuildRequest => ({
		...{address: dockerd.address, namespace: 'default', snapshotter: 'overlayfs', context: 'context', dockerfile: Buffer.from(dockerfile), workingFolder: dir},
		...{tags: [], flags, output: {kind: 'nothing'}, secrets: [], agents: [], cacheFrom: [], cacheTo: [], env: {}, stdout: new PassThrough()},
	});

	const build = async (dockerfile: string, more: Partial<BuildRequest> = {}): Promise<BuildState> => {
		let state = emptyBuild;
		await builds.build({...request(dockerfile), ...more}, {onStatus: status => {
			state = reduceBuild(state, status);
		}});
		return state;
	};

	const ran = ({steps}: BuildState, name: string): string | undefined => [...steps.values()].find(({vertex}) => vertex.name.includes(name))?.state;

	const forgetAll = async (): Promise<void> => void (await builds.prune(dockerd.address, {all: true, filters: [], keepMs: 0, reservedBytes: 0}));

	const dockerfile = 'FROM scratch\nCOPY busybox /bin/sh\nRUN echo slow > /made\n';

	test('a cache is written into one and taken from it by a daemon that knows nothing any more', {timeout: 60_000}, async () => {
		const first = await build(dockerfile, {cacheFrom: [parseCache('type=local,src=cache', '--cache-from')], cacheTo: [parseCache('type=local,dest=cache,mode=max', '--cache-to')]});
		expect(first.warnings.map(({short}) => short)).toEqual([expect.stringContaining(`No cache is taken from ${dir}/cache`)]);
		expect(ran(first, 'RUN echo slow')).toBe('done');
		expect(existsSync(join(dir, 'cache/index.json'))).toBe(true);
		expect(readdirSync(join(dir, 'cache/ingest'))).toEqual([]);
		await forgetAll();
		const second = await build(dockerfile, {cacheFrom: [parseCache('type=local,src=cache', '--cache-from')]});
		expect(second.warnings).toEqual([]);
		expect(ran(second, 'RUN echo slow')).toBe('cached');
	});

	test('a layout is what a named context stands for', {timeout: 60_000}, async () => {
		const archive = join(dir, 'base.tar');
		await build('FROM scratch\nCOPY busybox /bin/sh\n', {tags: ['docker.io/library/base:1'], output: {kind: 'archive', type: 'oci', to: archive, attrs: {}}});
		mkdirSync(join(dir, 'layout'));
		expect(spawnSync('tar', ['-xf', archive, '-C', join(dir, 'layout')]).status).toBe(0);
		const index = JSON.parse(readFileSync(join(dir, 'layout/index.json'), 'utf8')) as {readonly manifests: ReadonlyArray<{readonly digest: string; readonly annotations?: Readonly<Record<string, string>>}>};
		const {digest, annotations} = index.manifests[0]!;
		for (const where of [`layout@${digest}`, `layout:${annotations?.['org.opencontainers.image.ref.name'] ?? ''}`]) {
			const state = await build('FROM base\nRUN echo from a layout > /made\n', {flags: {...flags, noCache: true, buildContexts: [`base=oci-layout://${where}`]}});
			expect(ran(state, 'RUN echo from a layout')).toBe('done');
		}
		writeFileSync(join(dir, 'layout/index.json'), '{"schemaVersion":2,"manifests":[]}');
		await expect(build('FROM base\n', {flags: {...flags, buildContexts: ['base=oci-layout://layout']}})).rejects.toThrow('has nothing called latest');
	});

	test.each([[[] as readonly string[]], [['-z']], [['-j']]])('an archive (%j) is a context, with its Dockerfile or another', {timeout: 60_000}, async packed => {
		const tree = mkdtempSync(join(dir, 'tree-'));
		copyFileSync('/bin/busybox', join(tree, 'busybox'));
		writeFileSync(join(tree, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/sh\nRUN echo from an archive\n');
		mkdirSync(join(tree, 'sub'));
		writeFileSync(join(tree, 'sub/Other'), 'FROM scratch\nCOPY busybox /bin/sh\nRUN echo by another\n');
		const bytes = spawnSync('tar', ['-c', ...packed, '-f', '-', '-C', tree, '.'], {maxBuffer: 64 * 1024 * 1024}).stdout;
		const send = async (name: string | undefined): Promise<BuildState> => {
			let state = emptyBuild;
			await builds.build({...request(''), context: '-', archive: Readable.from([bytes]), dockerfile: name, flags: {...flags, noCache: true}}, {onStatus: status => {
				state = reduceBuild(state, status);
			}});
			return state;
		};
		expect(ran(await send(undefined), 'RUN echo from an archive')).toBe('done');
		expect(ran(await send('sub/Other'), 'RUN echo by another')).toBe('done');
	});

	test('a Dockerfile alone has nothing to copy', async () => {
		await expect(builds.build({...request('FROM scratch\nCOPY . /\nCOPY Dockerfile /\n'), context: '-'})).rejects.toThrow('"/Dockerfile": not found');
		expect(readdirSync(tmpdir()).filter(name => name.startsWith('gantry-dockerfile-'))).toEqual([]);
	});
});
