import {randomBytes} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage, scriptsLayer} from '../../scripts/lab/busybox.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {sentence} from '../../source/errors.ts';
import {parsePlatform} from '../../source/model/platform.ts';
import {failureOf} from '../helpers/registry/client.ts';
import {contentOf, here, type ImagesBench, leftovers, openImagesBench, snapshotter, whyNot} from './images/bench.ts';

const version = '1.7';
const native = busyboxImage('docker.io/lab/native:1');
const foreign = busyboxImage('docker.io/lab/foreign:1', {extraLayers: [scriptsLayer({'app/other': 'for another machine'})]});
const other = parsePlatform('linux/s390x');

describe.skipIf(whyNot(version) !== undefined)(titled('images for several platforms', whyNot(version)), () => {
	let bench: ImagesBench;
	let name: string;
	let index: string;
	const request = (namespace: string, more: object = {}) => ({namespace, reference: name, platforms: [here], snapshotter, unpack: true, ...more});

	beforeAll(async () => {
		bench = await openImagesBench(version);
		await bench.publish(native, 'lab/native:1');
		await bench.publish(foreign, 'lab/foreign:1');
		name = `${bench.proxy.host}/lab/both:1`;
		const {manifestLists} = bench.images;
		await manifestLists.create(name, [`${bench.proxy.host}/lab/native:1`, `${bench.proxy.host}/lab/foreign:1`]);
		await manifestLists.annotate(name, `${bench.proxy.host}/lab/foreign:1`, {architecture: 's390x'});
		index = (await manifestLists.push(name)).digest;
	});

	afterAll(async () => bench?.stop());

	test('one of two is pulled; what is not here is refused at push and left out at save', async () => {
		const namespace = `one-${process.pid}`;
		const pulled = await bench.images.pull(request(namespace));
		expect(pulled.target.digest).toBe(index);
		expect(await contentOf(bench.containerd, namespace)).not.toContain(foreign.manifest.digest);
		await bench.images.tag(pulled, `${bench.proxy.host}/lab/copy:1`);
		const push = {namespace, reference: `${bench.proxy.host}/lab/copy:1`};
		const before = bench.proxy.seen.length;
		expect(sentence(await failureOf(bench.images.push({...push, platforms: 'all'})))).toContain('the blobs for linux/s390x are not in the content store');
		expect(sentence(await failureOf(bench.images.push({...push, platforms: [parsePlatform('arm64')]})))).toContain(
			`it has no image for linux/arm64; here is linux/${here.architecture}`,
		);
		expect(bench.proxy.seen.length).toBe(before);
		expect((await bench.images.push({...push, platforms: [here]})).digest).toBe(native.manifest.digest);
		const output = join(bench.dir, 'present.tar');
		await bench.images.save({images: [pulled], platforms: 'present', output});
		const loaded = await bench.images.load({
			...{namespace: `${namespace}-2`, archive: createReadStream(output), name: 'it', platforms: [here], isNeeded: true, snapshotter, unpack: true},
		});
		expect(loaded.map(image => image.target.digest)).toEqual([native.manifest.digest]);
		const unfit = bench.images.load({
			...{namespace: `${namespace}-3`, archive: createReadStream(output), name: 'it', platforms: [other], isNeeded: true, snapshotter, unpack: true},
		});
		expect(sentence(await failureOf(unfit))).toContain(`is for linux/${here.architecture}, not for linux/s390x`);
	});

	test('all of it goes the whole way byte for byte', async () => {
		const namespace = `all-${process.pid}`;
		const pulled = await bench.images.pull(request(namespace, {platforms: 'all', unpack: false}));
		expect(await contentOf(bench.containerd, namespace)).toEqual(expect.arrayContaining([native.manifest.digest, foreign.manifest.digest, index]));
		await bench.images.tag(pulled, `${bench.proxy.host}/whole/copy:1`);
		expect((await bench.images.push({namespace, reference: `${bench.proxy.host}/whole/copy:1`, platforms: 'all'})).digest).toBe(index);
		const raw = await bench.skopeo('inspect', '--raw', '--tls-verify=false', `docker://${bench.registry.host}/whole/copy:1`);
		expect(raw.equals(Buffer.from(await bench.containerd.content.readAll(namespace, index)))).toBe(true);
		await bench.skopeo('copy', '-q', '--all', '--src-tls-verify=false', `docker://${bench.registry.host}/whole/copy:1`, `dir:${join(bench.dir, 'whole')}`);
	});

	test('two pulls of the same at once share the work', async () => {
		const big = busyboxImage('docker.io/lab/big:1', {
			extraLayers: [{createdBy: 'COPY noise /', entries: [{kind: 'file', path: 'noise', content: randomBytes(6_000_000)}]}],
		});
		await bench.publish(big, 'lab/big:1');
		const namespace = `twice-${process.pid}`;
		const reference = `${bench.proxy.host}/lab/big:1`;
		const before = bench.proxy.seen.length;
		const both = await Promise.all([bench.images.pull(request(namespace, {reference})), bench.images.pull(request(namespace, {reference}))]);
		expect(both.map(({target}) => target.digest)).toEqual([big.manifest.digest, big.manifest.digest]);
		const asked = bench.proxy.seen.slice(before).filter(({url}) => url.includes(big.layers[2]!.digest));
		expect(asked).toHaveLength(1);
		const {leases, ingests, snapshots} = await leftovers(bench.containerd, namespace);
		expect({leases, ingests}).toEqual({leases: [], ingests: []});
		expect(snapshots.sort()).toEqual(big.layers.map(({chainId}) => chainId).sort());
	});
});
