import {describe, expect, test} from 'vitest';
import type {Descriptor} from '../../../source/model/image.ts';
import {chainIds, createImages} from '../../../source/services/images/index.ts';
import {historyOf} from '../../../source/services/images/inspect.ts';
import {createStore, digestOf, dockerTypes, imageWith, ociTypes, usersIn} from './store.ts';

const options = {snapshotter: 'overlayfs'};
type Store = ReturnType<typeof createStore>;

const service = (store: Store) => {
	const never = async (): Promise<never> => Promise.reject(new Error('not asked here'));
	return createImages({
		containerd: {
			...usersIn([
				{id: 'one', image: 'docker.io/lab/x:1'},
				{id: 'two', image: 'docker.io/lab/y:1'},
			]),
			content: store.content,
			snapshots: store.snapshots,
			images: {list: async () => [], get: never, create: never, update: never, remove: never},
		} as unknown as Parameters<typeof createImages>[0]['containerd'],
	});
};

const sizes = (...blobs: ReadonlyArray<Descriptor>): number => blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);

describe('summarize', () => {
	test.each([
		['OCI', ociTypes],
		['docker schema 2', dockerTypes],
	] as const)('one %s manifest', async (_, types) => {
		const store = createStore();
		const {manifest, config, layers} = store.putImage(types, ['bottom', 'top'], {unpacked: [100, 20]});
		expect(await service(store).summarize(imageWith(manifest), options)).toEqual({
			platforms: [{os: 'linux', architecture: 'amd64'}],
			compressedBytes: sizes(manifest, config, ...layers),
			unpackedBytes: 120,
		});
	});

	test('an index: only the platforms that are here, shared layers once, no attestations', async () => {
		const store = createStore();
		const amd = store.putImage(ociTypes, ['shared', 'amd'], {unpacked: [100, 20]});
		const arm = store.putImage(ociTypes, ['shared', 'arm'], {architecture: 'arm64'});
		const attestation = store.put(ociTypes.manifest, {config: {}, layers: []});
		const elsewhere = {mediaType: ociTypes.manifest, digest: digestOf('elsewhere'), sizeBytes: 5000, annotations: {}};
		const index = store.putIndex(ociTypes, [
			{descriptor: amd.manifest, extra: {platform: {os: 'linux', architecture: 'amd64'}}},
			{descriptor: arm.manifest, extra: {platform: {os: 'linux', architecture: 'arm64', variant: 'v8', 'os.version': '1'}}},
			{descriptor: elsewhere, extra: {platform: {os: 'windows', architecture: 'amd64'}}},
			{
				descriptor: attestation,
				extra: {platform: {os: 'unknown', architecture: 'unknown'}, annotations: {'vnd.docker.reference.type': 'attestation-manifest'}},
			},
		]);
		const summary = await service(store).summarize(imageWith(index), options);
		expect(summary.platforms).toEqual([
			{os: 'linux', architecture: 'amd64'},
			{os: 'linux', architecture: 'arm64', variant: 'v8', osVersion: '1'},
		]);
		expect(summary.compressedBytes).toBe(sizes(index, amd.manifest, amd.config, ...amd.layers, arm.manifest, arm.config, arm.layers[1]!));
		expect(summary.unpackedBytes).toBe(120);
	});

	test('lazily pulled: the layers that are not here weigh nothing', async () => {
		const store = createStore();
		const {manifest, config, layers} = store.putImage(ociTypes, ['bottom', 'top'], {unpacked: [0, 0]});
		for (const layer of layers) store.blobs.delete(layer.digest);
		expect(await service(store).summarize(imageWith(manifest), options)).toMatchObject({
			compressedBytes: sizes(manifest, config),
			unpackedBytes: 0,
		});
	});

	test.each([
		['nothing is here', (store: Store, target: Descriptor) => void store.blobs.delete(target.digest)],
		['the manifest is garbage', (store: Store, target: Descriptor) => void store.blobs.set(target.digest, Buffer.from('{"layers": 5'))],
		['the manifest is a list', (store: Store, target: Descriptor) => void store.blobs.set(target.digest, Buffer.from('[1]'))],
	])('when %s the answer is empty', async (_, spoil) => {
		const store = createStore();
		const {manifest} = store.putImage(ociTypes, ['only']);
		spoil(store, manifest);
		expect(await service(store).summarize(imageWith(manifest), options)).toEqual({
			platforms: [],
			compressedBytes: 0,
			unpackedBytes: undefined,
		});
	});

	test('is asked once per digest and snapshotter, also by two at a time; a failure and a missing snapshot are asked again', async () => {
		const store = createStore();
		const {manifest} = store.putImage(ociTypes, ['only'], {unpacked: [1]});
		const images = service(store);
		const image = imageWith(manifest);
		await Promise.all([images.summarize(image, options), images.summarize({...image, name: 'docker.io/lab/other:1'}, options)]);
		expect(store.asked).toHaveLength(3);
		expect((await images.summarize(image, {snapshotter: 'native'})).unpackedBytes).toBeUndefined();
		store.asked.length = 0;
		await images.summarize(image, {snapshotter: 'native'});
		expect(store.asked).toHaveLength(3);
		await expect(images.summarize(image, {...options, signal: AbortSignal.abort()})).rejects.toMatchObject({name: 'AbortError'});
	});
});

