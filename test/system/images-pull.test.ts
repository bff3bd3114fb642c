import {execa} from 'execa';
import {randomBytes} from 'node:crypto';
import {dirname} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage, scriptsLayer} from '../../scripts/lab/busybox.ts';
import {containerdVersions, findContainerd} from '../../scripts/lab/find-containerd.ts';
import {topChainId} from '../../scripts/lab/import.ts';
import {titled} from '../../scripts/lab/possible.ts';
import type {Progress} from '../../source/model/progress.ts';
import {isAbort, isFailure, sentence} from '../../source/errors.ts';
import {failureOf} from '../helpers/registry/client.ts';
import type {Fault} from '../helpers/registry/proxy.ts';
import {contentOf, here, type ImagesBench, leftovers, nothing, openImagesBench, snapshotter, whyNot} from './images/bench.ts';

const image = busyboxImage('docker.io/lab/app:1', {
	extraLayers: [
		scriptsLayer({'app/hello': '#!/bin/sh\necho hello from the layer\n'}),
		{createdBy: 'COPY noise /', entries: [{kind: 'file', path: 'noise', content: randomBytes(3_000_000)}]},
	],
});

const digests = [image.manifest, image.config, ...image.layers].map(blob => blob.digest).sort();

for (const version of containerdVersions)
	describe.skipIf(whyNot(version) !== undefined)(titled(`pull on containerd ${version}`, whyNot(version)), () => {
		let bench: ImagesBench;
		const request = (namespace: string, more: object = {}) => ({
			...{namespace, reference: `${bench.proxy.host}/lab/app:1`, platforms: [here], snapshotter, unpack: true},
			...more,
		});

		beforeAll(async () => {
			bench = await openImagesBench(version);
			await bench.publish(image, 'lab/app:1');
		});

		afterAll(async () => bench?.stop());

		test('it is unpacked, labelled, named, runs, and costs one question the second time', async () => {
			const namespace = `pull-${process.pid}`;
			const seen: Progress[] = [];
			const pulled = await bench.images.pull(request(namespace), {onProgress: progress => seen.push(progress)});
			expect(pulled).toMatchObject({name: `${bench.proxy.host}/lab/app:1`, target: {digest: image.manifest.digest}});
			expect(await contentOf(bench.containerd, namespace)).toEqual(digests);
			const {snapshots, ...rest} = await leftovers(bench.containerd, namespace);
			expect(rest).toEqual({leases: [], ingests: []});
			expect(snapshots.sort()).toEqual(image.layers.map(({chainId}) => chainId).sort());
			const manifest = await bench.containerd.content.info(namespace, image.manifest.digest);
			expect(manifest.labels).toEqual({
				'containerd.io/gc.ref.content.config': image.config.digest,
				...Object.fromEntries(image.layers.map(({digest}, at) => [`containerd.io/gc.ref.content.l.${at}`, digest])),
				[`containerd.io/distribution.source.${bench.proxy.host}`]: 'lab/app',
			});
			const config = await bench.containerd.content.info(namespace, image.config.digest);
			expect(config.labels[`containerd.io/gc.ref.snapshot.${snapshotter}`]).toBe(topChainId(image));
			const layer = await bench.containerd.content.info(namespace, image.layers[0]!.digest);
			expect(layer.labels['containerd.io/uncompressed']).toBe(image.layers[0]!.diffId);
			expect(seen.at(-1)?.items.every(({phase}) => phase === 'done')).toBe(true);

			const asked = bench.proxy.seen.length;
			await bench.images.pull(request(namespace));
			expect(bench.proxy.seen.length - asked).toBeLessThanOrEqual(2);

			const id = `run-${process.pid}-${version.replace('.', '-')}`;
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
					pulled.name,
					id,
					'/app/hello',
				],
				{env: {PATH: `${dirname(ctr)}:${process.env['PATH']}:/usr/sbin:/sbin`}},
			);
			expect(stdout).toBe('hello from the layer');
			await bench.containerd.images.remove(namespace, pulled.name, {sync: true});
			expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
			expect(await contentOf(bench.containerd, namespace)).toEqual([]);
		});

		const broken: ReadonlyArray<readonly [string, (url: string) => Fault | undefined, RegExp]> = [
			[
				'a layer with a wrong byte',
				url => (url.includes(image.layers[3]!.digest) ? {kind: 'corrupt', at: 2_000_000} : undefined),
				/are others|not sha256/,
			],
			['a config with a wrong byte', url => (url.includes(image.config.digest) ? {kind: 'corrupt', at: 20} : undefined), /not sha256/],
			['a manifest with a wrong byte', url => (/manifests\/sha256/.test(url) ? {kind: 'corrupt', at: 20} : undefined), /not sha256/],
			[
				'a layer that ends early again and again',
				url => (url.includes(image.layers[3]!.digest) ? {kind: 'truncate', after: 100} : undefined),
				/./,
			],
			['a registry that fails', url => (url.includes(image.layers[2]!.digest) ? {kind: 'answer', status: 500} : undefined), /500/],
		];

		test.each(broken)('%s leaves nothing half-made, and what was complete is kept for the second try', async (_, fault, words) => {
			const namespace = `broken-${process.pid}-${broken.findIndex(([title]) => title === _)}`;
			bench.proxy.setFault(({url}) => fault(url));
			const failure = await failureOf(bench.images.pull(request(namespace)));
			expect(sentence(failure)).toMatch(words);
			expect(sentence(failure)).toContain(`Could not pull ${bench.proxy.host}/lab/app:1: `);
			expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
			const kept = await contentOf(bench.containerd, namespace);
			bench.proxy.setFault(() => undefined);
			const before = bench.proxy.seen.length;
			await bench.images.pull(request(namespace));
			const fetched = bench.proxy.seen.slice(before).map(({url}) => url);
			expect(kept.filter(digest => fetched.some(url => url.includes(digest)))).toEqual([]);
			for (const digest of digests)
				expect((await bench.containerd.content.info(namespace, digest)).labels).not.toHaveProperty('gantry/partial-since');
			await bench.containerd.images.remove(namespace, `${bench.proxy.host}/lab/app:1`, {sync: true});
			expect(await contentOf(bench.containerd, namespace)).toEqual([]);
		});

		const moments: ReadonlyArray<readonly [string, (progress: Progress) => boolean]> = [
			['resolving', ({step}) => step === 'resolving'],
			['reading manifests', ({items}) => items.some(({label, phase}) => label.startsWith('manifest') && phase === 'fetching')],
			['the config', ({items}) => items.some(({label, phase}) => label.startsWith('config') && phase === 'fetching')],
			['a layer half way', ({items}) => items.some(({id, doneBytes}) => id === image.layers[3]!.digest && doneBytes > 1_000_000)],
			['unpacking', ({items}) => items.some(({phase}) => phase === 'unpacking')],
			['the last layer unpacking', ({items}) => items.some(({id, phase}) => id === image.layers[3]!.digest && phase === 'unpacking')],
			['writing the record', ({step}) => step === 'writing the image record'],
		];

		test.each(moments)('cancelled at %s it leaves nothing half-made, and a second try goes on', async (name, isNow) => {
			const namespace = `cancel-${process.pid}-${moments.findIndex(([title]) => title === name)}`;
			const controller = new AbortController();
			let items: Progress['items'] = [];
			const failure = await failureOf(
				bench.images.pull(request(namespace), {
					signal: controller.signal,
					onProgress: progress => {
						items = progress.items;
						if (isNow(progress)) controller.abort();
					},
				}),
			);
			expect(isAbort(failure), String(failure)).toBe(true);
			expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
			expect(await bench.containerd.images.list(namespace)).toEqual([]);
			const done = items.filter(({phase}) => phase === 'done' || phase === 'unpacking').map(({id}) => id);
			expect(await contentOf(bench.containerd, namespace)).toEqual(expect.arrayContaining(done));
			const before = bench.proxy.seen.length;
			await bench.images.pull(request(namespace));
			const fetched = bench.proxy.seen.slice(before).map(({url}) => url);
			expect(done.filter(digest => fetched.some(url => url.includes(digest)))).toEqual([]);
			await bench.containerd.images.remove(namespace, `${bench.proxy.host}/lab/app:1`, {sync: true});
			expect(await contentOf(bench.containerd, namespace)).toEqual([]);
		});

		test('a daemon that goes in the middle is told, and a second try goes on once it is back', async () => {
			const namespace = `lost-${process.pid}`;
			let isKilled = false;
			const failure = await failureOf(
				bench.images.pull(request(namespace), {
					onProgress: ({items}) => {
						if (isKilled || !items.some(({id, doneBytes}) => id === image.layers[3]!.digest && doneBytes > 1_000_000)) return;
						isKilled = true;
						void bench.lab.kill();
					},
				}),
			);
			expect(isFailure(failure, 'unavailable'), String(failure)).toBe(true);
			await bench.lab.restart();
			await bench.images.pull(request(namespace));
			const {leases, ingests} = await leftovers(bench.containerd, namespace);
			expect({leases, ingests}).toEqual({leases: [], ingests: []});
			await bench.containerd.images.remove(namespace, `${bench.proxy.host}/lab/app:1`, {sync: true});
			expect(await contentOf(bench.containerd, namespace)).toEqual([]);
		});
	});
