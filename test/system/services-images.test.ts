import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage, scriptsLayer} from '../../scripts/lab/busybox.ts';
import {runContainer} from '../../scripts/lab/container.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {type ContainerdVersion, containerdVersions, findContainerd} from '../../scripts/lab/find-containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {createHost} from '../../source/clients/host/index.ts';
import {isFailure, sentence} from '../../source/errors.ts';
import {createContainers} from '../../source/services/containers/index.ts';
import {createImages, type ImagesService} from '../../source/services/images/index.ts';
import {createNamespaces, type NamespacesService} from '../../source/services/namespaces/index.ts';
import {createSnapshots, type SnapshotsService} from '../../source/services/snapshots/index.ts';
import {createVolumes} from '../../source/services/volumes/index.ts';

/** Real daemons need root and a containerd of that version; without them the tests say that they were skipped. */
const isPossible = (version: ContainerdVersion): boolean => process.geteuid?.() === 0 && findContainerd(version) !== undefined;
const namespace = 'services-images';
const snapshotter = 'overlayfs';
const options = {snapshotter};
const image = busyboxImage('docker.io/lab/two-layers:1', {extraLayers: [scriptsLayer({hello: '#!/bin/sh\necho hello\n'})]});

let lab: LabContainerd;
let containerd: Containerd;
let images: ImagesService;
let snapshots: SnapshotsService;
let namespaces: NamespacesService;

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
	work.then(
		() => undefined,
		(error: unknown) => error,
	);

