import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {containerLabelsOf} from '../../source/model/compose/request/labels.ts';
import {scaleOf} from '../../source/model/compose/project.ts';
import {readSource} from '../../source/services/compose/read-source.ts';
import type {FakeContainerd} from '../fakes/containerd.ts';
import {cursorLine, fakeDaemon, type OpenOptions, openScreen, type Screen} from './harness.tsx';
import {addApp, addProject, ask, callsOf, idsAt, statusAt} from './world.ts';

const shop = `services:
  web: {image: web, network_mode: none, depends_on: {api: {condition: service_started, required: false}}}
  api: {image: api, network_mode: none, scale: 2, depends_on: [db], environment: {MODE: fast}}
  db: {image: db, network_mode: none}
`;

/** A directory with a compose file of its own. */
const projectAt = async (text: string, name = 'shop'): Promise<string> => {
	const folder = await mkdtemp(join(tmpdir(), 'gantry-compose-'));
	onTestFinished(async () => rm(folder, {recursive: true, force: true}));
	const directory = join(folder, name);
	await mkdir(directory);
	await writeFile(join(directory, 'compose.yaml'), text);
	return directory;
};

/** What `up` would have made of a directory, under a name of its own if one is given. */
const bringUp = async (daemon: FakeContainerd, directory: string, name?: string): Promise<void> => {
	const {project} = await readSource({env: {}, home: '/'}, {directory, files: [join(directory, 'compose.yaml')], name, services: []});
	for (const [service, said] of Object.entries(project.services))
		for (let number = 1; number <= scaleOf(said); number += 1)
			addApp(daemon, `${project.name}-${service}-${number}`, {status: 'running', labels: containerLabelsOf(project, service, {number, isOneOff: false})});
};

const open = async (daemon: FakeContainerd, options: OpenOptions = {}): Promise<Screen> => {
	const screen = await openScreen(daemon, options);
	await screen.until('2.1.9+fake');
	screen.press('3');
	await screen.until(/u up/);
	return screen;
};

describe('what is found', () => {
	test('a project that only its file knows is there with its services and what up would do', async () => {
		const cwd = await projectAt(shop);
		const screen = await open(await fakeDaemon(), {cwd});
		await screen.until(/▾ shop +0\/4 pull 3, create 4/);
		await screen.until(/· api +0\/2 pull 1, create 2/);
		await screen.until(`files          ${cwd}/compose.yaml`);
	});

	test('from a directory below it, too', async () => {
		const cwd = await projectAt(shop);
		await mkdir(join(cwd, 'deep', 'er'), {recursive: true});
		const screen = await open(await fakeDaemon(), {cwd: join(cwd, 'deep', 'er')});
		await screen.until(/▾ shop +0\/4/);
	});

	test('what runs as its file says is up to date; when the file changes, the column does', async () => {
		const daemon = await fakeDaemon();
		const directory = await projectAt(shop);
		await bringUp(daemon, directory);
		const screen = await open(daemon);
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
		const screen = await open(daemon);
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
		const screen = await open(daemon);
		await screen.until(/▾ shop +4\/4 up to date/);
		await ask(daemon).tasks.kill({namespace: 'default', id: 'shop-db-1'}, 9);
		await screen.until(/▾ shop +3\/4 start 1/);
	});

	test('one directory under two names is two projects, each held against its own name', async () => {
		const daemon = await fakeDaemon();
		const directory = await projectAt(shop);
		await bringUp(daemon, directory, 'one');
		await bringUp(daemon, directory, 'two');
		const screen = await open(daemon);
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
		const screen = await open(daemon);
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
		const screen = await open(daemon);
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
		const screen = await open(daemon);
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
		const screen = await open(daemon, {environment});
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

		const next = await open(daemon, {environment});
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
		const screen = await open(daemon);
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
		const screen = await open(daemon, {columns: 80, rows: 24});
		await screen.until(/PROJECT↑ +STATE +RUNNING +CPU +MEM DRIFT/);
		await screen.until(/▾ shop +running +4\/4 .*up to date/);
	});
});

