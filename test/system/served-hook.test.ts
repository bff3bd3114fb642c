import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, afterEach, beforeAll, describe, expect, test, vi} from 'vitest';
import {titled} from '../../scripts/lab/possible.ts';
import {processesUnder, until} from '../../scripts/lab/processes.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import {type ComposeLab, createComposeLab, whyNoProjects} from './compose-lab.ts';

const reason = whyNoProjects();
const program = fileURLToPath(new URL('../../dist/gantry', import.meta.url));
let machine: ComposeLab;
let folder: string;
let network: string;

/** Flags that name the plugins, one of which tells who called it, and does as it is told by files beside it. */
const plugins = (): string => join(machine.lab.dir, 'plugins');
const order = (name: string): string => join(plugins(), name);

const gantry = (...args: readonly string[]) => machine.gantry(folder, '--cni-path', plugins(), ...args);
const well = (...args: readonly string[]): string => {
	const {code, out, err} = gantry(...args);
	expect(code, err).toBe(0);
	return out;
};

/** Who called the plugins since the last time, and for what. */
const callers = (): readonly string[] => {
	const lines = existsSync(order('callers')) ? readFileSync(order('callers'), 'utf8').split('\n').filter(Boolean) : [];
	rmSync(order('callers'), {force: true});
	return lines.map(line => `${line.split(' ').at(-1)} by ${line.includes('gantry-shim-hook') ? 'the hook' : 'Gantry'}`);
};

/** Directories by which a hook is served, in all state directories that there are. */
const offers = (): readonly string[] => {
	const store = join(machine.lab.dataRoot, readdirSync(machine.lab.dataRoot).find(entry => /^[0-9a-f]{8}$/.test(entry)) ?? '', 'containers', machine.namespace);
	return existsSync(store) ? readdirSync(store, {recursive: true}).map(String).filter(path => /\/\.?hook\./.test(path)) : [];
};

/** Nobody waits for the hook of one that was killed. */
const hooksEnd = async (): Promise<void> => {
	const isHook = (pid: number): boolean => {
		try {
			return /\/gantry-(shim-)?hook\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
		} catch {
			return false;
		}
	};
	expect(await until(() => !processesUnder(machine.lab.dir).some(isHook), 20_000)).toBe(true);
};

const left = () => {
	const {containers, tasks, snapshots, leases, rules, names, states, hosts} = machine.leftovers();
	const addresses = existsSync(`/var/lib/cni/networks/${network}`) ? readdirSync(`/var/lib/cni/networks/${network}`).filter(name => /^[\d.]+$/.test(name)) : [];
	return {containers, tasks, snapshots, leases, rules, names, states, hosts, addresses, offers: offers()};
};
const nothing = {containers: [], tasks: [], snapshots: [], leases: [], rules: [], names: [], states: [], hosts: [], addresses: [], offers: []};

vi.setConfig({testTimeout: 120_000});