describe('inspect', () => {
	test('joins history, layers and snapshots, and says who uses it', async () => {
		const store = createStore();
		const history = [
			{created: '2025-01-02T03:04:05Z', created_by: 'COPY a /', comment: 'buildkit'},
			{created_by: 'ENV A=1', empty_layer: true},
			{created_by: 'RUN b'},
		];
		const {manifest, layers, diffIds} = store.putImage(ociTypes, ['a', 'b'], {history, unpacked: [100, 20]});
		const details = await service(store).inspect(imageWith(manifest), options);
		expect(details).toMatchObject({indexJson: undefined, usedBy: [{namespace: 'ns', id: 'one'}]});
		const [platform] = details.platforms;
		expect(platform).toMatchObject({present: true, platform: {os: 'linux', architecture: 'amd64'}, manifestJson: {schemaVersion: 2}});
		expect(
			platform?.history.map(line => [line.createdAt, line.createdBy, line.emptyLayer, line.layer?.digest, line.diffId, line.unpackedBytes]),
		).toEqual([
			[Date.parse('2025-01-02T03:04:05Z'), 'COPY a /', false, layers[0]?.digest, diffIds[0], 100],
			[undefined, 'ENV A=1', true, undefined, undefined, undefined],
			[undefined, 'RUN b', false, layers[1]?.digest, diffIds[1], 20],
		]);
	});

	test('a platform whose layer is missing is not present', async () => {
		const store = createStore();
		const {manifest, layers} = store.putImage(ociTypes, ['a', 'b']);
		store.blobs.delete(layers[1]!.digest);
		expect((await service(store).inspect(imageWith(manifest), options)).platforms[0]?.present).toBe(false);
	});

	test('history that is missing, short or long shows each layer once', () => {
		const layers = ['a', 'b'].map(text => ({mediaType: ociTypes.layer, digest: digestOf(text), sizeBytes: 1, annotations: {}}));
		const lines = (history: unknown) =>
			historyOf({configJson: {history}, layers, diffIds: []}, [], []).map(line => line.layer?.digest.slice(7, 11));
		const [a, b] = layers.map(layer => layer.digest.slice(7, 11));
		expect([lines(undefined), lines([{}]), lines([{}, {}, {}]), lines('odd')]).toEqual([
			[a, b],
			[a, b],
			[a, b, undefined],
			[a, b],
		]);
	});
});

test('chain ids as the OCI image-spec defines them', () => {
	const [a, b, c] = ['a', 'b', 'c'].map(digestOf) as [string, string, string];
	expect(chainIds([a, b, c])).toEqual([a, digestOf(`${a} ${b}`), digestOf(`${digestOf(`${a} ${b}`)} ${c}`)]);
	expect(chainIds([])).toEqual([]);
});
