import {mkdirSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test, vi} from 'vitest';
import {until} from '../../scripts/lab/processes.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {type ComposeLab, createComposeLab, whyNoProjects} from './compose-lab.ts';

const reason = whyNoProjects();
let machine: ComposeLab;
let folder: string;

const gantry = (...args: readonly string[]) => machine.gantry(folder, ...args);
/** With exit code 0, or the test shows what was said. */
const well = (...args: readonly string[]): string => {
	const {code, out, err} = gantry(...args);
	expect(code, err).toBe(0);
	return out;
};
const run = (name: string, ...flags: readonly string[]): string => well('run', '-d', '--name', name, ...flags, machine.image, 'sleep', '1000');
const addressOf = (name: string, link: string, family = 'inet'): string => new RegExp(`${family} ([\\da-f.:]+)/\\d+ .*scope global`).exec(well('exec', name, 'ip', 'address', 'show', link))?.[1] ?? '';
const pings = (from: string, to: string, ...flags: readonly string[]): boolean => gantry('exec', from, 'ping', '-c1', '-W2', ...flags, to).code === 0;

/** What a container leaves; the network itself and its bridge are there until the end. */
const left = () => {
	const {containers, tasks, snapshots, leases, rules, names, states, hosts, volumes} = machine.leftovers();
	return {containers, tasks, snapshots, leases, rules, names, states, hosts, volumes};
};
const nothing = {containers: [], tasks: [], snapshots: [], leases: [], rules: [], names: [], states: [], hosts: [], volumes: []};

/** CNI's plugins, one of which does as it is told. */
const pluginsWithTuning = (name: string, script: string): string => {
	const plugins = join(machine.lab.dir, `plugins-${name}`);
	mkdirSync(plugins);
	for (const plugin of readdirSync('/usr/lib/cni')) if (plugin !== 'tuning') symlinkSync(join('/usr/lib/cni', plugin), join(plugins, plugin));
	writeFileSync(join(plugins, 'tuning'), `#!/bin/sh\n${script}\n`, {mode: 0o755});
	return plugins;
};

vi.setConfig({testTimeout: 120_000});

