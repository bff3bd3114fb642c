import {spawn, spawnSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync, rmSync, writeSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {until} from '../../scripts/lab/processes.ts';
import {createShimBench, type ShimBench, type ShimProcess} from './shim-process.ts';

const isLocked = (path: string): boolean => spawnSync('flock', ['--nonblock', path, 'true']).status !== 0;

const linesOf = (shim: ShimProcess): readonly string[] => (existsSync(shim.logPath) ? shim.entries().map(({log}) => log.trimEnd()) : []);

/** While it grows, or was cut. */
const countOf = ({logPath}: ShimProcess): number => (existsSync(logPath) ? readFileSync(logPath, 'utf8').split('\n').length - 1 : 0);

const wordsOf = (pid: number): readonly string[] => {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
	} catch {
		return [];
	}
};

/** A container that writes so many lines, one write each. */
const talker = (shim: ShimProcess, count: number) => {
	const script = `i=0; while [ $i -lt ${count} ]; do echo "line $i"; i=$((i+1)); done`;
	const child = spawn('sh', ['-c', script], {stdio: ['ignore', shim.stdout, shim.stderr]});
	const ended = new Promise<string>(resolve => {
		child.once('exit', (code, signal) => resolve(signal ?? String(code)));
	});
	return {ended};
};

