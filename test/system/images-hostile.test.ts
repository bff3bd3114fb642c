import {Buffer} from 'node:buffer';
import {createHash, randomBytes} from 'node:crypto';
import {gzipSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {architecture} from '../../scripts/lab/image.ts';
import {containerdVersions} from '../../scripts/lab/find-containerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {tar} from '../../scripts/lab/tar.ts';
import {sentence} from '../../source/errors.ts';
import {type Canned, type CannedRegistry, startCannedRegistry} from '../helpers/registry/canned-registry.ts';
import {failureOf} from '../helpers/registry/client.ts';
import {contentOf, here, type ImagesBench, leftovers, nothing, openImagesBench, snapshotter, whyNot} from './images/bench.ts';

const oci = 'application/vnd.oci.image';
const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const layerTar = tar([{kind: 'file', path: 'motd', content: randomBytes(20_000)}]);

type Descriptor = {readonly mediaType: string; readonly digest: string; readonly size: number; readonly urls?: readonly string[]};
const pointer = ({mediaType, digest, size}: Canned): Descriptor => ({mediaType, digest, size});

/** A good image of one layer, with what a test makes of its parts. */
const can = (
	registry: CannedRegistry,
	{
		layer = registry.add(`${oci}.layer.v1.tar+gzip`, gzipSync(layerTar)),
		config = registry.add(`${oci}.config.v1+json`, {os: 'linux', architecture, config: {}, rootfs: {type: 'layers', diff_ids: [sha256(layerTar)]}}),
	}: {readonly layer?: Descriptor; readonly config?: Descriptor} = {},
): Canned =>
	registry.add(`${oci}.manifest.v1+json`, {
		schemaVersion: 2,
		mediaType: `${oci}.manifest.v1+json`,
		config: {mediaType: config.mediaType, digest: config.digest, size: config.size},
		layers: [{...layer, bytes: undefined}],
	});

const indexOf = (registry: CannedRegistry, manifests: readonly object[]): Canned =>
	registry.add(`${oci}.index.v1+json`, {schemaVersion: 2, mediaType: `${oci}.index.v1+json`, manifests});

const nested = (depth: number): Buffer => Buffer.from(`{"rootfs":${'['.repeat(depth)}${']'.repeat(depth)}}`);

const hostile: ReadonlyArray<readonly [string, (registry: CannedRegistry) => Canned, RegExp]> = [
	['an index without our platform', (registry) => indexOf(registry, [{...pointer(can(registry)), platform: {os: 'windows', architecture: 'amd64'}}]), /no image for linux\/\w+, only for windows\/amd64 — choose one of these with --platform/],
	['an index of itself, again and again', (registry) => [1, 2, 3, 4, 5].reduce((inner) => indexOf(registry, [{...pointer(inner), platform: {os: 'linux', architecture}}]), can(registry)), /indexes in indexes/],
	['a manifest of ten megabytes', (registry) => registry.add(`${oci}.manifest.v1+json`, {schemaVersion: 2, mediaType: `${oci}.manifest.v1+json`, pad: 'x'.repeat(10 * 1024 * 1024)}), /more than 10 MiB/],
	['a layer whose digest is a path', (registry) => can(registry, {layer: {mediaType: `${oci}.layer.v1.tar+gzip`, digest: 'sha256:../../../../etc/passwd', size: 10}}), /refers to "sha256:\.\.\/.*which can be no blob/],
	['a config whose digest is a path', (registry) => can(registry, {config: {mediaType: `${oci}.config.v1+json`, digest: '../../config', size: 10}}), /refers to "\.\.\/\.\.\/config"/],
	['a child of an index whose digest is a path', (registry) => indexOf(registry, [{mediaType: `${oci}.manifest.v1+json`, digest: 'sha256:/../x', size: 1, platform: {os: 'linux', architecture}}]), /which can be no blob/],
	['a layer of less than no bytes', (registry) => can(registry, {layer: {...pointer(registry.add(`${oci}.layer.v1.tar+gzip`, gzipSync(layerTar))), size: -1}}), /-1 bytes, which can be no blob/],
	['a config that says it is a gigabyte', (registry) => can(registry, {config: {...pointer(registry.add(`${oci}.config.v1+json`, {})), size: 1024 ** 3}}), /its config \w+ has 1073741824 bytes, more than any image needs/],
	['a config of five megabytes', (registry) => can(registry, {config: registry.add(`${oci}.config.v1+json`, {pad: 'x'.repeat(5 * 1024 * 1024)})}), /more than any image needs/],
	['a config that is packed', (registry) => can(registry, {config: registry.add(`${oci}.config.v1+json`, gzipSync(Buffer.alloc(3 * 1024 * 1024)))}), /is no JSON document/],
	['a config nested a million deep', (registry) => can(registry, {config: registry.add(`${oci}.config.v1+json`, nested(1_000_000))}), /is no JSON document|speaks of 0 layers/],
	['a config with another number of layers', (registry) => can(registry, {config: registry.add(`${oci}.config.v1+json`, {os: 'linux', architecture, rootfs: {diff_ids: []}})}), /speaks of 0 layers, its manifest of 1/],
	['a config that promises another file system', (registry) => can(registry, {config: registry.add(`${oci}.config.v1+json`, {os: 'linux', architecture, rootfs: {diff_ids: [sha256(Buffer.from('other'))]}})}), /unpacks to sha256:\w+, but|wrong diff id|mismatch/i],
	['a layer that is cut gzip', (registry) => can(registry, {layer: registry.add(`${oci}.layer.v1.tar+gzip`, gzipSync(layerTar).subarray(0, 500))}), /unexpected EOF|unpacks to/i],
	['a layer that is encrypted', (registry) => can(registry, {layer: registry.add(`${oci}.layer.v1.tar+gzip+encrypted`, randomBytes(5000))}), /is encrypted, and this containerd has no decoder or no key/],
	['a layer that its maker keeps elsewhere, at an address where nobody is', (registry) => can(registry, {layer: {...pointer(registry.add(`${oci}.layer.nondistributable.v1.tar+gzip`, Buffer.from(randomBytes(8)))), digest: sha256(randomBytes(8)), urls: ['http://127.0.0.1:1/layer']}}), /nobody listens there/],
];

/** 1.6 and 1.7 are pulled into by our own client; 2.1 tries by itself before. */
for (const version of containerdVersions)
	describe.skipIf(whyNot(version) !== undefined)(titled(`images that mean harm, on containerd ${version}`, whyNot(version)), () => {
		let bench: ImagesBench;
		let registry: CannedRegistry;

		beforeAll(async () => {
			[bench, registry] = await Promise.all([openImagesBench(version), startCannedRegistry()]);
		});

		afterAll(async () => {
			await Promise.all([bench?.stop(), registry?.stop()]);
		});

		const request = (namespace: string, reference: string) => ({namespace, reference, platforms: [here], snapshotter, unpack: true});

		test.each(hostile)('%s is refused in words and leaves nothing half-made', async (title, make, words) => {
			const at = hostile.findIndex(([name]) => name === title);
			const namespace = `hostile-${process.pid}-${at}`;
			registry.tag(`lab/hostile:${at}`, make(registry));
			const failure = await failureOf(bench.byDaemon.pull(request(namespace, `${registry.host}/lab/hostile:${at}`)));
			const told = sentence(failure);
			expect(told).toMatch(words);
			expect(told.startsWith(`Could not pull ${registry.host}/lab/hostile:${at}: `), told).toBe(true);
			expect(told.match(/Could not/g), told).toHaveLength(1);
			expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
			expect(await bench.containerd.images.list(namespace)).toEqual([]);
			await bench.byDaemon.forgetPartial(namespace);
			expect(await contentOf(bench.containerd, namespace)).toEqual([]);
			expect(registry.seen.filter((url) => url.includes('..'))).toEqual([]);
		});

		test.each(['../../etc/passwd', 'a/../b:1', 'app:../1', 'app@sha256:../x', '/app', 'http://x/app', 'app:1\u001B[31m'])('the name %j is no reference, and nobody is asked', async (name) => {
			const before = registry.seen.length;
			const failure = await failureOf(bench.byDaemon.pull(request('names', name)));
			expect(sentence(failure)).toMatch(/is not an image reference/);
			expect(sentence(failure)).not.toContain('\u001B');
			expect(registry.seen.length).toBe(before);
		});

		test('encrypted layers are kept as they are when nothing is to be unpacked', async () => {
			const namespace = `encrypted-${process.pid}`;
			const layer = registry.add(`${oci}.layer.v1.tar+gzip+encrypted`, randomBytes(5000));
			registry.tag('lab/encrypted:1', can(registry, {layer}));
			const image = await bench.byDaemon.pull({...request(namespace, `${registry.host}/lab/encrypted:1`), unpack: false});
			expect(await contentOf(bench.containerd, namespace)).toContain(layer.digest);
			expect((await leftovers(bench.containerd, namespace)).leases).toEqual([]);
			await bench.containerd.images.remove(namespace, image.name, {sync: true});
			expect(await contentOf(bench.containerd, namespace)).toEqual([]);
		});

		test('a layer that its maker keeps elsewhere comes from there, and is not sent to another registry', async () => {
			const namespace = `foreign-${process.pid}`;
			const maker = await startCannedRegistry();
			const type = `${oci}.layer.nondistributable.v1.tar+gzip`;
			const bytes = gzipSync(layerTar, {level: 1});
			const layer = maker.add(type, bytes);
			registry.tag('lab/foreign:1', can(registry, {layer: {mediaType: type, digest: sha256(bytes), size: bytes.length, urls: [`http://${maker.host}/v2/x/blobs/${layer.digest}`]}}));
			const image = await bench.images.pull(request(namespace, `${registry.host}/lab/foreign:1`));
			expect(maker.seen.filter((url) => url.includes(layer.digest)).length).toBeGreaterThan(0);
			const target = `${bench.registry.host}/lab/foreign:1`;
			await bench.images.tag(image, target);
			// This registry takes no manifest with such layers, unless it is told which addresses are good; what counts is that we send no blob.
			expect(sentence(await failureOf(bench.images.push({namespace, reference: target, platforms: [here]})))).toMatch(/blob unknown to registry/);
			const there = await fetch(`http://${bench.registry.host}/v2/lab/foreign/blobs/${layer.digest}`, {method: 'HEAD'});
			expect(there.status).toBe(404);
			await maker.stop();
			for (const name of [image.name, target]) await bench.containerd.images.remove(namespace, name, {sync: true});
			expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
		});
	});
