import {chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {type LabBuilder, startDockerd, whyNoBuilds} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {until} from '../../scripts/lab/processes.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import {stack} from '../../source/commands/index.ts';
import {gantry, openPty, type Pty} from './pty.ts';

const reason = whyNoBuilds();

vi.setConfig({testTimeout: 90_000});

const key = String(stack.findIndex(({id}) => id === 'builds') + 1);

/** Whether a process of that very command line is there. */
const runs = (commandLine: string): boolean =>
	readdirSync('/proc').some(pid => {
		try {
			return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean).join(' ') === commandLine;
		} catch {
			// It has just ended.
			return false;
		}
	});

describe.skipIf(reason !== undefined)(titled('builds in the dashboard, on a real BuildKit in a real terminal', reason), () => {
	let lab: LabContainerd;
	let dockerd: LabBuilder;
	let dir: string;

	beforeAll(async () => {
		lab = await startContainerd();
		dockerd = await startDockerd(lab);
		dir = mkdtempSync(join(tmpdir(), 'gantry-pty-builds-'));
		mkdirSync(join(dir, 'app'));
		copyFileSync('/bin/busybox', join(dir, 'app', 'busybox'));
		chmodSync(join(dir, 'app', 'busybox'), 0o755);
	});

	afterAll(async () => {
		await dockerd?.stop();
		await lab?.stop();
		if (dir !== undefined) rmSync(dir, {recursive: true, force: true});
	});

	/** `who` has a state of its own: what the form was filled with, and what was built. */
	const dashboard = (who: string, size: {readonly columns?: number; readonly rows?: number} = {}): Pty =>
		openPty(gantry, ['--address', lab.address, '--data-root', lab.dataRoot, '--namespace', 'default'], {
			...size,
			environment: {BUILDKIT_HOST: dockerd.address, XDG_STATE_HOME: join(dir, who), HOME: dir, GANTRY_NODE: process.execPath},
		});

	const write = (...lines: readonly string[]): void => writeFileSync(join(dir, 'app', 'Dockerfile'), ['FROM scratch', 'COPY busybox /bin/sh', 'COPY busybox /bin/busybox', ...lines, ''].join('\n'));

	const build = async (screen: Pty, tag: string): Promise<void> => {
		screen.type('B');
		await screen.until('Build an image');
		screen.type(`~/app\u001B[B${tag}`);
		await screen.until(`nerdctl build -t ${tag} ${dir}/app`);
		screen.type('\r');
		await screen.until((text) => !text.includes('Build an image'));
	};

	test('from the form to an image in the list, with every step and what it said', async () => {
		write('RUN --network=none echo made by $(busybox uname)', 'CMD echo hello');
		const screen = dashboard('works');
		await screen.until('No containers in this namespace');
		await build(screen, 'pty:1');
		await screen.until('Built pty:1', 60_000);
		await screen.until(/done · \d+\/\d+ steps/);
		expect(screen.text()).toMatch(/✓ +\d+ \[4\/4\]|✓ +\d+ \[3\/3\]/);
		screen.type('\u001B[C\r');
		await screen.until('[Log]');
		screen.type('<');
		await screen.until('made by Linux');
		screen.type(']');
		await screen.until(/ 4 {2}RUN --network=none/);
		screen.type(']');
		await screen.until(/from cache +\d+% of the steps/);
		screen.type('\u001B[D2');
		await screen.until(/pty:1 /);
		const containerd = createContainerd({address: lab.address});
		expect((await containerd.images.list('default')).map(({name}) => name)).toContain('docker.io/library/pty:1');
		containerd.close();
	});

	test('what fails is shown in the Dockerfile, on eighty columns, by a dashboard that has just been opened', async () => {
		write('RUN --network=none echo before the end; exit 7');
		const first = dashboard('fails', {columns: 80, rows: 24});
		await first.until('No containers in this namespace');
		await build(first, 'pty:2');
		await first.until(/✗ +\d+ \[3\/3\]|✗ +\d+ \[4\/4\]|✗ +\d+ \[.*RUN/, 60_000);
		first.type('\u0003');
		await first.exited;
		const second = dashboard('fails', {columns: 80, rows: 24});
		await second.until('No containers in this namespace');
		second.type(key);
		await second.until(/✗ pty:2 +failed/);
		await second.until(/✗ +\d+ \[/);
		second.type(']');
		await second.until('before the end');
		second.type(']\u001B[C');
		await second.until((text) => /> +4 {2}RUN/.test(text) && text.includes('exit code: 7'));
	});

	test('a cancelled build ends at the daemon', async () => {
		const seconds = String(700_000 + (process.pid % 90_000));
		write(`RUN --network=none exec busybox sleep ${seconds}`);
		const screen = dashboard('cancels');
		await screen.until('No containers in this namespace');
		await build(screen, 'pty:3');
		expect(await until(() => runs(`busybox sleep ${seconds}`), 20_000)).toBe(true);
		const pressedAt = performance.now();
		screen.type('s');
		expect(await until(() => !runs(`busybox sleep ${seconds}`), 10_000)).toBe(true);
		// A second is promised; a busy machine may take its time to see it.
		expect(performance.now() - pressedAt).toBeLessThan(5000);
		await screen.until(/pty:3 +cancelled/);
	});

	test('the build cache is looked into and pruned', async () => {
		const screen = dashboard('prunes');
		await screen.until('No containers in this namespace');
		screen.type(`${key}C`);
		await screen.until(/source\.local +\d+/);
		await screen.until('A prune would free');
		screen.type('jjjjj\r');
		await screen.until('would be freed');
		screen.type('y');
		await screen.until(/Pruned \d+ records? of the build cache/, 30_000);
	});
});
