import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {launcherOf} from '../../scripts/build/launcher.ts';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'gantry-launcher-'));
	const told = 'console.log(JSON.stringify([process.argv.slice(2), process.env.FROM_FILE ?? null]));';
	await Promise.all([
		writeFile(join(folder, 'gantry'), launcherOf(['run'])),
		writeFile(join(folder, 'verbs.cjs'), told),
		writeFile(join(folder, 'gantry.mjs'), told),
		writeFile(join(folder, 'variables'), 'FROM_FILE=yes\n'),
	]);
	await chmod(join(folder, 'gantry'), 0o755);
});

afterEach(async () => rm(folder, {recursive: true}));

test.each([
	['run', '--env-file', 'variables', 'busybox'],
	['run', '--env-file=variables', 'busybox'],
	['run', '--env-file', 'nothing', 'busybox'],
	['--env-file', 'variables'],
	['run', 'busybox', 'node', '--env-file', 'nothing', '--', '-p', '1'],
])('Node leaves the words of %s %s %s to the program', async (...argv) => {
	const {stdout, stderr} = await execa(join(folder, 'gantry'), argv, {cwd: folder, env: {GANTRY_NODE: process.execPath}});
	expect(JSON.parse(stdout)).toEqual([argv, null]);
	expect(stderr).toBe('');
});
