import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {labels} from '../../../source/model/labels.ts';
import {id, type LineBench, openLineBench} from './surroundings.ts';

let bench: LineBench;

beforeEach(async () => {
	bench = await openLineBench();
	bench.fake.addContainer({id: id('a'), labels: {[labels.name]: 'web'}});
	bench.fake.addContainer({id: id('b'), labels: {[labels.name]: 'db'}});
	bench.fake.addContainer({id: id('c'), labels: {[labels.name]: 'done'}, status: 'stopped', exitStatus: 3});
	for (const letter of 'abc') bench.fake.addSnapshot({key: id(letter), kind: 'active'});
});

afterEach(async () => bench.close());

const status = async (name: string) => (await bench.run(['ps', '-a', '-f', `name=^${name}$`, '--format', '{{.Status}}'])).out.trim();

describe('a verb says each argument that went well, and goes on after one that did not', () => {
	test.each([
		['stop', ['stop', 'web', 'nope', 'db'], 'web\ndb\n'],
		['restart', ['restart', 'web', 'nope', 'db'], 'web\ndb\n'],
		['pause', ['container', 'pause', 'web', 'nope', 'db'], 'web\ndb\n'],
		['start', ['start', 'done', 'nope'], 'done\n'],
		['rm -f', ['rm', '-f', 'web', 'done'], 'web\ndone\n'],
		['kill says the id', ['kill', 'web', 'nope'], `${id('a')}\n`],
	] as const)('%s', async (_, argv, out) => {
		const ran = await bench.run(argv);
		expect(ran.out).toBe(out);
		const missing = (argv as readonly string[]).includes('nope');
		expect(ran.code).toBe(missing ? 1 : 0);
		expect(ran.err).toBe(missing ? 'Could not find nope: no container has this name or id — list them with ps -a\n' : '');
	});

	test('what they do is done', async () => {
		await bench.run(['stop', 'web']);
		expect(await status('web')).toMatch(/^Exited \(\d+\)/);
		await bench.run(['pause', 'db']);
		expect(await status('db')).toBe('Paused');
		await bench.run(['unpause', 'db']);
		expect(await status('db')).toBe('Up');
		await bench.run(['start', 'done']);
		expect(await status('done')).toBe('Up');
	});

	test('a short id and a full one find the same', async () => {
		expect((await bench.run(['stop', 'aaaa', id('b')])).out).toBe(`aaaa\n${id('b')}\n`);
	});
});

describe('stop and kill', () => {
	const seen: unknown[] = [];
	const services = {
		containers: {
			stop: async (_: unknown, {signal: __, ...options}: {readonly signal?: AbortSignal} = {}) => void seen.push(options),
			kill: async (_: unknown, number: number) => void seen.push(number),
		},
	};

	beforeEach(() => {
		seen.length = 0;
	});

	test.each([
		[['stop', 'web'], {}],
		[['stop', '-t', '0', 'web'], {timeoutMs: 0}],
		[['stop', '--time=3', '-s', 'SIGUSR1', 'web'], {timeoutMs: 3000, stopSignal: 10}],
		[['stop', '-s', '9', 'web'], {stopSignal: 9}],
		[['kill', 'web'], 9],
		[['kill', '-s', 'hup', 'web'], 1],
		[['kill', '-sSIGTERM', 'web'], 15],
	] as const)('%j', async (argv, wanted) => {
		expect((await bench.run(argv, {services})).code).toBe(0);
		expect(seen).toEqual([wanted]);
	});

	test('an unknown signal and a negative time are refused before anything is done', async () => {
		expect(await bench.run(['kill', '-s', 'NOPE', 'web'], {services})).toMatchObject({
			code: 1,
			err: 'Invalid signal: NOPE — name one as kill does, such as TERM, HUP or 9\n',
		});
		expect(await bench.run(['stop', '-t', '-1', 'web'], {services})).toMatchObject({
			code: 1,
			err: '-t, --time must not be negative, got -1\n',
		});
		expect(seen).toEqual([]);
	});
});

describe('rm', () => {
	test('a running one is refused, the rest goes on', async () => {
		const {code, out, err} = await bench.run(['rm', 'web', 'done']);
		expect({code, out}).toEqual({code: 1, out: 'done\n'});
		expect(err).toContain('Could not remove web: it is running');
		expect((await bench.run(['ps', '-aq'])).out.trim().split('\n')).toHaveLength(2);
	});

	test('-f does not mind one that is not there', async () => {
		const {code, out, err} = await bench.run(['rm', '-f', 'nope', 'web']);
		expect({code, out}).toEqual({code: 0, out: 'web\n'});
		expect(err).toContain('Could not find nope');
	});

	test('-v is passed on', async () => {
		const seen: unknown[] = [];
		await bench.run(['rm', '-v', 'done'], {
			services: {containers: {remove: async (_, options) => void seen.push({...options, signal: undefined})}},
		});
		expect(seen).toEqual([{force: false, volumes: true, signal: undefined}]);
	});
});

describe('container prune', () => {
	test.each([
		['y\n', 0, true],
		['Y\n', 0, true],
		['n\n', 0, false],
		['\n', 0, false],
		['yes\n', 0, false],
	] as const)('answered %j', async (input, code, removes) => {
		const ran = await bench.run(['container', 'prune'], {input});
		expect(ran.code).toBe(code);
		expect(ran.out).toBe(
			`WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] ${removes ? `Deleted Containers:\n${id('c')}\n` : ''}`,
		);
	});

	test('nobody answers', async () => {
		expect(await bench.run(['container', 'prune'])).toMatchObject({
			code: 1,
			err: 'nobody answered the question — use --force to go ahead without it\n',
		});
		expect((await bench.run(['ps', '-aq'])).out.trim().split('\n')).toHaveLength(3);
	});

	test('-f asks nothing', async () => {
		expect(await bench.run(['container', 'prune', '-f'])).toEqual({code: 0, out: `Deleted Containers:\n${id('c')}\n`, err: ''});
		expect(await bench.run(['container', 'prune', '-f'])).toEqual({code: 0, out: '', err: ''});
	});
});

describe('wait', () => {
	test('prints the exit code of one that has ended, and of one that ends', async () => {
		expect(await bench.run(['wait', 'done'])).toEqual({code: 0, out: '3\n', err: ''});
		const waiting = bench.run(['wait', 'web', 'done']);
		await expect.poll(() => bench.fake.calls.some(({method}) => method === 'Tasks.Wait')).toBe(true);
		bench.fake.exit({namespace: 'default', id: id('a')}, 42);
		expect(await waiting).toEqual({code: 0, out: '42\n3\n', err: ''});
	});

	test('a misspelled name is told before the wait', async () => {
		expect(await bench.run(['wait', 'web', 'nope'])).toMatchObject({code: 1, out: '', err: expect.stringContaining('Could not find nope')});
	});
});

describe('when the daemon is not there', () => {
	test('one sentence, with the path, and exit code 1', async () => {
		await bench.fake.goAway();
		const {code, out, err} = await bench.run(['ps']);
		expect({code, out}).toEqual({code: 1, out: ''});
		expect(err).toContain(bench.fake.address);
		expect(err.trim().split('\n')).toHaveLength(1);
		await bench.fake.comeBack();
	});

	test('an abort is 130', async () => {
		const abort = new AbortController();
		const waiting = bench.run(['wait', 'web'], {signal: abort.signal});
		await expect.poll(() => bench.fake.calls.some(({method}) => method === 'Tasks.Wait')).toBe(true);
		abort.abort();
		expect((await waiting).code).toBe(130);
	});
});
