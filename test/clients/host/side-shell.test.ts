import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, onTestFinished, test} from 'vitest';
import {until} from '../../../scripts/lab/processes.ts';
import {makeFifos} from '../../../source/clients/host/fifo.ts';
import {holdLock} from '../../../source/clients/host/flock.ts';
import {type Held, lockBeside, runBeside} from '../../../source/clients/host/side-shell.ts';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'gantry-test-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

const directory = (name: string): string => {
	const path = join(folder, name);
	mkdirSync(path);
	return path;
};
const isFree = (path: string): boolean => spawnSync('flock', ['--nonblock', path, 'true']).status === 0;

/** A process of its own that does this with locks, says `ready` and stays. */
const another = async (work: string, path = process.env['PATH']): Promise<ChildProcess> => {
	const source = (name: string): string => JSON.stringify(fileURLToPath(new URL(`../../../source/clients/host/${name}.ts`, import.meta.url)));
	const program = `const [{holdLock}, {makeFifos}] = await Promise.all([import(${source('flock')}), import(${source('fifo')})]); ${work}; console.log('ready'); setInterval(() => {}, 1000);`;
	const child = spawn(process.execPath, ['--input-type=module', '-e', program], {stdio: ['ignore', 'pipe', 'inherit'], detached: true, env: {...process.env, PATH: path}});
	onTestFinished(() => void child.kill('SIGKILL'));
	await once(child.stdout!, 'data');
	return child;
};

describe('the shell beside us', () => {
	test('answers with exit statuses, of many things at once, whatever takes longest', async () => {
		const order: string[] = [];
		const statuses = await Promise.all([
			runBeside('sleep 0.2').then(status => {
				order.push('slow');
				return status;
			}),
			runBeside('sh -c "exit 3"').then(status => {
				order.push('quick');
				return status;
			}),
			runBeside('nothing-of-this-name 2>/dev/null'),
		]);
		expect(statuses).toEqual([0, 3, 127]);
		expect(order).toEqual(['quick', 'slow']);
	});

	test('holds more locks than a shell has descriptors, and lets each go by itself', async () => {
		const paths = Array.from({length: 17}, (_, at) => directory(`d${at}`));
		const releases = await Promise.all(paths.map(path => holdLock(path)));
		expect(paths.filter(isFree)).toEqual([]);
		await Promise.all(releases.slice(0, 9).map(release => release()));
		expect(paths.map(isFree)).toEqual(paths.map((_, at) => at < 9));
		await Promise.all(releases.map(release => release()));
		expect(paths.filter(isFree)).toEqual(paths);
	});

	test('takes paths as they are', async () => {
		const path = directory(`it's "$(touch x)"\n; exit 9 #`);
		const release = await holdLock(path);
		expect(isFree(path)).toBe(false);
		await release();
		expect(isFree(path)).toBe(true);
		const fifo = join(path, `'f'\n$x`);
		await makeFifos([fifo]);
		expect(statSync(fifo).isFIFO()).toBe(true);
		expect(statSync(fifo).mode & 0o777).toBe(0o600);
		await expect(makeFifos([fifo])).rejects.toThrow('could not be made');
	});

	test('does not let go of one lock while it waits for another', async () => {
		const [mine, theirs] = [directory('mine'), directory('theirs')];
		await another(`await holdLock(${JSON.stringify(theirs)})`);
		const release = await holdLock(mine);
		const waiting = new AbortController();
		const second = holdLock(theirs, {signal: waiting.signal});
		second.catch(() => undefined);
		expect(isFree(mine)).toBe(false);
		await release();
		expect(isFree(mine)).toBe(true);
		waiting.abort();
		await expect(second).rejects.toThrow('aborted');
	});

	test('is given back what nobody waits for any more', async () => {
		const path = directory('d');
		const child = await another(`globalThis.release = await holdLock(${JSON.stringify(path)}); process.on('SIGUSR2', () => void globalThis.release())`);
		const stop = new AbortController();
		const wanted = holdLock(path, {signal: stop.signal});
		stop.abort();
		await expect(wanted).rejects.toThrow('aborted');
		child.kill('SIGUSR2');
		expect(await until(() => isFree(path), 5000)).toBe(true);
	});

	test('says what can not be opened', async () => {
		await expect(holdLock(join(folder, 'nowhere'))).rejects.toMatchObject({code: 'ENOENT'});
		const release = await holdLock(folder);
		await release();
	});

	test('names the file it holds, whatever becomes of the path', async () => {
		const path = directory('d');
		const {ino} = statSync(path);
		const held = (await lockBeside(path, ['-x', '-n'])) as Held;
		rmSync(path, {recursive: true});
		expect(statSync(held.file).ino).toBe(ino);
		await held.release();
	});
});

const shells = ['dash', 'bash', 'busybox sh'].filter(shell => spawnSync('sh', ['-c', `command -v ${shell}`]).status === 0);

test.each(shells)('every sh will do: %s', async shell => {
	const [bin, path] = [directory('bin'), directory("d'")];
	writeFileSync(join(bin, 'sh'), `#!/bin/sh\nexec ${shell} "$@"\n`, {mode: 0o755});
	const fifo = join(path, 'f $x');
	const [one, other] = [directory('one'), directory('other')].map(each => JSON.stringify(each));
	const child = await another(`const release = await holdLock(${one}); await holdLock(${other}); await makeFifos([${JSON.stringify(fifo)}]); await release()`, `${bin}:${process.env['PATH']}`);
	expect(statSync(fifo).isFIFO()).toBe(true);
	expect([isFree(join(folder, 'one')), isFree(join(folder, 'other'))]).toEqual([true, false]);
	child.kill('SIGKILL');
	expect(await until(() => isFree(join(folder, 'other')), 5000)).toBe(true);
});

describe('the locks of a process', () => {
	test.each(['SIGKILL', 'SIGTERM'] as const)('are free when it dies of %s', async signal => {
		const path = directory('d');
		const child = await another(`await holdLock(${JSON.stringify(path)})`);
		expect(isFree(path)).toBe(false);
		child.kill(signal);
		expect(await until(() => isFree(path), 5000)).toBe(true);
	});

	test('are free when it is killed while it waits for another', async () => {
		const [mine, theirs] = [directory('mine'), directory('theirs')];
		const release = await holdLock(mine);
		const child = await another(`await holdLock(${JSON.stringify(theirs)}); void holdLock(${JSON.stringify(mine)})`);
		child.kill('SIGKILL');
		expect(await until(() => isFree(theirs), 5000)).toBe(true);
		await release();
		expect(await until(() => isFree(mine), 5000)).toBe(true);
	});

	test('stay its own when its whole terminal is interrupted', async () => {
		const path = directory('d');
		const child = await another(`process.on('SIGINT', () => console.log('interrupted')); await holdLock(${JSON.stringify(path)})`);
		process.kill(-child.pid!, 'SIGINT');
		await once(child.stdout!, 'data');
		expect(isFree(path)).toBe(false);
	});
});
