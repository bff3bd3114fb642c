import {execa} from 'execa';
import {createReadStream} from 'node:fs';
import {readdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {gzipSync, zstdCompressSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage, scriptsLayer} from '../../scripts/lab/busybox.ts';
import {findContainerd} from '../../scripts/lab/find-containerd.ts';
import {ociArchive} from '../../scripts/lab/image.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {isAbort, sentence} from '../../source/errors.ts';
import type {Progress} from '../../source/model/progress.ts';
import {failureOf} from '../helpers/registry/client.ts';
import {contentOf, here, type ImagesBench, leftovers, nothing, openImagesBench, snapshotter, whyNot} from './images/bench.ts';

const version = '1.6';
const image = busyboxImage('docker.io/lab/app:1', {extraLayers: [scriptsLayer({'app/hello': '#!/bin/sh\necho hello from the layer\n'})]});

describe.skipIf(whyNot(version) !== undefined)(titled('push, save and load', whyNot(version)), () => {
	let bench: ImagesBench;
	const namespace = `move-${process.pid}`;
	const stored = async (name: string) => bench.containerd.images.get(namespace, name);
	const run = async (name: string, command: string): Promise<string> => {
		const id = `run-${process.pid}`;
		const ctr = findContainerd(version)!.path.replace(/containerd$/, 'ctr');
		const {stdout} = await execa(
			ctr,
			[
				'-a',
				bench.lab.address,
				'-n',
				namespace,
				'run',
				'--rm',
				'--runc-root',
				bench.lab.runcRoot,
				'--cgroup',
				`${bench.lab.cgroup}/${id}`,
				name,
				id,
				command,
			],
			{env: {PATH: `${dirname(ctr)}:${process.env['PATH']}:/usr/sbin:/sbin`}},
		);
		return stdout;
	};

	beforeAll(async () => {
		bench = await openImagesBench(version);
		await bench.publish(image, 'lab/app:1');
		await bench.images.pull({namespace, reference: `${bench.proxy.host}/lab/app:1`, platforms: [here], snapshotter, unpack: true});
	});

	afterAll(async () => bench?.stop());

	test('what is pushed is byte for byte what is stored; blobs that the registry has are mounted or left', async () => {
		const source = await stored(`${bench.proxy.host}/lab/app:1`);
		await bench.images.tag(source, `${bench.proxy.host}/other/app:2`);
		const phases = new Map<string, string>();
		const onProgress = ({items}: Progress): void => {
			for (const {id, phase} of items) phases.set(id, phase);
		};
		const {digest} = await bench.images.push({namespace, reference: `${bench.proxy.host}/other/app:2`, platforms: [here]}, {onProgress});
		expect(digest).toBe(image.manifest.digest);
		for (const layer of image.layers) expect(phases.get(layer.digest)).toBe('mounted');
		const raw = await bench.skopeo('inspect', '--raw', '--tls-verify=false', `docker://${bench.registry.host}/other/app:2`);
		expect(raw.equals(image.manifest.bytes)).toBe(true);
		await bench.images.push({namespace, reference: `${bench.proxy.host}/other/app:2`, platforms: [here]}, {onProgress});
		for (const layer of image.layers) expect(phases.get(layer.digest)).toBe('exists');
		expect((await leftovers(bench.containerd, namespace)).leases).toEqual([]);
	});

	test('what is missing is refused before anything is sent', async () => {
		const name = `${bench.proxy.host}/lab/hole:1`;
		await bench.images.tag(await stored(`${bench.proxy.host}/lab/app:1`), name);
		const other = `hole-${process.pid}`;
		await bench.images.pull({namespace: other, reference: `${bench.proxy.host}/lab/app:1`, platforms: [here], snapshotter, unpack: true});
		await bench.containerd.content.remove(other, image.layers[1]!.digest);
		const before = bench.proxy.seen.length;
		const failure = await failureOf(bench.images.push({namespace: other, reference: `${bench.proxy.host}/lab/app:1`, platforms: [here]}));
		expect(sentence(failure)).toBe(
			`Could not push ${bench.proxy.host}/lab/app:1: 1 of its blobs are not in the content store — pull it first: gantry pull ${bench.proxy.host}/lab/app:1; or choose what is here with --platform`,
		);
		expect(bench.proxy.seen.length).toBe(before);
		await bench.containerd.images.remove(other, `${bench.proxy.host}/lab/app:1`, {sync: true});
	});

	test('skopeo reads what is saved, as a docker archive and as an OCI one, and a saved file is whole or not there', async () => {
		const file = join(bench.dir, 'saved.tar');
		const saved = await stored(`${bench.proxy.host}/lab/app:1`);
		await bench.images.save({images: [saved], platforms: [here], output: file});
		await bench.skopeo('copy', '-q', '--dest-tls-verify=false', `oci-archive:${file}`, `docker://${bench.registry.host}/skopeo/oci:1`);
		const raw = await bench.skopeo('inspect', '--raw', '--tls-verify=false', `docker://${bench.registry.host}/skopeo/oci:1`);
		expect(raw.equals(image.manifest.bytes)).toBe(true);
		await bench.skopeo(
			'copy',
			'-q',
			'--dest-tls-verify=false',
			`docker-archive:${file}`,
			`docker://${bench.registry.host}/skopeo/docker:1`,
		);
		const before = await readFile(file);
		const controller = new AbortController();
		const failure = await failureOf(
			bench.images.save(
				{images: [saved], platforms: [here], output: file},
				{
					signal: controller.signal,
					onProgress: ({items}) => {
						if (items.some(({phase}) => phase === 'done')) controller.abort();
					},
				},
			),
		);
		expect(isAbort(failure)).toBe(true);
		expect((await readFile(file)).equals(before)).toBe(true);
		expect((await readdir(bench.dir)).filter(name => name.endsWith('.part'))).toEqual([]);
		expect((await leftovers(bench.containerd, namespace)).leases).toEqual([]);
	});

	const packings: ReadonlyArray<readonly [string, (bytes: Buffer) => Buffer]> = [
		['plain', bytes => bytes],
		['gzip', bytes => gzipSync(bytes)],
		['zstd', bytes => zstdCompressSync(bytes)],
	];

	test.each(packings)('an archive packed as %s is loaded, and runs', async (title, pack) => {
		const file = join(bench.dir, 'saved.tar');
		const packed = join(bench.dir, `packed-${title}`);
		await writeFile(packed, pack(await readFile(file)));
		const other = `load-${title}-${process.pid}`;
		const loaded = await bench.images.load({...request(other), archive: createReadStream(packed)});
		expect(loaded.map(({name, target}) => [name, target.digest])).toEqual([[`${bench.proxy.host}/lab/app:1`, image.manifest.digest]]);
		const {leases, ingests, snapshots} = await leftovers(bench.containerd, other);
		expect({leases, ingests}).toEqual({leases: [], ingests: []});
		expect(snapshots.sort()).toEqual(image.layers.map(({chainId}) => chainId).sort());
		await bench.containerd.images.remove(other, loaded[0]!.name, {sync: true});
		expect(await contentOf(bench.containerd, other)).toEqual([]);
	});

	const request = (other: string) => ({
		...{namespace: other, name: 'the archive', platforms: [here], isNeeded: false, snapshotter},
		unpack: true,
	});

	test('a docker archive of skopeo, whose layers are plain tars, is loaded and runs', async () => {
		const file = join(bench.dir, 'skopeo-docker.tar');
		await bench.skopeo(
			'copy',
			'-q',
			'--src-tls-verify=false',
			`docker://${bench.registry.host}/lab/app:1`,
			`docker-archive:${file}:lab/fromdocker:3`,
		);
		const loaded = await bench.images.load({...request(namespace), archive: createReadStream(file)});
		expect(loaded.map(({name}) => name)).toEqual(['docker.io/lab/fromdocker:3']);
		expect(await run('docker.io/lab/fromdocker:3', '/app/hello')).toBe('hello from the layer');
	});

	test('an OCI archive of skopeo, which has a tag but no name, is loaded under a name', async () => {
		const file = join(bench.dir, 'skopeo-oci.tar');
		await bench.skopeo('copy', '-q', '--src-tls-verify=false', `docker://${bench.registry.host}/lab/app:1`, `oci-archive:${file}:five`);
		const loaded = await bench.images.load({...request(namespace), archive: createReadStream(file)});
		expect(loaded.map(({name}) => name)).toEqual([expect.stringMatching(/^docker\.io\/library\/import-\d{4}-\d\d-\d\d:five$/)]);
	});

	const broken: ReadonlyArray<readonly [string, (bytes: Buffer) => Buffer, RegExp]> = [
		['nothing', () => Buffer.alloc(0), /empty, or no tar/],
		['noise', () => Buffer.alloc(4096, 'x'), /no whole tar archive/],
		['half a tar', bytes => bytes.subarray(0, bytes.length / 2), /no whole tar archive/],
		['half a gzip', bytes => gzipSync(bytes).subarray(0, 100_000), /broken|no whole tar/],
		[
			'a layer with another byte',
			() => {
				// One that no namespace has: containerd shares what another one has proven already.
				const fresh = busyboxImage('docker.io/lab/fresh:1', {extraLayers: [scriptsLayer({'app/fresh': 'fresh'})]});
				const bytes = ociArchive(fresh);
				bytes[bytes.indexOf(fresh.layers[2]!.bytes) + 30]! ^= 0xff;
				return bytes;
			},
			/The bytes that came for sha256:\w+ are others/,
		],
	];

	test.each(broken)('%s is refused with a sentence and leaves nothing', async (title, change, words) => {
		const other = `bad-${broken.findIndex(([name]) => name === title)}-${process.pid}`;
		const bytes = change(await readFile(join(bench.dir, 'saved.tar')));
		const archive = (async function* () {
			for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
		})();
		const failure = await failureOf(bench.images.load({...request(other), archive}));
		expect(sentence(failure)).toMatch(/^Could not load the archive: /);
		expect(sentence(failure)).toMatch(words);
		expect(await leftovers(bench.containerd, other)).toEqual(nothing);
		expect(await contentOf(bench.containerd, other)).toEqual([]);
	});
});