describe('what changes something', () => {
	test('shows the plan; no means nothing was done', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop));
		const screen = await open(daemon);
		await screen.until('up to date');
		screen.press('g', 's');
		await screen.until('Stop shop?');
		for (const line of ['#1 stop container shop-web-1: it was asked for', '#2 stop container shop-api-1: it was asked for (after #1)', '#4 stop container shop-db-1: it was asked for (after #2 #3)']) expect(screen.frame()).toContain(line);
		screen.press('n');
		await screen.until((frame) => !frame.includes('Stop shop?'));
		expect(callsOf(daemon, 'Kill')).toBe(0);
	});

	test('stops and starts a whole project, and shows each step as a job', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop));
		const screen = await open(daemon);
		await screen.until('up to date');
		screen.press('g', 's');
		await screen.until('Stop shop?');
		screen.press('y');
		await screen.until('Stopped shop');
		await screen.until(/▾ shop +0\/4 start 4/);
		screen.press('s');
		await screen.until('#1 start container shop-db-1: it was asked for');
		screen.press('y');
		await screen.until('Started shop');
		screen.press('ctrl-p');
		await screen.until('Start shop');
		expect(screen.frame()).toContain('Stop shop');
	});

	test('of a service only its own containers', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop));
		const screen = await open(daemon);
		await screen.until('up to date');
		await screen.select('api');
		screen.press('d');
		await screen.until('Remove the containers of shop/api?');
		screen.press('y');
		await screen.until('Removed the containers of shop/api');
		expect(await idsAt(ask(daemon))).toEqual(['shop-db-1', 'shop-web-1']);
		await screen.until(/▾ shop +2\/4 pull 1, create 2/);
	});

	test('down takes everything away, and says what stays', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop));
		const screen = await open(daemon);
		await screen.until('up to date');
		screen.press('g', 'D');
		await screen.until('Its containers and networks');
		screen.press('c');
		await screen.until('remove container shop-web-1: the project is taken down');
		screen.press('y');
		await screen.until('shop is down');
		expect(await idsAt(ask(daemon))).toEqual([]);
	});

	test('scale asks how many, and plans only that service', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop));
		const screen = await open(daemon);
		await screen.until('up to date');
		await screen.select('api');
		screen.press('c');
		await screen.until('Containers of shop/api');
		screen.press('ctrl-u');
		screen.type('1');
		screen.press('enter');
		await screen.until('Scale shop/api to 1?');
		expect(screen.frame()).not.toContain('shop-web-1:');
		screen.press('y');
		await screen.until('shop/api has 1 container');
		expect(await idsAt(ask(daemon))).toEqual(['shop-api-1', 'shop-db-1', 'shop-web-1']);
	});

	test('what is no number, a project without images to build, and services of two projects are refused', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop, 'left'));
		await bringUp(daemon, await projectAt(shop, 'right'));
		const screen = await open(daemon);
		await screen.until(/▾ right .*up to date/);
		await screen.select('api');
		screen.press('c');
		await screen.until('Containers of left/api');
		screen.type('x');
		screen.press('enter');
		await screen.until('is no number of containers');
		screen.press('R');
		await screen.until('Nothing of left/api is built');
		screen.press('*', 's');
		await screen.until('Mark services of one project at a time');
		expect(callsOf(daemon, 'Kill')).toBe(0);
	});

	test('a project that changes while its plan is read is left alone', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop));
		const screen = await open(daemon);
		await screen.until('up to date');
		screen.press('g', 's');
		await screen.until('Stop shop?');
		await ask(daemon).tasks.kill({namespace: 'default', id: 'shop-web-1'}, 9);
		await screen.untilTrue('the end of web', () => [...screen.store.get().containers.items.values()].some(({id, task}) => id === 'shop-web-1' && task?.status === 'stopped'));
		screen.press('y');
		await screen.until('shop has changed since its plan was shown');
		expect(await statusAt(ask(daemon), {namespace: 'default', id: 'shop-db-1'})).toBe('running');
	});

	test('up that does nothing says so', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop));
		const screen = await open(daemon);
		await screen.until('up to date');
		screen.press('g', 'u');
		await screen.until('shop: there is nothing to do');
	});

	test('an edited file is planned before anything happens; one that is as it was, not', async () => {
		const daemon = await fakeDaemon();
		const directory = await projectAt(shop);
		await bringUp(daemon, directory);
		const edits: string[] = [shop, 'services: [', shop.replace('scale: 2', 'scale: 1')];
		const spawned: string[] = [];
		const spawn = async (program: string, args: readonly string[]): Promise<void> => {
			spawned.push([program, ...args].join(' '));
			const next = edits.shift() ?? '';
			const path = args.at(-1) ?? '';
			if ((await readFile(path, 'utf8')) !== next) await writeFile(path, next);
		};
		const screen = await open(daemon, {spawn, environment: {EDITOR: 'ed -s'}});
		await screen.until('up to date');
		screen.press('g', 'E');
		await screen.until('is as it was');
		screen.press('E');
		await screen.until('Edit it again?');
		screen.press('y');
		await screen.until('Bring shop up?');
		expect(screen.frame()).toContain('remove container shop-api-2: its service has 1 replica');
		expect(spawned).toEqual(Array.from({length: 3}, () => `ed -s ${directory}/compose.yaml`));
		expect(callsOf(daemon, 'Kill')).toBe(0);
		screen.press('y');
		await screen.until('shop is up');
		expect(await idsAt(ask(daemon))).toEqual(['shop-api-1', 'shop-db-1', 'shop-web-1']);
	});

	test.each(['u', 's', 'r', 'p', 'ctrl-k', 'e', 'D', 'd', 'c', 'R', 'E'])('--readonly refuses %s', async (key) => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop));
		const screen = await open(daemon, {readonly: true});
		await screen.until('up to date');
		screen.press('g', 'j', key);
		await screen.until('gantry runs with --readonly');
		expect(callsOf(daemon, 'Kill') + callsOf(daemon, 'Delete')).toBe(0);
	});

	test('with confirm: always the plan is the only question', async () => {
		const daemon = await fakeDaemon();
		addProject(daemon, 'shop', {web: 'running'});
		const screen = await open(daemon, {preferences: {confirm: 'always'}});
		await screen.until('file is gone');
		screen.press('g', 's');
		await screen.until('#1 stop container shop-web-1');
		screen.press('y');
		await screen.until('Stopped shop');
	});
});
