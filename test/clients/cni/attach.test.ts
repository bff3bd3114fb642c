import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {attach, cachedAttachments, detach} from '../../../source/clients/cni/index.ts';
import {sentence} from '../../../source/errors.ts';
import {confOf, createPluginBench, listOf, type PluginBench} from './fake-plugins.ts';

let bench: PluginBench;
beforeEach(() => {
	bench = createPluginBench();
});
afterEach(() => bench.remove());

const answer = (ip: string): string => `echo '{"cniVersion":"1.0.0","ips":[{"address":"${ip}"}]}'`;
const ports = [{hostPort: 1, containerPort: 2, protocol: 'tcp', hostIP: ''}];
const list = listOf([{type: 'link'}, {type: 'ports', capabilities: {portMappings: true, other: false}}]);
const failing = async (work: Promise<unknown>): Promise<string> => work.then(() => 'it went well', sentence);

describe('a chain of plugins', () => {
	test('each is given what the one before it answered, and what it says it can do', async () => {
		bench.plugin('link', answer('10.9.9.9/24'));
		bench.plugin('ports', 'echo "{\\"cniVersion\\":\\"1.0.0\\",\\"last\\":true}"');
		const result = await attach(list, confOf({capabilityArgs: {portMappings: ports, other: 1}}), bench.options);
		expect(result).toEqual({cniVersion: '1.0.0', last: true});
		const [first, second] = bench.calls();
		expect(first).toMatchObject({
			plugin: 'link',
			env: {
				CNI_COMMAND: 'ADD',
				CNI_CONTAINERID: 'ns-c1',
				CNI_NETNS: '/run/netns/x',
				CNI_IFNAME: 'eth0',
				CNI_ARGS: 'IgnoreUnknown=1;IP=10.9.9.9',
				CNI_PATH: bench.options.pluginPath,
			},
			config: {name: 'net', cniVersion: '1.0.0', type: 'link'},
		});
		expect(first!.config).not.toHaveProperty('prevResult');
		expect(first!.config).not.toHaveProperty('runtimeConfig');
		expect(second!.config).toMatchObject({prevResult: {ips: [{address: '10.9.9.9/24'}]}, runtimeConfig: {portMappings: ports}});
		expect(second!.config['runtimeConfig']).not.toHaveProperty('other');
	});

	test('what was attached is remembered as libcni does, byte by byte of the configuration', async () => {
		bench.plugin('link', answer('10.9.9.9/24'));
		bench.plugin('ports', 'echo "{\\"cniVersion\\":\\"1.0.0\\"}"');
		await attach(list, confOf({capabilityArgs: {portMappings: ports}}), bench.options);
		const directory = join(bench.options.cacheDir, 'results');
		expect(readdirSync(directory)).toEqual(['net-ns-c1-eth0']);
		const path = join(directory, 'net-ns-c1-eth0');
		expect(statSync(path).mode & 0o777).toBe(0o600);
		expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
			kind: 'cniCacheV1',
			containerId: 'ns-c1',
			config: Buffer.from(list.bytes).toString('base64'),
			ifName: 'eth0',
			networkName: 'net',
			netns: '/run/netns/x',
			cniArgs: [
				['IgnoreUnknown', '1'],
				['IP', '10.9.9.9'],
			],
			capabilityArgs: {portMappings: ports},
			result: {cniVersion: '1.0.0'},
		});
	});

	test('taking away goes backwards, with the remembered result, and forgets', async () => {
		bench.plugin('link', answer('10.9.9.9/24'));
		bench.plugin('ports', answer('10.9.9.9/24'));
		await attach(list, confOf(), bench.options);
		await detach(list, confOf({netns: ''}), bench.options);
		const taken = bench.calls().slice(2);
		expect(taken.map(({plugin, command}) => `${command} ${plugin}`)).toEqual(['DEL ports', 'DEL link']);
		expect(taken[1]!.config).toMatchObject({prevResult: {ips: [{address: '10.9.9.9/24'}]}});
		expect(cachedAttachments(bench.options)).toEqual([]);
	});

	test('a plugin that fails stops it, is named, and its words are told; it is remembered', async () => {
		bench.plugin('link', answer('10.9.9.9/24'));
		bench.plugin('ports', '[ "$CNI_COMMAND" = ADD ] && exit 0; echo "{\\"code\\":11,\\"msg\\":\\"busy\\",\\"details\\":\\"iptables\\"}"; exit 1');
		await attach(list, confOf(), bench.options);
		expect(await failing(detach(list, confOf(), bench.options))).toBe('Could not detach from network net with the CNI plugin ports: busy; iptables');
		expect(bench.calls().map(({plugin}) => plugin)).toEqual(['link', 'ports', 'ports']);
		expect(cachedAttachments(bench.options, 'ns-c1').map(({ifName, networkName}) => `${networkName} ${ifName}`)).toEqual(['net eth0']);
	});
});

describe('plugins that misbehave', () => {
	test.each([
		['is killed when it hangs, with all that it has started', 'sleep 1000 & echo $! >"$0.pid"; wait', 'it did not end within 0.3 s and was killed'],
		['is quoted when it falls over', 'echo "panic: at the disco" >&2; exit 2', 'panic: at the disco'],
		['is told of when it says nothing', 'exit 3', 'it ended with code 3 and said nothing'],
		['is told of when it dies', 'kill -SEGV $$', 'it was ended by SIGSEGV'],
		['must answer JSON', 'echo hello', 'it answered something that is not JSON'],
	])('%s', async (_, script, reason) => {
		bench.plugin('link', script);
		const said = await failing(attach(listOf([{type: 'link'}]), confOf(), {...bench.options, timeoutMs: script.includes('sleep') ? 300 : 10_000}));
		expect(said).toBe(`Could not attach to network net with the CNI plugin link: ${reason}`);
		if (!script.includes('sleep')) return;
		const child = readFileSync(join(bench.folder, 'bin/link.pid'), 'utf8').trim();
		await expect.poll(() => isAlive(child)).toBe(false);
	});

	test('one that is not installed is looked for where it was said', async () => {
		expect(await failing(attach(listOf([{type: 'nope'}]), confOf(), bench.options))).toContain(`The CNI plugin nope is not in ${bench.options.pluginPath}`);
	});

	test('a type is a name, and no path to another program', async () => {
		expect(await failing(attach(listOf([{type: '../../../bin/sh'}]), confOf(), bench.options))).toContain('can not be the name of a CNI plugin');
	});

	test('an abort kills it', async () => {
		bench.plugin('link', 'sleep 1000');
		const controller = new AbortController();
		const work = attach(listOf([{type: 'link'}]), confOf(), {...bench.options, signal: controller.signal});
		await expect.poll(() => bench.calls().length).toBe(1);
		controller.abort();
		await expect(work).rejects.toMatchObject({name: 'AbortError'});
	});
});

/** A zombie is dead: whoever should reap it is not our concern. */
const isAlive = (pid: string): boolean => {
	try {
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		return false;
	}
};

test('a torn cache file is nobody: the others are read', async () => {
	bench.plugin('link', answer('10.9.9.9/24'));
	for (const ifName of ['eth10', 'eth2']) await attach(listOf([{type: 'link'}]), confOf({ifName}), bench.options);
	writeFileSync(join(bench.options.cacheDir, 'results', 'net-ns-c1-eth3'), '{"kind":"cniCa');
	expect(cachedAttachments(bench.options, 'ns-c1').map(({ifName}) => ifName)).toEqual(['eth2', 'eth10']);
	expect(cachedAttachments(bench.options, 'ns-c')).toEqual([]);
});
