import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {describe, expect, onTestFinished, test} from 'vitest';
import {fakeDaemon, openScreen} from './harness.tsx';
import {addApp, ask} from './world.ts';

const spec = {
	ociVersion: '1.0.2',
	process: {args: ['/run'], env: ['PATH=/bin', 'GREETING=hello world', 'EMPTY='], cwd: '/srv'},
	mounts: [{destination: '/data', type: 'bind', source: '/srv/data', options: ['rbind', 'ro']}],
	linux: {},
};

const open = async (more: Parameters<typeof addApp>[2] = {}, size: {columns?: number; rows?: number} = {}) => {
	const daemon = await fakeDaemon();
	const ref = addApp(daemon, 'web', {spec, ...more});
	const screen = await openScreen(daemon, size);
	await screen.until('● web');
	return {daemon, ref, screen};
};

test('[ and ] go through the tabs and round', async () => {
	const {screen} = await open();
	for (const title of ['Stats', 'Inspect', 'Env', 'Mounts', 'Processes', 'Events', 'Logs']) {
		screen.press(']');
		await screen.until(`[${title}]`);
	}
	screen.press('[');
	await screen.until('[Events]');
});

test('Stats: two minutes of one container, only while it runs', async () => {
	const {screen, daemon, ref} = await open({usage: {cpu: 0.5, memoryBytes: 64e6, pids: 3}});
	screen.press(']');
	await screen.until(/CPU +\d+%/);
	expect(screen.frame()).toMatch(/Memory +61M/);
	expect(screen.frame()).toMatch(/Processes +3/);
	daemon.exit(ref, 0);
	await screen.until('Not running: there is nothing to measure.');
});

test('Inspect folds and finds', async () => {
	const {screen} = await open();
	screen.press('i');
	await screen.until(/"?ociVersion"?: "1\.0\.2"/);
	screen.press('/');
	screen.type('GREETING');
	screen.press('enter');
	await screen.until('GREETING=hello world');
	screen.press('z');
	await screen.until((frame) => !frame.includes('GREETING='));
	screen.press('Z', 'n');
	await screen.until('GREETING=hello world');
});

test('Env and labels are tables', async () => {
	const {screen} = await open({labels: {team: 'blue'}});
	screen.press(']', ']', ']');
	await screen.until(/GREETING +│ hello world/);
	expect(screen.frame()).toMatch(/EMPTY +│ +│/);
	screen.press('right', 'G');
	await screen.until(/team +│ blue/);
});

test('Mounts and published ports', async () => {
	const {screen} = await open({labels: {'nerdctl/ports': JSON.stringify([{HostPort: 8080, ContainerPort: 80, Protocol: 'tcp', HostIP: '127.0.0.1'}])}});
	screen.press(']', ']', ']', ']');
	await screen.until(/127\.0\.0\.1:8080 +│ 80\/tcp/);
	await screen.until(/\/data +│ bind +│ \/srv\/data +│ rbind,ro/);
});

test('Processes joins what containerd lists with /proc', async () => {
	const child = spawn('sleep', ['600']);
	onTestFinished(async () => {
		child.kill();
		if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
	});
	const {screen, daemon, ref} = await open({pid: child.pid});
	screen.press('t');
	await screen.until(new RegExp(`${child.pid} .*sleep 600`));
	daemon.exit(ref, 0);
	await screen.until('Not running: there are no processes.');
});

test('Events: what happened to this one since the start, and nobody else', async () => {
	const daemon = await fakeDaemon();
	const web = addApp(daemon, 'web');
	const other = addApp(daemon, 'zebra');
	const screen = await openScreen(daemon);
	await screen.until('2.1.9+fake');
	screen.press('[');
	await screen.until('Nothing has happened to it since gantry started.');
	daemon.exit(other, 7);
	daemon.exit(web, 3);
	await screen.until('task exited with 3');
	expect(screen.frame()).not.toContain('exited with 7');
	await ask(daemon).tasks.delete(web);
	await screen.until('task deleted with 3');
});

describe('stats of all', () => {
	test('S: every running container, sorted by any column, and back', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'calm', {usage: {cpu: 0.02, memoryBytes: 90e6}});
		addApp(daemon, 'busy', {usage: {cpu: 0.9, memoryBytes: 10e6}});
		addApp(daemon, 'down', {status: 'stopped'});
		const screen = await openScreen(daemon);
		await screen.until('● calm');
		screen.press('S');
		await screen.until((frame) => frame.includes('BLOCK R/W') && frame.indexOf('● busy') < frame.indexOf('● calm') && /● busy +(8|9)\d%/.test(frame));
		expect(screen.frame()).not.toContain('○ down');
		screen.press('o', 'm');
		await screen.until((frame) => frame.indexOf('● calm') < frame.indexOf('● busy'));
		screen.press('esc');
		await screen.until('2 Images');
	});

	test('nobody measures what nobody shows', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		daemon.addImage({name: 'registry.test/app:1'});
		const measured = () => daemon.calls.filter(({method}) => method === 'Tasks.Metrics').length;
		// Too low for the header, which has totals.
		const screen = await openScreen(daemon, {columns: 80, rows: 9});
		await screen.until(/● web +running .* 1%/);
		expect(measured()).toBeGreaterThan(0);
		screen.press('2');
		await screen.until('registry.test/app:1');
		const before = measured();
		// Many times the sampling interval, filled with calls of another kind: one reading that was under way may still arrive.
		const containerd = ask(daemon);
		for (let count = 0; count < 100; count += 1) await containerd.version();
		expect(measured() - before).toBeLessThanOrEqual(1);
		screen.press('1');
		await screen.untilTrue('measuring again', () => measured() > before + 1);
	});
});
