import {spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {findBuildctl, startBuildkitd, whyNoBuildkitd} from '../../scripts/lab/buildkitd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {until} from '../../scripts/lab/processes.ts';
import {type Certificates, makeCertificates} from '../helpers/registry/certificates.ts';
import {type DockerRegistry, freePort, hasDockerRegistry, startDockerRegistry} from '../helpers/registry/docker-registry.ts';
import {blobName, fromTar, layerDigests, layersOf, manifestsOf} from './builds/archive.ts';
import {type BuildsBench, type Ended, openBuildsBench, program, type ProgramOptions} from './builds/bench.ts';
import {hasSshAgent, withSshAgent, writeSshContext} from './builds/ssh-agent.ts';
import {succeeded} from './builds/succeeded.ts';
import {writeTree} from './builds/tree.ts';

const why = whyNoBuildkitd() ?? (existsSync(program) ? undefined : 'dist/gantry is not built');
const fixture = fileURLToPath(new URL('../fixtures/build', import.meta.url));
const buildctl = findBuildctl();

vi.setConfig({testTimeout: 60_000});

const shell = 'FROM scratch\nCOPY busybox /bin/sh\nCOPY busybox /bin/busybox\n';

describe.skipIf(why !== undefined).each(['containerd', 'oci'] as const)(titled('a buildkitd with a worker of %s', why), worker => {
	let bench: BuildsBench;
	let certificates: Certificates;
	let port: number;

	beforeAll(async () => {
		bench = await openBuildsBench({
			start: async lab => {
				const folder = join(lab.dir, 'certificates');
				mkdirSync(folder);
				certificates = await makeCertificates(folder);
				port = await freePort();
				return startBuildkitd(lab, {worker, tls: {port, ca: certificates.ca, ...certificates.server}});
			},
		});
		copyFileSync('/bin/busybox', join(bench.context, 'busybox'));
	});

	afterAll(async () => bench?.stop());

	const inDir = (name: string): string => join(bench.dir, name);

	/** The image of the fixture: two stages, a step that runs, an argument, a further context. */
	const buildFixture = async (args: readonly string[], options?: ProgramOptions): Promise<Ended> =>
		bench.gantry(['build', '--build-context', 'host=/bin', '-f', join(fixture, 'Dockerfile'), ...args, fixture], options);

	const build = async (dockerfile: string, args: readonly string[], options: ProgramOptions = {}): Promise<Ended> =>
		bench.gantry(['build', '-f', '-', ...args, 'context'], {...options, input: dockerfile});

	const run = async (image: string): Promise<string> => succeeded(await bench.gantry(['run', '--rm', '--net', 'none', '--cgroup-parent', bench.lab.cgroup, image]));

	test('what it builds runs here: without being sent where it shares the images, else loaded', async () => {
		const built = await buildFixture(['-t', 'demo:1', '--build-arg', 'WHO=everybody', '--iidfile', 'iid']);
		expect(succeeded(built)).toBe('Loaded image: docker.io/library/demo:1');
		expect(built.stderr.includes('sending tarball')).toBe(worker === 'oci');
		expect(built.stderr.includes('unpacking to docker.io/library/demo:1')).toBe(worker === 'containerd');
		expect(await run('demo:1')).toBe('hello, everybody');
		expect(readFileSync(inDir('iid'), 'utf8')).toMatch(/^sha256:[0-9a-f]{64}$/);
		const images = await bench.containerd.images.list('default');
		expect(images.find(({name}) => name === 'docker.io/library/demo:1')).toBeDefined();
	});

	test('says who works there', async () => {
		const line = succeeded(await bench.gantry(['builder', 'ls', '--format', 'json']));
		expect(JSON.parse(line)).toMatchObject({address: bench.builder.address, labels: {'org.mobyproject.buildkit.worker.executor': worker}});
	});

	describe('over TLS', () => {
		const hostOf = (query: Readonly<Record<string, string>>): string => `tcp://127.0.0.1:${port}?${new URLSearchParams(query).toString()}`;
		const ours = (): Readonly<Record<string, string>> => ({ca: certificates.ca, cert: certificates.client.certificate, key: certificates.client.key});

		test('with a certificate of ours it builds as on its socket', async () => {
			const built = await build(`${shell}CMD echo over tls\n`, ['-t', 'tls:1'], {env: {BUILDKIT_HOST: hostOf(ours())}});
			expect(succeeded(built)).toBe('Loaded image: docker.io/library/tls:1');
			expect(await run('tls:1')).toBe('over tls');
		});

		test.each<[string, () => Readonly<Record<string, string>>, RegExp]>([
			['without one', () => ({ca: certificates.ca}), /it wants a certificate of ours — /],
			['with one that has run out', () => ({...ours(), cert: certificates.expired.certificate, key: certificates.expired.key}), /it finds our certificate expired — /],
			['when its own is not known', () => ({tls: ''}), /an authority that this machine does not know — /],
			['by another name than its own', () => ({...ours(), servername: 'elsewhere'}), /its certificate is for another name — /],
		])('%s there is no connection, and it is said why', async (_what, query, words) => {
			const {exitCode, stdout, stderr} = await bench.gantry(['builder', 'ls'], {env: {BUILDKIT_HOST: hostOf(query())}});
			expect([exitCode, stdout, stderr.split('\n').length]).toEqual([1, '', 1]);
			expect(stderr).toMatch(/^Could not reach BuildKit at tcp:\/\/127\.0\.0\.1:\d+: /);
			expect(stderr).toMatch(words);
		});
	});

	test('its history: list, inspect, logs, remove, also of builds that somebody else began', async () => {
		succeeded(await build(`${shell}RUN echo said in a step\nLABEL of=history\n`, ['-t', 'history:1']));
		expect((await build(`${shell}RUN echo before the end; exit 9\n`, [])).exitCode).toBe(1);
		// Another user's state directory: all that is known there is what the daemon says.
		const other = {env: {XDG_STATE_HOME: inDir('other')}};
		const ids = succeeded(await bench.gantry(['build', 'history', 'ls', '-q'], other)).split('\n');
		expect(succeeded(await bench.gantry(['build', 'history', 'ls', '-q'])).split('\n').slice(0, 2)).toEqual(ids.slice(0, 2));
		const table = succeeded(await bench.gantry(['build', 'history', 'ls'], other)).split('\n');
		expect(table[1]).toMatch(new RegExp(`^${ids[0]} .* Error `));
		expect(table[2]).toMatch(new RegExp(`^${ids[1]} .* Completed `));
		const failed = JSON.parse(succeeded(await bench.gantry(['build', 'history', 'inspect', '--format', 'json', ids[0]!], other))) as Readonly<Record<string, unknown>>;
		expect(failed).toMatchObject({status: 'Error', by: 'somebody else', error: expect.stringContaining('exit code: 9')});
		expect(succeeded(await bench.gantry(['build', 'history', 'logs', ids[1]!], other))).toMatch(/^#\d+ said in a step$/m);
		expect(succeeded(await bench.gantry(['build', 'history', 'logs', ids[0]!], other))).toMatch(/^#\d+ before the end$/m);
		expect(succeeded(await bench.gantry(['build', 'history', 'rm', ids[0]!], other))).toBe(ids[0]);
		const left = succeeded(await bench.gantry(['build', 'history', 'ls', '-q'], other)).split('\n');
		expect(left).toEqual(ids.slice(1));
	});

	test('its cache: what is there, what would go, and that it goes', async () => {
		succeeded(await build(`${shell}RUN busybox dd if=/dev/zero of=/big bs=1M count=3\n`, ['-o', 'type=cacheonly']));
		const lastOf = (text: string): string => text.split('\n').at(-1) ?? '';
		const total = lastOf(succeeded(await bench.gantry(['builder', 'du'])));
		expect(total).toMatch(/^Total: \d/);
		const preview = succeeded(await bench.gantry(['builder', 'prune', '--all'], {input: 'n\n'}));
		const [, records = '', size = ''] = /This will remove (\d+) records of the build cache, (\S+ ?\S+)\./.exec(preview) ?? [];
		expect(lastOf(succeeded(await bench.gantry(['builder', 'du'])))).toBe(total);
		const gone = succeeded(await bench.gantry(['builder', 'prune', '--all', '--force']));
		expect([String(gone.split('\n').length - 1), lastOf(gone)]).toEqual([records, `Total: ${size}`]);
		// An image is no cache.
		expect(await run('demo:1')).toBe('hello, everybody');
	});

	test('given up, a step ends within a second', async () => {
		const controller = new AbortController();
		const isRunning = (): boolean => spawnSync('busybox', ['ps', 'w'], {encoding: 'utf8'}).stdout.includes('sleep 6543');
		const building = bench.builds.build(bench.request(`${shell}RUN echo begun; busybox sleep 6543\n`, {context: bench.context}), {signal: controller.signal});
		building.catch(() => {});
		expect(await until(isRunning, 20_000)).toBe(true);
		controller.abort();
		expect(await until(() => !isRunning(), 1000)).toBe(true);
		await expect(building).rejects.toThrow('abort');
	});

	test('secrets of a file and of a variable, and none that was not given', async () => {
		writeFileSync(inDir('token'), 'of-a-file');
		const step = 'RUN --mount=type=secret,id=a,required --mount=type=secret,id=b,required busybox cat /run/secrets/a /run/secrets/b | busybox md5sum > /sum\n';
		succeeded(await build(shell + step, ['--secret', 'id=a,src=token', '--secret', 'id=b,env=OTHER', '-o', 'type=tar,dest=secret.tar'], {env: {OTHER: 'of-a-variable'}}));
		expect(fromTar(inDir('secret.tar'), 'sum')).toContain(spawnSync('md5sum', {input: 'of-a-fileof-a-variable', encoding: 'utf8'}).stdout.slice(0, 32));
		expect((await build(shell + step, ['--no-cache', '--secret', 'id=a,src=token'])).stderr).toMatch(/secret b: not found$/);
	});

	test.skipIf(!hasSshAgent)('the keys of an ssh agent', async () => {
		writeSshContext(inDir('ssh'));
		await withSshAgent(bench.dir, 'key-for-buildkitd', async socket => {
			const input = 'FROM scratch\nCOPY . /\nRUN --mount=type=ssh ["/usr/bin/ssh-add", "-l"]\n';
			const built = await bench.gantry(['build', '-f', '-', '--ssh', 'default', '-o', 'type=cacheonly', 'ssh'], {input, env: {SSH_AUTH_SOCK: socket}});
			succeeded(built);
			expect(built.stderr).toMatch(/SHA256:\S+ key-for-buildkitd/);
		});
	});

	test('a cache in a folder here, and a layout as a named context', async () => {
		const dockerfile = `${shell}RUN echo kept in a folder > /made\n`;
		succeeded(await build(dockerfile, ['-o', 'type=oci,dest=base.tar', '--cache-to', 'type=local,dest=cache,mode=max']));
		succeeded(await bench.gantry(['builder', 'prune', '--all', '--force']));
		const again = await build(dockerfile, ['-o', 'type=cacheonly', '--cache-from', 'type=local,src=cache']);
		succeeded(again);
		expect([...again.stderr.matchAll(/^#\d+ CACHED$/gm)]).toHaveLength(3);
		mkdirSync(inDir('layout'));
		expect(spawnSync('tar', ['-xf', inDir('base.tar'), '-C', inDir('layout')]).status).toBe(0);
		const [manifest] = manifestsOf(inDir('base.tar'));
		const built = await build('FROM base\nRUN busybox cat /made\n', ['--no-cache', '-o', 'type=cacheonly', '--build-context', `base=oci-layout://layout@${manifest!.digest}`]);
		succeeded(built);
		expect(built.stderr).toMatch(/^#\d+ \S+ kept in a folder$/m);
	});

	test('two platforms in one index', async () => {
		const args = ['--platform', 'linux/amd64,linux/arm64', '-t', 'two:1'];
		succeeded(await build('FROM scratch\nARG TARGETARCH\nCOPY busybox /$TARGETARCH\n', args));
		const image = (await bench.containerd.images.list('default')).find(({name}) => name === 'docker.io/library/two:1');
		expect(image?.target.mediaType).toBe('application/vnd.oci.image.index.v1+json');
	});

	/** Of the statements that are attached to the one image of an archive: their types and texts. */
	const attested = (archive: string): ReadonlyArray<{readonly type: string; readonly text: string}> => {
		const [index] = manifestsOf(archive);
		const attestation = manifestsOf(archive, blobName(index!)).find(({annotations}) => annotations?.['vnd.docker.reference.type'] === 'attestation-manifest');
		return layersOf(archive, attestation!).map(layer => ({type: layer.annotations?.['in-toto.io/predicate-type'] ?? '', text: fromTar(archive, blobName(layer))}));
	};

	test('how an image was made is attached to it', async () => {
		succeeded(await buildFixture(['--provenance', 'mode=max', '-o', 'type=oci,dest=provenance.tar']));
		const [statement] = attested(inDir('provenance.tar'));
		expect(statement?.type).toContain('slsa.dev/provenance');
		expect(statement?.text).toContain('mkdir /app');
	});

	const noRegistry = hasDockerRegistry() ? undefined : 'no docker-registry here';
	describe.skipIf(noRegistry !== undefined)(titled('what is in an image is attached to it', noRegistry), () => {
		let registry: DockerRegistry;

		beforeAll(async () => {
			registry = await startDockerRegistry();
		});

		afterAll(async () => registry?.stop());

		// The one that everybody uses is on the internet; what a scanner is held to is a page of BuildKit's documentation.
		test('by a scanner that we name', async () => {
			const scanner = `${registry.host}/scanner:1`;
			const files = '{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://spdx.dev/Document","predicate":{"name":"by the scanner of the test"}}';
			writeFileSync(inDir('context/scan'), `busybox test -e $BUILDKIT_SCAN_SOURCE/greeting || exit 3\necho '${files}' > $BUILDKIT_SCAN_DESTINATION/all.spdx.json\n`);
			succeeded(await build(`${shell}COPY scan /scan\nENTRYPOINT ["/bin/sh", "/scan"]\n`, ['-t', scanner, '-o', 'type=registry']));
			succeeded(await build('FROM scratch\nCOPY scan /greeting\n', ['--sbom', `generator=${scanner}`, '--provenance', 'false', '-o', 'type=oci,dest=sbom.tar']));
			expect(attested(inDir('sbom.tar'))).toEqual([{type: 'https://spdx.dev/Document', text: expect.stringContaining('by the scanner of the test')}]);
		});
	});

	test.skipIf(buildctl === undefined)(titled('the layers that buildctl gets, with SOURCE_DATE_EPOCH', buildctl === undefined ? 'no buildctl beside it' : undefined), async () => {
		writeTree(inDir('tree'));
		const epoch = '1700000000';
		const dockerfile = 'FROM scratch\nCOPY a /one\nCOPY . /two/\nENV X=1\nCOPY docs/ /three/\n';
		mkdirSync(inDir('file'));
		writeFileSync(inDir('file/Dockerfile'), dockerfile);
		const output = (name: string): string => `type=oci,dest=${inDir(name)},rewrite-timestamp=true`;
		succeeded(await bench.gantry(['build', '--no-cache', '-f', 'file/Dockerfile', '-o', output('ours.tar'), 'tree'], {env: {SOURCE_DATE_EPOCH: epoch}}));
		succeeded(await bench.gantry(['builder', 'prune', '--all', '--force']));
		const {status, stderr} = spawnSync(
			buildctl!,
			[
				...['--addr', bench.builder.address, 'build', '--no-cache', '--progress', 'plain', '--frontend', 'dockerfile.v0', '--local', `context=${inDir('tree')}`],
				...['--local', `dockerfile=${inDir('file')}`, '--opt', `build-arg:SOURCE_DATE_EPOCH=${epoch}`, '--output', output('theirs.tar')],
			],
			{encoding: 'utf8'},
		);
		expect(status, stderr).toBe(0);
		expect(layerDigests(inDir('ours.tar'))).toHaveLength(3);
		expect(layerDigests(inDir('ours.tar'))).toEqual(layerDigests(inDir('theirs.tar')));
	});
});
