import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {bringUp, openCompose, projectAt, shop} from './compose-world.ts';
import {cursorLine, fakeDaemon, type Screen} from './harness.tsx';
import {addApp, ask, statusAt} from './world.ts';

describe('what is found', () => {
	test('a project that only its file knows is there with its services and what up would do', async () => {
		const cwd = await projectAt(shop);
		const screen = await openCompose(await fakeDaemon(), {cwd});
		await screen.until(/▾ shop +0\/4 pull 3, create 4/);
		await screen.until(/· api +0\/2 pull 1, create 2/);
		await screen.until(`files          ${cwd}/compose.yaml`);
	});

	test('from a directory below it, too', async () => {
		const cwd = await projectAt(shop);
		await mkdir(join(cwd, 'deep', 'er'), {recursive: true});
		const screen = await openCompose(await fakeDaemon(), {cwd: join(cwd, 'deep', 'er')});
		await screen.until(/▾ shop +0\/4/);
	});

	test('what runs as its file says is up to date; when the file changes, the column does', async () => {
		const daemon = await fakeDaemon();
		const directory = await projectAt(shop);
		await bringUp(daemon, directory);
		const screen = await openCompose(daemon);
		await screen.until(/▾ shop +4\/4 up to date/);
		await writeFile(join(directory, 'compose.yaml'), shop.replace('MODE: fast', 'MODE: slow').replace('scale: 2', 'scale: 3'));
		await screen.until(/▾ shop +4\/5 pull 1, create 1, …|remake 2/);
		await screen.until(/api +2\/3/);
		await writeFile(join(directory, 'compose.yaml'), shop);
		await screen.until(/▾ shop +4\/4 up to date/);
	});

	test('when a file beside it that it includes changes, the column does', async () => {
		const daemon = await fakeDaemon();
		const directory = await projectAt('include: [more.yml]\nservices: {web: {image: web, network_mode: none, env_file: web.env}}');
		const more = (image: string) => `services: {job: {image: ${image}, network_mode: none}}`;
		await writeFile(join(directory, 'more.yml'), more('job'));
		await writeFile(join(directory, 'web.env'), 'MODE=fast');
		await bringUp(daemon, directory);
		const screen = await openCompose(daemon);
		await screen.until(/▾ shop +2\/2 up to date/);
		await writeFile(join(directory, 'more.yml'), more('other'));
		await screen.until(/job +1\/1 pull 1, remake 1/);
		await writeFile(join(directory, 'web.env'), 'MODE=slow');
		await screen.until(/web +1\/1 pull 1, remake 1/);
	});

	test('when a container changes, the column does', async () => {
		const daemon = await fakeDaemon();
		const directory = await projectAt(shop);
		await bringUp(daemon, directory);
		const screen = await openCompose(daemon);
		await screen.until(/▾ shop +4\/4 up to date/);
		await ask(daemon).tasks.kill({namespace: 'default', id: 'shop-db-1'}, 9);
		await screen.until(/▾ shop +3\/4 start 1/);
	});

	test('one directory under two names is two projects, each held against its own name', async () => {
		const daemon = await fakeDaemon();
		const directory = await projectAt(shop);
		await bringUp(daemon, directory, 'one');
		await bringUp(daemon, directory, 'two');
		const screen = await openCompose(daemon);
		await screen.until(/▾ one +4\/4 up to date/);
		await screen.until(/▾ two +4\/4 up to date/);
		await screen.select('two');
		await screen.until(/two ── \[Services\]/);
		expect(screen.frame()).toContain('two-web-1');
	});

	test('two projects with equal service names are kept apart', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop, 'left'));
		await bringUp(daemon, await projectAt(shop, 'right'));
		const screen = await openCompose(daemon);
		await screen.until(/▾ right +4\/4 up to date/);
		await screen.until(/▾ left +4\/4 up to date/);
		screen.press('g', 'j');
		await screen.until('left/api ──');
		// In the list of containers and in the details; those of the other only in the list.
		expect(screen.frame().match(/left-api-1/g)).toHaveLength(2);
		expect(screen.frame().match(/right-api-1/g)).toHaveLength(1);
	});

	test.each([
		['gone', undefined, 'file is gone', 'not there'],
		['no YAML', 'services: [', 'file is broken', 'compose.yaml:'],
		['not what compose allows', 'services: {web: {image: w, wrong: 1}}', 'file is broken', 'wrong'],
		['of a network that is nowhere', 'services: {web: {image: w, networks: [far]}}\nnetworks: {far: {external: true, name: far}}', 'can not go up', 'the network far is external'],
	])('a file that is %s is told in words, and stopping needs none', async (_what, text, words, reason) => {
		const daemon = await fakeDaemon();
		const directory = await projectAt(shop);
		await bringUp(daemon, directory);
		if (text === undefined) await rm(directory, {recursive: true});
		else await writeFile(join(directory, 'compose.yaml'), text);
		const screen = await openCompose(daemon);
		await screen.until(words);
		screen.press('g');
		await screen.until(reason);
		screen.press('s');
		await screen.until('stop container shop-web-1');
		screen.press('y');
		await screen.until('Stopped shop');
		expect(await statusAt(ask(daemon), {namespace: 'default', id: 'shop-db-1'})).toBe('stopped');
	});

	test('containers that say nothing of a file are told so, and up says what to do', async () => {
		const daemon = await fakeDaemon();
		addApp(daemon, 'a', {labels: {'com.docker.compose.project': 'old', 'com.docker.compose.service': 'a'}});
		const screen = await openCompose(daemon);
		await screen.until(/▾ old +1\/1 no file known/);
		screen.press('u');
		await screen.until('Nobody has written down which files old comes from');
	});

	test('a directory that somebody types is found again by the next dashboard, until it is forgotten', async () => {
		const daemon = await fakeDaemon();
		const directory = await projectAt(shop);
		const state = await mkdtemp(join(tmpdir(), 'gantry-state-'));
		onTestFinished(async () => rm(state, {recursive: true, force: true}));
		const environment = {XDG_STATE_HOME: state};
		const screen = await openCompose(daemon, {environment});
		await screen.until('No compose projects');
		screen.press('n');
		await screen.until('A project by its directory');
		screen.type('/nowhere/at/all');
		await screen.until('it is not there');
		screen.press('ctrl-u');
		screen.type(directory.slice(0, -2));
		await screen.until(`${directory}/`);
		screen.press('tab');
		await screen.until(`${directory}/compose.yaml`);
		screen.press('enter');
		await screen.until(/▾ shop +0\/4 pull 3, create 4/);
		await screen.untilTrue('the project under the cursor', () => cursorLine(screen.painted()).includes('shop'));

		const next = await openCompose(daemon, {environment});
		await next.until(/▾ shop +0\/4/);
		next.press('g', 'F');
		await next.until(`Forgot ${directory}`);
		await next.until('No compose projects');
	});
});

