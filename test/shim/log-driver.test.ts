import {spawn, spawnSync} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync, writeSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {until} from '../../scripts/lab/processes.ts';
import {type Entry, type ShimBench, createShimBench} from './shim-process.ts';

const isLocked = (path: string): boolean => spawnSync('flock', ['--nonblock', path, 'true']).status !== 0;

const textOf = (entries: readonly Entry[], stream: string): string =>
	entries
		.filter(entry => entry.stream === stream)
		.map(entry => entry.log)
		.join('');

/** A blocking write, as a container's is: the pipe is full most of the time. */
const writeAll = (fd: number, text: string): void => {
	const bytes = Buffer.from(text);
	for (let offset = 0; offset < bytes.length; ) offset += writeSync(fd, bytes, offset, Math.min(60_000, bytes.length - offset));
};

const numbered = (prefix: string, from: number, to: number): string => Array.from({length: to - from}, (_, index) => `${prefix} ${from + index}\n`).join('');

describe('the log driver, as containerd starts it', () => {
	let bench: ShimBench;
	beforeAll(async () => {
		bench = await createShimBench();
	});
	afterAll(() => bench.remove());

	test('says that it is ready with a byte, and holds the lock while it lives', async () => {
		const shim = await bench.start();
		expect(await shim.ready).toBe('byte');
		expect(isLocked(shim.lockPath)).toBe(true);
		shim.closeStreams();
		expect(await shim.exited).toBe(0);
		expect(isLocked(shim.lockPath)).toBe(false);
	});

	test('writes down when the container was started, for inspect, before it lets it run', async () => {
		const before = Date.now();
		const shim = await bench.start();
		await shim.ready;
		const {started_at: startedAt, create_error: createError} = JSON.parse(readFileSync(join(dirname(shim.lockPath), 'lifecycle.json'), 'utf8')) as Record<string, unknown>;
		expect(createError).toBe(false);
		expect(Date.parse(String(startedAt))).toBeGreaterThanOrEqual(before);
		expect(Date.parse(String(startedAt))).toBeLessThanOrEqual(Date.now());
		shim.closeStreams();
		expect(await shim.exited).toBe(0);
	});

	test('loses no line of a flood on both streams, and keeps each in order', async () => {
		const shim = await bench.start();
		await shim.ready;
		for (let from = 0; from < 60_000; from += 2000) {
			writeAll(shim.stdout, numbered('out', from, from + 2000));
			writeAll(shim.stderr, numbered('err', from, from + 2000));
		}

		shim.closeStreams();
		expect(await shim.exited).toBe(0);
		const entries = shim.entries();
		expect(textOf(entries, 'stdout')).toBe(numbered('out', 0, 60_000));
		expect(textOf(entries, 'stderr')).toBe(numbered('err', 0, 60_000));
		expect(entries.every(entry => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/.test(entry.time))).toBe(true);
		expect(Math.abs(Date.parse(entries[0]!.time) - Date.now())).toBeLessThan(60_000);
	});

	test('shows a prompt without waiting for its line feed', async () => {
		const shim = await bench.start();
		await shim.ready;
		writeSync(shim.stdout, 'password: ');
		expect(await until(() => shim.entries().length > 0, 5000)).toBe(true);
		writeSync(shim.stdout, 'accepted\n');
		shim.closeStreams();
		await shim.exited;
		expect(shim.entries().map(entry => entry.log)).toEqual(['password: ', 'accepted\n']);
	});

	test('rotates under a flood and keeps the newest lines', async () => {
		const shim = await bench.start({driver: 'json-file', opts: {'max-size': '100k', 'max-file': '3'}});
		await shim.ready;
		writeAll(shim.stdout, numbered('line', 0, 20_000));
		shim.closeStreams();
		await shim.exited;
		expect(existsSync(`${shim.logPath}.3`)).toBe(false);
		const kept = ['.2', '.1', ''].flatMap(suffix => shim.entries(suffix));
		expect(textOf(kept, 'stdout')).toBe(numbered('line', 20_000 - kept.length, 20_000));
		expect(kept.length).toBeGreaterThan(2000);
	});

	test('told to end, it first writes what is in the pipes, though others still hold them open', async () => {
		const shim = await bench.start();
		await shim.ready;
		writeAll(shim.stdout, numbered('last', 0, 500));
		shim.child.kill('SIGTERM');
		expect(await shim.exited).toBe(0);
		expect(textOf(shim.entries(), 'stdout')).toBe(numbered('last', 0, 500));
	});

	test('ends by itself when the container has, because the pipes stay open until the task is deleted', async () => {
		const shim = await bench.start();
		const container = spawn('sleep', ['1000']);
		writeFileSync(join(shim.bundle, 'init.pid'), String(container.pid));
		await shim.ready;
		writeSync(shim.stdout, 'goodbye\n');
		container.kill('SIGKILL');
		expect(await shim.exited).toBe(0);
		expect(shim.entries().map(entry => entry.log)).toEqual(['goodbye\n']);
		expect(isLocked(shim.lockPath)).toBe(false);
	});

	test('the driver none reads everything and keeps nothing', async () => {
		const shim = await bench.start({driver: 'none'});
		await shim.ready;
		writeAll(shim.stdout, numbered('gone', 0, 10_000));
		shim.closeStreams();
		expect(await shim.exited).toBe(0);
		expect(existsSync(shim.logPath)).toBe(false);
	});

	test('started by hand it says what it is', () => {
		const {status, stderr} = spawnSync(bench.program, [], {encoding: 'utf8'});
		expect(status).toBe(2);
		expect(stderr).toContain('started by containerd');
	});

	test('as a hook it is the program beside it', () => {
		const {status, stderr} = spawnSync(bench.program, ['hook', 'someday'], {encoding: 'utf8'});
		expect(status).toBe(1);
		expect(stderr).toBe('There is no hook "someday"\n');
	});
});