for (const version of containerdVersions)
	describe.skipIf(!isPossible(version))(`images, snapshots and namespaces on containerd ${version}`, () => {
		beforeAll(async () => {
			lab = await startContainerd({version});
			containerd = createContainerd({address: lab.address});
			images = createImages({containerd});
			snapshots = createSnapshots({containerd});
			const host = createHost({address: lab.address, dataRoot: lab.dataRoot});
			const volumes = createVolumes({containerd, host});
			namespaces = createNamespaces({
				...{containerd, host},
				removeContainer: createContainers({containerd, host}).remove,
				removeVolume: volumes.remove,
				listVolumes: volumes.list,
			});
			await importImage(containerd, namespace, image);
		});

		afterAll(async () => {
			containerd?.close();
			await lab?.stop();
		});

		test('summarize and inspect read what was imported', async () => {
			const stored = await containerd.images.get(namespace, image.name);
			const summary = await images.summarize(stored, options);
			const bytes = [image.manifest, image.config, ...image.layers].map(blob => blob.bytes.length).reduce((sum, size) => sum + size, 0);
			expect(summary.platforms).toMatchObject([{os: 'linux'}]);
			expect(summary.compressedBytes).toBe(bytes);
			expect(summary.unpackedBytes).toBeGreaterThan(1_000_000);
			expect(await images.summarize(stored, options)).toBe(summary);
			expect((await images.summarize(stored, {snapshotter: 'native'})).unpackedBytes).toBeUndefined();
			const details = await images.inspect(stored, options);
			expect(details.platforms).toHaveLength(1);
			const [platform] = details.platforms;
			expect(platform?.present).toBe(true);
			const made = platform!.history.filter(line => !line.emptyLayer);
			expect(made.map(line => [line.layer?.digest, line.diffId, line.chainId])).toEqual(
				image.layers.map(layer => [layer.digest, layer.diffId, layer.chainId]),
			);
			expect(made.reduce((sum, line) => sum + (line.unpackedBytes ?? 0), 0)).toBe(summary.unpackedBytes);
			expect(platform!.history.some(line => line.emptyLayer && line.createdBy.startsWith('CMD'))).toBe(true);
		});

		test('find, tag and remove', async () => {
			const [found] = await images.find(namespace, 'lab/two-layers:1');
			expect(found?.name).toBe(image.name);
			const tagged = await images.tag(found!, 'again');
			expect(tagged.name).toBe('docker.io/library/again:latest');
			expect((await images.tag(found!, 'again')).target.digest).toBe(found!.target.digest);
			const short = found!.target.digest.slice('sha256:'.length, 20);
			expect((await images.find(namespace, short)).map(each => each.name).sort()).toEqual([
				'docker.io/lab/two-layers:1',
				'docker.io/library/again:latest',
			]);
			expect(await images.find(namespace, 'absent')).toEqual([]);
			expect(isFailure(await failureOf(images.tag(found!, 'Not/A Name')), 'invalid')).toBe(true);
			await images.remove(tagged);
			expect(await images.find(namespace, 'again')).toEqual([]);
			expect(isFailure(await failureOf(images.remove(tagged)), 'not-found')).toBe(true);
		});

		test('an image in use is refused; forced, the running container keeps its content', async () => {
			const containers = createContainers({containerd, host: createHost({address: lab.address, dataRoot: lab.dataRoot})});
			const ref = await runContainer({lab, containerd}, {image, namespace, name: 'user', commandLine: ['sleep', '600'], logs: 'null'});
			const stored = await containerd.images.get(namespace, image.name);
			const refusal = await failureOf(images.remove(stored));
			expect(isFailure(refusal, 'conflict')).toBe(true);
			expect(sentence(refusal)).toContain(`running container ${ref.id.slice(0, 12)} uses it`);
			expect(await images.prune(namespace, {all: true})).toEqual({done: [], failed: []});
			expect((await images.inspect(stored, options)).usedBy).toEqual([{namespace, id: ref.id}]);
			await images.remove(stored, {force: true});
			expect((await containerd.images.list(namespace)).map(each => each.name)).toEqual([':']);
			expect((await containerd.snapshots.stat(namespace, snapshotter, image.layers[0]!.chainId)).kind).toBe('committed');
			await containers.restart(ref, {timeoutMs: 0});
			await containers.remove(ref, {force: true});
			expect(await images.prune(namespace)).toEqual({done: [':'], failed: []});
			await importImage(containerd, namespace, image);
		});

		test('snapshotters, totals, the chain and its users, and removal of leaves only', async () => {
			const containers = createContainers({containerd, host: createHost({address: lab.address, dataRoot: lab.dataRoot})});
			const known = await snapshots.snapshotters();
			expect(known.filter(each => each.health === 'ok').map(each => each.name)).toEqual(expect.arrayContaining(['native', 'overlayfs']));
			expect(known.find(each => each.name === 'overlayfs')).toMatchObject({kind: 'builtin'});
			const ref = await runContainer({lab, containerd}, {image, namespace, name: 'holder', logs: 'null', isStarted: false});
			const all = await snapshots.list(namespace, snapshotter);
			expect(all).toHaveLength(image.layers.length + 1);
			expect(await snapshots.totals(namespace, snapshotter)).toMatchObject({count: image.layers.length + 1});
			const active = all.find(each => each.key === ref.id)!;
			const details = await snapshots.inspect(active);
			expect(details.chain.map(each => each.key)).toEqual([ref.id, ...image.layers.map(layer => layer.chainId).reverse()]);
			expect(details.mounts[0]?.type).toBe('overlay');
			expect(details.usedBy).toEqual([{namespace, id: ref.id}]);
			const bottom = all.find(each => each.parent === '')!;
			expect(await snapshots.inspect(bottom)).toMatchObject({mounts: [], usedBy: [{namespace, id: ref.id}]});
			expect(sentence(await failureOf(snapshots.remove(bottom)))).toContain('a snapshot stands on it');
			expect(sentence(await failureOf(snapshots.remove(active)))).toContain(`container ${ref.id} uses it`);
			await containers.remove(ref);
			await containerd.snapshots.prepare(namespace, snapshotter, {
				key: 'loose',
				parent: image.layers[0]!.chainId,
				labels: {'containerd.io/gc.root': 'now'},
			});
			await snapshots.remove(await containerd.snapshots.stat(namespace, snapshotter, 'loose'));
			expect((await snapshots.list(namespace, snapshotter)).map(each => each.key)).not.toContain('loose');
		});

		test('namespaces', async () => {
			await namespaces.create('fresh', {labels: {team: 'a'}});
			expect(isFailure(await failureOf(namespaces.create('fresh')), 'already-exists')).toBe(true);
			expect(isFailure(await failureOf(namespaces.create('not/one')), 'invalid')).toBe(true);
			await namespaces.update('fresh', {team: undefined, tier: 'b'});
			expect(await namespaces.inspect('fresh')).toEqual({
				namespace: {name: 'fresh', labels: {tier: 'b'}},
				containers: 0,
				images: 0,
				snapshots: 0,
				volumes: 0,
			});
			expect(sentence(await failureOf(namespaces.remove(namespace)))).toBe(
				`Could not remove namespace ${namespace}: it holds 1 image, ${image.layers.length} snapshots — remove these first`,
			);
			await namespaces.remove('fresh');
			expect((await namespaces.list()).map(each => each.name)).toEqual([namespace]);
			expect(isFailure(await failureOf(namespaces.remove('fresh')), 'not-found')).toBe(true);
		});

		test('removes a namespace with all that is in it, and keeps what is in others', async () => {
			await importImage(containerd, 'full', image);
			await containerd.leases.create('full', {id: 'of-somebody'});
			expect((await namespaces.inspect('full')).snapshots).toBeGreaterThan(0);
			const before = await namespaces.inspect(namespace);
			await namespaces.remove('full', {contents: true});
			expect((await namespaces.list()).map(each => each.name)).toEqual([namespace]);
			expect(await namespaces.inspect('full')).toMatchObject({containers: 0, images: 0, snapshots: 0});
			expect(await namespaces.inspect(namespace)).toEqual(before);
		});
	});
