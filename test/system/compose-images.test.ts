import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {ociArchive} from '../../scripts/lab/image.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {createRegistry, openHosts, type RegistryClient} from '../../source/clients/registry/index.ts';
import {createImages} from '../../source/services/images/index.ts';
import {type DockerRegistry, startDockerRegistry} from '../helpers/registry/docker-registry.ts';
import {type ComposeBench, openComposeBench} from './compose-bench.ts';
import {whyNot} from './images/bench.ts';

const reason = whyNot('1.7');
let registry: DockerRegistry;
let client: RegistryClient;
let bench: ComposeBench;

vi.setConfig({testTimeout: 120_000});

const names = async (pattern: string) => (await bench.images.find(bench.namespace, `${registry.host}/${pattern}`)).map(({name}) => name.slice(registry.host.length + 1));
const told = (err: string): readonly string[] => err.split('\n').flatMap(line => (line === '' ? [] : [line.replace(/: done in .*/, '').replaceAll(registry.host, 'HOST')]));

describe.skipIf(reason !== undefined)(titled("the images of a project, with a registry", reason), () => {
	beforeAll(async () => {
		registry = await startDockerRegistry();
		const folder = mkdtempSync(join(tmpdir(), 'gantry-compose-images-'));
		writeFileSync(join(folder, 'image.tar'), ociArchive(busyboxImage('docker.io/lab/web:1')));
		const {status, stderr} = spawnSync('skopeo', ['copy', '-q', '--dest-tls-verify=false', `oci-archive:${folder}/image.tar`, `docker://${registry.host}/lab/web:1`], {encoding: 'utf8', timeout: 30_000});
		rmSync(folder, {recursive: true});
		expect(status, stderr).toBe(0);
		client = createRegistry({credentials: {find: async () => undefined}, hosts: openHosts({dirs: [], insecureRegistry: false}), version: 'test', retry: {sleep: async () => undefined, random: () => 0.5}});
		bench = await openComposeBench('images', {makeImages: parts => createImages({...parts, openRegistry: async () => client})});
		bench.write('compose.yaml', `services:\n  web: {image: "${registry.host}/lab/web:1"}\n  again: {image: "${registry.host}/lab/web:1"}\n  gone: {image: "${registry.host}/lab/gone:1"}\n  own: {build: ., image: "${registry.host}/lab/own:1"}\n  nameless: {build: .}\n`);
	});

	afterAll(async () => {
		await bench?.stop();
		await client?.close();
		await registry?.stop();
	});

	test('pull has each image once, and goes on without one when told to', async () => {
		const failed = await bench.compose(['pull', 'web', 'again', 'gone']);
		expect({code: failed.code, err: failed.err.replaceAll(registry.host, 'HOST')}).toMatchObject({code: 1, err: expect.stringContaining('Could not pull image HOST/lab/gone:1')});
		const {code, err} = await bench.compose(['pull', '--ignore-pull-failures', '--ignore-buildable']);
		expect(code).toBe(0);
		expect(told(err).filter(line => line === 'pull image HOST/lab/web:1')).toHaveLength(1);
		expect(told(err).some(line => line.startsWith('warning: Could not pull image HOST/lab/gone:1'))).toBe(true);
		expect(await names('lab/web:1')).toEqual(['lab/web:1']);
		expect((await bench.compose(['pull', '--policy', 'missing', '--dry-run', 'web'])).out).toBe(`${bench.name}: there is nothing to do\n`);
	});

	test('push sends what is built and has a name of its own', async () => {
		expect((await bench.compose(['push', '-q', 'own'])).code).toBe(1);
		const [web] = await bench.images.find(bench.namespace, `${registry.host}/lab/web:1`);
		const own = await bench.images.tag(web!, `${registry.host}/lab/own:1`);
		const {code, out, err} = await bench.compose(['push', '-q']);
		expect({code, out, err}).toEqual({code: 0, out: `${registry.host}/lab/own:1\n`, err: 'nameless: its image has no name of its own, and is not pushed\n'});
		await bench.images.remove(own);
		expect((await bench.compose(['pull', 'own'])).code).toBe(0);
		expect(await names('lab/own:1')).toEqual(['lab/own:1']);
	});
});
