import {existsSync} from 'node:fs';
import {expect, test} from 'vitest';
import {stack} from '../../source/commands/index.ts';
import {labels} from '../../source/model/labels.ts';
import {fakeDaemon, openScreen} from './harness.tsx';
import {addApp} from './world.ts';

const key = String(stack.findIndex(({id}) => id === 'networks') + 1);
/** A network is made only where the plugins that it needs are installed. */
const environment = {CNI_PATH: '/usr/lib/cni'};
const on = (...networks: readonly string[]) => ({labels: {[labels.networks]: JSON.stringify(networks)}});

test.skipIf(!existsSync('/usr/lib/cni/bridge'))('networks are made, looked into, joined, left and removed', async () => {
	const daemon = await fakeDaemon();
	addApp(daemon, 'web', on('none'));
	const screen = await openScreen(daemon, {environment});
	await screen.until('● web');
	screen.press(key, 'n');
	await screen.until('New network');
	screen.type('backend');
	screen.press('tab', 'tab');
	screen.type('10.222.9.0/24');
	await screen.until('nerdctl network create --subnet 10.222.9.0/24 backend');
	screen.press('enter');
	await screen.until(/backend +\S* *bridge +10\.222\.9\.0\/24 +0|backend +10\.222\.9\.0\/24 +0/);
	await screen.until('Created network backend with 10.222.9.0/24');
	expect(screen.frame()).toMatch(/subnets +10\.222\.9\.0\/24 · gateway 10\.222\.9\.1/);

	addApp(daemon, 'db', on('backend'));
	screen.press('ctrl-r');
	await screen.until(/10\.222\.9\.0\/24 +1/);
	screen.press('d');
	await screen.until('backend is in use by db: stop or disconnect it first');
	screen.press(']');
	await screen.until(/db +running/);
	screen.press(']');
	await screen.until('"cniVersion": "1.0.0"');
	screen.press('u');
	await screen.until('Disconnect from backend');
	screen.press('esc');
	screen.press('c');
	await screen.until('Connect to backend');
	screen.press('esc');
});

test.skipIf(!existsSync('/usr/lib/cni/bridge'))('one that nobody uses is removed after a question, and a bad subnet is told', async () => {
	const screen = await openScreen(await fakeDaemon(), {environment});
	await screen.until('No networks');
	screen.press(key, 'n');
	await screen.until('New network');
	screen.type('wrong');
	screen.press('tab', 'tab');
	screen.type('10.222.9.4/24');
	screen.press('enter');
	await screen.until('unexpected subnet');
	screen.press('n');
	await screen.until('New network');
	screen.type('right');
	screen.press('enter');
	await screen.until('Created network right');
	screen.press('d');
	await screen.until('Remove right?');
	screen.press('y');
	await screen.until('Removed 1 network');
	await screen.until('No networks');
});
