import {status} from '@grpc/grpc-js';
import {describe, expect, test} from 'vitest';
import {fakeDaemon, openScreen} from './harness.tsx';
import {addApp, addWholeImage, ask} from './world.ts';

describe('a daemon that goes and comes back', () => {
	test('the rows stay and say that they are stale; then all heals by itself, with what happened meanwhile', async () => {
		const daemon = await fakeDaemon();
		const web = addApp(daemon, 'web');
		addWholeImage(daemon, 'registry.test/app:1', ['COPY app /']);
		const screen = await openScreen(daemon);
		await screen.until((frame) => frame.includes('● web') && frame.includes('registry.test/app:1'));
		await daemon.goAway();
		await screen.until((frame) => frame.includes('Connection lost') && /stale 1/.test(frame));
		expect(screen.frame()).toContain('● web');
		expect(screen.frame()).toContain('registry.test/app:1');
		daemon.exit(web, 9);
		addApp(daemon, 'newcomer');
		await daemon.comeBack();
		await screen.until((frame) => frame.includes('exited (9)') && frame.includes('● newcomer') && !frame.includes('stale') && !frame.includes('Connection lost'));
	});

	test('an old message does not hide that the connection is lost', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		const screen = await openScreen(daemon);
		await screen.until('2.1.9+fake');
		screen.press('X');
		await screen.until('No other containerd was found');
		await daemon.goAway();
		await screen.until('Connection lost');
		// What is asked now is answered all the same.
		screen.press('s');
		await screen.until('✗ Could not stop web');
		expect(screen.frame()).toContain('● web');
		screen.press('ctrl-n');
		await screen.until('Messages');
		expect(screen.frame()).toContain('No other containerd was found');
	});

	test('an event stream that ends is opened again', async () => {
		const daemon = await fakeDaemon();
		const web = addApp(daemon, 'web');
		const screen = await openScreen(daemon);
		await screen.until('2.1.9+fake');
		daemon.dropStreams();
		await screen.until('Connection lost');
		await screen.until('2.1.9+fake');
		daemon.exit(web, 5);
		await screen.until('exited (5)');
	});

	test('none at the start: the screen stands, says why, and finds it when it comes', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		await daemon.goAway();
		const screen = await openScreen(daemon);
		await screen.until('No connection');
		expect(screen.frame()).toContain(daemon.address.slice(0, 12));
		screen.press('?');
		await screen.until('Keys');
		screen.press('esc');
		await daemon.comeBack();
		screen.press('ctrl-r');
		await screen.until('● web');
	});
});

describe('a daemon that answers nonsense', () => {
	test('to the list of containers: said, retried, healed', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		daemon.fail('Containers.*', {kind: 'garble'});
		const screen = await openScreen(daemon, {columns: 200});
		await screen.until(/No connection: .*answered to Containers\.ListStream is not what containerd answers/);
		daemon.heal();
		await screen.until('● web');
	});

	test('to the list of images: that pane says so, the others are alive', async () => {
		const daemon = await fakeDaemon();
		const web = addApp(daemon, 'web');
		daemon.fail('Images.List', {kind: 'fail', code: status.INTERNAL, message: 'metadata is broken'});
		const screen = await openScreen(daemon);
		await screen.until('metadata is broken');
		daemon.exit(web, 6);
		await screen.until('exited (6)');
		expect(screen.frame()).not.toContain('Connection lost');
		daemon.heal();
		addWholeImage(daemon, 'registry.test/app:1', ['COPY app /']);
		screen.press('ctrl-r');
		await screen.until((frame) => frame.includes('registry.test/app:1') && !frame.includes('metadata is broken'));
	});

	test('to the introspection of snapshotters: their pane says so', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		daemon.fail('Introspection.*', {kind: 'fail', code: status.INTERNAL, message: 'no plugins today'});
		const screen = await openScreen(daemon, {columns: 200});
		await screen.until('no plugins today');
		expect(screen.frame()).toContain('● web');
	});

	test('to metrics: no numbers, everything else', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		daemon.fail('Tasks.Metrics', {kind: 'garble'});
		const screen = await openScreen(daemon);
		await screen.until('2.1.9+fake');
		screen.press('s');
		await screen.until('exited (143)');
		expect(screen.frame()).not.toContain('Connection lost');
	});
});

describe('odd containers', () => {
	test('one without a spec: its details say what there is', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'bare', {spec: undefined});
		const screen = await openScreen(daemon);
		await screen.until('● bare');
		screen.press('i');
		await screen.until('gave it no spec');
		screen.press(']');
		await screen.until('no environment variables');
		screen.press(']');
		await screen.until('no mounts');
	});

	test('a spec that is not JSON: the details say so, stopping works', async () => {
		const daemon = await fakeDaemon();
		const odd = addApp(daemon, 'odd');
		const containerd = ask(daemon);
		const record = await containerd.containers.get(odd);
		await containerd.containers.remove(odd);
		await containerd.containers.create({...record, spec: {typeUrl: 'types.containerd.io/opencontainers/runtime-spec/1/Spec', value: Buffer.from('{"process": [')}});
		const screen = await openScreen(daemon, {columns: 200});
		await screen.until('● odd');
		screen.press('i');
		await screen.until(/Could not inspect odd: .*spec/);
		screen.press(']');
		await screen.until(/Could not inspect odd: .*spec/);
		screen.press('s');
		await screen.until('exited (143)');
	});

	test('a spec of a megabyte can be read to its end and searched', async () => {
		const daemon = await fakeDaemon();
		const env = Array.from({length: 20_000}, (_, index) => `VARIABLE_${index}=${'x'.repeat(40)}`);
		expect(JSON.stringify(env).length).toBeGreaterThan(1_000_000);
		addApp(daemon, 'huge', {spec: {ociVersion: '1.0.2', process: {args: ['/run'], env}}});
		const screen = await openScreen(daemon);
		await screen.until('● huge');
		screen.press('i');
		await screen.until('ociVersion');
		screen.press('/');
		screen.paste('VARIABLE_19999');
		screen.press('enter');
		await screen.until('VARIABLE_19999=x');
		screen.press(']');
		await screen.until(/VARIABLE_0 +│ x/);
		screen.press('right', 'G');
		await screen.until(/VARIABLE_19999 +│ x|huge/);
	});
});