describe.skipIf(reason !== undefined)(titled('hooks that are served by the Gantry that waits for them', reason), () => {
	beforeAll(async () => {
		machine = await createComposeLab();
		folder = machine.project('work', {'compose.json': ''});
		mkdirSync(plugins());
		for (const plugin of readdirSync('/usr/lib/cni')) if (plugin !== 'tuning') symlinkSync(join('/usr/lib/cni', plugin), join(plugins(), plugin));
		const script = [
			'#!/bin/sh',
			`cd ${plugins()}`,
			`echo "$(tr '\\0' ' ' </proc/$PPID/cmdline) $CNI_COMMAND" >>callers`,
			'if [ -e "kill-$CNI_COMMAND" ]; then rm "kill-$CNI_COMMAND"; kill -9 $PPID; fi',
			`if [ -e "fail-$CNI_COMMAND" ]; then rm "fail-$CNI_COMMAND"; echo '{"code":7,"msg":"no tuning today"}'; exit 1; fi`,
			'exec /usr/lib/cni/tuning',
			'',
		];
		writeFileSync(order('tuning'), script.join('\n'), {mode: 0o755});
		network = `${machine.name}net`;
		well('network', 'create', '--subnet', '10.64.1.0/24', network);
	});
	afterAll(async () => {
		if (network !== undefined) gantry('network', 'rm', network);
		await machine?.stop();
	});
	afterEach(() => {
		expect(left()).toEqual(nothing);
		callers();
	});

	test('run --rm, start, restart and rm: no Node starts for a hook, and no offer stays', () => {
		expect(well('run', '--rm', '--net', network, machine.image, 'echo', 'hello')).toBe('hello');
		expect(callers()).toEqual(['ADD by Gantry', 'DEL by Gantry']);
		well('create', '--name', 'web', '--net', network, machine.image, 'sleep', '1000');
		expect(callers()).toEqual([]);
		well('start', 'web');
		expect(callers()).toEqual(['ADD by Gantry']);
		expect(offers()).toEqual([]);
		well('restart', '-t', '0', 'web');
		expect(callers().filter(line => line.endsWith('the hook'))).toEqual([]);
		well('rm', '-f', 'web');
		expect(callers()).toEqual(['DEL by Gantry']);
	});

	test('many at once: compose up and down', () => {
		const service = {image: machine.image, command: ['sleep', '1000'], pull_policy: 'never', networks: ['outer']};
		const services = Object.fromEntries(Array.from({length: 6}, (_, at) => [`s${at}`, service]));
		writeFileSync(join(folder, 'compose.json'), JSON.stringify({name: 'many', services, networks: {outer: {external: true, name: network}}}));
		well('compose', '-f', 'compose.json', 'up', '-d');
		expect(callers()).toEqual(Array.from({length: 6}, () => 'ADD by Gantry'));
		well('compose', '-f', 'compose.json', 'down', '-t', '0');
		expect(callers().filter(line => line.endsWith('the hook'))).toEqual([]);
	});

	test('one that publishes ports starts by itself: who holds them must live as long', () => {
		well('run', '-d', '--name', 'web', '--net', network, '-p', '127.0.0.1:18064:80', machine.image, 'sleep', '1000');
		expect(callers()).toEqual(['ADD by the hook']);
		well('rm', '-f', 'web');
		expect(callers()).toEqual(['DEL by Gantry']);
	});

	test('one without networks is offered nothing', () => {
		well('run', '--rm', '--net', 'none', machine.image, 'true');
		expect(callers()).toEqual([]);
	});

	test('a Gantry on another network is not asked', () => {
		const places = ['--address', machine.lab.address, '--namespace', machine.namespace, '--data-root', machine.lab.dataRoot, '--cni-path', plugins(), '--cni-netconfpath', join(machine.lab.dir, 'net.d')];
		const {status, stderr} = spawnSync(program, [...places, 'run', '--rm', '--net', network, machine.image, 'true'], {encoding: 'utf8', env: {...process.env, GANTRY_NODE: process.execPath}});
		expect(status, stderr).toBe(0);
		expect(callers()).toEqual(['ADD by the hook', 'DEL by the hook']);
	});

	test('a container of an earlier version, whose hooks ask nobody', async () => {
		const id = well('create', '--name', 'old', '--net', network, machine.image, 'sleep', '1000');
		const containerd = createContainerd({address: machine.lab.address});
		try {
			const record = await containerd.containers.get({namespace: machine.namespace, id});
			const spec = JSON.parse(Buffer.from(record.spec!.value).toString()) as {readonly hooks: Readonly<Record<string, ReadonlyArray<{readonly path: string; readonly args: readonly string[]}>>>};
			const aged = ([event, hooks]: readonly [string, (typeof spec.hooks)[string]]) => [event, hooks.map(hook => ({...hook, path: join(hook.path, '../gantry-shim'), args: ['gantry-shim', ...hook.args.slice(1, 6)]}))];
			const value = Buffer.from(JSON.stringify({...spec, hooks: Object.fromEntries(Object.entries(spec.hooks).map(aged))}));
			await containerd.containers.update({...record, spec: {...record.spec!, value}}, ['spec'], {});
		} finally {
			containerd.close();
		}
		well('start', 'old');
		expect(callers()).toEqual(['ADD by the hook']);
		well('rm', '-f', 'old');
		expect(callers()).toEqual(['DEL by the hook']);
	});

	test('who is killed while it serves a start: the hook does it all, and the container can be removed', async () => {
		writeFileSync(order('kill-ADD'), '');
		expect(gantry('run', '-d', '--name', 'web', '--net', network, machine.image, 'sleep', '1000').code).not.toBe(0);
		await hooksEnd();
		const told = callers();
		expect([told[0], new Set(told.slice(1))]).toEqual(['ADD by Gantry', new Set(['DEL by the hook'])]);
		expect(left()).toMatchObject({tasks: [], rules: [], addresses: [], offers: []});
		well('rm', '-f', 'web');
	});

	test('who is killed while it serves a removal: the hook does it all, and the removal can be done again', async () => {
		well('run', '-d', '--name', 'web', '--net', network, machine.image, 'sleep', '1000');
		writeFileSync(order('kill-DEL'), '');
		callers();
		expect(gantry('rm', '-f', 'web').code).not.toBe(0);
		await hooksEnd();
		expect(callers()).toEqual(['DEL by Gantry', 'DEL by the hook']);
		expect(left()).toMatchObject({tasks: [], rules: [], addresses: [], offers: []});
		well('rm', '-f', 'web');
	});

	test('a plugin that fails is told in the same words, by whomever', () => {
		const words = `no tuning today (attach to network ${network} with the CNI plugin tuning)`;
		writeFileSync(order('fail-ADD'), '');
		const served = gantry('run', '--rm', '--name', 'web', '--net', network, machine.image, 'true');
		expect(callers()[0]).toBe('ADD by Gantry');
		writeFileSync(order('fail-ADD'), '');
		const alone = gantry('run', '--rm', '--name', 'web', '--net', network, '-p', '127.0.0.1:18065:80', machine.image, 'true');
		expect(callers()[0]).toBe('ADD by the hook');
		expect([served.code, served.err]).toEqual([alone.code, alone.err]);
		expect(served.err).toContain(words);
	});
});
