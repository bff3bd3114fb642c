import {describe, expect, test} from 'vitest';
import {cursorLine, fakeDaemon, openScreen} from './harness.tsx';
import {addApp, addProject} from './world.ts';

const positions = (frame: string, names: readonly string[]): readonly number[] => names.map((name) => frame.indexOf(name));

const isInOrder = (frame: string, names: readonly string[]): boolean => {
	const found = positions(frame, names);
	return found.every((at, index) => at >= 0 && (index === 0 || at > (found[index - 1] as number)));
};

describe('filter', () => {
	test('narrows while it is typed, and Escape brings back what was before', async () => {
		const daemon = await fakeDaemon();
		for (const name of ['api', 'web-1', 'web-2']) addApp(daemon, name);
		const screen = await openScreen(daemon);
		await screen.until('● web-2');
		screen.press('/');
		await screen.until('!not');
		screen.type('web');
		await screen.until((frame) => !frame.includes('● api') && frame.includes('● web-2'));
		screen.type('-2');
		await screen.until((frame) => !frame.includes('● web-1'));
		screen.press('esc');
		await screen.until((frame) => frame.includes('● api') && frame.includes('● web-1'));
	});

	test('Enter keeps it, the title shows it, Escape in the list clears it', async () => {
		const daemon = await fakeDaemon();
		for (const name of ['api', 'web']) addApp(daemon, name);
		const screen = await openScreen(daemon);
		await screen.until('● web');
		screen.press('/');
		screen.type('api');
		screen.press('enter');
		await screen.until(/Containers \/api/);
		expect(screen.frame()).not.toContain('● web');
		screen.press('esc');
		await screen.until('● web');
	});

	test.each([
		['a word', 'exited', ['old'], ['web', 'api']],
		['an exit code', '137', ['old'], ['web', 'api']],
		['not', '!web', ['api', 'old'], ['web']],
		['fuzzy', '~wb', ['web'], ['api', 'old']],
		['a regular expression', '/^(api|old)\\b/', ['api', 'old'], ['web']],
		['a label', 'team=blue', ['api'], ['web', 'old']],
	])('%s: %s', async (_what, text, kept, gone) => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		addApp(daemon, 'api', {labels: {team: 'blue'}});
		addApp(daemon, 'old', {status: 'stopped', exitStatus: 137});
		const screen = await openScreen(daemon);
		await screen.until('● web');
		screen.press('/');
		screen.type(text);
		screen.press('enter');
		const shows = (frame: string, name: string) => new RegExp(`[●○] ${name}\\b`).test(frame);
		await screen.until((frame) => kept.every((name) => shows(frame, name)) && gone.every((name) => !shows(frame, name)));
	});

	test('a broken expression is no reason to stop typing', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		const screen = await openScreen(daemon);
		await screen.until('● web');
		screen.press('/');
		screen.type('/we(');
		await screen.until('/we(');
		screen.press('backspace');
		screen.type('b/');
		await screen.until('● web');
	});

	test('nothing that matches says so and how to get out', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		const screen = await openScreen(daemon);
		await screen.until('● web');
		screen.press('/');
		screen.paste('zzz\r\nrm');
		await screen.until('Nothing matches zzz rm');
		screen.press('enter', 'esc');
		await screen.until('● web');
	});
});

describe('order', () => {
	test('numbers in names count as numbers', async () => {
		const daemon = await fakeDaemon();
		for (const name of ['job-10', 'job-9', 'job-1']) addApp(daemon, name);
		const screen = await openScreen(daemon);
		await screen.until((frame) => isInOrder(frame, ['● job-1 ', '● job-9', '● job-10']));
	});

	test('o offers the columns; the second time it turns around', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'a', {usage: {memoryBytes: 5e6}});
		addApp(daemon, 'b', {usage: {memoryBytes: 9e6}});
		addApp(daemon, 'c', {usage: {memoryBytes: 7e6}});
		const screen = await openScreen(daemon);
		await screen.until('● c');
		screen.press('o');
		await screen.until('Sort by');
		screen.press('m');
		await screen.until((frame) => isInOrder(frame, ['● b', '● c', '● a']));
		screen.press('O');
		await screen.until((frame) => isInOrder(frame, ['● a', '● c', '● b']));
	});

	test('the cursor stays on its row when the rows move', async () => {
		const daemon = await fakeDaemon();
		for (const name of ['a', 'b', 'c']) addApp(daemon, name);
		const screen = await openScreen(daemon);
		await screen.until('● c');
		await screen.select('● c');
		screen.press('O');
		await screen.until((frame) => isInOrder(frame, ['● c', '● b', '● a']));
		expect(cursorLine(screen.painted())).toContain('● c');
	});
});

