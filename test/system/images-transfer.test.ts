import {randomBytes} from 'node:crypto';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {containerdVersions} from '../../scripts/lab/find-containerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {isAbort, isFailure, sentence} from '../../source/errors.ts';
import type {Progress} from '../../source/model/progress.ts';
import {failureOf} from '../helpers/registry/client.ts';
import {contentOf, here, type ImagesBench, leftovers, nothing, openImagesBench, snapshotter, whyNot} from './images/bench.ts';

const image = busyboxImage('docker.io/lab/app:1', {
	extraLayers: [{createdBy: 'COPY noise /', entries: [{kind: 'file', path: 'noise', content: randomBytes(8_000_000)}]}],
});
const digests = [image.manifest, image.config, ...image.layers].map(blob => blob.digest).sort();

for (const version of containerdVersions)
	describe.skipIf(whyNot(version) !== undefined)(
		titled(`pull by the daemon, else by us, on containerd ${version}`, whyNot(version)),
		() => {
			let bench: ImagesBench;
			const request = (namespace: string, tag = '1') => ({
				...{namespace, reference: `${bench.proxy.host}/lab/app:${tag}`, platforms: [here], snapshotter},
				unpack: true,
			});

			beforeAll(async () => {
				bench = await openImagesBench(version);
				await bench.publish(image, 'lab/app:1');
			});

			afterAll(async () => bench?.stop());

			test('whoever fetched it, what is there is the same', async () => {
				const namespace = `transfer-${process.pid}`;
				let last: Progress | undefined;
				const steps = new Set<string>();
				const pulled = await bench.byDaemon.pull(request(namespace), {
					onProgress: progress => {
						last = progress;
						steps.add(progress.step);
					},
				});
				expect(pulled.target.digest).toBe(image.manifest.digest);
				expect(steps.has('containerd is pulling')).toBe(true);
				expect(await contentOf(bench.containerd, namespace)).toEqual(digests);
				const {snapshots, ...rest} = await leftovers(bench.containerd, namespace);
				expect(rest).toEqual({leases: [], ingests: []});
				expect(snapshots.sort()).toEqual(image.layers.map(({chainId}) => chainId).sort());
				const isByDaemon = bench.proxy.seen.some(({headers}) => String(headers['user-agent']).startsWith('containerd/'));
				const isByUs = bench.proxy.seen.some(({headers}) => String(headers['user-agent']).startsWith('gantry/'));
				expect({isByDaemon, isByUs}).toEqual({isByDaemon: version === '2.1', isByUs: version !== '2.1'});
				expect(last?.items.every(({phase}) => phase === 'done' || phase === 'exists')).toBe(true);
				const manifest = await bench.containerd.content.info(namespace, image.manifest.digest);
				expect(manifest.labels).toMatchObject({
					'containerd.io/gc.ref.content.config': image.config.digest,
					[`containerd.io/distribution.source.${bench.proxy.host}`]: 'lab/app',
				});
				await bench.containerd.images.remove(namespace, pulled.name, {sync: true});
				expect(await contentOf(bench.containerd, namespace)).toEqual([]);
			});

			const hanging: ReadonlyArray<readonly [string, RegExp]> = [
				['the manifest', /\/manifests\//],
				['the config', new RegExp(image.config.digest)],
				['a layer', new RegExp(image.layers[2]!.digest)],
			];

			test.each(hanging)('cancelled while %s hangs it leaves nothing half-made', async (_, where) => {
				const namespace = `transfer-cancel-${hanging.findIndex(([title]) => title === _)}-${process.pid}`;
				const controller = new AbortController();
				bench.proxy.setFault(({url}) => (where.test(url) ? {kind: 'hold'} : undefined));
				const pulling = failureOf(bench.byDaemon.pull(request(namespace), {signal: controller.signal}));
				await bench.proxy.held;
				controller.abort();
				const failure = await pulling;
				bench.proxy.setFault(() => undefined);
				expect(isAbort(failure), String(failure)).toBe(true);
				expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
				expect(await bench.containerd.images.list(namespace)).toEqual([]);
				await bench.byDaemon.pull(request(namespace));
				await bench.containerd.images.remove(namespace, `${bench.proxy.host}/lab/app:1`, {sync: true});
				expect(await contentOf(bench.containerd, namespace)).toEqual([]);
			});

			const moments: ReadonlyArray<readonly [string, (progress: Progress) => boolean]> = [
				['its first word', () => true],
				['the manifest', ({items}) => items.some(({label}) => label.startsWith('manifest'))],
				['the config', ({items}) => items.some(({label}) => label.startsWith('config'))],
			];

			test.each(moments)('cancelled at %s it leaves nothing half-made, and a second try has it all', async (name, isNow) => {
				const namespace = `transfer-${moments.findIndex(([title]) => title === name)}-${process.pid}`;
				const controller = new AbortController();
				const failure = await failureOf(
					bench.byDaemon.pull(request(namespace), {
						signal: controller.signal,
						onProgress: progress => {
							if (isNow(progress)) controller.abort();
						},
					}),
				);
				expect(isAbort(failure), String(failure)).toBe(true);
				expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
				expect(await bench.containerd.images.list(namespace)).toEqual([]);
				await bench.byDaemon.pull(request(namespace));
				expect(await contentOf(bench.containerd, namespace)).toEqual(digests);
				await bench.containerd.images.remove(namespace, `${bench.proxy.host}/lab/app:1`, {sync: true});
				expect(await contentOf(bench.containerd, namespace)).toEqual([]);
			});

			test('a daemon that goes meanwhile is told, and a second try goes on once it is back', async () => {
				const namespace = `transfer-lost-${process.pid}`;
				bench.proxy.setFault(({url}) => (url.includes(image.layers[2]!.digest) ? {kind: 'hold'} : undefined));
				const pulling = failureOf(bench.byDaemon.pull(request(namespace)));
				await bench.proxy.held;
				await bench.lab.kill();
				const failure = await pulling;
				bench.proxy.setFault(() => undefined);
				expect(isFailure(failure, 'unavailable'), String(failure)).toBe(true);
				expect(sentence(failure)).toMatch(/^Could not pull 127\.0\.0\.1:\d+\/lab\/app:1: /);
				await bench.lab.restart();
				await bench.byDaemon.pull(request(namespace));
				const {leases, ingests} = await leftovers(bench.containerd, namespace);
				expect({leases, ingests}).toEqual({leases: [], ingests: []});
				await bench.containerd.images.remove(namespace, `${bench.proxy.host}/lab/app:1`, {sync: true});
				expect(await contentOf(bench.containerd, namespace)).toEqual([]);
			});

			test('what the registry does not have is told in its own words', async () => {
				const namespace = `transfer-none-${process.pid}`;
				const failure = await failureOf(bench.byDaemon.pull(request(namespace, 'none')));
				expect(sentence(failure)).toMatch(/^Could not pull 127\.0\.0\.1:\d+\/lab\/app:none: /);
				expect(sentence(failure)).toMatch(/manifest unknown/i);
				expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
			});
		},
	);
