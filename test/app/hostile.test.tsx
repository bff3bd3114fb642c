import {describe, expect, test} from 'vitest';
import {cursorLine, fakeDaemon, openScreen} from './harness.tsx';
import {addApp, addProject, addWholeImage, callsOf} from './world.ts';

// That no frame has a line too many, a cell too many or a control character is checked on every frame of every test (see frames.ts).

const names = {
	long: 'a'.repeat(300),
	chinese: '日本語のコンテナ名前',
	emoji: '🚀-rocket-👩‍👩‍👧-family',
	combining: 'e\u0301\u0302\u0303-stacked',
	clearing: 'evil\u001B[2J\u001B[H\u0007name',
	title: '\u001B]0;owned\u0007title',
	reversing: 'abc\u202Etxt.exe',
	breaking: 'one\ntwo\rthree\tfour',
	high: 'c1\u009B31mtext',
} as const;

const sizes = [
	[120, 40],
	[80, 24],
	[60, 20],
	[20, 5],
] as const;

describe('what containers are called', () => {
	test.each(sizes)('at %i×%i every name is one row, and every tab of each stands', {timeout: 60_000}, async (columns, rows) => {
		const daemon = await fakeDaemon();
		for (const [id, name] of Object.entries(names))
			addApp(daemon, id, {labels: {'nerdctl/name': name, [name.slice(0, 60)]: name}, image: name, spec: {process: {args: [name], env: [`${name}=${name}`]}, mounts: [{destination: name, type: name, source: name}]}});
		const screen = await openScreen(daemon, {columns, rows});
		await screen.untilTrue('all of them', () => screen.store.get().connection.status === 'live' && screen.store.get().containers.items.size === Object.keys(names).length);
		for (let row = 0; row < Object.keys(names).length; row += 1) {
			await screen.untilTrue('a row under the cursor', () => cursorLine(screen.painted()) !== '');
			screen.press('right');
			for (let tab = 0; tab < 7; tab += 1) {
				const {tabs} = screen.store.get().view;
				screen.press(']');
				await screen.untilTrue('another tab', () => screen.store.get().view.tabs.containers !== tabs.containers);
				await screen.drawn();
			}
			screen.press('left', 'j');
		}
		screen.press('d');
		await screen.untilTrue('a question', () => screen.store.get().view.overlays.length === 1);
		await screen.until(/y yes/);
		screen.press('n', 'y');
		await screen.until(/Copy/);
	});

	test('the harmless part of a hostile name is shown, and copying gives the name itself', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'x', {labels: {'nerdctl/name': names.clearing}});
		const screen = await openScreen(daemon);
		await screen.until('● evilname');
		screen.press('y', '1');
		await screen.until('Copied evilname');
		expect(screen.written.join('')).toContain(Buffer.from(names.clearing).toString('base64'));
		expect(screen.written.join('')).not.toContain(names.clearing);
	});

	test('images, snapshots, namespaces and projects too', async () => {
		const daemon = await fakeDaemon();
		for (const name of Object.values(names)) {
			addWholeImage(daemon, name, [name]);
			daemon.addSnapshot({key: name, labels: {[name.slice(0, 50)]: name}});
			addProject(daemon, name, {web: 'running'});
		}
		daemon.addNamespace('evil\u001B[2J');
		const screen = await openScreen(daemon, {columns: 100, rows: 30});
		await screen.until('2.1.9+fake');
		await screen.untilTrue('the snapshotters', () => screen.store.get().snapshotters.items.size > 0 && screen.store.get().images.items.size > 0);
		for (const pane of ['2', '3', '4']) {
			screen.press(pane);
			await screen.untilTrue('a row under the cursor', () => cursorLine(screen.painted()) !== '');
			for (let step = 0; step < 8; step += 1) {
				screen.press('j', ']');
				await screen.drawn();
			}
		}
		screen.press('g', 'enter');
		await screen.untilTrue('the snapshots', () => screen.store.get().snapshots.items.size > 0);
		for (let step = 0; step < 20; step += 1) screen.press('j', ']');
		screen.press('N');
		await screen.until('evil');
	});

	test('a failure that quotes a hostile name', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'x', {labels: {'nerdctl/name': names.clearing, 'io.containerd.image.config.stop-signal': 'SIG\u001B[2J'}});
		const screen = await openScreen(daemon);
		await screen.until('● evilname');
		screen.press('s');
		await screen.until('Could not stop evilname');
		screen.press('ctrl-n');
		await screen.until('Messages');
	});
});

