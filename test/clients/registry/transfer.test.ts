import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {titled} from '../../../scripts/lab/possible.ts';
import {parseReference} from '../../../source/model/reference.ts';
import {
	type Blob,
	collect,
	digestOf,
	makeBlob,
	manifestOf,
	ociIndex,
	ociManifest,
	openClient,
	pushImage,
	type TestClient,
} from '../../helpers/registry/client.ts';
import {type DockerRegistry, hasDockerRegistry, startDockerRegistry} from '../../helpers/registry/docker-registry.ts';
import {type Fault, type Proxy, startProxy} from '../../helpers/registry/proxy.ts';

const why = hasDockerRegistry() ? undefined : 'docker-registry is not installed';

describe.skipIf(why !== undefined)(titled('a registry that works', why), () => {
	let registry: DockerRegistry;
	let proxy: Proxy;
	let client: TestClient;
	let layer: Blob;
	let image: Awaited<ReturnType<typeof pushImage>>;

	beforeAll(async () => {
		registry = await startDockerRegistry();
		proxy = await startProxy(registry.host);
		client = openClient();
		layer = makeBlob(5_000_000);
		image = await pushImage(client, `${proxy.host}/lab/app:1`, layer);
	});
	afterAll(async () => {
		await client?.close();
		await proxy?.stop();
		await registry?.stop();
	});

	test('a tag is resolved in one request, and the manifest comes as it was pushed', async () => {
		const before = proxy.seen.length;
		const resolved = await client.resolve(image.reference);
		expect(resolved).toEqual({
			mediaType: ociManifest,
			digest: image.digest,
			sizeBytes: image.manifest.length,
			annotations: {},
			manifestBytes: undefined,
		});
		expect(proxy.seen.slice(before).map(({method}) => method)).toEqual(['HEAD']);
		const {bytes, mediaType} = await client.fetchManifest(image.reference, resolved.digest);
		expect(Buffer.from(bytes)).toEqual(image.manifest);
		expect(mediaType).toBe(ociManifest);
	});

	test('a digest is resolved, too', async () => {
		const {digest} = await client.resolve({...image.reference, tag: undefined, digest: image.digest});
		expect(digest).toBe(image.digest);
	});

	test.each([0, 1, 4_999_999, 5_000_000])('a blob comes whole from byte %i on', async offset => {
		const bytes = await collect(client.fetchBlob(image.reference, layer.descriptor, {offset}));
		expect(bytes.equals(layer.bytes.subarray(offset))).toBe(true);
	});

	test('a server without ranges gives the rest all the same', async () => {
		proxy.setFault(({url}) => (url.includes('/blobs/') ? {kind: 'answer', status: 200, body: layer.bytes} : undefined));
		const bytes = await collect(client.fetchBlob(image.reference, layer.descriptor, {offset: 3_000_001}));
		proxy.setFault(() => undefined);
		expect(bytes.equals(layer.bytes.subarray(3_000_001))).toBe(true);
	});

	test('what is there is not pushed again, and comes from another repository without a byte', async () => {
		const source = () => {
			throw new Error('no byte is needed');
		};
		expect(await client.pushBlob(image.reference, layer.descriptor, source)).toBe('existed');
		const other = parseReference(`${proxy.host}/lab/other:1`);
		expect(await client.hasBlob(other, layer.descriptor.digest)).toBe(false);
		expect(await client.pushBlob(other, layer.descriptor, source, {mountFrom: ['lab/other', 'lab/app']})).toBe('mounted');
		expect(await client.hasBlob(other, layer.descriptor.digest)).toBe(true);
	});

	test('a mount that misses becomes an upload; an empty blob is a blob', async () => {
		const reference = parseReference(`${proxy.host}/lab/missed:1`);
		const blob = makeBlob(1000);
		expect(await client.pushBlob(reference, blob.descriptor, blob.source, {mountFrom: ['lab/nowhere']})).toBe('uploaded');
		const empty = makeBlob(0);
		expect(await client.pushBlob(reference, empty.descriptor, empty.source)).toBe('uploaded');
		expect(await collect(client.fetchBlob(reference, empty.descriptor))).toHaveLength(0);
	});

	test('tags and repositories come page by page', async () => {
		for (const tag of ['2', '3', '4', '5']) await client.pushManifest({...image.reference, tag}, image.manifest, ociManifest);
		expect([...(await client.tags(image.reference))].sort()).toEqual(['1', '2', '3', '4', '5']);
		expect(await client.tags(image.reference, {most: 2})).toHaveLength(2);
		expect(await client.catalog(proxy.host)).toContain('lab/app');
		expect(await client.search(proxy.host, 'APP')).toEqual([
			{name: `${proxy.host}/lab/app`, description: '', stars: undefined, isOfficial: false},
		]);
	});

	test('the pages of a list are followed on the same host, and not to another', async () => {
		const page = (names: readonly string[], link?: string): Fault => ({
			kind: 'answer',
			status: 200,
			...(link === undefined ? {} : {headers: {link: `<${link}>; rel="next"`}}),
			body: JSON.stringify({tags: names}),
		});
		proxy.setFault(({url}) => (url.includes('last=b') ? page(['c', '\u001b[31md']) : page(['a', 'b'], '/v2/lab/app/tags/list?last=b')));
		expect(await client.tags(image.reference)).toEqual(['a', 'b', 'c', 'd']);
		proxy.setFault(() => page(['a'], 'http://127.0.0.2:1/v2/lab/app/tags/list?last=a'));
		await expect(client.tags(image.reference)).rejects.toMatchObject({code: 'invalid'});
		proxy.setFault(() => undefined);
	});

	test('what refers to a manifest is found under the tag that its digest makes', async () => {
		expect(await client.referrers(image.reference, image.digest)).toEqual([]);
		const signature = {
			mediaType: ociManifest,
			digest: digestOf(Buffer.from('x')),
			size: 3,
			artifactType: 'application/test.signature',
			annotations: {by: 'bob'},
		};
		const index = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: ociIndex, manifests: []}));
		const filled = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: ociIndex, manifests: [signature]}));
		await client.pushManifest({...image.reference, tag: image.digest.replace(':', '-')}, index, ociIndex);
		expect(await client.referrers(image.reference, image.digest)).toEqual([]);
		// docker-registry takes no index of what it has not: the answer is made by the proxy.
		const headers = {'content-type': ociIndex};
		proxy.setFault(({url}) => (url.includes('/referrers/') ? undefined : {kind: 'answer', status: 200, headers, body: filled}));
		const found = {
			mediaType: ociManifest,
			digest: signature.digest,
			sizeBytes: 3,
			artifactType: 'application/test.signature',
			annotations: {by: 'bob'},
		};
		expect(await client.referrers(image.reference, image.digest)).toEqual([found]);
		expect(await client.referrers(image.reference, image.digest, {artifactType: 'application/other'})).toEqual([]);
		proxy.setFault(({url}) => (url.includes('/referrers/') ? {kind: 'answer', status: 200, headers, body: filled} : undefined));
		expect(await client.referrers(image.reference, image.digest, {artifactType: signature.artifactType})).toEqual([found]);
		proxy.setFault(() => undefined);
	});

	test('docker types are asked for and named as they are', async () => {
		const type = 'application/vnd.docker.distribution.manifest.v2+json';
		const config = makeBlob(10, 'application/vnd.docker.container.image.v1+json');
		await client.pushBlob(image.reference, config.descriptor, config.source);
		const manifest = manifestOf(config, [layer], {mediaType: type});
		await client.pushManifest({...image.reference, tag: 'docker'}, manifest, type);
		expect((await client.resolve({...image.reference, tag: 'docker'})).mediaType).toBe(type);
		const listType = 'application/vnd.docker.distribution.manifest.list.v2+json';
		const list = Buffer.from(
			JSON.stringify({
				schemaVersion: 2,
				mediaType: listType,
				manifests: [{mediaType: type, digest: digestOf(manifest), size: manifest.length, platform: {os: 'linux', architecture: 'amd64'}}],
			}),
		);
		await client.pushManifest({...image.reference, tag: 'list'}, list, listType);
		expect(await client.resolve({...image.reference, tag: 'list'})).toMatchObject({mediaType: listType, digest: digestOf(list)});
	});
});
