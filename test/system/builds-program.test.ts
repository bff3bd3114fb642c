import {spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {whyNoBuilds} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {type DockerRegistry, hasDockerRegistry, startDockerRegistry} from '../helpers/registry/docker-registry.ts';
import {blobName, fromTar, layersOf, manifestsOf} from './builds/archive.ts';
import {hasSshAgent, withSshAgent, writeSshContext} from './builds/ssh-agent.ts';
import {type BuildsBench, type Ended, openBuildsBench, program, type ProgramOptions} from './builds/bench.ts';
import {succeeded} from './builds/succeeded.ts';

const why = whyNoBuilds() ?? (existsSync(program) ? undefined : 'dist/gantry is not built');
const noRegistry = hasDockerRegistry() ? undefined : 'no docker-registry here';
const fixture = fileURLToPath(new URL('../fixtures/build', import.meta.url));

vi.setConfig({testTimeout: 60_000});

describe.skipIf(why !== undefined)(titled('gantry build, as it is handed out', why), () => {
	let bench: BuildsBench;

	beforeAll(async () => {
		bench = await openBuildsBench();
	});

	afterAll(async () => bench?.stop());

	/** The image of the fixture: two stages, a step that runs, an argument, a further context. */
	const build = async (args: readonly string[], options?: ProgramOptions): Promise<Ended> =>
		bench.gantry(['build', '--network', 'none', '--build-context', 'host=/bin', '-f', join(fixture, 'Dockerfile'), ...args, fixture], options);

	const ctr = (...args: readonly string[]): string => {
		const {stdout, stderr} = spawnSync('ctr', ['--address', bench.lab.address, '--namespace', 'default', ...args], {encoding: 'utf8'});
		return stdout + stderr;
	};

	const cachedSteps = (stderr: string): number => [...stderr.matchAll(/^#\d+ CACHED$/gm)].length;

	const inDir = (name: string): string => join(bench.dir, name);

	test('build, images, run, and ctr run of the same', async () => {
		const built = await build(['-t', 'demo:1', '--build-arg', 'WHO=everybody', '--label', 'made.by=test', '--iidfile', 'iid', '--metadata-file', 'metadata']);
		expect(succeeded(built)).toBe('Loaded image: docker.io/library/demo:1');
		expect(built.stderr).toContain('unpacking to docker.io/library/demo:1 done');
		const digest = readFileSync(join(bench.dir, 'iid'), 'utf8');
		expect(ctr('images', 'ls', 'name==docker.io/library/demo:1')).toContain(digest);
		const metadata = JSON.parse(readFileSync(join(bench.dir, 'metadata'), 'utf8')) as Readonly<Record<string, unknown>>;
		expect(metadata).toMatchObject({'image.name': 'docker.io/library/demo:1', 'containerimage.digest': digest, 'containerimage.descriptor': {digest}});
		expect(succeeded(await bench.gantry(['images', '-q', '--no-trunc']))).toContain(digest);
		expect(succeeded(await bench.gantry(['run', '--rm', '--net', 'none', '--cgroup-parent', bench.lab.cgroup, 'demo:1']))).toBe('hello, everybody');
		expect(ctr('run', '--rm', '--cgroup', `${bench.lab.cgroup}/ctr`, '--runc-root', bench.lab.runcRoot, 'docker.io/library/demo:1', `demo-${process.pid}`)).toBe('hello, everybody\n');
		expect(succeeded(await bench.gantry(['image', 'inspect', 'demo:1']))).toContain('"made.by": "test"');
	});

	test('no verb leaves anything in the folder for temporary files', async () => {
		for (const verb of [['builder', 'ls'], ['builder', 'du'], ['build', 'history', 'ls']]) succeeded(await bench.gantry(verb));
		expect((await bench.gantry(['builder', 'ls'], {env: {BUILDKIT_HOST: 'docker:///nowhere'}})).exitCode).toBe(1);
		expect(readdirSync(join(bench.dir, 'temporary'))).toEqual([]);
	});

	test('again: nothing is done twice, and only the digest is said when only that is wanted', async () => {
		const first = await build(['-t', 'again:1']);
		const second = await build(['-t', 'again:2']);
		succeeded(first);
		expect(succeeded(second)).toBe('Loaded image: docker.io/library/again:2');
		expect(cachedSteps(second.stderr)).toBeGreaterThanOrEqual(4);
		const quiet = await build(['-q', '-t', 'again:3']);
		expect(succeeded(quiet)).toMatch(/^sha256:[0-9a-f]{64}$/);
		expect(quiet.stderr).toBe('');
	});

	test('for two platforms: one index, loaded and in an archive', async () => {
		writeFileSync(join(bench.context, 'file'), 'x');
		const args = ['--platform', 'linux/amd64,linux/arm64', '-f', '-'];
		const input = 'FROM scratch\nARG TARGETARCH\nCOPY file /$TARGETARCH\n';
		succeeded(await bench.gantry(['build', ...args, '-t', 'two:1', 'context'], {input}));
		expect(ctr('images', 'ls', 'name==docker.io/library/two:1')).toMatch(/image\.index\.v1\+json.*linux\/amd64,linux\/arm64/);
		succeeded(await bench.gantry(['build', ...args, '-o', 'type=oci,dest=two.tar', 'context'], {input}));
		const [index] = manifestsOf(inDir('two.tar'));
		expect(manifestsOf(inDir('two.tar'), blobName(index!)).map(({platform}) => platform?.architecture)).toEqual(['amd64', 'arm64']);
	});

	test('with how it was made, when that is wanted', async () => {
		succeeded(await build(['--provenance', 'mode=max', '-o', 'type=oci,dest=provenance.tar']));
		const [index] = manifestsOf(inDir('provenance.tar'));
		const [image, attestation] = manifestsOf(inDir('provenance.tar'), blobName(index!));
		expect(attestation?.annotations).toMatchObject({'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': image?.digest});
		const layers = layersOf(inDir('provenance.tar'), attestation!);
		expect(layers[0]?.annotations).toMatchObject({'in-toto.io/predicate-type': expect.stringContaining('slsa.dev/provenance')});
		expect(fromTar(inDir('provenance.tar'), blobName(layers[0]!))).toContain('"https://mobyproject.org/buildkit@v1#metadata"');
		succeeded(await build(['--provenance', 'false', '-o', 'type=oci,dest=plain.tar']));
		expect(manifestsOf(inDir('plain.tar')).map(({mediaType}) => mediaType)).toEqual(['application/vnd.oci.image.manifest.v1+json']);
	});

	test('with secrets of a file and of a variable, which leave no trace', async () => {
		copyFileSync('/bin/busybox', join(bench.context, 'busybox'));
		writeFileSync(join(bench.dir, 'token'), 'of-a-file');
		const input = [
			'FROM scratch',
			'COPY busybox /bin/sh',
			'COPY busybox /bin/busybox',
			'RUN --mount=type=secret,id=a,required --mount=type=secret,id=b,required busybox cat /run/secrets/a /run/secrets/b | busybox md5sum > /sum',
		].join('\n');
		succeeded(await bench.gantry(['build', '--network', 'none', '-f', '-', '--secret', 'id=a,src=token', '--secret', 'id=b,env=OTHER', '-o', 'type=tar,dest=secret.tar', 'context'], {input, env: {OTHER: 'of-a-variable'}}));
		expect(fromTar(inDir('secret.tar'), 'sum')).toContain(spawnSync('md5sum', {input: 'of-a-fileof-a-variable', encoding: 'utf8'}).stdout.slice(0, 32));
		expect(readFileSync(join(bench.dir, 'secret.tar')).includes('of-a-file')).toBe(false);
	});

	test.skipIf(!hasSshAgent)('with the keys of an ssh agent, which stay where they are', async () => {
		writeSshContext(join(bench.dir, 'ssh'));
		await withSshAgent(bench.dir, 'key-of-the-program', async socket => {
			const input = 'FROM scratch\nCOPY . /\nRUN --mount=type=ssh ["/usr/bin/ssh-add", "-l"]\nRUN --mount=type=ssh,id=other ["/usr/bin/ssh-add", "-L"]\n';
			const args = ['--network', 'none', '-f', '-', '--ssh', 'default', '--ssh', `other=${socket}`, '-o', 'type=cacheonly'];
			const built = await bench.gantry(['build', ...args, 'ssh'], {input, env: {SSH_AUTH_SOCK: socket}});
			succeeded(built);
			expect(built.stderr).toMatch(/SHA256:\S+ key-of-the-program/);
			expect(built.stderr).toMatch(/ssh-ed25519 \S+ key-of-the-program/);
		});
	});

	describe.skipIf(noRegistry !== undefined)(titled('and a registry', noRegistry), () => {
		let registry: DockerRegistry;

		beforeAll(async () => {
			registry = await startDockerRegistry();
		});

		afterAll(async () => registry?.stop());

		test('takes what is pushed, and another reads it there', async () => {
			const name = `${registry.host}/pushed:1`;
			succeeded(await build(['-t', name, '-o', 'type=registry', '--metadata-file', 'pushed.json']));
			const {stdout} = spawnSync('skopeo', ['inspect', '--tls-verify=false', `docker://${name}`], {encoding: 'utf8'});
			const {'containerimage.digest': digest} = JSON.parse(readFileSync(join(bench.dir, 'pushed.json'), 'utf8')) as Readonly<Record<string, string>>;
			expect(JSON.parse(stdout)).toMatchObject({Digest: digest});
		});

		test('keeps steps for somebody whose cache is empty', async () => {
			const ref = `${registry.host}/cache:1`;
			succeeded(await build(['--build-arg', 'WHO=cached', '-o', 'type=cacheonly', '--cache-to', `type=registry,ref=${ref},mode=max`]));
			succeeded(await bench.gantry(['builder', 'prune', '--all', '--force']));
			const without = await build(['--build-arg', 'WHO=cached', '-o', 'type=cacheonly']);
			expect(cachedSteps(without.stderr)).toBe(0);
			succeeded(await bench.gantry(['builder', 'prune', '--all', '--force']));
			const built = await build(['-t', 'cached:1', '--build-arg', 'WHO=cached', '--cache-from', ref]);
			succeeded(built);
			expect(cachedSteps(built.stderr)).toBe(5);
			expect(succeeded(await bench.gantry(['run', '--rm', '--net', 'none', '--cgroup-parent', bench.lab.cgroup, 'cached:1']))).toBe('hello, cached');
		});

		test('that refuses a push is told of, and nothing claims to have worked', async () => {
			const closed = await startDockerRegistry({hasAccounts: true});
			try {
				const {exitCode, stdout, stderr} = await build(['-t', `${closed.host}/refused:1`, '-o', 'type=registry', '--iidfile', 'refused']);
				expect([exitCode, stdout]).toEqual([1, '']);
				expect(stderr.trim().split('\n').at(-1)).toMatch(/refused.*(authorization failed|401 Unauthorized|no basic auth)/);
				expect(existsSync(join(bench.dir, 'refused'))).toBe(false);
			} finally {
				await closed.stop();
			}
		});
	});
});
