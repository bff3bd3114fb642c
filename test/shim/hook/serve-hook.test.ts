import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {ContainerRecord} from '../../../source/model/container.ts';
import {networkHooks} from '../../../source/services/networks/index.ts';
import {serveHook} from '../../../source/shim/hook/serve-hook.ts';
import {recordWith} from '../../services/containers/record.ts';

const isRoot = process.geteuid?.() === 0;

let stateDir: string;

beforeEach(() => {
	stateDir = mkdtempSync(join(tmpdir(), 'gantry-serve-'));
});
afterEach(() => rmSync(stateDir, {recursive: true, force: true}));

const hooksIn = (path = stateDir) => networkHooks({shimPath: '/data/gantry/gantry-shim', dataStore: '/data/0123', cniPath: '/cni', cniNetconfPath: '/net.d', stateDir: path});

const withSpec = (value: string, labels: Readonly<Record<string, string>> = {}): ContainerRecord => ({...recordWith(), labels, spec: {typeUrl: '', value: Buffer.from(value)}});

/** The offers that there are while this container's hook may be called. */
const offersFor = async (record: ContainerRecord, event: 'createRuntime' | 'postStop'): Promise<number> => {
	const end = await serveHook(record, event);
	const count = readdirSync(stateDir).filter(name => name.startsWith('hook.')).length;
	end();
	end();
	expect(readdirSync(stateDir).filter(name => name.includes('hook.'))).toEqual([]);
	return count;
};

describe.skipIf(!isRoot)('the hooks of a container', () => {
	test.each(['createRuntime', 'postStop'] as const)('are offered to be served: %s', async event => {
		expect(await offersFor(withSpec(JSON.stringify({hooks: hooksIn()})), event)).toBe(1);
	});

	test('are not offered by who would make files that others can not read', async () => {
		const before = process.umask(0o077);
		try {
			expect(await offersFor(withSpec(JSON.stringify({hooks: hooksIn()})), 'createRuntime')).toBe(0);
		} finally {
			process.umask(before);
		}
	});

	test('of one that publishes ports are served when it ends', async () => {
		writeFileSync(join(stateDir, 'network-config.json'), JSON.stringify({portMappings: [{HostPort: 80, ContainerPort: 80, Protocol: 'tcp', HostIP: ''}]}));
		const record = withSpec(JSON.stringify({hooks: hooksIn()}));
		expect([await offersFor(record, 'createRuntime'), await offersFor(record, 'postStop')]).toEqual([0, 1]);
	});

	test.each([
		['that has none', '{}'],
		['whose spec is no JSON', '{'],
		['of an earlier version', JSON.stringify({hooks: {createRuntime: [{path: '/data/gantry/gantry-shim', args: ['gantry-shim', 'hook', 'createRuntime', '/data/0123', '/cni', '/net.d']}]}})],
		['of another program', JSON.stringify({hooks: {createRuntime: [{path: '/usr/bin/nerdctl', args: ['nerdctl', 'internal', 'oci-hook', 'createRuntime']}]}})],
	])('of one %s are not', async (_, spec) => {
		expect(await offersFor(withSpec(spec), 'createRuntime')).toBe(0);
	});

	test('are their own affair where nothing can be offered', async () => {
		const record = withSpec(JSON.stringify({hooks: hooksIn(join(stateDir, 'gone'))}));
		expect(await offersFor(record, 'createRuntime')).toBe(0);
		mkdirSync(join(stateDir, 'gone'));
		(await serveHook(record, 'createRuntime'))();
		expect(readdirSync(join(stateDir, 'gone'))).toEqual([]);
	});
});
