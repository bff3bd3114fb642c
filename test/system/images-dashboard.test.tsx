import {randomBytes} from 'node:crypto';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {openScreen, type Screen} from '../app/harness.tsx';
import {contentOf, type ImagesBench, leftovers, nothing, openImagesBench, whyNot} from './images/bench.ts';

const imageOf = (what: string) =>
	busyboxImage('docker.io/lab/app:1', {extraLayers: [{createdBy: `COPY ${what} /`, entries: [{kind: 'file', path: what, content: randomBytes(2_000_000)}]}]});

const first = imageOf('first');
const second = imageOf('second');

/** 1.6 is pulled into by our own client, 2.1 pulls by itself. */
for (const version of ['1.6', '2.1'] as const)
	describe.skipIf(whyNot(version) !== undefined)(titled(`the images pane on containerd ${version}`, whyNot(version)), () => {
		let bench: ImagesBench;

		beforeAll(async () => {
			bench = await openImagesBench(version);
		});

		afterAll(async () => bench?.stop());

		const open = async (namespace: string, size: object = {columns: 80, rows: 24}): Promise<Screen> => {
			const screen = await openScreen(bench.lab, {...size, namespace, patienceMs: 20_000});
			await screen.until(`containerd`);
			screen.press('2');
			await screen.until(/2 Images .*p pull/s);
			return screen;
		};

		test('p asks with the tags of the registry, pulls, and remembers; u sees what is newer, p gets it', {timeout: 60_000}, async () => {
			const {host} = bench.registry;
			await bench.publish(first, 'lab/app:1');
			const namespace = `pane-${process.pid}`;
			const screen = await open(namespace);
			screen.press('p');
			await screen.until('Pull an image');
			screen.type(`${host}/lab/app:`);
			await screen.until(/lab\/app:1 /);
			screen.press('tab');
			await screen.until(`nerdctl pull ${host}/lab/app:1`);
			screen.press('enter');
			await screen.until(`Pulled ${host}/lab/app:1`);
			await screen.until(/2 Images ─+ 1 /);
			expect((await bench.containerd.images.get(namespace, `${host}/lab/app:1`)).target.digest).toBe(first.manifest.digest);

			screen.press('u');
			await screen.until(`${host}/lab/app:1 is up to date`);
			await screen.until('has the same');
			await bench.publish(second, 'lab/app:1');
			screen.press('u');
			await screen.until('Update available');
			await screen.until('↑newer');

			screen.press('p');
			await screen.until(`${host}/lab/app:1, again`);
			screen.press('enter');
			await screen.until(`Pulled ${host}/lab/app:1`);
			await screen.until((frame) => !frame.includes('↑newer'));
			expect((await bench.containerd.images.get(namespace, `${host}/lab/app:1`)).target.digest).toBe(second.manifest.digest);
		});

		test('p with platforms fetches those, and says when a word is none', {timeout: 60_000}, async () => {
			const {host} = bench.registry;
			await bench.publish(first, 'lab/app:platforms');
			const namespace = `platforms-${process.pid}`;
			const screen = await open(namespace, {columns: 120, rows: 40});
			screen.press('p');
			await screen.until('of this machine; or');
			screen.type(`${host}/lab/app:platforms`);
			screen.press('down');
			screen.type('nowhere/at/all/of');
			await screen.until(`"nowhere/at/all/of" is not a platform`);
			screen.press('enter');
			await screen.until('Pull an image');
			for (let at = 0; at < 'nowhere/at/all/of'.length; at++) screen.press('backspace');
			screen.type('linux/s39');
			await screen.until('linux/s390x');
			screen.press('tab');
			screen.type(', all');
			await screen.until(`nerdctl pull --all-platforms ${host}/lab/app:platforms`);
			screen.press('enter');
			await screen.until(`Pulled ${host}/lab/app:platforms`);
			const snapshots = [];
			for await (const batch of bench.containerd.snapshots.list(namespace, 'overlayfs')) snapshots.push(...batch);
			expect(snapshots).toEqual([]);
		});

		test('P says where it goes, and what arrives is what was here', {timeout: 60_000}, async () => {
			const {host} = bench.registry;
			await bench.publish(first, 'lab/source:1');
			const namespace = `push-${process.pid}`;
			await bench.images.pull({namespace, reference: `${host}/lab/source:1`, platforms: [{os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch}], snapshotter: 'overlayfs', unpack: false});
			const [image] = await bench.containerd.images.list(namespace);
			await bench.images.tag(image!, `${host}/lab/target:2`);
			await bench.containerd.images.remove(namespace, image!.name, {sync: true});
			const screen = await open(namespace, {columns: 120, rows: 40});
			await screen.until('lab/target:2');
			screen.press('P');
			await screen.until(`To the registry ${host}, repository lab/target, tag 2.`);
			screen.press('y');
			await screen.until(`Pushed ${host}/lab/target:2 as ${first.manifest.digest.slice(0, 19)}`);
			const raw = await bench.skopeo('inspect', '--raw', '--tls-verify=false', `docker://${host}/lab/target:2`);
			expect(raw.equals(first.manifest.bytes)).toBe(true);
		});

		test('a hanging pull is cancelled by its number, leaves nothing half-made, and the Disk screen prunes what it kept', {timeout: 60_000}, async () => {
			const image = imageOf('third');
			await bench.publish(image, 'lab/slow:1');
			const layer = image.layers.at(-1)!.digest;
			bench.proxy.setFault(({url}) => (url.includes(layer) ? {kind: 'hold'} : undefined));
			const namespace = `cancel-${process.pid}`;
			const screen = await open(namespace);
			screen.press('p');
			await screen.until('Pull an image');
			screen.type(`${bench.proxy.host}/lab/slow:1`);
			screen.press('enter');
			await bench.proxy.held;
			screen.press('ctrl-p');
			await screen.until(new RegExp(`1 Pull ${bench.proxy.host.replaceAll('.', '\\.')}/lab/slow:1`));
			screen.press('1');
			await screen.until('cancelled');
			screen.press('esc');
			await screen.until(`Cancelled: Pull ${bench.proxy.host}/lab/slow:1`);
			expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
			expect(await contentOf(bench.containerd, namespace)).not.toEqual([]);
			bench.proxy.setFault(() => undefined);

			screen.press('ctrl-g');
			await screen.until(`Disk of ${namespace}`);
			expect(screen.frame()).toMatch(/failed pulls/);
			screen.press('j', 'enter');
			await screen.until('image prune?');
			expect(screen.frame()).toMatch(/Frees [1-9][\d.]*[KM] in the namespace/);
			screen.press('y');
			await screen.until(/image prune: removed \d+, freed [1-9]/);
			expect(await contentOf(bench.containerd, namespace)).toEqual([]);
		});

		test('a dashboard that is left in the middle of a pull puts away what was half made', {timeout: 60_000}, async () => {
			const image = imageOf('fourth');
			await bench.publish(image, 'lab/left:1');
			const layer = image.layers.at(-1)!.digest;
			let isHeld = false;
			bench.proxy.setFault(({url}) => {
				if (!url.includes(layer)) return undefined;
				isHeld = true;
				return {kind: 'hold'};
			});
			const namespace = `left-${process.pid}`;
			const screen = await open(namespace);
			screen.press('p');
			await screen.until('Pull an image');
			screen.type(`${bench.proxy.host}/lab/left:1`);
			screen.press('enter');
			await expect.poll(() => isHeld, {timeout: 20_000}).toBe(true);
			await screen.leave();
			expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
			expect(await bench.containerd.images.list(namespace)).toEqual([]);
			bench.proxy.setFault(() => undefined);
		});
	});
