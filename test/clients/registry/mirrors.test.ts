import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {titled} from '../../../scripts/lab/possible.ts';
import {openHosts} from '../../../source/clients/registry/index.ts';
import type {Endpoint, Hosts} from '../../../source/clients/registry/types.ts';
import {parseReference} from '../../../source/model/reference.ts';
import {type Blob, collect, failureOf, makeBlob, openClient, pushImage} from '../../helpers/registry/client.ts';
import {type DockerRegistry, hasDockerRegistry, startDockerRegistry} from '../../helpers/registry/docker-registry.ts';
import {type Proxy, startProxy} from '../../helpers/registry/proxy.ts';

const why = hasDockerRegistry() ? undefined : 'docker-registry is not installed';

describe.skipIf(why !== undefined)(titled('mirrors', why), () => {
	let registry: DockerRegistry;
	let mirror: Proxy;
	let layer: Blob;
	const reference = parseReference('registry.test/lab/app:1');

	beforeAll(async () => {
		registry = await startDockerRegistry();
		mirror = await startProxy(registry.host);
		layer = makeBlob(500_000);
		const client = openClient();
		await pushImage(client, `${registry.host}/lab/app:1`, layer);
		await client.close();
	});
	afterAll(async () => {
		await mirror?.stop();
		await registry?.stop();
	});

	const endpoint = async (host: string, more: Partial<Endpoint> = {}): Promise<Endpoint> => ({
		...(await openHosts({dirs: [], insecureRegistry: false}).find(host))[0]!,
		mirrorOf: 'registry.test',
		...more,
	});
	const through = (...endpoints: readonly Endpoint[]): Hosts => ({find: async () => endpoints});

	test('a mirror serves all of an image, and is told for whom, with its own headers', async () => {
		const client = openClient({
			hosts: through(await endpoint(mirror.host, {headers: {'x-lab': 'yes'}}), await endpoint('127.0.0.1:1', {mirrorOf: undefined})),
		});
		await client.resolve(reference);
		expect((await collect(client.fetchBlob(reference, layer.descriptor))).equals(layer.bytes)).toBe(true);
		expect(mirror.seen.map(({url, headers}) => [new URL(url, 'http://x').searchParams.get('ns'), headers['x-lab']])).toEqual([
			['registry.test', 'yes'],
			['registry.test', 'yes'],
		]);
		await client.close();
	});

	test('a dead mirror, one without the image and one in trouble are passed over', async () => {
		const empty = await startDockerRegistry();
		mirror.setFault(() => ({kind: 'answer', status: 503}));
		const client = openClient({
			hosts: through(
				await endpoint('127.0.0.1:1'),
				await endpoint(empty.host),
				await endpoint(mirror.host),
				await endpoint(registry.host, {mirrorOf: undefined}),
			),
		});
		expect((await collect(client.fetchBlob(reference, layer.descriptor))).equals(layer.bytes)).toBe(true);
		expect(client.pauses).toEqual([]);
		await client.close();
		await empty.stop();
	});

	test('a mirror that dies in the middle of a layer is replaced there', async () => {
		let left = 1;
		const before = mirror.seen.length;
		mirror.setFault(() => (left-- > 0 ? {kind: 'cut', after: 200_000} : {kind: 'answer', status: 500}));
		const client = openClient({hosts: through(await endpoint(mirror.host), await endpoint(registry.host, {mirrorOf: undefined}))});
		expect((await collect(client.fetchBlob(reference, layer.descriptor))).equals(layer.bytes)).toBe(true);
		expect(mirror.seen.slice(before).map(({headers}) => headers.range)).toEqual([undefined, 'bytes=200000-']);
		await client.close();
	});

	test('what the registry says is told, and not that a mirror is away', async () => {
		const client = openClient({hosts: through(await endpoint(registry.host), await endpoint('127.0.0.1:1', {mirrorOf: undefined}))});
		expect(await failureOf(client.resolve({...reference, tag: 'none'}))).toMatchObject({
			code: 'not-found',
			message: expect.stringContaining('404'),
		});
		await client.close();
	});

	test('nothing is pushed to a mirror that is for pulls', async () => {
		mirror.setFault(() => undefined);
		const before = mirror.seen.length;
		const client = openClient({
			hosts: through(
				await endpoint(mirror.host, {capabilities: new Set(['pull', 'resolve'])}),
				await endpoint(registry.host, {mirrorOf: undefined}),
			),
		});
		expect(await client.pushBlob(reference, layer.descriptor, layer.source)).toBe('existed');
		expect(mirror.seen).toHaveLength(before);
		await client.close();
		const readOnly = openClient({hosts: through(await endpoint(mirror.host, {capabilities: new Set(['pull'])}))});
		expect(await failureOf(readOnly.pushBlob(reference, layer.descriptor, layer.source))).toMatchObject({code: 'unsupported'});
		await readOnly.close();
	});
});
