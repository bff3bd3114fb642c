import {status} from '@grpc/grpc-js';
import {expect, test} from 'vitest';
import {buildImage} from '../../../scripts/lab/image.ts';
import {fakeDaemon, openScreen} from '../../app/harness.tsx';

const image = buildImage('docker.io/lab/app:1', [{createdBy: 'ADD base /', entries: [{kind: 'file', path: 'motd', content: 'm'.repeat(3000)}]}]);

test('ctrl-g measures as a job and opens what it found, in this namespace', async () => {
	const daemon = await fakeDaemon();
	daemon.loadImage(image);
	daemon.loadImage(image, {namespace: 'other'});
	daemon.addContainer({id: 'a'.repeat(64), image: image.name, status: 'stopped', exitStatus: 0, labels: {'nerdctl/name': 'worker'}});
	daemon.addSnapshot({key: 'a'.repeat(64), kind: 'active'});
	const screen = await openScreen(daemon);
	await screen.until('app:1');
	screen.press('ctrl-g');
	await screen.until('Disk of default');
	const frame = screen.frame();
	expect(frame).toMatch(/KIND +COUNT +SIZE +OF ALL +UNUSED/);
	expect(frame).toMatch(/content +3 /);
	expect(frame).toMatch(/overlayfs +2 /);
	expect(frame).toMatch(/\d+.? +container prune +stopped containers/);
	expect(frame).toMatch(/docker\.io\/lab\/app:1 +default/);
	expect(frame).toMatch(/worker +default +stopped/);
	screen.press('esc');
	await screen.until(/The disk holds/);
});

test('what can not be measured is said in words, and nothing opens', async () => {
	const daemon = await fakeDaemon();
	daemon.loadImage(image);
	const screen = await openScreen(daemon);
	await screen.until('app:1');
	daemon.fail('Leases.List', {kind: 'fail', code: status.INTERNAL, message: 'no leases today'});
	screen.press('ctrl-g');
	await screen.until('Could not read the disk usage');
	expect(screen.frame()).not.toContain('KIND');
});
