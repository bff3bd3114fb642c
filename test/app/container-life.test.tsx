import {status} from '@grpc/grpc-js';
import {describe, expect, test} from 'vitest';
import {cursorLine, fakeDaemon, openScreen} from './harness.tsx';
import {addApp, addProject, ask, callsOf, idsAt, statusAt} from './world.ts';

describe('start and stop', () => {
	test('s stops what runs: the row says so, and so does the daemon', async () => {
		const daemon = await fakeDaemon();
		const web = addApp(daemon, 'web');
		const screen = await openScreen(daemon);
		await screen.until('● web');
		screen.press('s');
		await screen.until(/○ web +exited \(143\)/);
		await screen.until('Stopped web');
		expect(await statusAt(ask(daemon), web)).toBe('stopped');
	});

	test('s starts what is down', async () => {
		const daemon = await fakeDaemon();
		const web = addApp(daemon, 'web', {status: 'stopped', exitStatus: 137});
		const screen = await openScreen(daemon);
		await screen.until('exited (137)');
		screen.press('s');
		await screen.until('● web');
		await screen.until('Started web');
		expect(await statusAt(ask(daemon), web)).toBe('running');
	});

	test('what ignores its stop signal is counted down and then killed', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'stubborn', {endsOn: [], labels: {'nerdctl/stop-timeout': '1'}});
		const screen = await openScreen(daemon);
		await screen.until('● stubborn');
		screen.press('s');
		await screen.until('stopping 1s');
		await screen.until('exited (137)');
		expect(screen.frame()).not.toContain('stopping');
	});

	test('r restarts: another process under the same row', async () => {
		const daemon = await fakeDaemon();
		const web = addApp(daemon, 'web', {pid: 77});
		const screen = await openScreen(daemon);
		await screen.until('● web');
		screen.press('r');
		await screen.until('Restarted web');
		await screen.until('● web');
		const task = await ask(daemon).tasks.find(web);
		expect(task?.status).toBe('running');
		expect(task?.pid).not.toBe(77);
	});

	test('p pauses and unpauses', async () => {
		const daemon = await fakeDaemon();
		const web = addApp(daemon, 'web');
		const screen = await openScreen(daemon);
		await screen.until('● web');
		screen.press('p');
		await screen.until(/‖ web +paused/);
		expect(await statusAt(ask(daemon), web)).toBe('paused');
		screen.press('p');
		await screen.until('● web');
		expect(await statusAt(ask(daemon), web)).toBe('running');
	});

	test('what somebody else does is seen as well', async () => {
		const daemon = await fakeDaemon();
		const web = addApp(daemon, 'web');
		const screen = await openScreen(daemon);
		await screen.until('2.1.9+fake');
		daemon.exit(web, 3);
		await screen.until('exited (3)');
		await ask(daemon).tasks.delete(web);
		await screen.until(/· web +created/);
		await ask(daemon).containers.remove(web);
		await screen.until('No containers in this namespace');
	});

	test('a failure says what was tried and why it failed, and the row is as it was', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		daemon.fail('Tasks.Kill', {kind: 'fail', code: status.PERMISSION_DENIED, message: 'no such luck'});
		const screen = await openScreen(daemon);
		await screen.until('● web');
		screen.press('s');
		await screen.until(/✗ Could not stop web: .*no such luck/);
		expect(screen.frame()).toContain('● web');
	});
});

describe('kill', () => {
	test('ctrl-k offers signals; the typed one is sent and nothing else', async () => {
		const daemon = await fakeDaemon();
		const web = addApp(daemon, 'web', {endsOn: [10]});
		const screen = await openScreen(daemon);
		await screen.until('● web');
		screen.press('ctrl-k');
		await screen.until('Signal for web');
		expect(screen.frame()).toMatch(/SIGKILL +9/);
		screen.type('usr1');
		await screen.until((frame) => !frame.includes('SIGKILL'));
		screen.press('enter');
		await screen.until('Sent SIGUSR1 to web');
		await screen.until('exited (138)');
		expect(await statusAt(ask(daemon), web)).toBe('stopped');
	});

	test('Escape sends nothing', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		const screen = await openScreen(daemon);
		await screen.until('● web');
		screen.press('ctrl-k');
		await screen.until('Signal for web');
		screen.press('esc');
		await screen.until((frame) => !frame.includes('Signal for web'));
		expect(callsOf(daemon, 'Tasks.Kill')).toBe(0);
	});
});

