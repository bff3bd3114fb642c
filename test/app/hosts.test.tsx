import {describe, expect, test} from 'vitest';
import type {FakeContainerd} from '../fakes/containerd.ts';
import {fakeDaemon, openScreen, type Screen} from './harness.tsx';
import {addApp, ask, statusAt} from './world.ts';

/** As if both had been found on this machine. */
const bothKnown = (screen: Screen, current: FakeContainerd, other: FakeContainerd): void =>
	screen.store.dispatch({
		type: 'hosts-found',
		hosts: [
			{address: current.address, label: 'containerd · 1 tasks', isCurrent: true},
			{address: other.address, label: 'k3s · 2 tasks', isCurrent: false},
		],
	});

const openBoth = async (namespace = 'default') => {
	const [here, there] = [await fakeDaemon(), await fakeDaemon()];
	const web = addApp(here, 'web');
	const screen = await openScreen(here, {namespace});
	await screen.until('● web');
	bothKnown(screen, here, there);
	return {here, there, web, screen};
};

describe('X switches to another containerd', () => {
	test('its rows, its actions, its events; nothing of the other one is left', async () => {
		const {here, there, web, screen} = await openBoth();
		const api = addApp(there, 'api');
		const worker = addApp(there, 'worker');
		screen.press('X');
		await screen.until((frame) => frame.includes('containerd · 1 tasks') && frame.includes('k3s · 2 tasks'));
		screen.press('j', 'enter');
		await screen.until((frame) => frame.includes('● api') && !frame.includes('● web') && frame.includes('2.1.9+fake'));
		screen.press('s');
		await screen.until('○ api');
		expect(await statusAt(ask(there), api)).not.toBe('running');
		here.exit(web, 4);
		there.exit(worker, 5);
		await screen.until('exited (5)');
		expect(screen.frame()).not.toContain('exited (4)');
	});

	test('and back: the mark in the list moves along', async () => {
		const {there, screen} = await openBoth();
		addApp(there, 'api');
		screen.press('X');
		await screen.until('k3s · 2 tasks');
		screen.press('j', 'enter');
		await screen.until('● api');
		screen.press('X');
		await screen.until('k3s · 2 tasks');
		screen.press('k', 'enter');
		await screen.until((frame) => frame.includes('● web') && !frame.includes('● api'));
	});

	test('the namespace with tasks is chosen there too, when nobody said one', async () => {
		const {there, screen} = await openBoth('undecided');
		addApp(there, 'pod', {namespace: 'k8s.io'});
		screen.press('X');
		await screen.until('k3s · 2 tasks');
		screen.press('j', 'enter');
		await screen.until((frame) => frame.includes('● pod') && frame.includes('k8s.io'));
	});

	test('one that is gone says so, and the first is a key away', async () => {
		const {there, screen} = await openBoth();
		await there.goAway();
		screen.press('X');
		await screen.until('k3s · 2 tasks');
		screen.press('j', 'enter');
		await screen.until((frame) => frame.includes('No connection') && !frame.includes('● web'));
		screen.press('X');
		await screen.until('k3s · 2 tasks');
		screen.press('k', 'enter');
		await screen.until('● web');
	});
});

describe('a daemon that comes after the start', () => {
	const openLate = async (namespace: string) => {
		const daemon = await fakeDaemon();
		await daemon.goAway();
		const screen = await openScreen(daemon, {namespace});
		await screen.until('No connection');
		addApp(daemon, 'worker', {namespace: 'prod'});
		return {daemon, screen};
	};

	test('is looked at where its tasks are', async () => {
		const {daemon, screen} = await openLate('undecided');
		await daemon.comeBack();
		await screen.until((frame) => frame.includes('● worker') && frame.includes('prod'));
	});

	test('is looked at where the user said', async () => {
		const {daemon, screen} = await openLate('default');
		await daemon.comeBack();
		await screen.until('2.1.9+fake');
		expect(screen.store.get().scope).toEqual({kind: 'one', namespace: 'default'});
		expect(screen.frame()).not.toContain('worker');
	});
});
