import {PassThrough, Readable} from 'node:stream';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {labels} from '../../../source/model/labels.ts';
import type {ExecOptions, ExecSession} from '../../../source/services/containers/index.ts';
import {id, type LineBench, openLineBench, type RunOptions, Sink} from './surroundings.ts';

let bench: LineBench;
let asked: Omit<ExecOptions, 'signal'>[] = [];
let steps: string[] = [];

/** A process in memory: `run` plays it, and its answer is the exit code. */
const playing = (
	run: (streams: {readonly stdin: PassThrough; readonly stdout: PassThrough; readonly stderr: PassThrough}) => Promise<number>,
): RunOptions['services'] => ({
	containers: {
		exec: async (_, {signal: __, ...options}) => {
			asked.push(options);
			const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
			const session: ExecSession = {
				execId: 'exec-1',
				stdin: options.interactive ? stdin : undefined,
				stdout,
				stderr: options.terminal ? undefined : stderr,
				resize: async ({columns, rows}) => void steps.push(`resize ${columns}x${rows}`),
				kill: async signal => {
					steps.push(`kill ${signal}`);
					stdout.emit('killed');
				},
				wait: async () => {
					const exitStatus = await run({stdin, stdout, stderr});
					stdout.end();
					stderr.end();
					return {exitStatus, exitedAt: undefined};
				},
				close: async () => void steps.push('close'),
			};
			return session;
		},
	},
});

const saying = (out: string, err: string, code: number) =>
	playing(async ({stdout, stderr}) => {
		stdout.write(out);
		stderr.write(err);
		return code;
	});

beforeAll(async () => {
	bench = await openLineBench();
	bench.fake.addContainer({id: id('a'), labels: {[labels.name]: 'web'}});
});

beforeEach(() => {
	asked = [];
	steps = [];
});

afterAll(async () => bench.close());

