import {execa} from 'execa';
import {existsSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage, scriptsLayer} from '../../scripts/lab/busybox.ts';
import {runContainer} from '../../scripts/lab/container.ts';
import type {ContainerdVersion} from '../../scripts/lab/find-containerd.ts';
import {ociArchive} from '../../scripts/lab/image.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {tar} from '../../scripts/lab/tar.ts';
import {sentence} from '../../source/errors.ts';
import {failureOf} from '../helpers/registry/client.ts';
import {contentOf, here, type ImagesBench, leftovers, nothing, openImagesBench, snapshotter, whyNot} from './images/bench.ts';

const image = busyboxImage('docker.io/lab/app:1', {extraLayers: [scriptsLayer({'app/hello': '#!/bin/sh\necho hello\n'})]});
const namespace = `rewrite-${process.pid}`;

type Json = {
	readonly mediaType: string;
	readonly config: {digest: string; mediaType: string};
	readonly layers: ReadonlyArray<{digest: string; mediaType: string; size: number}>;
};

for (const version of ['1.6', '2.1'] satisfies ContainerdVersion[])
	describe.skipIf(whyNot(version) !== undefined)(
		titled(`import, commit, convert and manifest on containerd ${version}`, whyNot(version)),
		() => {
			let bench: ImagesBench;
			let name: string;
			const stored = async (reference: string) => bench.containerd.images.get(namespace, reference);
			const read = async <Value>(digest: string): Promise<Value> =>
				JSON.parse(Buffer.from(await bench.containerd.content.readAll(namespace, digest)).toString('utf8')) as Value;

			beforeAll(async () => {
				bench = await openImagesBench(version);
				await bench.publish(image, 'lab/app:1');
				name = `${bench.proxy.host}/lab/app:1`;
				await bench.images.pull({namespace, reference: name, platforms: [here], snapshotter, unpack: true});
			});

			afterAll(async () => bench?.stop());

			const output = async (reference: string, path: string): Promise<string> => {
				const {target} = await stored(reference);
				const {config} = await read<Json>(target.digest);
				const {rootfs} = await read<{rootfs: {diff_ids: string[]}}>(config.digest);
				const labels = (await bench.containerd.content.info(namespace, config.digest)).labels;
				const key = `look-${Date.now()}`;
				expect(rootfs.diff_ids.length).toBeGreaterThan(0);
				const mounts = await bench.containerd.snapshots.view(namespace, snapshotter, {
					key,
					parent: labels[`containerd.io/gc.ref.snapshot.${snapshotter}`]!,
					// Nothing refers to it: without this the garbage collector takes it while we look.
					labels: {'containerd.io/gc.root': 'look'},
				});
				try {
					const folders =
						mounts[0]!.type === 'bind'
							? [mounts[0]!.source]
							: mounts[0]!.options
									.find(option => option.startsWith('lowerdir='))!
									.slice(9)
									.split(':');
					const found = folders.map(folder => join(folder, path)).find(existsSync);
					return found === undefined ? '' : (await execa('cat', [found])).stdout;
				} finally {
					await bench.containerd.snapshots.remove(namespace, snapshotter, key);
				}
			};

			test.each([
				['plain', (bytes: Buffer) => bytes],
				['gzip', (bytes: Buffer) => gzipSync(bytes)],
			])('a %s tar becomes an image of one layer', async (title, pack) => {
				const bytes = pack(
					tar([
						{kind: 'folder', path: 'etc'},
						{kind: 'file', path: 'etc/motd', content: `from ${title}`},
					]),
				);
				const archive = (async function* () {
					yield bytes;
				})();
				const request = {
					namespace,
					archive,
					name: 'a tar',
					reference: `lab/imported:${title}`,
					message: 'from a tar',
					platform: here,
					snapshotter,
				};
				expect((await bench.images.import(request)).name).toBe(`docker.io/lab/imported:${title}`);
				expect(await output(`docker.io/lab/imported:${title}`, 'etc/motd')).toBe(`from ${title}`);
				const {target} = await stored(`docker.io/lab/imported:${title}`);
				const {config} = await read<Json>(target.digest);
				expect(await read(config.digest)).toMatchObject({architecture: here.architecture, os: 'linux', history: [{comment: 'from a tar'}]});
			});

			test.each([
				['an archive of images', () => ociArchive(image), /it is an archive of images, not of a file system — load it: gantry load/],
				['half a tar', () => tar([{kind: 'file', path: 'etc/motd', content: 'x'.repeat(4000)}]).subarray(0, 2000), /no whole tar archive/],
				['noise', () => Buffer.alloc(4096, 'x'), /no whole tar archive/],
			])('%s is not imported, and leaves nothing', async (title, bytesOf, words) => {
				const own = `refused-${title.length}-${process.pid}`;
				const archive = (async function* () {
					yield bytesOf();
				})();
				const request = {...{namespace: own, archive, name: 'a.tar', reference: 'lab/refused:1', message: '', platform: here, snapshotter}};
				const failure = await failureOf(bench.images.import(request));
				expect(sentence(failure)).toMatch(/^Could not import a\.tar: /);
				expect(sentence(failure)).toMatch(words);
				expect(await leftovers(bench.containerd, own)).toEqual(nothing);
				expect(await contentOf(bench.containerd, own)).toEqual([]);
			});

			test('what a running container wrote becomes a layer, and the container runs on', async () => {
				const ref = await runContainer(
					{lab: bench.lab, containerd: bench.containerd},
					{
						...{image: {...image, name}, namespace, name: 'writer', logs: 'null'},
						commandLine: ['/bin/sh', '-c', 'echo written > /root/news; exec sleep 600'],
					},
				);
				await expect.poll(async () => existsSync(`/proc/${ref.pid}/root/root/news`)).toBe(true);
				const {image: made, configDigest} = await bench.images.commit({
					...{
						container: ref,
						reference: 'lab/committed:1',
						author: 'Ada',
						message: 'news',
						pause: true,
						compression: 'gzip',
						family: 'docker',
					},
					changes: ['CMD ["/bin/cat", "/root/news"]', 'ENV A=1 B="two words"', 'LABEL tier=front', 'EXPOSE 80 53/udp', 'WORKDIR /root'],
				});
				expect((await bench.containerd.tasks.find(ref))?.status).toBe('running');
				expect(made.name).toBe('docker.io/lab/committed:1');
				expect(await output('docker.io/lab/committed:1', 'root/news')).toBe('written');
				const config = await read<{config: object; rootfs: {diff_ids: string[]}}>(configDigest);
				expect(config).toMatchObject({
					author: 'Ada',
					config: {
						Cmd: ['/bin/cat', '/root/news'],
						Labels: {tier: 'front'},
						ExposedPorts: {'80/tcp': {}, '53/udp': {}},
						WorkingDir: '/root',
						Env: expect.arrayContaining(['A=1', 'B=two words']),
					},
				});
				expect(config.rootfs.diff_ids).toHaveLength(image.layers.length + 1);
				const {leases, ingests, snapshots} = await leftovers(bench.containerd, namespace);
				expect({leases, ingests}).toEqual({leases: [], ingests: []});
				expect(snapshots.filter(key => !key.startsWith('sha256:'))).toEqual([ref.id]);
				await bench.images.tag(made, `${bench.proxy.host}/lab/committed:1`);
				await bench.images.push({namespace, reference: `${bench.proxy.host}/lab/committed:1`, platforms: [here]});
				const seen = JSON.parse(
					(await bench.skopeo('inspect', '--config', '--tls-verify=false', `docker://${bench.registry.host}/lab/committed:1`)).toString(),
				) as object;
				expect(seen).toMatchObject({author: 'Ada', config: {Cmd: ['/bin/cat', '/root/news']}});
			});

			const conversions = [
				['docker', {family: 'docker', compression: undefined}, /docker\.image\.rootfs\.diff\.tar\.gzip$/, true],
				['zstd', {family: 'oci', compression: 'zstd'}, /oci\.image\.layer\.v1\.tar\+zstd$/, version !== '1.6'],
				['plain', {family: undefined, compression: 'none'}, /oci\.image\.layer\.v1\.tar$/, true],
			] as const;

			test.each(conversions)('converted to %s its layers unpack to the same, as skopeo sees too', async (title, how, type) => {
				const source = await stored(name);
				const made = await bench.images.convert({
					image: source,
					reference: `${bench.proxy.host}/lab/converted:${title}`,
					platforms: [here],
					...how,
				});
				const manifest = await read<Json>(made.target.digest);
				for (const {mediaType} of manifest.layers) expect(mediaType).toMatch(type);
				expect(manifest.config.digest).toBe(image.config.digest);
				for (const [at, {digest}] of manifest.layers.entries())
					expect((await bench.containerd.content.info(namespace, digest)).labels['containerd.io/uncompressed']).toBe(
						image.layers[at]!.diffId,
					);
				await bench.images.push({namespace, reference: made.name, platforms: [here]});
				const folder = join(bench.dir, `converted-${title}`);
				await bench.skopeo(
					'copy',
					'-q',
					'--src-tls-verify=false',
					`docker://${bench.registry.host}/lab/converted:${title}`,
					`dir:${folder}`,
				);
				expect((await readdir(folder)).length).toBe(manifest.layers.length + 3);
				expect((await leftovers(bench.containerd, namespace)).leases).toEqual([]);
			});

			test('manifests of two repositories make a list, which skopeo reads', async () => {
				const lists = bench.images.manifestLists;
				const list = `${bench.proxy.host}/lab/list:1`;
				await bench.skopeo(
					'copy',
					'-q',
					'--src-tls-verify=false',
					'--dest-tls-verify=false',
					`docker://${bench.registry.host}/lab/app:1`,
					`docker://${bench.registry.host}/lab/second:1`,
				);
				expect(await lists.create(list, [name, `${bench.proxy.host}/lab/second:1`])).toBe(list);
				expect(sentence(await failureOf(lists.create(list, [name])))).toContain('--amend');
				await lists.annotate(list, `${bench.proxy.host}/lab/second:1`, {architecture: 'arm', variant: 'v7', 'os.features': ['a']});
				expect(sentence(await failureOf(lists.annotate(list, `${bench.proxy.host}/lab/none:1`, {})))).toContain('does not exist in');
				const pushed: string[] = [];
				const {digest} = await lists.push(list, {isPurged: true, onPushed: reference => pushed.push(reference)});
				expect(pushed).toEqual([
					`${bench.proxy.host}/lab/list@${image.manifest.digest}`,
					`${bench.proxy.host}/lab/list@${image.manifest.digest}`,
				]);
				const raw = await bench.skopeo('inspect', '--raw', '--tls-verify=false', `docker://${bench.registry.host}/lab/list:1`);
				expect(JSON.parse(raw.toString())).toMatchObject({
					mediaType: 'application/vnd.oci.image.index.v1+json',
					manifests: [
						{digest: image.manifest.digest, platform: {os: 'linux', architecture: here.architecture}},
						{digest: image.manifest.digest, platform: {os: 'linux', architecture: 'arm', variant: 'v7', 'os.features': ['a']}},
					],
				});
				expect((await bench.client.resolve({domain: bench.proxy.host, path: 'lab/list', tag: '1', digest: undefined})).digest).toBe(digest);
				expect(await lists.inspect(list)).toEqual([JSON.parse(raw.toString())]);
				expect(await lists.inspect(list, {isVerbose: true})).toMatchObject([
					{Ref: expect.stringContaining('@sha256:'), OCIManifest: {schemaVersion: 2}},
					{},
				]);
				expect(sentence(await failureOf(lists.remove(list)))).toContain('No such manifest');
				const chosen = await bench.images.pull({namespace, reference: list, platforms: [here], snapshotter, unpack: true});
				expect(chosen.target.digest).toBe(digest);
				const other = await failureOf(
					bench.images.pull({namespace, reference: list, platforms: [{os: 'linux', architecture: 'riscv64'}], snapshotter, unpack: true}),
				);
				expect(sentence(other)).toContain(
					`: it has no image for linux/riscv64, only for linux/${here.architecture}, linux/arm/v7 — choose one of these with --platform`,
				);
			});
		},
	);
