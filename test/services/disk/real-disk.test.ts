import {mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {zstdCompressSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage, scriptsLayer} from '../../../scripts/lab/busybox.ts';
import {runContainer} from '../../../scripts/lab/container.ts';
import {type LabContainerd, startContainerd} from '../../../scripts/lab/containerd.ts';
import {findContainerd} from '../../../scripts/lab/find-containerd.ts';
import {sha256} from '../../../scripts/lab/image.ts';
import {importImage} from '../../../scripts/lab/import.ts';
import {tar} from '../../../scripts/lab/tar.ts';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import type {Containerd} from '../../../source/clients/containerd/types.ts';
import {createHost, type Host} from '../../../source/clients/host/index.ts';
import type {DiskUsage} from '../../../source/model/disk-usage.ts';
import {createLayerStack} from '../../../source/model/layer-stack.ts';
import {createContainers} from '../../../source/services/containers/index.ts';
import {createDisk, type DiskService} from '../../../source/services/disk/index.ts';
import {createImages} from '../../../source/services/images/index.ts';
import {createLayers} from '../../../source/services/layers/index.ts';

const isPossible = process.geteuid?.() === 0 && findContainerd('1.6') !== undefined;
const [first, second] = ['disk-a', 'disk-b'];
const app = busyboxImage('docker.io/lab/app:1', {extraLayers: [scriptsLayer({'app/run': `#!/bin/sh\n${'# words\n'.repeat(9000)}`})]});
const other = busyboxImage('docker.io/lab/other:1', {extraLayers: [scriptsLayer({'app/other': 'x'.repeat(40_000)})]});
/** What a build without a tag leaves. */
const nameless = {...busyboxImage('<none>', {extraLayers: [scriptsLayer({'app/lost': 'y'.repeat(90_000)})]}), name: ''};
const dangling = {...nameless, name: `overlayfs@${nameless.manifest.digest}`};
const blobsOf = (...images: ReadonlyArray<typeof app>): number =>
	[...new Map(images.flatMap(image => [image.manifest, image.config, ...image.layers]).map(blob => [blob.digest, blob.bytes.length])).values()].reduce((sum, size) => sum + size, 0);

describe.skipIf(!isPossible)('the disk of a real containerd 1.6', () => {
	let lab: LabContainerd;
	let containerd: Containerd;
	let host: Host;
	let disk: DiskService;
	let volumes: string;

	const storedBytes = (): number => {
		const folder = join(lab.dir, 'root/io.containerd.content.v1.content/blobs/sha256');
		return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
	};
	const makeVolume = (name: string, labels: object, size: number): void => {
		mkdirSync(join(volumes, name, '_data'), {recursive: true});
		writeFileSync(join(volumes, name, 'volume.json'), JSON.stringify({labels}));
		writeFileSync(join(volumes, name, '_data/file'), Buffer.alloc(size, 1));
	};

	beforeAll(async () => {
		lab = await startContainerd({version: '1.6'});
		containerd = createContainerd({address: lab.address});
		host = createHost({address: lab.address, dataRoot: lab.dataRoot});
		disk = createDisk({containerd, host});
		for (const image of [app, other, dangling]) await importImage(containerd, first, image);
		await importImage(containerd, second, app);
		volumes = join(host.dataStore(), 'volumes', first);
		makeVolume('named', {}, 200_000);
		makeVolume('used', {}, 300_000);
		makeVolume('f'.repeat(64), {'nerdctl/anonymous-volumes': ''}, 400_000);
	}, 60_000);

	afterAll(async () => {
		containerd?.close();
		await lab?.stop();
	});

	test('content is there once for all namespaces, as the files say', async () => {
		const usage = await disk.usage();
		expect(usage.content.sizeBytes).toBe(storedBytes());
		expect(usage.content.sizeBytes).toBe(blobsOf(app, other, dangling));
		expect((await disk.usage({namespaces: [second]})).content.sizeBytes).toBe(blobsOf(app));
		expect(usage.unusedContent).toEqual({count: 0, sizeBytes: 0});
		expect(usage.problems).toEqual([]);
		expect(usage.buildCache).toBeUndefined();
	});

	test('snapshots are there once for each namespace', async () => {
		const [both, one] = [await disk.usage(), await disk.usage({namespaces: [second]})];
		const overlay = (usage: DiskUsage) => usage.snapshotters.find(each => each.snapshotter === 'overlayfs');
		expect(overlay(one)?.committed.count).toBe(app.layers.length);
		expect(overlay(both)?.committed.count).toBe(2 + 3 + app.layers.length);
		const parts = both.snapshotters.reduce((sum, {committed, active}) => sum + committed.sizeBytes + active.sizeBytes, 0);
		expect(both.totalBytes).toBe(both.content.sizeBytes + parts + both.volumes.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0));
		expect(both.imageBytes).toBe(both.content.sizeBytes + parts);
		// All blobs of the second namespace are the first's as well: only its snapshots are its own.
		const mine = both.images.find(each => each.namespace === second);
		expect(mine?.uniqueBytes).toBe(overlay(one)?.committed.sizeBytes);
		expect(one.freed({images: 'unused'})).toBe(overlay(one)?.committed.sizeBytes);
	});

	test('what each prune frees is what is gone after it', async () => {
		const [containers, images] = [createContainers({containerd, host}), createImages({containerd})];
		const run = {namespace: first, logs: 'null' as const};
		await runContainer({lab, containerd}, {...run, image: app, name: 'up', commandLine: ['sleep', '600'], labels: {'nerdctl/mounts': JSON.stringify([{Type: 'volume', Name: 'used'}])}});
		const stopped = await runContainer({lab, containerd}, {...run, image: other, name: 'down', commandLine: ['sh', '-c', 'dd if=/dev/zero of=/big bs=1k count=300']});
		await containers.wait(stopped);
		const before = await disk.usage({namespaces: [first]});
		expect(before.containers.find(each => each.id === stopped.id)?.sizeBytes).toBeGreaterThan(300_000);
		expect(before.reclaimable.stoppedContainers).toBe(before.containers.find(each => each.id === stopped.id)?.sizeBytes);
		expect(before.reclaimable.danglingImages).toBeGreaterThan(90_000);
		// The other image is held by the stopped container; the app is held by the one that runs.
		expect(before.reclaimable.unusedImages).toBe(before.reclaimable.danglingImages);
		expect(before.reclaimable.anonymousVolumes).toBeGreaterThan(400_000);
		expect(before.reclaimable.unusedVolumes).toBeGreaterThan(before.reclaimable.anonymousVolumes + 199_999);
		const everything = {stoppedContainers: true, images: 'unused', volumes: 'unused'} as const;
		expect(before.freed(everything)).toBeGreaterThan(before.reclaimable.stoppedContainers + before.reclaimable.unusedImages + before.reclaimable.unusedVolumes);

		expect((await images.prune(first)).done).toEqual([dangling.name]);
		const undangled = await disk.usage({namespaces: [first]});
		expect(before.totalBytes - undangled.totalBytes).toBe(before.reclaimable.danglingImages);
		expect((await containers.prune(first)).done).toEqual([{namespace: first, id: stopped.id}]);
		await images.prune(first, {all: true});
		expect(await disk.pruneVolumes(first)).toEqual({done: ['f'.repeat(64)], failed: []});
		expect(await disk.pruneVolumes(first, {all: true})).toEqual({done: ['named'], failed: []});
		const after = await disk.usage({namespaces: [first]});
		expect(after.volumes.map(({name}) => name)).toEqual(['used']);
		expect(before.totalBytes - after.totalBytes).toBe(before.freed(everything));
		expect(after.freed(everything)).toBe(0);
		expect(after.content.sizeBytes).toBe(storedBytes());
	}, 60_000);

	test('the layers of an image are read from content, gzip and zstd alike', async () => {
		const layers = createLayers({containerd});
		const descriptors = app.layers.map(({mediaType, digest, bytes}) => ({mediaType, digest, sizeBytes: bytes.length, annotations: {}}));
		const stack = createLayerStack(await Promise.all(descriptors.map(async each => layers.index(second, each))));
		expect(stack.layers.at(-1)?.paths).toEqual(['app', 'app/run']);
		expect(stack.waste()).toMatchObject({wastedBytes: 0, efficiency: 1});
		const archive = tar([{kind: 'file', path: 'from-zstd', content: 'z'}]);
		const bytes = zstdCompressSync(archive);
		const descriptor = {mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd', digest: sha256(bytes), sizeBytes: bytes.length, annotations: {}};
		await containerd.content.write(second, {ref: 'zstd', totalBytes: bytes.length, expected: descriptor.digest, labels: {'containerd.io/gc.root': 'test'}}, [bytes]);
		expect((await layers.index(second, descriptor)).paths).toEqual(['from-zstd']);
		await expect(layers.index(second, {...descriptor, digest: sha256('absent')})).rejects.toMatchObject({code: 'not-found'});
	});
});