describe('remove', () => {
	test('d asks; n keeps, y removes, with the writable layer', async () => {
		const daemon = await fakeDaemon();
		const containerd = ask(daemon);
		addApp(daemon, 'old', {status: 'stopped'});
		const screen = await openScreen(daemon);
		await screen.until('○ old');
		screen.press('d');
		await screen.until('Remove old?');
		expect(screen.frame()).toContain('anonymous volumes stay');
		screen.press('enter');
		screen.press('n');
		await screen.until((frame) => !frame.includes('Remove old?'));
		expect(await idsAt(containerd)).toEqual(['old']);
		screen.press('d');
		await screen.until('Remove old?');
		screen.press('y');
		await screen.until('No containers in this namespace');
		await screen.until('Removed old');
		expect(await idsAt(containerd)).toEqual([]);
		await expect(containerd.snapshots.stat('default', 'overlayfs', 'old')).rejects.toMatchObject({code: 'not-found'});
	});

	test('what runs will be killed first, and the question says so', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		const screen = await openScreen(daemon);
		await screen.until('● web');
		screen.press('d');
		await screen.until('It runs and will be killed first');
		screen.press('y');
		await screen.until('No containers in this namespace');
		expect(await idsAt(ask(daemon))).toEqual([]);
	});

	test('the selection falls to the neighbour', async () => {
		const daemon = await fakeDaemon();
		for (const name of ['a', 'b', 'c']) addApp(daemon, name, {status: 'stopped'});
		const screen = await openScreen(daemon);
		await screen.until('○ c');
		await screen.select('○ b');
		screen.press('d', 'y');
		await screen.until((frame) => !frame.includes('○ b'));
		await screen.untilTrue('c under the cursor', () => cursorLine(screen.painted()).includes('○ c'));
	});

	test('prune asks once for all that is down and leaves what is up', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		addApp(daemon, 'frozen', {status: 'paused'});
		addApp(daemon, 'job-1', {status: 'stopped'});
		addApp(daemon, 'job-2', {status: 'stopped', exitStatus: 1});
		const screen = await openScreen(daemon);
		await screen.until('○ job-2');
		screen.press(':');
		screen.type('prune');
		await screen.until('Prune: remove every container that is not running');
		screen.press('enter');
		await screen.until('Remove 2 stopped containers?');
		screen.press('y');
		await screen.until((frame) => !frame.includes('job-'));
		expect(await idsAt(ask(daemon))).toEqual(['frozen', 'web']);
	});
});

describe('many at once', () => {
	test('one that fails is named and does not stop the rest', async () => {
		const daemon = await fakeDaemon();
		const containerd = ask(daemon);
		const api = addApp(daemon, 'api');
		const odd = addApp(daemon, 'odd', {labels: {'io.containerd.image.config.stop-signal': 'SIGNOPE'}});
		const web = addApp(daemon, 'web');
		const spared = addApp(daemon, 'zebra');
		const screen = await openScreen(daemon);
		await screen.until('● zebra');
		screen.press('space', 'space', 'space');
		await screen.until('3 marked');
		screen.press('s');
		await screen.until((frame) => frame.includes('○ api') && frame.includes('○ web'));
		// The last line is where the user looks: the failure must not be hidden behind the success.
		await screen.until(/Stopped 2 of 3.*Could not stop odd: its stop signal "SIGNOPE"/);
		expect(await Promise.all([api, odd, web, spared].map(async (ref) => statusAt(containerd, ref)))).toEqual(['stopped', 'running', 'stopped', 'running']);
	});

	test('several failures: each is in the list of messages, and the last line names who', async () => {
		const daemon = await fakeDaemon();
		for (const name of ['odd', 'worse']) addApp(daemon, name, {labels: {'io.containerd.image.config.stop-signal': 'SIGNOPE'}});
		const screen = await openScreen(daemon);
		await screen.until('● worse');
		screen.press('*', 's');
		await screen.until(/Stopped 0 of 2.*odd and worse/);
		screen.press('ctrl-n');
		await screen.until('Messages');
		expect(screen.frame()).toContain('Could not stop odd');
		expect(screen.frame()).toContain('Could not stop worse');
	});

	test('a group stands for its members', async () => {
		const daemon = await fakeDaemon();
		addProject(daemon, 'shop', {web: 'running', db: 'running', job: 'stopped'});
		const screen = await openScreen(daemon);
		await screen.until(/▾ shop +2\/3/);
		screen.press('s');
		await screen.until(/▾ shop +0\/3/);
		expect(await statusAt(ask(daemon), {namespace: 'default', id: 'shop-web-1'})).toBe('stopped');
	});
});
