import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {forgetNamespace} from '../../scripts/lab/services.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';

/** The judge: GANTRY_TEST_NERDCTL, or `nerdctl` on PATH. */
const nerdctl = [process.env['GANTRY_TEST_NERDCTL'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, 'nerdctl'))].find(path => path !== '' && existsSync(path));
const gantry = fileURLToPath(new URL('../../dist/gantry', import.meta.url));

const reason = whyNoContainers() ?? (nerdctl === undefined ? 'nerdctl is neither on PATH nor named by GANTRY_TEST_NERDCTL' : existsSync(gantry) ? undefined : 'the program is not built');

const namespace = `compose-nerdctl-${process.pid}`;
const name = `n${process.pid}`;
let lab: LabContainerd;
let folder: string;

/** What a program prints in the project's folder, with exit code 0 or the test shows what it said. */
const said = (program: string, ...args: readonly string[]): string => {
	const places = ['--address', lab.address, '--namespace', namespace, '--data-root', lab.dataRoot, '--cni-path', '/usr/lib/cni', '--cni-netconfpath', join(lab.dir, 'net.d')];
	const [first, ...rest] = [...lab.onItsNetwork, program, ...places, ...args];
	const {status, stdout, stderr} = spawnSync(first!, rest, {cwd: folder, encoding: 'utf8', timeout: 60_000, env: {...process.env, GANTRY_NODE: process.execPath, XDG_CACHE_HOME: join(lab.dir, 'cache')}});
	expect(status, stderr).toBe(0);
	return stdout;
};

const ours = (...args: readonly string[]): string => said(gantry, 'compose', ...args);
const theirs = (...args: readonly string[]): string => said(nerdctl ?? '', 'compose', ...args);

const nothingLeft = (): void => {
	expect(said(nerdctl ?? '', 'ps', '-aq')).toBe('');
	expect(said(nerdctl ?? '', 'volume', 'ls', '-q')).toBe('');
	expect(said(nerdctl ?? '', 'network', 'ls', '--format', '{{.Name}}')).not.toContain(name);
};

vi.setConfig({testTimeout: 120_000});

describe.skipIf(reason !== undefined)(titled('one project, two programs', reason), () => {
	beforeAll(async () => {
		lab = await startContainerd({hasOwnNetwork: true});
		folder = join(lab.dir, 'project');
		mkdirSync(folder);
		const command = `[/bin/sh, -c, "trap 'exit 0' TERM; echo hello; while :; do sleep 0.1; done"]`;
		writeFileSync(join(folder, 'compose.yaml'), `name: ${name}\nservices:\n  db: {image: "lab/both:1", command: ${command}, volumes: ["data:/data"]}\n  web: {image: "lab/both:1", command: ${command}, depends_on: [db]}\nvolumes: {data: }\n`);
		const containerd = createContainerd({address: lab.address});
		await importImage(containerd, namespace, busyboxImage('docker.io/lab/both:1'));
		containerd.close();
	});

	afterAll(async () => {
		await lab?.stop();
		forgetNamespace(namespace);
	});

	test('up here, and nerdctl lists, logs and removes it', () => {
		ours('up', '-d');
		expect(theirs('ps', '-q').trim().split('\n').sort()).toEqual(ours('ps', '-q').trim().split('\n').sort());
		expect(theirs('ps', '--services').trim().split('\n').sort()).toEqual(['db', 'web']);
		expect(theirs('logs', '--no-color').match(/hello/g)).toHaveLength(2);
		theirs('down', '-v');
		nothingLeft();
	});

	test('up there, and it is listed, planned and removed here', () => {
		theirs('up', '-d');
		expect(ours('ps', '--services')).toBe('db\nweb\n');
		expect(ours('up', '--dry-run').split('\n')[0]).toBe(`#1 stop container ${name}-db-1: nerdctl made it, and hashes otherwise`);
		expect(ours('up', '--dry-run', '--no-recreate')).toBe(`${name}: there is nothing to do\n`);
		ours('down', '-v');
		nothingLeft();
	});
});
