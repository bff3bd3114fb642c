import {describe, expect, test} from 'vitest';
import {fakeDaemon, openScreen} from './harness.tsx';
import {addApp, addWholeImage, ask, callsOf} from './world.ts';

const namesAt = async (containerd: ReturnType<typeof ask>): Promise<readonly string[]> => (await containerd.images.list('default')).map(({name}) => name).sort();

describe('the list', () => {
	test('names that share a digest are one row, with what uses them', async () => {
		const daemon = await fakeDaemon();
		const digest = addWholeImage(daemon, 'docker.io/library/app:1', ['COPY app /']);
		daemon.addImage({name: 'docker.io/library/app:latest', digest});
		daemon.addImage({name: `docker.io/library/app@${digest}`, digest});
		addApp(daemon, 'web', {image: 'docker.io/library/app:latest'});
		const screen = await openScreen(daemon);
		await screen.until(/app:1 \+2 +●1/);
		screen.press('2');
		await screen.until('docker.io/library/app:latest');
		expect(screen.frame()).toMatch(/2 Images ─+ 1 /);
	});

	test('platforms and both sizes where there is room', async () => {
		const daemon = await fakeDaemon();
		addWholeImage(daemon, 'registry.test/app:1', ['COPY app /']);
		const screen = await openScreen(daemon, {columns: 110, rows: 28});
		await screen.until('2.1.9+fake');
		screen.press('2');
		await screen.until(/registry\.test\/app:1 .*\d+B.*linux\/amd64/);
	});
});

describe('tag and remove', () => {
	test('t asks for a name and makes it', async () => {
		const daemon = await fakeDaemon();
		addWholeImage(daemon, 'docker.io/library/app:1', ['COPY app /']);
		const screen = await openScreen(daemon);
		await screen.until('app:1');
		screen.press('2', 't');
		await screen.until('New name for docker.io/library/app:1');
		screen.press('ctrl-u');
		screen.type('app:stable');
		screen.press('enter');
		await screen.until(/app:1 \+1/);
		expect(await namesAt(ask(daemon))).toEqual(['docker.io/library/app:1', 'docker.io/library/app:stable']);
	});

	test('a name that is none is refused in words, and nothing is made', async () => {
		const daemon = await fakeDaemon();
		addWholeImage(daemon, 'docker.io/library/app:1', ['COPY app /']);
		const screen = await openScreen(daemon);
		await screen.until('app:1');
		screen.press('2', 't', 'ctrl-u');
		screen.type('Not A Name');
		screen.press('enter');
		await screen.until('✗ Could not tag docker.io/library/app:1 as Not A Name');
		expect(await namesAt(ask(daemon))).toEqual(['docker.io/library/app:1']);
	});

	test('d asks; in use it says by how many, and a running container keeps its layers', async () => {
		const daemon = await fakeDaemon();
		const digest = addWholeImage(daemon, 'docker.io/library/app:1', ['COPY app /']);
		addApp(daemon, 'web', {image: 'docker.io/library/app:1'});
		const containerd = ask(daemon);
		const screen = await openScreen(daemon);
		await screen.until(/app:1 +●1/);
		screen.press('2', 'd');
		await screen.until(/In use by 1 container[^s]/);
		screen.press('n');
		await screen.until((frame) => !frame.includes('In use by'));
		expect(await namesAt(containerd)).toEqual(['docker.io/library/app:1']);
		screen.press('d');
		await screen.until(/In use by 1 container[^s]/);
		screen.press('y');
		await screen.until('Removed 1 image name');
		const left = await containerd.images.list('default');
		expect(left.map((image) => image.name)).not.toContain('docker.io/library/app:1');
		expect(left.map((image) => image.target.digest)).toEqual([digest]);
	});

	test('of several names the one that is meant is asked', async () => {
		const daemon = await fakeDaemon();
		const digest = addWholeImage(daemon, 'docker.io/library/app:1', ['COPY app /']);
		daemon.addImage({name: 'docker.io/library/app:2', digest});
		const screen = await openScreen(daemon);
		await screen.until('app:1 +1');
		screen.press('2', 'd');
		await screen.until('Remove which name?');
		screen.press('j', 'enter');
		await screen.until('Remove docker.io/library/app:2?');
		screen.press('y');
		await screen.until((frame) => !frame.includes('app:1 +1') && frame.includes('app:1'));
		expect(await namesAt(ask(daemon))).toEqual(['docker.io/library/app:1']);
	});
});