describe('the keeper of logs', {timeout: 60_000}, () => {
	let bench: ShimBench;
	beforeEach(async () => {
		bench = await createShimBench();
	});
	afterEach(() => bench.remove());

	const keepers = (): readonly number[] =>
		readdirSync('/proc')
			.map(Number)
			.filter(pid => pid > 0)
			.filter(pid => {
				const words = wordsOf(pid);
				return words.includes('keep') && words.includes(bench.program);
			});

	/** By itself it does not matter which: another than before, that works. */
	const another = async (than: number): Promise<number> => {
		expect(await until(() => keepers().some(pid => pid !== than), 10_000)).toBe(true);
		return keepers().find(pid => pid !== than)!;
	};

	const place = (): string => {
		const folder = dirname(bench.program);
		return join(folder, readdirSync(folder).find(name => name.startsWith('keeper-'))!);
	};

	const registered = (): number => ['open', 'held'].reduce((sum, name) => sum + readdirSync(join(place(), name)).length, 0);

	test('is one process for many containers, whose own are shells; and it goes when none needs it', async () => {
		const shims = await Promise.all([bench.start(), bench.start(), bench.start()]);
		expect(await Promise.all(shims.map(({ready}) => ready))).toEqual(['byte', 'byte', 'byte']);
		expect(keepers()).toHaveLength(1);
		expect(shims.map(({child}) => wordsOf(child.pid!)[0])).toEqual(['/bin/sh', '/bin/sh', '/bin/sh']);
		for (const [at, shim] of shims.entries()) writeSync(shim.stdout, `I am ${at}\n`);
		for (const shim of shims) shim.closeStreams();
		expect(await Promise.all(shims.map(({exited}) => exited))).toEqual([0, 0, 0]);
		expect(shims.map(linesOf)).toEqual([['I am 0'], ['I am 1'], ['I am 2']]);
		expect(shims.map(({lockPath}) => isLocked(lockPath))).toEqual([false, false, false]);
		expect(registered()).toBe(0);
		expect(await until(() => keepers().length === 0, 20_000)).toBe(true);
		const late = await bench.start();
		expect(await late.ready).toBe('byte');
		late.closeStreams();
		expect(await late.exited).toBe(0);
	});

	test('killed, it is replaced: its containers live and no line that was in a pipe is lost', async () => {
		const shims = await Promise.all([bench.start(), bench.start()]);
		await Promise.all(shims.map(({ready}) => ready));
		const [first] = keepers();
		process.kill(first!, 'SIGSTOP');
		for (const shim of shims) writeSync(shim.stdout, 'said while it slept\n');
		process.kill(first!, 'SIGKILL');
		await another(first!);
		for (const shim of shims) {
			writeSync(shim.stdout, 'said to the next\n');
			shim.closeStreams();
		}
		expect(await Promise.all(shims.map(({exited}) => exited))).toEqual([0, 0]);
		expect(shims.map(linesOf)).toEqual([
			['said while it slept', 'said to the next'],
			['said while it slept', 'said to the next'],
		]);
		expect(registered()).toBe(0);
	});

	test('killed in a flood, it loses no more than it had just read, and the log is in order and whole otherwise', async () => {
		const shim = await bench.start();
		await shim.ready;
		const {ended} = talker(shim, 40_000);
		for (const count of [2000, 12_000, 24_000]) {
			expect(await until(() => countOf(shim) > count, 20_000)).toBe(true);
			const [keeper] = keepers();
			if (keeper === undefined) continue;
			process.kill(keeper, 'SIGKILL');
			await another(keeper);
		}
		shim.closeStreams();
		expect(await ended).toBe('0');
		expect(await shim.exited).toBe(0);
		const text = readFileSync(shim.logPath, 'utf8').split('\n').filter(Boolean);
		const whole = text.filter(line => line.startsWith('{"log":') && line.endsWith('Z"}'));
		// Three kills may have cut a record each.
		expect(text.length - whole.length).toBeLessThanOrEqual(3);
		const found = whole.map(line => Number(/line (\d+)/.exec((JSON.parse(line) as {log: string}).log)?.[1]));
		expect(found).toEqual(found.toSorted((a, b) => a - b));
		const longestLine = 'line 39999\n'.length;
		expect(40_000 - found.length).toBeLessThan((3 * 65_536) / (longestLine - 5));
		expect(found.at(-1)).toBe(39_999);
	});

	test('when keepers die again and again, each container gets a log driver of its own', async () => {
		const shim = await bench.start();
		await shim.ready;
		let keeper = 0;
		for (let life = 0; life < 5; life += 1) {
			keeper = await another(keeper);
			expect(await until(() => readdirSync(join(place(), 'held')).length === 1, 10_000)).toBe(true);
			process.kill(keeper, 'SIGKILL');
		}
		expect(await until(() => wordsOf(shim.child.pid!)[0] === process.execPath, 10_000)).toBe(true);
		writeSync(shim.stdout, 'still here\n');
		shim.closeStreams();
		expect(await shim.exited).toBe(0);
		expect(linesOf(shim)).toEqual(['still here']);
		expect(registered()).toBe(0);
	});

	test('one that hangs takes nobody: after five seconds a new container writes its log itself, and only that', async () => {
		const held = await bench.start();
		await held.ready;
		const [keeper] = keepers();
		process.kill(keeper!, 'SIGSTOP');
		const shim = await bench.start();
		expect(await shim.ready).toBe('byte');
		expect(wordsOf(shim.child.pid!)[0]).toBe(process.execPath);
		writeSync(shim.stdout, 'by myself\n');
		process.kill(keeper!, 'SIGCONT');
		for (const each of [held, shim]) each.closeStreams();
		expect(await Promise.all([held.exited, shim.exited])).toEqual([0, 0]);
		expect(linesOf(shim)).toEqual(['by myself']);
	});

	test('a log at a path of its own is written by a process of its own', async () => {
		const path = join(dirname(bench.program), 'elsewhere.log');
		const shim = await bench.start({driver: 'json-file', opts: {'log-path': path}});
		expect(await shim.ready).toBe('byte');
		expect(wordsOf(shim.child.pid!)[0]).toBe(process.execPath);
		writeSync(shim.stdout, 'far away\n');
		shim.closeStreams();
		expect(await shim.exited).toBe(0);
		expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({log: 'far away\n'});
	});

	test('where no keeper can be asked, each writes its own', async () => {
		rmSync(place(), {recursive: true});
		const shim = await bench.start();
		expect(await shim.ready).toBe('byte');
		expect(wordsOf(shim.child.pid!)[0]).toBe(process.execPath);
		shim.closeStreams();
		expect(await shim.exited).toBe(0);
	});

	test('what a boot before left registered is forgotten', async () => {
		spawnSync('touch', [join(place(), 'held', String(process.pid)), join(place(), 'open', '1'), join(place(), 'held', '4194000')]);
		const shim = await bench.start();
		expect(await shim.ready).toBe('byte');
		shim.closeStreams();
		expect(await shim.exited).toBe(0);
		expect(registered()).toBe(0);
	});
});
