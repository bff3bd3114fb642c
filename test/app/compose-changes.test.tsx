import {readFile, writeFile} from 'node:fs/promises';
import {describe, expect, test} from 'vitest';
import type {BuildRequest} from '../../source/services/builds/types.ts';
import {bringUp, openCompose, projectAt, shop} from './compose-world.ts';
import {fakeDaemon} from './harness.tsx';
import {addProject, ask, callsOf, idsAt, statusAt} from './world.ts';

describe('what changes something', () => {
	test('shows the plan; no means nothing was done', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop));
		const screen = await openCompose(daemon);
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
		const screen = await openCompose(daemon);
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
		const screen = await openCompose(daemon);
		await screen.until('up to date');
		await screen.select('api');
		screen.press('d');
		await screen.until('Remove the containers of shop/api?');
		screen.press('y');
		await screen.until('Removed the containers of shop/api');
		expect(await idsAt(ask(daemon))).toEqual(['shop-db-1', 'shop-web-1']);
		await screen.until(/▾ shop +2\/4 pull 1, create 2/);
	});

	test('B on a service builds what its file says of it, and shows it; on a project it asks for a directory', async () => {
		const daemon = await fakeDaemon();
		const directory = await projectAt('services: {web: {build: {context: ., args: {A: "1"}, target: last}, network_mode: none}, db: {image: db, network_mode: none}}');
		await bringUp(daemon, directory);
		const asked: BuildRequest[] = [];
		const screen = await openCompose(daemon, {
			environment: {HOME: '/nowhere', XDG_STATE_HOME: await projectAt('', 'state')},
			builds: {find: async () => 'unix:///b.sock', history: async () => [], build: async (request) => {
				asked.push(request);
				return {digest: 'sha256:d', images: [], response: {}};
			}},
		});
		await screen.until('▾ shop');
		await screen.select('db');
		screen.press('B');
		await screen.until('Nothing of shop/db is built');
		await screen.select('web');
		screen.press('B');
		await screen.until('Built shop-web:latest'.replace(':latest', ''));
		expect(asked).toMatchObject([{address: 'unix:///b.sock', context: directory, tags: ['docker.io/library/shop-web:latest'], flags: {buildArgs: ['A=1'], target: 'last'}}]);
		screen.press('Y');
		await screen.until('nerdctl build --tag docker.io/library/shop-web:latest');
		screen.press('3', 'g', 'B');
		await screen.until((frame) => frame.includes('Build an image') && frame.includes(directory.slice(0, 20)));
	});

	test('down takes everything away, and says what stays', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop));
		const screen = await openCompose(daemon);
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
		const screen = await openCompose(daemon);
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
		const screen = await openCompose(daemon);
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

	test('rebuild plans only what is built, and makes its containers anew', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt('services: {web: {build: ., network_mode: none, depends_on: [db]}, db: {image: db, network_mode: none}}'));
		const screen = await openCompose(daemon);
		await screen.until(/▾ shop +2\/2 up to date/);
		screen.press('g', 'R');
		await screen.until('Rebuild shop?');
		const frame = screen.frame();
		for (const line of ['build image shop-web: it was asked for', 'remove container shop-web-1: it was asked for', 'start container shop-web-1: it is new']) expect(frame).toContain(line);
		expect(frame).not.toContain('container shop-db-1');
		screen.press('n');
	});

	test('a project that changes while its plan is read is left alone', async () => {
		const daemon = await fakeDaemon();
		await bringUp(daemon, await projectAt(shop));
		const screen = await openCompose(daemon);
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
		const screen = await openCompose(daemon);
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
		const screen = await openCompose(daemon, {spawn, environment: {EDITOR: 'ed -s'}});
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
		const screen = await openCompose(daemon, {readonly: true});
		await screen.until('up to date');
		screen.press('g', 'j', key);
		await screen.until('gantry runs with --readonly');
		expect(callsOf(daemon, 'Kill') + callsOf(daemon, 'Delete')).toBe(0);
	});

	test('with confirm: always the plan is the only question', async () => {
		const daemon = await fakeDaemon();
		addProject(daemon, 'shop', {web: 'running'});
		const screen = await openCompose(daemon, {preferences: {confirm: 'always'}});
		await screen.until('file is gone');
		screen.press('g', 's');
		await screen.until('#1 stop container shop-web-1');
		screen.press('y');
		await screen.until('Stopped shop');
	});
});