describe.skipIf(reason !== undefined)(titled('containers on real networks', reason), () => {
	beforeAll(async () => {
		machine = await createComposeLab();
		folder = machine.project('work', {});
		mkdirSync(folder, {recursive: true});
		machine.outside('ip', 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'up1');
		for (const link of ['up0', 'up1']) machine.outside('ip', 'link', 'set', link, 'up');
	});
	afterAll(async () => machine?.stop());
	afterEach(() => {
		expect(left()).toEqual(nothing);
	});

	test('a bridge with both families: addresses that were asked for, names, and ports by TCP and UDP', async () => {
		const network = `${machine.name}dual`;
		well('network', 'create', '--ipv6', '--subnet', '10.61.1.0/24', '--subnet', 'fd61:1::/64', network);
		run('six', '--net', network, '--ip', '10.61.1.9', '--ip6', 'fd61:1::9', '--network-alias', 'sixth');
		run('peer', '--net', network, '-p', '127.0.0.1:18061:80', '-p', '127.0.0.1:18062:53/udp', '-p', '127.0.0.1:18063:54/sctp');
		expect([addressOf('six', 'eth0'), addressOf('six', 'eth0', 'inet6')]).toEqual(['10.61.1.9', 'fd61:1::9']);
		expect([pings('peer', '10.61.1.9'), pings('peer', 'sixth'), pings('peer', 'fd61:1::9', '-6')]).toEqual([true, true, true]);
		well('exec', '-d', 'peer', 'sh', '-c', 'mkdir -p /www; echo by tcp >/www/index.html; httpd -f -p 80 -h /www');
		expect(await until(async () => machine.outside('/bin/busybox', 'wget', '-qO-', 'http://127.0.0.1:18061/') === 'by tcp', 10_000)).toBe(true);
		// Nobody listens there: that it came is counted.
		const came = () => Number(/Udp: (\d+) (\d+)/.exec(well('exec', 'peer', 'cat', '/proc/net/snmp'))?.[2]);
		expect(came()).toBe(0);
		machine.outside('bash', '-c', 'echo by udp >/dev/udp/127.0.0.1/18062');
		expect(await until(async () => came() === 1, 10_000)).toBe(true);
		expect(well('port', 'peer').split('\n').toSorted()).toEqual(['53/udp -> 127.0.0.1:18062', '54/sctp -> 127.0.0.1:18063', '80/tcp -> 127.0.0.1:18061']);
		expect(machine.outside('iptables-save', '-t', 'nat')).toMatch(/-p sctp .*--dport 18063 .*:54/);
		well('rm', '-f', 'six', 'peer');
		well('network', 'rm', network);
	});

	test('a macvlan, with an address of its own on the wire', () => {
		const network = `${machine.name}mac`;
		well('network', 'create', '-d', 'macvlan', '-o', 'parent=up0', '--subnet', '10.62.0.0/24', network);
		run('one', '--net', network, '--ip', '10.62.0.20');
		run('two', '--net', network, '--mac-address', '02:42:0a:3e:00:15');
		expect(addressOf('one', 'eth0')).toBe('10.62.0.20');
		expect(well('exec', 'two', 'cat', '/sys/class/net/eth0/address')).toBe('02:42:0a:3e:00:15');
		expect(pings('two', '10.62.0.20')).toBe(true);
		well('rm', '-f', 'one', 'two');
		well('network', 'rm', network);
	});

	test('an ipvlan, or the reason why this kernel makes none', () => {
		const network = `${machine.name}ip`;
		well('network', 'create', '-d', 'ipvlan', '-o', 'parent=up0', '-o', 'mode=l2', '--subnet', '10.63.0.0/24', network);
		const {code, err} = gantry('run', '-d', '--name', 'one', '--net', network, machine.image, 'sleep', '1000');
		if (code === 0) expect(addressOf('one', 'eth0')).toMatch(/^10\.63\.0\./);
		else expect(err).toMatch(new RegExp(`^Could not run one: .*operation not supported.*\\(attach to network ${network} with the CNI plugin ipvlan\\)`));
		gantry('rm', '-f', 'one');
		well('network', 'rm', network);
	});

	test('several networks, and a container that lives in the network of another', () => {
		const [front, back] = [`${machine.name}front`, `${machine.name}back`];
		well('network', 'create', '--subnet', '10.64.1.0/24', front);
		well('network', 'create', '--subnet', '10.64.2.0/24', '--internal', back);
		run('both', '--net', front, '--net', back, '--ip', '10.64.2.30');
		expect([addressOf('both', 'eth0'), addressOf('both', 'eth1')]).toEqual([expect.stringMatching(/^10\.64\.1\./), '10.64.2.30']);
		run('guest', '--net', 'container:both');
		expect(addressOf('guest', 'eth1')).toBe('10.64.2.30');
		expect(well('exec', 'guest', 'cat', '/etc/hosts')).toContain('10.64.2.30');
		expect(gantry('run', '--rm', '--net', 'container:both', '-p', '18064:80', machine.image, 'true')).toMatchObject({code: 1, err: expect.stringContaining('-p/--publish')});
		well('rm', '-f', 'guest', 'both');
		for (const network of [front, back]) well('network', 'rm', network);
	});

	test('what can not be had is told in one sentence, with exit code 1, and leaves nothing', () => {
		const network = `${machine.name}bad`;
		well('network', 'create', '--subnet', '10.65.0.0/24', network);
		run('holder', '--net', network, '-p', '127.0.0.1:18065:80');
		const once = (...flags: readonly string[]) => gantry('run', '--rm', '--pull', 'never', ...flags, machine.image, 'true');
		const cases: ReadonlyArray<readonly [readonly string[], string]> = [
			[['--net', network, '-p', '127.0.0.1:18065:80'], 'port 18065/tcp of 127.0.0.1 is already in use by container holder'],
			[['--name', 'holder', '--net', 'none'], 'The name holder is already used by container'],
			[['--net', network, '--ip', '10.9.9.9'], '10.9.9.9'],
			[['--net', 'nowhere'], 'no network found matching: nowhere'],
			[['--net', 'none', '--device', '/dev/nothing'], 'no device /dev/nothing'],
			[['--net', 'none', '--memory', '1m'], 'Minimum memory limit allowed is 6MB'],
			[['--net', 'none', '-u', 'nobodyhere'], 'The image has no user nobodyhere'],
			[['--net', 'none', '--runtime', 'nosuch'], 'invalid runtime name nosuch'],
			[['--net', 'container:nobody'], 'no container has this name or id'],
		];
		for (const [flags, reasonTold] of cases) {
			const {code, out, err} = once(...flags);
			expect([code, out, err]).toEqual([1, '', expect.stringContaining(reasonTold)]);
			expect(err.split('\n')).toHaveLength(1);
		}
		expect(gantry('run', '--rm', '--pull', 'never', '--net', 'none', 'nowhere.invalid/image:1', 'true')).toMatchObject({code: 1, out: '', err: expect.stringContaining('nowhere.invalid/image:1')});
		expect(gantry('network', 'create', '--subnet', '10.300.0.0/24', `${network}x`)).toMatchObject({code: 1, err: expect.stringContaining('failed to parse subnet "10.300.0.0/24"')});
		expect(well('network', 'ls', '--format', '{{.Name}}').split('\n')).not.toContain(`${network}x`);
		expect(gantry('run', '--rm', '--net', 'none', machine.image, 'sh', '-c', 'sh -c "kill -SEGV \\$\\$"; exit $?').code).toBe(139);
		well('rm', '-f', 'holder');
		well('network', 'rm', network);
	});

	test('a plugin that fails fails the hook, in its own words', () => {
		const network = `${machine.name}fails`;
		well('network', 'create', '--subnet', '10.67.0.0/24', network);
		const plugins = pluginsWithTuning('fails', `echo '{"code":11,"msg":"no tuning today"}'; exit 1`);
		const {code, err} = gantry('--cni-path', plugins, 'run', '--rm', '--name', 'fails', '--net', network, '-p', '127.0.0.1:18067:80', machine.image, 'true');
		expect([code, err]).toEqual([1, expect.stringMatching(new RegExp(`^Could not run fails: .*no tuning today.*\\(attach to network ${network} with the CNI plugin tuning\\)$`))]);
		expect(left()).toEqual(nothing);
		well('network', 'rm', network);
	});

	test('a plugin that hangs is killed after ten seconds and named', () => {
		const network = `${machine.name}slow`;
		well('network', 'create', '--subnet', '10.66.0.0/24', network);
		const plugins = pluginsWithTuning('hangs', 'sleep 1000');
		const {code, err} = gantry('--cni-path', plugins, 'run', '--rm', '--name', 'waits', '--net', network, '-p', '127.0.0.1:18066:80', machine.image, 'true');
		expect([code, err]).toEqual([1, `Could not run waits: it did not end within 10 s and was killed (attach to network ${network} with the CNI plugin tuning)`]);
		expect(left()).toEqual(nothing);
		well('network', 'rm', network);
	});

	test('two programs make containers at once on one network, each with a port that was chosen', async () => {
		const network = `${machine.name}busy`;
		well('network', 'create', '--subnet', '10.67.0.0/24', network);
		const names = Array.from({length: 8}, (_, at) => `busy${at}`);
		const ended = await Promise.all(names.map(async name => machine.start(folder, 'run', '-d', '--name', name, '--net', network, '-p', '127.0.0.1::80', machine.image, 'sleep', '1000').ended));
		expect(ended.map(({code, err}) => [code, err])).toEqual(names.map(() => [0, '']));
		expect(new Set(names.map(name => well('port', name).replace(/.*:/, ''))).size).toBe(names.length);
		expect(new Set(names.map(name => addressOf(name, 'eth0'))).size).toBe(names.length);
		well('rm', '-f', ...names);
		well('network', 'rm', network);
	});
});
