import {execFileSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {withContainerRoot} from '../../../source/clients/host/container-root.ts';
import type {ContainerRoot} from '../../../source/clients/host/index.ts';
import {isFailure} from '../../../source/errors.ts';

describe('the files of a container', () => {
	/** Stands for /proc: process 7 has its root in a directory. */
	let proc: string;

	const look = <T>(use: (root: ContainerRoot) => Promise<T>): Promise<T> => withContainerRoot(7, use, proc);

	const write = (path: string, text: string, mode = 0o644): void => {
		const file = join(proc, '7/root', path);
		mkdirSync(dirname(file), {recursive: true});
		writeFileSync(file, text);
		chmodSync(file, mode);
	};

	beforeAll(() => {
		proc = mkdtempSync(join(tmpdir(), 'gantry-root-'));
		write('etc/passwd', 'inside');
		write('bin/busybox', 'x', 0o755);
		write('bin/data', 'x');
		write('big', 'x'.repeat(1024 * 1024 + 1));
		writeFileSync(join(proc, 'secret'), 'secret');
		for (const [path, target] of [
			['bin/sh', '/bin/busybox'],
			['bin/ash', 'busybox'],
			['bin/far', '../bin/../../bin/sh'],
			['sbin', '/bin'],
			['climb', '../../secret'],
			['climb-far', '../../../../../../etc/passwd'],
			['absolute', join(proc, 'secret')],
			['loop', 'loop'],
			['ping', 'pong'],
			['pong', 'ping'],
			['dangling', '/nowhere'],
			['etc/self', '.'],
		] as const) {
			symlinkSync(target, join(proc, '7/root', path));
		}
		execFileSync('mkfifo', [join(proc, '7/root/fifo')]);
	});

	afterAll(() => rmSync(proc, {recursive: true, force: true}));

	test.each([
		['/etc/passwd', 'inside'],
		['etc//./self/self/passwd', 'inside'],
		['/../../etc/passwd', 'inside'],
		['climb-far', 'inside'],
		['climb', undefined],
		['absolute', undefined],
		['loop', undefined],
		['ping', undefined],
		['dangling', undefined],
		['etc', undefined],
		['etc/passwd/x', undefined],
		['fifo', undefined],
		['/', undefined],
		['', undefined],
	])('reading %j', async (path, expected) => {
		expect(await look(root => root.readText(path))).toBe(expected);
	});

	test.each([
		['bin/busybox', true],
		['bin/sh', true],
		['sbin/ash', true],
		['bin/far', true],
		['bin/data', false],
		['bin', false],
		['nothing', false],
	])('%s may be executed: %s', async (path, expected) => {
		expect(await look(root => root.isExecutable(path))).toBe(expected);
	});

	test('what is too big is refused', async () => {
		await expect(look(root => root.readText('big'))).rejects.toSatisfy(error => isFailure(error, 'exhausted'));
	});

	test('a process that is gone', async () => {
		await expect(withContainerRoot(8, async () => 1, proc)).rejects.toSatisfy(error => isFailure(error, 'not-found'));
	});
});
