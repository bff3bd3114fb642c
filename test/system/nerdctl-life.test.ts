import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {whyNoContainers} from '../../scripts/lab/possible.ts';
import {forgetNamespace} from '../../scripts/lab/services.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';

/** The judge: GANTRY_TEST_NERDCTL, or `nerdctl` on PATH. Without one there is nobody to ask. */
const nerdctl = [process.env['GANTRY_TEST_NERDCTL'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, 'nerdctl'))].find(
	path => path !== '' && existsSync(path),
);
const gantry = fileURLToPath(new URL('../../dist/gantry', import.meta.url));
const reason = nerdctl === undefined ? 'nerdctl is neither on PATH nor named by GANTRY_TEST_NERDCTL' : (whyNoContainers() ?? (existsSync(gantry) ? undefined : 'the program is not built'));

const image = 'docker.io/lab/life-interop:1';
let lab: LabContainerd;
let namespace = '';

type Ran = {readonly code: number; readonly out: string; readonly err: string};

const invoke = (program: string, args: readonly string[]): Ran => {
	const {status, stdout, stderr} = spawnSync(program, ['--address', lab.address, '--namespace', namespace, '--data-root', lab.dataRoot, ...args], {
		encoding: 'utf8',
		timeout: 60_000,
		env: {...process.env, GANTRY_NODE: process.execPath, XDG_CACHE_HOME: join(lab.dir, 'cache')},
	});
	return {code: status ?? -1, out: stdout.trim(), err: stderr.trim()};
};

const theirs = (...args: readonly string[]): Ran => invoke(nerdctl ?? '', args);
const ours = (...args: readonly string[]): Ran => invoke(gantry, args);

const well = ({code, out, err}: Ran): string => {
	expect(code, err).toBe(0);
	return out;
};

const forever = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.2; done'];
const asked = ['run', '-d', '--net', 'none', '--pull', 'never'];

/** Each verb both ways: what one makes the other works on. */
const pairs = [
	['gantry', 'nerdctl', ours, theirs],
	['nerdctl', 'gantry', theirs, ours],
] as const;

describe.skipIf(reason !== undefined)(`volumes and life, judged by nerdctl${reason === undefined ? '' : ` (skipped: ${reason})`}`, {timeout: 120_000}, () => {
	beforeAll(async () => {
		namespace = `life-${randomBytes(3).toString('hex')}`;
		lab = await startContainerd();
		const containerd = createContainerd({address: lab.address});
		await importImage(containerd, namespace, busyboxImage(image));
		containerd.close();
	}, 60_000);

	afterAll(async () => {
		if (lab === undefined) return;
		await lab.stop();
		forgetNamespace(namespace);
	}, 60_000);

	test.each([
		['volume', 'ls'],
		['volume', 'ls', '-q'],
		['volume', 'ls', '-s', '-f', 'label=of=us'],
		['volume', 'ls', '--format', '{{json .}}', '-f', 'name=one'],
		['volume', 'inspect', '-s', 'one', 'two'],
		['volume', 'inspect', 'one', 'none'],
		['volume', 'inspect', '--format', '{{.Labels.of}}', 'one'],
		['volume', 'create', 'a/b'],
		['volume', 'rm', 'none'],
		['volume', 'ls', '-q', '--format', 'json'],
	])('%s %s …: the same words and code', (...args) => {
		well(ours('volume', 'create', '--label', 'of=us', 'one'));
		well(theirs('volume', 'create', '--label', 'of=us', 'two'));
		const argv = args.filter(arg => arg !== undefined);
		const [mine, judge] = [ours(...argv), theirs(...argv)];
		// nerdctl lists what is in a map, in any order.
		const ordered = (text: string): string => (args[1] === 'ls' ? text.split('\n').toSorted().join('\n') : text);
		expect([mine.code, ordered(mine.out)]).toEqual([judge.code, ordered(judge.out)]);
	});

	test.each(pairs)('a container of %s keeps its volume from %s, which renames, fills, limits, checks and removes it', (maker, other, make, act) => {
		const [name, renamed, volume] = [`of-${maker}`, `renamed-by-${other}`, `data-of-${maker}`];
		const id = well(make(...asked, '--name', name, '-v', `${volume}:/etc`, '--health-cmd', 'echo fine', '--health-interval', '1h', image, ...forever));
		// Filled from the image at the first mount, whoever made it.
		expect(well(act('exec', name, 'cat', '/etc/group'))).toContain('root:');
		expect(act('volume', 'rm', volume).code).toBe(1);
		well(act('rename', name, renamed));
		expect(well(make('ps', '--format', '{{.Names}}'))).toBe(renamed);
		expect(readFileSync(join(lab.dataRoot, JSON.parse(well(act('volume', 'inspect', volume)))[0].Mountpoint.split('/').at(-5) ?? '', 'names', namespace, renamed), 'utf8')).toBe(id);

		const file = join(lab.dir, `from-${maker}`);
		mkdirSync(file);
		writeFileSync(join(file, 'word'), 'of mouth');
		well(act('cp', file, `${renamed}:/etc/`));
		expect(well(make('exec', renamed, 'cat', `/etc/from-${maker}/word`))).toBe('of mouth');
		well(make('cp', `${renamed}:/etc/from-${maker}`, join(lab.dir, `back-${maker}`)));
		expect(readFileSync(join(lab.dir, `back-${maker}`, 'word'), 'utf8')).toBe('of mouth');

		well(act('update', '--pids-limit', '77', '-m', '64m', renamed));
		expect(well(make('inspect', '--format', '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}', renamed))).toBe(`${64 * 1024 ** 2} 77`);
		well(act('container', 'healthcheck', renamed));
		well(make('container', 'healthcheck', renamed));
		expect(well(make('ps', '--format', '{{.Status}}'))).toMatch(/^Up.*\(healthy\)$/);
		const health = [ours, theirs].map(tool => JSON.parse(well(tool('inspect', '--format', '{{json .State.Health}}', renamed))));
		expect(health[0]).toEqual(health[1]);
		expect(health[0].Log).toHaveLength(2);

		well(act('stop', '-t', '0', renamed));
		well(make('start', renamed));
		expect(well(act('ps', '--format', '{{.Names}}'))).toBe(renamed);
		well(act('rm', '-f', '-v', renamed));
		expect(well(make('volume', 'rm', volume))).toBe(volume);
		expect(existsSync(join(lab.dataRoot, 'names', namespace, renamed))).toBe(false);
	});
});
