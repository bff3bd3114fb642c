import {spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {startDockerd, whyNoBuilds} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {until} from '../../scripts/lab/processes.ts';
import {fromTar} from './builds/archive.ts';
import {type BuildsBench, type Ended, openBuildsBench, program} from './builds/bench.ts';
import {succeeded} from './builds/succeeded.ts';

const why = whyNoBuilds('20.10') ?? (existsSync(program) ? undefined : 'dist/gantry is not built');

vi.setConfig({testTimeout: 30_000});

const shell = 'FROM scratch\nCOPY busybox /bin/sh\nCOPY busybox /bin/busybox\n';

// It has a store of images of its own, knows one exporter a build, sends no details of failures, and answers UNIMPLEMENTED to all of history.
describe.skipIf(why !== undefined)(titled('the oldest BuildKit: a dockerd 20.10', why), () => {
	let bench: BuildsBench;

	beforeAll(async () => {
		bench = await openBuildsBench({start: async lab => startDockerd(lab, {version: '20.10'})});
		copyFileSync('/bin/busybox', join(bench.context, 'busybox'));
	});

	afterAll(async () => bench?.stop());

	const build = async (dockerfile: string, ...args: readonly string[]): Promise<Ended> =>
		bench.gantry(['build', '--network', 'none', '-f', '-', ...args, 'context'], {input: dockerfile});

	test('hands over files', async () => {
		const built = await build(`${shell}ARG WHO\nRUN echo "made for $WHO" > /made; echo said in a step\n`, '--build-arg', 'WHO=somebody', '-o', 'type=tar,dest=out.tar');
		succeeded(built);
		expect(built.stderr).toMatch(/^#\d+ \S+ said in a step$/m);
		expect(fromTar(join(bench.dir, 'out.tar'), 'made')).toBe('made for somebody\n');
		succeeded(await build('FROM scratch\nCOPY busybox /b\n', '-o', 'out'));
		expect(readFileSync(join(bench.dir, 'out/b')).equals(readFileSync('/bin/busybox'))).toBe(true);
	});

	test('hands over no image, and that is said before anything is built', async () => {
		const {exitCode, stdout, stderr} = await build(`${shell}RUN busybox sleep 600\n`, '-t', 'never:1');
		expect([exitCode, stdout]).toEqual([1, '']);
		expect(stderr).toMatch(/^the BuildKit of the dockerd at docker:\/\/\S+ hands over no images — turn on dockerd's containerd image store, /);
		expect(await bench.containerd.images.list('default')).toEqual([]);
	});

	test('fails as the step does, whose last words are told', async () => {
		const {exitCode, stderr} = await build(`${shell}RUN echo the end is near; exit 7\n`, '-o', 'type=tar,dest=never.tar');
		expect(exitCode).toBe(1);
		expect(stderr).toContain('the end is near');
		expect(stderr).toMatch(/exit code: 7$/);
		expect(readdirSync(bench.dir)).not.toContain('never.tar');
	});

	test('remembers no builds; we do', async () => {
		const lines = succeeded(await bench.gantry(['build', 'history', 'ls'])).split('\n').slice(1);
		expect(lines.map(line => / (Completed|Error) /.exec(line)?.[1])).toEqual(['Error', 'Error', 'Completed', 'Completed']);
		expect(succeeded(await bench.gantry(['build', 'history', 'logs', '^3']))).toMatch(/^#\d+ said in a step$/m);
		const other = {env: {XDG_STATE_HOME: join(bench.dir, 'other')}};
		expect(succeeded(await bench.gantry(['build', 'history', 'ls', '-q'], other))).toBe('');
	});

	test('ends a step that is given up', async () => {
		const isRunning = (): boolean => spawnSync('busybox', ['ps', 'w'], {encoding: 'utf8'}).stdout.includes('sleep 7654');
		const controller = new AbortController();
		const building = bench.builds.build(bench.request(`${shell}RUN busybox sleep 7654\n`), {signal: controller.signal});
		building.catch(() => {});
		expect(await until(isRunning, 20_000)).toBe(true);
		controller.abort();
		expect(await until(() => !isRunning(), 5000)).toBe(true);
		await expect(building).rejects.toThrow('abort');
	});

	test('counts its cache and frees it', async () => {
		expect(JSON.parse(succeeded(await bench.gantry(['builder', 'ls', '--format', 'json'])))).toMatchObject({address: bench.builder.address});
		expect(succeeded(await bench.gantry(['builder', 'du']))).toMatch(/\nTotal: [1-9]/);
		expect(succeeded(await bench.gantry(['builder', 'prune', '--all', '--force']))).toMatch(/\nTotal: [1-9]/);
		expect(succeeded(await bench.gantry(['builder', 'du']))).toMatch(/\nTotal: 0/);
	});
});
