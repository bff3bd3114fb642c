import {appendFile, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {labels} from '../../../source/model/labels.ts';
import {hour, id, type LineBench, now, openLineBench, type RunOptions, Sink} from './surroundings.ts';

let bench: LineBench;
let folder: string;
let path: string;

const line = (text: string, stream = 'stdout', at = now - hour, nanos = ''): string =>
	`${JSON.stringify({log: text, stream, time: nanos === '' ? new Date(at).toISOString() : new Date(at).toISOString().replace(/\.\d+Z$/, `.${nanos}Z`)})}\n`;

const services: RunOptions['services'] = {logs: {locate: async () => ({kind: 'json-file', path})}};

beforeAll(async () => {
	bench = await openLineBench();
	folder = await mkdtemp(join(tmpdir(), 'gantry-logs-'));
	path = join(folder, 'container-json.log');
	bench.fake.addContainer({
		id: id('a'),
		labels: {[labels.name]: 'web', tier: 'front', [labels.logConfig]: '{"driver":"json-file","opts":{"env":"A,NOPE","labels":"tier"}}'},
		spec: {process: {args: ['x'], env: ['A=1', 'B=2']}},
	});
	bench.fake.addContainer({id: id('b'), labels: {[labels.name]: 'done'}, status: 'stopped'});
});

beforeEach(async () => {
	await writeFile(
		path,
		[
			line('one\n', 'stdout', now - 3 * hour, '000000001'),
			line('two\n', 'stderr', now - 2 * hour, '500000000'),
			line('th'),
			line('ree\n'),
			line('four\n', 'stdout', now - 60_000, '123456789'),
		].join(''),
	);
});

afterAll(async () => {
	await bench.close();
	await rm(folder, {recursive: true, force: true});
});

describe('logs', () => {
	test('everything, each stream to its own, pieces joined', async () => {
		expect(await bench.run(['logs', 'web'], {services})).toEqual({code: 0, out: 'one\nthree\nfour\n', err: 'two\n'});
	});

	test.each([
		[['-n', '1'], 'four\n', ''],
		[['--tail=2'], 'three\nfour\n', ''],
		[['-n3'], 'three\nfour\n', 'two\n'],
		[['--tail', '100'], 'one\nthree\nfour\n', 'two\n'],
		[['--tail', 'all'], 'one\nthree\nfour\n', 'two\n'],
		[['-n', '0'], '', ''],
		[['--since', '90m'], 'three\nfour\n', ''],
		[['--until', '90m'], 'one\n', 'two\n'],
		[['--since', '150m', '--until', '30m'], 'three\n', 'two\n'],
		[['--since', new Date(now - 2 * 60_000).toISOString()], 'four\n', ''],
	] as const)('%j', async (argv, out, err) => {
		expect(await bench.run(['logs', ...argv, 'web'], {services})).toEqual({code: 0, out, err});
	});

	test('-t has the nanoseconds that the log has, once for a line in pieces', async () => {
		expect((await bench.run(['logs', '-t', 'web'], {services})).out).toBe(
			'2024-05-01T09:00:00.000000001Z one\n2024-05-01T11:00:00Z three\n2024-05-01T11:59:00.123456789Z four\n',
		);
	});

	test('--details names what the log options ask for', async () => {
		expect(await bench.run(['logs', '--details', '-n', '2', 'web'], {services})).toMatchObject({
			out: 'A=1,tier=front three\nA=1,tier=front four\n',
		});
	});

	test('thousands of lines, in pages', async () => {
		const count = 5432;
		await writeFile(path, Array.from({length: count}, (_, at) => line(`${at}\n`)).join(''));
		const whole = await bench.run(['logs', 'web'], {services});
		expect(whole.out).toBe(Array.from({length: count}, (_, at) => `${at}\n`).join(''));
		const tail = await bench.run(['logs', '-n', '2500', 'web'], {services});
		expect(tail.out).toBe(Array.from({length: 2500}, (_, at) => `${count - 2500 + at}\n`).join(''));
	});

	test('a terminal gets colours and nothing else; a pipe gets what was written', async () => {
		await writeFile(path, line('\u001b[31mred\u001b[0m \u001b[2J\u001b]0;owned\u0007x\n'));
		expect((await bench.run(['logs', 'web'], {services, terminal: {isTTY: true}})).out).toBe('\u001b[31mred\u001b[0m x\n');
		expect((await bench.run(['logs', 'web'], {services})).out).toBe('\u001b[31mred\u001b[0m \u001b[2J\u001b]0;owned\u0007x\n');
	});

	test.each([
		[['-n', 'x', 'web'], '"-n, --tail" wants a number or "all", and got "x"\n'],
		[['--since', 'noon', 'web'], 'invalid value for --since: "noon" — give a time such as 2024-05-01T12:00:00Z or a span such as 42m\n'],
		[['nope'], 'Could not find nope: no container has this name or id — list them with ps -a\n'],
		[['web', 'db'], '"gantry logs" requires exactly 1 argument, and got 2 — usage: gantry logs [flags] CONTAINER\n'],
	] as const)('%j is refused', async (argv, err) => {
		expect(await bench.run(['logs', ...argv], {services})).toEqual({code: 1, out: '', err});
	});

	test('a last line that has no end is printed once, followed or not', async () => {
		await writeFile(path, 'first\nlast words');
		const raw: RunOptions['services'] = {logs: {locate: async () => ({kind: 'raw', path, stream: 'stdout'})}};
		for (const [flags, name] of [[[], 'done'], [['-n', '1'], 'done'], [['-f'], 'done']] as const)
			expect((await bench.run(['logs', ...flags, name], {services: raw})).out.match(/last words/g)).toHaveLength(1);
	});

	test('where there is nothing to read, why', async () => {
		const none: RunOptions['services'] = {
			logs: {locate: async () => ({kind: 'none', reason: 'its log driver is none', hint: 'run it with json-file'})},
		};
		expect(await bench.run(['logs', 'web'], {services: none})).toEqual({
			code: 1,
			out: '',
			err: 'Could not show the logs of web: its log driver is none — run it with json-file\n',
		});
	});
});

describe('logs -f', () => {
	test('goes on with what comes, and leaving it is no failure', async () => {
		const abort = new AbortController();
		const stdout = new Sink();
		const following = bench.run(['logs', '-f', '-n', '1', 'web'], {services, signal: abort.signal, stdout});
		await expect.poll(() => stdout.text).toBe('four\n');
		await appendFile(path, line('five\n'));
		await expect.poll(() => stdout.text).toBe('four\nfive\n');
		abort.abort();
		expect(await following).toMatchObject({code: 0, out: 'four\nfive\n'});
	});

	test('ends with the container, after the last words', async () => {
		bench.fake.addContainer({id: id('c'), labels: {[labels.name]: 'short'}});
		const stdout = new Sink();
		const words = [line('six\n'), line('seven\n')];
		/** The logger is slower than the process: what it writes after the exit belongs to the log. */
		const sleep = async () => {
			const next = words.shift();
			if (next !== undefined) await appendFile(path, next);
		};
		const waits = () => bench.fake.calls.filter(({method}) => method === 'Tasks.Wait').length;
		const before = waits();
		const following = bench.run(['logs', '-f', '-n', '0', 'short'], {services, stdout, sleep});
		await expect.poll(waits).toBe(before + 1);
		bench.fake.exit({namespace: 'default', id: id('c')}, 0);
		expect(await following).toEqual({code: 0, out: 'six\nseven\n', err: ''});
	});

	test('ends when nobody reads it any more', async () => {
		const stdout = new Sink();
		const following = bench.run(['logs', '-f', 'web'], {services, stdout});
		await expect.poll(() => stdout.text).toContain('four');
		stdout.destroy(Object.assign(new Error('write EPIPE'), {code: 'EPIPE'}));
		expect((await following).code).toBe(141);
	});

	test('a reader that goes while we wait for it ends it as well', async () => {
		/** Never takes a byte, as a pipe that is full. */
		class Full extends Sink {
			override _write(): void {
				setImmediate(() => this.destroy(Object.assign(new Error('write EPIPE'), {code: 'EPIPE'})));
			}
		}
		await writeFile(path, Array.from({length: 2000}, (_, at) => line(`${at} ${'x'.repeat(200)}\n`)).join(''));
		expect(await bench.run(['logs', '-f', 'web'], {services, stdout: new Full()})).toEqual({code: 141, out: '', err: ''});
		expect(await bench.run(['logs', 'web'], {services, stdout: new Full()})).toEqual({code: 141, out: '', err: ''});
	});

	test('of one that has ended it is the log as it is', async () => {
		expect((await bench.run(['logs', '-f', 'done'], {services})).out).toBe('one\nthree\nfour\n');
	});
});