describe('groups', () => {
	test('h folds a group, also from a member; Enter opens it', async () => {
		const daemon = await fakeDaemon();
		addProject(daemon, 'shop', {web: 'running', db: 'stopped'});
		addApp(daemon, 'alone');
		const screen = await openScreen(daemon);
		await screen.until(/▾ shop +1\/2/);
		await screen.select('shop-web-1');
		screen.press('h');
		await screen.until((frame) => frame.includes('▸ shop') && !frame.includes('● shop-web-1'));
		expect(cursorLine(screen.painted())).toContain('▸ shop');
		screen.press('enter');
		await screen.until('● shop-web-1');
		expect(screen.frame()).toContain('● alone');
	});

	test('v puts everything in one list; A hides what is down', async () => {
		const daemon = await fakeDaemon();
		addProject(daemon, 'shop', {web: 'running', db: 'stopped'});
		const screen = await openScreen(daemon);
		await screen.until('▾ shop');
		screen.press('v');
		await screen.until((frame) => !frame.includes('▾ shop') && frame.includes('○ shop-db-1'));
		screen.press('A');
		await screen.until((frame) => !frame.includes('○ shop-db-1') && frame.includes('● shop-web-1'));
	});

	test('pods group by name, and the pause container is no member of the count', async () => {
		const daemon = await fakeDaemon();
		const pod = {'io.kubernetes.pod.name': 'web-0', 'io.kubernetes.pod.namespace': 'prod'};
		daemon.addContainer({id: 'a'.repeat(64), namespace: 'k8s.io', labels: {...pod, 'io.cri-containerd.kind': 'sandbox'}});
		daemon.addContainer({id: 'b'.repeat(64), namespace: 'k8s.io', labels: {...pod, 'io.cri-containerd.kind': 'container', 'io.kubernetes.container.name': 'app'}});
		const screen = await openScreen(daemon, {namespace: 'k8s.io'});
		await screen.until(/▾ prod\/web-0 +1\/1/);
		expect(screen.frame()).toContain('● app');
		expect(screen.frame()).toContain('(pod sandbox)');
	});

	test('the compose pane shows services, counts and the files', async () => {
		const daemon = await fakeDaemon();
		addProject(daemon, 'shop', {web: 'running', db: 'stopped'});
		const screen = await openScreen(daemon);
		await screen.until('▾ shop');
		screen.press('3');
		await screen.until('/srv/shop/compose.yaml');
		expect(screen.frame()).toMatch(/shop .*1\/2/);
		expect(screen.frame()).toMatch(/shop-db-1 +exited \(0\) +registry/);
	});
});

describe('namespaces', () => {
	test('N switches; nothing of the old one is left', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		addApp(daemon, 'build', {namespace: 'ci'});
		const screen = await openScreen(daemon);
		await screen.until('● web');
		screen.press('N');
		await screen.until('all namespaces');
		screen.type('ci');
		screen.press('enter');
		await screen.until((frame) => frame.includes('● build') && !frame.includes('● web'));
		expect(screen.lines()[0]).toContain('· ci ·');
	});

	test('one choice is all of them in one list, each row with its namespace', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'web');
		addApp(daemon, 'web', {namespace: 'ci'});
		const screen = await openScreen(daemon, {columns: 160});
		await screen.until('● web');
		screen.press('N');
		screen.type('all');
		screen.press('enter');
		await screen.until((frame) => /● web +.*ci/.test(frame) && /● web +.*default/.test(frame));
		expect(screen.lines()[0]).toContain('all namespaces');
		// Events of both arrive now.
		daemon.exit({namespace: 'ci', id: 'web'}, 4);
		await screen.until('exited (4)');
	});

	test("another program's is marked, and changing things there asks first", async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'theirs', {namespace: 'moby'});
		addApp(daemon, 'web');
		const screen = await openScreen(daemon);
		await screen.until('● web');
		screen.press('N');
		await screen.until(/moby +owned by/);
		screen.type('moby');
		screen.press('enter');
		await screen.until('● theirs');
		screen.press('s');
		await screen.until('This namespace belongs to');
		screen.press('n');
		await screen.until((frame) => !frame.includes('belongs to'));
		expect(screen.frame()).toContain('● theirs');
		screen.press('s', 'y');
		await screen.until('exited (143)');
	});
});