describe('details', () => {
	test('layers with size and the line that made each, then config and users', async () => {
		const daemon = await fakeDaemon();
		addWholeImage(daemon, 'registry.test/app:1', ['/bin/sh -c #(nop) ADD base.tar /', '/bin/sh -c make install']);
		addApp(daemon, 'web', {image: 'registry.test/app:1'});
		const screen = await openScreen(daemon);
		await screen.until('app:1');
		screen.press('2');
		await screen.until(/\d+B .*ADD base\.tar \//);
		expect(screen.frame()).toContain('RUN make install');
		expect(screen.frame()).toContain('linux/amd64');
		screen.press(']');
		// Its layers are not tars, and that is all that the tab says.
		await screen.until('[Files]');
		screen.press(']');
		await screen.until(/"?architecture"?: "amd64"/);
		screen.press(']', ']');
		await screen.until(/\[Users\]/);
		await screen.until(/web +running/);
	});

	test('an image whose content is not here says so, and its row stays', async () => {
		const daemon = await fakeDaemon();
		daemon.addImage({name: 'registry.test/lazy:1', digest: `sha256:${'a'.repeat(64)}`});
		const screen = await openScreen(daemon);
		await screen.until('lazy:1');
		screen.press('2');
		await screen.until('not all of it is here');
		expect(screen.frame()).toContain('registry.test/lazy:1');
	});
});

describe('snapshotters', () => {
	const chain = async () => {
		const daemon = await fakeDaemon();
		daemon.addSnapshot({key: 'base', sizeBytes: 5000, labels: {'containerd.io/snapshot.ref': 'base-ref'}});
		daemon.addSnapshot({key: 'middle', parent: 'base'});
		daemon.addSnapshot({key: 'web', parent: 'middle', kind: 'active'});
		daemon.addSnapshot({key: 'spare', parent: 'middle', kind: 'active'});
		daemon.addContainer({id: 'web', labels: {'nerdctl/name': 'web'}, snapshotKey: 'web'});
		return daemon;
	};

	test('kind, health, exports and what they hold', async () => {
		const daemon = await chain();
		daemon.addPlugin({type: 'io.containerd.snapshotter.v1', id: 'stargz', exports: {address: '/run/stargz.sock'}});
		const screen = await openScreen(daemon);
		await screen.until(/overlayfs ★ +.*ok/);
		expect(screen.frame()).toMatch(/zfs .*skipped/);
		screen.press('4');
		await screen.until(/overlayfs ★ .*ok +4/);
		await screen.select('stargz');
		await screen.until('address = /run/stargz.sock');
		expect(screen.frame()).toContain('proxy: its own daemon');
	});

	test('Enter lists its snapshots as a tree: kind, who uses it, parent; Escape goes back', async () => {
		const screen = await openScreen(await chain());
		await screen.until('overlayfs ★');
		screen.press('4', 'enter');
		await screen.until((frame) => /middle +committed/.test(frame) && /[├└] web +active +web/.test(frame) && /[├└] spare +active/.test(frame));
		await screen.select('base');
		screen.press(']');
		await screen.until('base-ref');
		screen.press('esc');
		await screen.until(/4 Snapshotters/);
	});

	test('only leaves that nothing uses are removed; the others say why not', async () => {
		const daemon = await chain();
		const screen = await openScreen(daemon);
		await screen.until('overlayfs ★');
		screen.press('4', 'enter');
		await screen.until('spare');
		await screen.select('middle');
		screen.press('d');
		await screen.until('middle has 2 snapshots standing on it');
		await screen.select('web');
		screen.press('d');
		await screen.until('is the writable layer of web');
		expect(callsOf(daemon, 'Snapshots.Remove')).toBe(0);
		await screen.select('spare');
		screen.press('d');
		await screen.until('Remove spare?');
		screen.press('y');
		await screen.until((frame) => !/spare +active/.test(frame));
		await expect(ask(daemon).snapshots.stat('default', 'overlayfs', 'spare')).rejects.toMatchObject({code: 'not-found'});
	});
});
