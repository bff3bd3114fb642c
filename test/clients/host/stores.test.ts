import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {addressHash, isIdentifier, pathIn} from '../../../source/clients/host/data-store.ts';
import {withDirectoryLock, withLock} from '../../../source/clients/host/flock.ts';
import {createHost, type Host} from '../../../source/clients/host/index.ts';
import {parseMountPoints} from '../../../source/clients/host/state-dir.ts';
import {isFailure} from '../../../source/errors.ts';

let directory: string;
let host: Host;
const ref = {namespace: 'ns', id: 'a'.repeat(64)};

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'gantry-stores-'));
	host = createHost({address: join(directory, 'socket'), dataRoot: join(directory, 'data')});
});

afterEach(() => rmSync(directory, {recursive: true, force: true}));

const put = (path: string, text = ''): string => {
	const file = join(host.dataStore(), path);
	mkdirSync(dirname(file), {recursive: true});
	writeFileSync(file, text);
	return file;
};

describe('where nerdctl keeps its things', () => {
	test('the hash of the usual socket', () => {
		expect(addressHash('/run/containerd/containerd.sock')).toBe('1935db59');
		expect(addressHash('unix:///run/containerd/containerd.sock')).toBe('1935db59');
	});

	test('a socket behind a link is the same daemon', () => {
		writeFileSync(join(directory, 'socket'), '');
		symlinkSync(join(directory, 'socket'), join(directory, 'link'));
		expect(addressHash(join(directory, 'link'))).toBe(addressHash(join(directory, 'socket')));
	});

	test.each([
		['web', true],
		['a.b-c_d', true],
		['web-', true],
		['a__b', true],
		['..', false],
		['a/b', false],
		['-a', false],
		['', false],
		['a\n', false],
	])('%j is an identifier: %s', (name, expected) => {
		expect(isIdentifier(name)).toBe(expected);
	});

	test.each(['..', '.', '', 'a/b', 'a\0'])('%j does not name a file', name => {
		expect(() => pathIn('/store', name)).toThrow('can not be the name of a file');
	});
});

describe('stores', () => {
	test('a name is released by its owner only', async () => {
		const own = put('names/ns/web', ref.id);
		const foreign = put('names/ns/db', 'somebody else');
		for (const name of ['web', 'db', 'absent', '../web', '']) await host.releaseName(ref, name);
		expect([existsSync(own), existsSync(foreign)]).toEqual([false, true]);
	});

	test('what is nobody’s concern is taken away while somebody has the stores', async () => {
		put('names/ns/db', 'somebody else');
		const hosts = put(`etchosts/ns/${ref.id}/hosts`);
		await withDirectoryLock(join(host.dataStore(), 'names/ns'), () =>
			withDirectoryLock(join(host.dataStore(), 'etchosts/ns'), async () => {
				await host.releaseName(ref, 'db');
				await host.removeHosts(ref);
			}),
		);
		expect(existsSync(dirname(hosts))).toBe(false);
	});

	test('no store at all is nothing to release', async () => {
		await host.releaseName(ref, 'web');
		await host.removeHosts(ref);
		await host.removeVolumes('ns', ['v']);
		await host.removeStateDir(ref);
		expect(await host.volumes('ns')).toEqual([]);
		expect(existsSync(host.dataStore())).toBe(false);
	});

	test('hosts and volumes', async () => {
		const hosts = put(`etchosts/ns/${ref.id}/hosts`);
		put(`etchosts/ns/${ref.id}/meta.json`, '{}');
		const other = put('etchosts/ns/other/hosts');
		await host.removeHosts(ref);
		expect([existsSync(dirname(hosts)), existsSync(other)]).toEqual([false, true]);
		put('volumes/ns/one/_data/file');
		put('volumes/ns/two/_data/file');
		expect((await host.volumes('ns')).toSorted()).toEqual(['one', 'two']);
		await host.removeVolumes('ns', ['one', '../../names', '..', 'absent']);
		expect(await host.volumes('ns')).toEqual(['two']);
	});

	test('the state directory goes, and only it', async () => {
		put(`containers/ns/${ref.id}/hostname`);
		const other = put('containers/ns/other/hostname');
		await host.removeStateDir(ref);
		expect(readdirSync(join(host.dataStore(), 'containers/ns'))).toEqual(['other']);
		expect(existsSync(other)).toBe(true);
		await expect(host.removeStateDir({namespace: 'ns', id: '..'})).rejects.toSatisfy(error => isFailure(error, 'invalid'));
	});

	test('lifecycle and health', async () => {
		expect([await host.lifecycle(ref), await host.health(ref)]).toEqual([undefined, []]);
		put(`containers/ns/${ref.id}/lifecycle.json`, '{"started_at":"2025-01-02T03:04:05.678Z","create_error":false}');
		const lines = [1, 2, 3].map(code =>
			JSON.stringify({Start: '2025-01-02T03:04:05Z', End: '0001-01-01T00:00:00Z', ExitCode: code, Output: 'ok'}),
		);
		put(`containers/ns/${ref.id}/health.json`, `half a line"}\n${lines.join('\n')}\n{"Sta`);
		expect(await host.lifecycle(ref)).toEqual({startedAt: Date.parse('2025-01-02T03:04:05.678Z'), createError: false});
		expect((await host.health(ref, 2)).map(result => result.exitCode)).toEqual([2, 3]);
		expect((await host.health(ref))[0]).toEqual({
			startedAt: Date.parse('2025-01-02T03:04:05Z'),
			endedAt: undefined,
			exitCode: 1,
			output: 'ok',
		});
		put(`containers/ns/${ref.id}/lifecycle.json`, '{broken');
		expect(await host.lifecycle(ref)).toBeUndefined();
	});
});

describe('locks', () => {
	test('let one in at a time, also after a failure', async () => {
		const path = join(directory, 'lock');
		const order: string[] = [];
		const enter = (name: string) =>
			withDirectoryLock(path, async () => {
				order.push(`${name} in`);
				await new Promise(resolve => void setImmediate(resolve));
				order.push(`${name} out`);
				if (name === 'b') throw new Error('b failed');
			});
		const results = await Promise.allSettled(['a', 'b', 'c'].map(enter));
		expect(results.map(result => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
		for (let index = 0; index < order.length; index += 2) expect(order[index + 1]).toBe(order[index]?.replace('in', 'out'));
	});

	test('are the ones that other programs take, and waiting can be given up', async () => {
		const path = join(directory, 'lock');
		mkdirSync(path);
		const holder = spawn('flock', ['-x', path, '-c', 'echo held; cat'], {stdio: ['pipe', 'pipe', 'ignore']});
		await once(holder.stdout, 'data');
		const controller = new AbortController();
		const waiting = withLock(path, async () => 'in', {signal: controller.signal});
		setImmediate(() => controller.abort());
		await expect(waiting).rejects.toMatchObject({name: 'AbortError'});
		const next = withLock(path, async () => 'in');
		holder.stdin.end();
		expect(await next).toBe('in');
	});

	test('the operation lock needs no state directory', async () => {
		expect(await host.withOperationLock(ref, async () => 1)).toBe(1);
		expect(existsSync(host.stateDir(ref))).toBe(false);
		mkdirSync(host.stateDir(ref), {recursive: true});
		expect(await host.withOperationLock(ref, async () => readdirSync(host.stateDir(ref)))).toEqual(['oplock']);
	});
});

test('mount points with the kernel’s escapes', () => {
	expect(parseMountPoints('1 2 3:4 / /a\\040b rw - tmpfs t rw\n5 6 7:8 / /c\\134d rw - x y z\n')).toEqual(['/a b', '/c\\d']);
});