describe('any terminal', () => {
	test.each(sizes)('%i×%i is usable: move, detail, question, filter, help', async (columns, rows) => {
		const daemon = await fakeDaemon();
		for (const name of ['api', 'db', 'web']) addApp(daemon, name);
		const screen = await openScreen(daemon, {columns, rows});
		await screen.until('● api');
		await screen.select('● web');
		screen.press('enter');
		await screen.untilTrue('the details', () => screen.store.get().view.focus === 'detail');
		screen.press('esc', 'd');
		await screen.until('Remove web');
		await screen.until(/y yes +n no/);
		screen.press('n', '/');
		screen.type('db');
		await screen.until((frame) => frame.includes('● db') && !frame.includes('● web') && frame.includes(' /db'));
		screen.press('enter', '?');
		await screen.until(/Keys/);
		screen.press('esc', 's');
		await screen.until('○ db');
		expect(callsOf(daemon, 'Tasks.Kill')).toBe(1);
	});

	test('resized at any moment, with anything open, every frame fits', async () => {
		const daemon = await fakeDaemon();
		addProject(daemon, 'shop', {web: 'running', db: 'stopped'});
		for (let index = 0; index < 40; index += 1) addApp(daemon, `app-${index}`);
		const screen = await openScreen(daemon);
		await screen.until('app-1');
		const opened: ReadonlyArray<readonly string[]> = [[], ['?'], ['esc', ':'], ['esc', 'd'], ['n', 'x'], ['esc', 'i'], ['esc', '/'], ['esc', 'S']];
		for (const keys of opened) {
			screen.press(...keys);
			for (const [columns, rows] of [[200, 60], [20, 5], [119, 29], [80, 24], [41, 11], [5, 3], [1, 1], [120, 30]] as const) {
				screen.resize(columns, rows);
				await screen.drawn();
			}
		}
		screen.press('esc');
		await screen.until('app-1');
	});

	test('ASCII has no other characters of ours', async () => {
		const daemon = await fakeDaemon();
		addProject(daemon, 'shop', {web: 'running', db: 'stopped', job: 'paused'});
		addWholeImage(daemon, 'registry.test/app:1', ['COPY app /']);
		const screen = await openScreen(daemon, {ascii: true});
		await screen.until(/\* shop-web-1/);
		await screen.until('registry.test/app:1');
		const plainFrame = () => screen.frame().match(/[^\n -~]/gu) ?? [];
		expect(plainFrame()).toEqual([]);
		for (const keys of [['d'], ['n', '2'], ['3'], ['4'], ['enter'], ['?'], ['esc', 'N'], ['esc', '1', ']'], ['i'], [']'], ['S']]) {
			screen.press(...keys);
			await screen.drawn();
			expect([keys, plainFrame()]).toEqual([keys, []]);
		}
	});
});

describe('very many', () => {
	test('5,000 containers: the list stands, moves, filters and acts', async () => {
		const daemon = await fakeDaemon();
		for (let index = 0; index < 5000; index += 1) daemon.addContainer({id: `c${index}`, labels: {'nerdctl/name': `app-${index}`}});
		const screen = await openScreen(daemon);
		await screen.until(/1 Containers ─+ 5000/);
		screen.press('G');
		await screen.until('● app-4999');
		screen.press('/');
		screen.type('app-42');
		await screen.until(/Containers \/app-42 ─+ 111/);
		screen.press('enter', 'g', 's');
		await screen.until(/○ app-42 +exited/);
		screen.press('esc');
		await screen.until(/1 Containers ─+ 5000/);
		// One list and one call for the tasks, not a call a container.
		expect(callsOf(daemon, 'Containers.ListStream')).toBeLessThanOrEqual(2);
		expect(callsOf(daemon, 'Containers.Get')).toBeLessThanOrEqual(3);
	});
});