describe('exec', () => {
	test('its output, its errors and its exit code are ours', async () => {
		expect(await bench.run(['exec', 'web', 'make', 'it'], {services: saying('out\n', 'err\n', 7)})).toEqual({
			code: 7,
			out: 'out\n',
			err: 'err\n',
		});
		expect(steps).toEqual(['close']);
	});

	test.each([
		[['web', 'ls', '-la', '--help'], {args: ['ls', '-la', '--help']}],
		[['web', '--', 'ls', '-a'], {args: ['ls', '-a']}],
		[['--', 'web', 'ls'], {args: ['ls']}],
		[['-i', 'web', 'cat'], {interactive: true}],
		[['-u', '1000:10', '-w', '/tmp', '--privileged', 'web', 'id'], {user: '1000:10', workingDirectory: '/tmp', privileged: true}],
		[['-e', 'A=1', '-e', 'HOME', '-e', 'NOPE', '-e', 'B=', 'web', 'env'], {env: ['A=1', 'HOME=/root', 'B=']}],
	] as const)('%j', async (argv, wanted) => {
		await bench.run(['exec', ...argv], {services: saying('', '', 0), env: {HOME: '/root'}});
		expect(asked).toMatchObject([{terminal: false, privileged: false, interactive: false, ...wanted}]);
	});

	test('--env-file comes before -e', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'gantry-env-'));
		await writeFile(join(folder, 'env'), '\ufeff# comment\nA=1\r\n\n  B=x y \nHOME\n');
		await bench.run(['exec', '--env-file', join(folder, 'env'), '-e', 'A=2', 'web', 'env'], {
			services: saying('', '', 0),
			env: {HOME: '/root'},
		});
		expect(asked[0]?.env).toEqual(['A=1', 'B=x y ', 'HOME=/root', 'A=2']);
		await rm(folder, {recursive: true});
		const missing = await bench.run(['exec', '--env-file', join(folder, 'env'), 'web', 'env'], {services: saying('', '', 0)});
		expect(missing).toMatchObject({code: 1, err: expect.stringContaining(`Could not read the variables in ${join(folder, 'env')}`)});
	});

	test('-i passes our input on, to its end', async () => {
		const services = playing(async ({stdin, stdout}) => {
			for await (const chunk of stdin) stdout.write(String(chunk).toUpperCase());
			return 0;
		});
		expect(await bench.run(['exec', '-i', 'web', 'upper'], {services, input: 'from here\n'})).toEqual({
			code: 0,
			out: 'FROM HERE\n',
			err: '',
		});
	});

	test('a process that closes its input early breaks nothing', async () => {
		const services = playing(async ({stdin}) => {
			stdin.destroy(new Error('EPIPE'));
			return 0;
		});
		expect((await bench.run(['exec', '-i', 'web', 'true'], {services, input: 'x'.repeat(100_000)})).code).toBe(0);
	});

	test('-t gives it our terminal: raw, of our size, and back again when it ends', async () => {
		let resize: ((size: {readonly columns: number; readonly rows: number}) => void) | undefined;
		const terminal: RunOptions['terminal'] = {
			isTTY: true,
			isInputTTY: true,
			columns: 100,
			rows: 30,
			setRawMode: raw => void steps.push(raw ? 'raw' : 'cooked'),
			onResize: listener => {
				resize = listener;
				return () => void steps.push('forgets sizes');
			},
		};
		const stdin = new PassThrough();
		const services = playing(async ({stdin: input, stdout}) => {
			resize?.({columns: 120, rows: 40});
			stdin.write('q');
			for await (const chunk of input) {
				stdout.write(`got ${chunk}`);
				break;
			}
			return 5;
		});
		expect(await bench.run(['exec', '-it', 'web', 'sh'], {services, terminal, stdin})).toEqual({code: 5, out: 'got q', err: ''});
		expect(asked).toMatchObject([{terminal: true, interactive: true, size: {columns: 100, rows: 30}}]);
		expect(steps).toEqual(['raw', 'resize 120x40', 'forgets sizes', 'cooked', 'close']);
	});

	test('the terminal is cooked again when the exec fails', async () => {
		const services = playing(async () => {
			throw new Error('gone');
		});
		const terminal = {isTTY: true, isInputTTY: true, setRawMode: (raw: boolean) => void steps.push(raw ? 'raw' : 'cooked')};
		expect(await bench.run(['exec', '-t', 'web', 'sh'], {services, terminal})).toMatchObject({code: 1, err: 'gone\n'});
		expect(steps).toEqual(['raw', 'cooked', 'close']);
	});

	test('an interrupt goes to the process, which decides', async () => {
		const abort = new AbortController();
		const services = playing(async ({stdout}) => {
			const killed = new Promise<void>(resolve => stdout.once('killed', () => resolve()));
			abort.abort();
			await killed;
			return 130;
		});
		expect((await bench.run(['exec', 'web', 'sleep'], {services, signal: abort.signal})).code).toBe(130);
		expect(steps).toEqual(['kill 2', 'close']);
	});

	test('-d leaves it running, with nowhere to write to', async () => {
		expect(await bench.run(['exec', '-d', '-e', 'A=1', '-w', '/tmp', 'web', 'sleep', '9'])).toEqual({code: 0, out: '', err: ''});
		const tasks = bench.fake.calls.filter(
			({method}) => method === 'Tasks.Exec' || method === 'Tasks.Start' || method === 'Tasks.DeleteProcess',
		);
		expect(tasks.map(({method}) => method)).toEqual(['Tasks.Exec', 'Tasks.Start']);
		expect(await bench.run(['exec', '-d', 'nope', 'x'])).toMatchObject({code: 1, out: ''});
	});

	test.each([
		[['-d', '-i', 'web', 'sh'], 'flags -i and -d cannot be specified together\n'],
		[['-dt', 'web', 'sh'], 'flags -t and -d cannot be specified together\n'],
		[['-t', 'web', 'sh'], 'there is no terminal to give to the command — leave out -t\n'],
		[['web'], '"gantry exec" requires at least 2 arguments, and got 1 — usage: gantry exec [flags] CONTAINER COMMAND [ARG...]\n'],
		[['web', '--'], 'the command is missing after --\n'],
		[['nope', 'ls'], 'Could not find nope: no container has this name or id — list them with ps -a\n'],
		[['--detach-keys', 'x', 'web', 'ls'], 'flag --detach-keys is not supported: an exec ends with its command\n'],
	] as const)('%j is refused', async (argv, err) => {
		expect(await bench.run(['exec', ...argv], {services: saying('', '', 0)})).toEqual({code: 1, out: '', err});
		expect(asked).toEqual([]);
	});

	test('a reader that went away does not hold us', async () => {
		const stdout = new Sink();
		stdout.destroy();
		expect((await bench.run(['exec', 'web', 'yes'], {services: saying('y\n', '', 0), stdout, stdin: Readable.from([])})).code).toBe(0);
	});
});
