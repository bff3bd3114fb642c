import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {dirname} from 'node:path';
import {text} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';
import {afterEach, describe, expect, test} from 'vitest';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {isAlive, processesUnder, until} from '../../scripts/lab/processes.ts';
import {mountsUnder} from '../../scripts/lab/remove.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';

const demo = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url));
const gantry = fileURLToPath(new URL('../../dist/gantry', import.meta.url));
const reason = whyNoContainers() ?? (existsSync(gantry) ? undefined : 'dist is not built');

const isGone = (dir: string): boolean => !existsSync(dir) && mountsUnder(dir).length === 0 && processesUnder(dir).filter(isAlive).length === 0;

const exitOf = async (child: ChildProcess): Promise<number | null> =>
	new Promise(resolve => {
		child.once('exit', resolve);
	});

describe.skipIf(reason !== undefined)(titled('the demo', reason), () => {
	const children: ChildProcess[] = [];
	afterEach(() => {
		for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGTERM');
	});

	const start = (...options: readonly string[]): ChildProcess => {
		// The Node that runs this test is new enough; the launcher would otherwise take whichever is on PATH.
		const child = spawn(process.execPath, [demo, ...options], {
			stdio: ['ignore', 'pipe', 'inherit'],
			env: {...process.env, GANTRY_NODE: process.execPath},
		});
		children.push(child);
		return child;
	};

	const hold = async (): Promise<{readonly child: ChildProcess; readonly address: string}> => {
		const child = start('--hold');
		for await (const chunk of child.stdout!) return {child, ...(JSON.parse(String(chunk).split('\n')[0]!) as {address: string})};
		throw new Error('the demo ended without a word');
	};

	test('--once prints one frame with every kind of container and leaves nothing', async () => {
		const child = start('--once');
		const [frame, code] = await Promise.all([text(child.stdout!), exitOf(child)]);
		expect(code).toBe(0);
		expect(frame.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
		for (const name of ['shop', 'mailer', 'ticker', 'burner', 'painter', 'napper', '137']) expect(frame).toContain(name);
	}, 60_000);

	test('shows running, paused and stopped tasks, a compose group and a pod, and a signal takes all of it down', async () => {
		const {child, address} = await hold();
		const containerd = createContainerd({address});
		// The one that ends takes the moment that it takes.
		await expect.poll(async () => (await containerd.tasks.list('default')).map(task => task.status).sort(), {timeout: 10_000}).toEqual([...Array.from({length: 7}, () => 'running'), 'paused', 'stopped'].sort());
		expect((await containerd.tasks.list('k8s.io')).map(task => task.status)).toEqual(['running', 'running']);
		containerd.close();
		child.kill('SIGTERM');
		expect(await exitOf(child)).toBe(0);
		expect(isGone(dirname(address))).toBe(true);
	}, 60_000);

	test('killed outright it is taken down by its reaper', async () => {
		const {child, address} = await hold();
		child.kill('SIGKILL');
		expect(await until(() => isGone(dirname(address)), 20_000, 50)).toBe(true);
	}, 60_000);
});