describe('what is shown of one', () => {
	const opened = async (): Promise<Screen> => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop));
		const screen = await openCompose(daemon);
		await screen.until(/▾ shop +4\/4 up to date/);
		screen.press('g');
		return screen;
	};

	test('the configuration without variables, the graph, and the plan', async () => {
		const screen = await opened();
		screen.press(']', ']');
		await screen.until('[Config]');
		await screen.until(/MODE: fast/);
		screen.press(']');
		await screen.until(/● web running/);
		expect(screen.frame()).toMatch(/└ ● api running +when started, if it can/);
		expect(screen.frame()).toMatch(/ {2}└ ● db running +when started/);
		screen.press(']');
		await screen.until('shop: there is nothing to do');
	});

	test('of a service only its own', async () => {
		const screen = await opened();
		await screen.select('db');
		screen.press(']', ']');
		await screen.until(/services:/);
		expect(screen.frame()).toContain('image: db');
		expect(screen.frame()).not.toContain('MODE');
	});

	test('h folds a project, also from a service, and z all of them', async () => {
		const screen = await opened();
		screen.press('j', 'h');
		await screen.until('▸ shop');
		expect(screen.frame()).not.toContain('● db');
		screen.press('z');
		await screen.until('▾ shop');
	});

	test('at 80×24 state, replicas and drift stand in columns', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop));
		const screen = await openCompose(daemon, {columns: 80, rows: 24});
		await screen.until(/PROJECT↑ +STATE +RUNNING +CPU +MEM DRIFT/);
		await screen.until(/▾ shop +running +4\/4 .*up to date/);
	});
});
