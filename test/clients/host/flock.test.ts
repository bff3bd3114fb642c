import {spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setImmediate as turn} from 'node:timers/promises';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {until} from '../../../scripts/lab/processes.ts';
import {holdLock, isLocked as isHeld, withDirectoryLock, withLock} from '../../../source/clients/host/flock.ts';

describe('a lock on a directory', () => {
	let folder: string;
	let path: string;
	const {PATH} = process.env;
	const bin = mkdtempSync(join(tmpdir(), 'gantry-test-'));
	const starts = join(bin, 'starts');
	beforeAll(() => {
		const real = spawnSync('sh', ['-c', 'command -v flock'], {encoding: 'utf8'}).stdout.trim();
		writeFileSync(join(bin, 'flock'), `#!/bin/sh\necho start >>'${starts}'\nexec ${real} "$@"\n`, {mode: 0o755});
		process.env['PATH'] = `${bin}:${PATH}`;
	});
	afterAll(() => {
		process.env['PATH'] = PATH;
		rmSync(bin, {recursive: true});
	});
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'gantry-test-'));
		path = join(folder, 'locked');
		mkdirSync(path);
	});
	afterEach(() => {
		rmSync(folder, {recursive: true});
	});

	const isLocked = (): boolean => spawnSync('flock', ['--nonblock', path, 'true'], {env: {PATH}}).status !== 0;

	/** Each start of `flock` from here is a line in the file. */
	const counted = (): (() => number) => {
		rmSync(starts, {force: true});
		return () => (existsSync(starts) ? readFileSync(starts, 'utf8').split('\n').length - 1 : 0);
	};

	test('is had by one of us at a time, in their order, and goes from one to the next without a process for each', async () => {
		const starts = counted();
		const order: number[] = [];
		let inside = 0;
		await Promise.all(
			Array.from({length: 40}, (_, at) =>
				withLock(path, async () => {
					inside += 1;
					await turn();
					expect(inside).toBe(1);
					order.push(at);
					inside -= 1;
				}),
			),
		);
		expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({length: 40}, (_, at) => at));
		// Sixteen at a time.
		expect(starts()).toBe(3);
		expect(isLocked()).toBe(false);
	});

	test('another program has its turn while many of us want it', async () => {
		const done: string[] = [];
		const first = await holdLock(path);
		const ours = Array.from({length: 40}, () => withLock(path, async () => void done.push('ours')));
		const other = spawn('flock', [path, 'true']);
		const theirs = new Promise<void>(resolve => {
			other.once('exit', () => {
				done.push('theirs');
				resolve();
			});
		});
		// It waits in the kernel, where it is before those of us who come again.
		expect(await until(() => readFileSync('/proc/locks', 'utf8').includes(`-> FLOCK  ADVISORY  WRITE ${other.pid}`), 5000)).toBe(true);
		await first();
		await Promise.all([...ours, theirs]);
		expect(done.filter(who => who === 'ours')).toHaveLength(40);
		expect(done.indexOf('theirs')).toBeLessThan(40);
	});

	test('who fails inside lets the next one in, and a signal or the end of patience takes one out of the line', async () => {
		const release = await holdLock(path);
		const stop = new AbortController();
		const aborted = withLock(path, async () => 'inside', {signal: stop.signal});
		const late = withLock(path, async () => 'inside', {patienceSeconds: 0});
		const failing = withLock(path, async () => Promise.reject(new Error('inside')));
		const last = withLock(path, async () => 'last');
		stop.abort();
		await expect(aborted).rejects.toThrow('aborted');
		await expect(late).rejects.toThrow(`${path} was locked by another program for 0 s`);
		await release();
		// Once more takes nothing from the next.
		await release();
		await expect(failing).rejects.toThrow('inside');
		expect(await last).toBe('last');
		expect(isLocked()).toBe(false);
	});

	test('is not handed on when the path is another directory meanwhile', async () => {
		const starts = counted();
		const release = await holdLock(path);
		const next = withDirectoryLock(path, async () => isLocked());
		await turn();
		rmSync(path, {recursive: true});
		mkdirSync(path);
		await release();
		expect(await next).toBe(true);
		// One for each of the two directories.
		expect(starts()).toBe(2);
	});

	test('that can not be taken at all fails for each', async () => {
		rmSync(path, {recursive: true});
		const results = await Promise.allSettled([withLock(path, async () => 1), withLock(path, async () => 2)]);
		expect(results.map(({status}) => status)).toEqual(['rejected', 'rejected']);
	});

	test('is seen while it is held, and asking for it takes nothing away', async () => {
		expect(await isHeld(path)).toBe(false);
		const release = await holdLock(path);
		expect(await isHeld(path)).toBe(true);
		await release();
		expect(await isHeld(path)).toBe(false);
		expect(await withLock(path, async () => 'mine')).toBe('mine');
	});

	test('is not waited for by a call that is given up already', async () => {
		await withLock(path, async () => {
			await expect(holdLock(path, {signal: AbortSignal.abort()})).rejects.toMatchObject({name: 'AbortError'});
		});
	});
});
