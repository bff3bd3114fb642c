import {mkdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {stack} from '../../source/commands/index.ts';
import {mountLabels} from '../../source/model/mount-labels.ts';
import {fakeDaemon, openScreen} from './harness.tsx';
import {addApp} from './world.ts';

const key = String(stack.findIndex(({id}) => id === 'volumes') + 1);

test('volumes are made, looked into, measured and removed', async () => {
	const daemon = await fakeDaemon();
	addApp(daemon, 'web');
	const screen = await openScreen(daemon);
	await screen.until('● web');
	screen.press(key, 'n');
	await screen.until('New volume');
	screen.type('database');
	screen.press('enter');
	await screen.until((frame) => /database +unused/.test(frame));
	await screen.until('Created volume database');
	const volume = [...screen.store.get().volumes.items.values()][0];
	const path = volume?.path ?? '';
	mkdirSync(join(path, 'folder'));
	writeFileSync(join(path, 'folder', 'rows.db'), 'x'.repeat(3000));
	symlinkSync('/etc/passwd', join(path, 'link'));
	screen.press('m');
	await screen.until('Measured 1 volume');
	expect(screen.frame()).toMatch(/size +2\.9K/i);

	const point = {Type: 'volume', Name: 'database', Source: path, Destination: '/var/lib/db', Driver: 'local', Mode: 'ro', RW: false, Propagation: ''};
	addApp(daemon, 'db', {labels: mountLabels([point])});
	screen.press('ctrl-r');
	await screen.until((frame) => /database +\S+ +db/.test(frame));
	screen.press('d');
	await screen.until('database is mounted by db: remove that container first');
	screen.press(']');
	await screen.until((frame) => /db +running +ro +\/var\/lib\/db/.test(frame));
	screen.press(']');
	await screen.until((frame) => frame.includes('folder/') && frame.includes('link'));
	expect(screen.frame()).toContain('/etc/passwd');
	screen.press('right', 'Z');
	await screen.until('rows.db');
});

test('what somebody else makes shows by itself', async () => {
	const screen = await openScreen(await fakeDaemon());
	await screen.until('No volumes in this namespace');
	screen.press(key, 'n');
	await screen.until('New volume');
	screen.type('ours');
	screen.press('enter');
	await screen.until('Created volume ours');
	await screen.until((frame) => /ours +unused/.test(frame));
	const store = dirname(dirname([...screen.store.get().volumes.items.values()][0]?.path ?? ''));
	mkdirSync(join(store, 'theirs', '_data'), {recursive: true});
	await screen.until((frame) => /theirs +unused/.test(frame));
	rmSync(join(store, 'theirs'), {recursive: true});
	await screen.until((frame) => !frame.includes('theirs'));
});

test('a prune says what it would take, and takes only that', async () => {
	const daemon = await fakeDaemon();
	addApp(daemon, 'web');
	const screen = await openScreen(daemon);
	await screen.until('● web');
	screen.press(key, 'n');
	await screen.until('New volume');
	screen.press('enter');
	await screen.until('Created volume');
	screen.press('n');
	await screen.until('New volume');
	screen.type('named');
	screen.press('enter');
	await screen.until('Created volume named');
	screen.press('X');
	await screen.until('Those without a name');
	screen.press('a');
	await screen.until('Removed 1 volume');
	await screen.untilTrue('one is left', () => [...screen.store.get().volumes.items.values()].map(({name}) => name).join() === 'named');
	screen.press('d');
	await screen.until('Remove named?');
	screen.press('y');
	await screen.until('No volumes in this namespace');
});

test('with --readonly nothing is made', async () => {
	const screen = await openScreen(await fakeDaemon(), {readonly: true});
	await screen.until('No volumes in this namespace');
	screen.press(key, 'n');
	await screen.until('Create is refused');
});
