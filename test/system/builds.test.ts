import {spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {whyNoBuilds} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {isFailure, messageOf} from '../../source/errors.ts';
import type {BuildStatus} from '../../source/model/build.ts';
import {type BuildCall, type BuildRequest, type BuildResult, createBuilds} from '../../source/services/builds/index.ts';
import {type BuildsBench, openBuildsBench, plainFlags} from './builds/bench.ts';

const why = whyNoBuilds();

describe.skipIf(why !== undefined)(titled('images that are built', why), () => {
	let bench: BuildsBench;
	let dir: string;
	let context: string;

	beforeAll(async () => {
		bench = await openBuildsBench();
		({dir, context} = bench);
		// What is left behind in the place for temporary files is counted: nobody else may be at work there.
		process.env['TMPDIR'] = join(dir, 'temporary');
		copyFileSync('/bin/busybox', join(context, 'busybox'));
	});

	afterAll(async () => {
		delete process.env['TMPDIR'];
		await bench?.stop();
	});

	/** Into the images here, unless more is said. */
	const request = (dockerfile: string, more: Partial<BuildRequest> = {}): BuildRequest => bench.request(dockerfile, {output: undefined, ...more});
	const build = async (asked: BuildRequest, call?: BuildCall): Promise<BuildResult> => bench.builds.build(asked, call);

	const shell = 'FROM scratch\nCOPY busybox /bin/sh\nCOPY busybox /bin/busybox\n';
	const names = async (namespace: string): Promise<readonly string[]> => (await bench.containerd.images.list(namespace)).map(({name}) => name);
	const ctr = (namespace: string, ...args: readonly string[]) => spawnSync('ctr', ['--address', bench.lab.address, '--namespace', namespace, ...args], {encoding: 'utf8'});
	const run = (namespace: string, image: string): string => {
		const {stdout, stderr} = ctr(namespace, 'run', '--rm', '--cgroup', bench.lab.cgroup, '--runc-root', bench.lab.runcRoot, image, `c${process.pid}`);
		return stdout + stderr;
	};

	test('straight into the containerd that the worker shares, and it runs there', async () => {
		const seen: BuildStatus[] = [];
		const tags = ['docker.io/lab/shared:1', 'docker.io/lab/shared:2'];
		const result = await build(request(`${shell}ARG WHO\nENV WHO=$WHO\nCMD echo built for $WHO\n`, {tags, flags: {...plainFlags, buildArgs: ['WHO=us']}}), {onStatus: status => seen.push(status)});
		expect(result.images).toEqual(tags);
		expect(seen.flatMap(({vertexes}) => vertexes).some(({name}) => name.startsWith('exporting to image'))).toBe(true);
		expect(await names('default')).toEqual(expect.arrayContaining(tags));
		expect(run('default', tags[1]!)).toContain('built for us');
	});

	test('as an archive into another namespace, with nothing on the way, and it runs there', async () => {
		const namespace = `other-${process.pid}`;
		const result = await build(request(`${shell}CMD echo loaded\n`, {namespace, tags: ['docker.io/lab/loaded:1']}));
		expect(result.images).toEqual(['docker.io/lab/loaded:1']);
		expect(await names(namespace)).toEqual(['docker.io/lab/loaded:1']);
		expect(run(namespace, 'docker.io/lab/loaded:1')).toContain('loaded');
	});

	test('for two platforms, as one index', async () => {
		const namespace = `two-${process.pid}`;
		const flags = {...plainFlags, platforms: ['linux/amd64', 'linux/arm64']};
		await build(request('FROM scratch\nARG TARGETARCH\nCOPY busybox /$TARGETARCH\n', {namespace, flags, tags: ['docker.io/lab/two:1']}));
		const [image] = await bench.containerd.images.list(namespace);
		expect(image?.target.mediaType).toBe('application/vnd.oci.image.index.v1+json');
		expect(ctr(namespace, 'images', 'ls').stdout).toMatch(/linux\/amd64,linux\/arm64/);
	});

	test('to files, whole or not at all', async () => {
		const out = join(dir, 'result.tar');
		await build(request('FROM scratch\nCOPY busybox /b\n', {output: {kind: 'archive', type: 'tar', to: 'result.tar', attrs: {}}}));
		expect(spawnSync('tar', ['-tf', out], {encoding: 'utf8'}).stdout).toBe('b\n');
		const before = readFileSync(out);
		await expect(build(request(`${shell}RUN exit 3\n`, {output: {kind: 'archive', type: 'tar', to: 'result.tar', attrs: {}}}))).rejects.toThrow('exit code: 3');
		expect(readFileSync(out).equals(before)).toBe(true);
		await build(request('FROM scratch\nCOPY busybox /b\n', {output: {kind: 'folder', to: 'unpacked', attrs: {}}}));
		expect(readFileSync(join(dir, 'unpacked/b')).equals(readFileSync('/bin/busybox'))).toBe(true);
		const stdout = new PassThrough();
		const collected = buffer(stdout);
		await build(request('FROM scratch\nCOPY busybox /b\n', {stdout, output: {kind: 'archive', type: 'oci', to: '-', attrs: {}}}));
		stdout.end();
		expect(spawnSync('tar', ['-tf', '-'], {input: await collected, encoding: 'utf8'}).stdout).toContain('index.json');
		expect(readdirSync(dir).filter(name => name.startsWith('.'))).toEqual([]);
	});

	test('with a folder of another name, a secret of a file and of a variable, and a Dockerfile elsewhere', async () => {
		const extra = join(dir, 'extra');
		mkdirSync(extra);
		writeFileSync(join(extra, 'note'), 'from the other folder');
		writeFileSync(join(dir, 'key'), 'of a file');
		const dockerfile = `${shell}COPY --from=more note /\nRUN --mount=type=secret,id=a --mount=type=secret,id=b busybox cat /note /run/secrets/a /run/secrets/b\n`;
		writeFileSync(join(dir, 'My.Dockerfile'), dockerfile);
		let log = '';
		await build(
			request('', {
				...{dockerfile: 'My.Dockerfile', flags: {...plainFlags, buildContexts: ['more=extra']}, output: {kind: 'nothing'}},
				...{secrets: [{id: 'a', file: 'key'}, {id: 'b', variable: 'B'}], env: {B: 'of a variable'}},
			}),
			{onStatus: ({logs}) => {
				log += logs.map(({bytes}) => Buffer.from(bytes).toString()).join('');
			}},
		);
		for (const words of ['from the other folder', 'of a file', 'of a variable']) expect(log).toContain(words);
	});

	test('given up while it is loaded: nothing of it stays', async () => {
		const namespace = `given-up-${process.pid}`;
		const controller = new AbortController();
		writeFileSync(join(context, 'big'), Buffer.alloc(64_000_000, 'x'));
		const building = build(request('FROM scratch\nCOPY big /\n', {namespace, tags: ['docker.io/lab/gone:1']}), {
			signal: controller.signal,
			onStatus: ({statuses}) => {
				if (statuses.some(({id}) => id === 'sending tarball')) controller.abort();
			},
		});
		await expect(building).rejects.toThrow('abort');
		expect(await names(namespace)).toEqual([]);
		expect(ctr(namespace, 'leases', 'ls', '-q').stdout).toBe('');
		rmSync(join(context, 'big'));
	});

	test.each<[string, Partial<BuildRequest>, string]>([
		['no context', {context: 'nowhere'}, 'there is no folder'],
		['a file for a context', {context: 'context/busybox'}, 'is no folder'],
		['no Dockerfile', {dockerfile: undefined}, 'there is no Dockerfile in'],
		['a Dockerfile that is not there', {dockerfile: 'none'}, 'there is no Dockerfile'],
		['a secret that is not there', {secrets: [{id: 'x', file: 'none'}]}, 'Could not read the secret x'],
		['a secret of no variable', {secrets: [{id: 'x', variable: 'NONE'}]}, 'there is no variable NONE'],
		['no agent', {agents: [{id: 'default', socket: undefined}]}, 'there is no ssh agent'],
		['a key for an agent', {agents: [{id: 'default', socket: 'context/busybox'}]}, 'is a file'],
		['a folder that is not there', {flags: {...plainFlags, buildContexts: ['x=none']}}, 'there is no folder'],
	])('refuses %s before anything is built', async (_what, more, words) => {
		const error = await build(request('FROM scratch\n', more)).catch((problem: unknown) => problem);
		expect([isFailure(error), messageOf(error)]).toEqual([true, expect.stringContaining(words)]);
		expect(readdirSync(tmpdir()).filter(name => name.startsWith('gantry-dockerfile-'))).toEqual([]);
	});

	test('a daemon that dies in the middle ends the build', async () => {
		const building = build(request(`${shell}RUN echo started; busybox sleep 200\n`, {output: {kind: 'nothing'}}), {
			onStatus: ({logs}) => {
				if (logs.length > 0) void bench.builder.kill();
			},
		});
		await expect(building).rejects.toThrow('was lost');
		expect(existsSync(join(dir, 'context'))).toBe(true);
	});
});

test('which sockets were tried is said, and how to start one', async () => {
	const builds = createBuilds({} as Parameters<typeof createBuilds>[0]);
	const places = {said: undefined, namespace: 'x', isRootless: true, runtimeDir: '/nowhere/run', uid: 1};
	await expect(builds.find(places)).rejects.toThrow(
		'There is no BuildKit to build with; tried /nowhere/run/buildkit-x/buildkitd.sock (there is no such socket), /nowhere/run/buildkit-default/buildkitd.sock (there is no such socket)',
	);
	expect(await builds.find({...places, said: 'tcp://h:1'})).toBe('tcp://h:1');
	await expect(builds.find({...places, said: 'nonsense://x'})).rejects.toThrow('no way called nonsense');
});
