import {chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {arePluginsThere, createHookBench, type HookBench, type HookContainer, pluginPath} from './hook-bench.ts';

let bench: HookBench;

const port = (HostPort: number, Protocol = 'tcp') => ({HostPort, ContainerPort: 80, Protocol, HostIP: '127.0.0.1'});

/** The plugins of the machine, with one that is not as it should be. */
const pluginsWith = (type: string, script: string): string => {
	const folder = join(bench.folder, `plugins-${type}-${script.length}`);
	mkdirSync(folder);
	for (const name of readdirSync(pluginPath)) if (name !== type) symlinkSync(join(pluginPath, name), join(folder, name));
	writeFileSync(join(folder, type), `#!/bin/sh\n${script}\n`);
	chmodSync(join(folder, type), 0o755);
	return folder;
};

const begin = async (container: HookContainer, options?: {readonly cniPath?: string}) => {
	await container.start();
	return container.hook('createRuntime', options);
};

const addressOf = (container: HookContainer): string => /inet (10\.231\.77\.\d+)\/24/.exec(container.inside('ip', 'address', 'show', 'eth0'))?.[1] ?? '';

describe.skipIf(!arePluginsThere())('the hook, with real plugins', () => {
	beforeEach(async () => {
		bench = await createHookBench();
	});
	afterEach(() => bench.remove());

	test('gives a container its address, its ports and its names, and takes all of it back', async () => {
		const web = bench.container('web', {ports: [port(18_080), port(18_081, 'udp')]});
		const db = bench.container('db', {annotations: {'gantry/network-aliases': JSON.stringify({[bench.network]: ['database']})}});
		expect(await begin(web)).toMatchObject({code: 0, said: ''});
		expect(await begin(db)).toMatchObject({code: 0, said: ''});
		const [webAddress, dbAddress] = [addressOf(web), addressOf(db)];
		expect(new Set([webAddress, dbAddress, '']).size).toBe(3);
		expect(bench.hosts(web)).toContain(`${dbAddress.padEnd(15)} database database.${bench.network}\n`);
		expect(bench.hosts(web)).toContain(` db db.${bench.network}\n`);
		expect(bench.hosts(db)).toContain(` web web.${bench.network}\n`);
		expect(JSON.parse(web.state('lifecycle.json'))).toMatchObject({create_error: false});
		expect(web.inside('/bin/busybox', 'ping', '-c1', '-W2', dbAddress)).toContain('1 packets received');
		writeFileSync(join(bench.folder, 'index.html'), 'published');
		web.serve(bench.folder);
		await expect.poll(() => bench.outside('/bin/busybox', 'wget', '-qO-', 'http://127.0.0.1:18080/')).toBe('published');
		expect(bench.outside('ss', '-Hlnt').split('\n')[0]).toContain('127.0.0.1:18080');
		expect(bench.outside('ss', '-Hlnu').split('\n')[0]).toContain('127.0.0.1:18081');
		expect(bench.outside('iptables-save', '-t', 'nat')).toContain(`--to-destination ${webAddress}:80`);
		for (const container of [web, db]) {
			container.end();
			expect(container.hook('postStop')).toMatchObject({code: 0, said: ''});
		}
		expect(bench.leftovers()).toEqual([]);
	});

	test('a peer that goes is forgotten by those that stay', async () => {
		const [stays, goes] = [bench.container('stays'), bench.container('goes')];
		for (const container of [stays, goes]) expect((await begin(container)).code).toBe(0);
		expect(bench.hosts(stays)).toContain(' goes ');
		goes.end();
		expect(goes.hook('postStop').code).toBe(0);
		expect(bench.hosts(stays)).not.toContain(' goes ');
		stays.end();
		expect(stays.hook('postStop').code).toBe(0);
		expect(bench.leftovers()).toEqual([]);
	});

	test('after a crash nobody detached it: it is started anew with one address and one set of rules', async () => {
		const web = bench.container('web', {ports: [port(18_082)]});
		expect((await begin(web)).code).toBe(0);
		const before = bench.leftovers();
		// Its process and its namespace go, and no hook is told.
		expect(await begin(web)).toMatchObject({code: 0, said: ''});
		expect(bench.leftovers().length).toBe(before.length);
		expect(web.state('oci-hook.createRuntime.log')).not.toContain('could not');
		web.end();
		expect(web.hook('postStop').code).toBe(0);
		expect(bench.leftovers()).toEqual([]);
	});

	test('a network whose file is gone is left all the same', async () => {
		const web = bench.container('web', {annotations: {'nerdctl/networks': JSON.stringify([bench.network])}});
		expect((await begin(web)).code).toBe(0);
		web.end();
		const gone = bench.container('x', {annotations: {'nerdctl/networks': '["nowhere"]'}});
		expect(await begin(gone)).toMatchObject({code: 1, said: `there is no network nowhere in ${bench.netconfPath}`});
		expect(web.hook('postStop').code).toBe(0);
		gone.end();
		expect(gone.hook('postStop').code).toBe(0);
		expect(gone.hook('postStop').code).toBe(0);
		expect(bench.leftovers()).toEqual([]);
	});

	test('a plugin that fails fails the start, in its words, and nothing is left but the name', async () => {
		const web = bench.container('web', {ports: [port(18_083)]});
		const cniPath = pluginsWith('firewall', `[ "$CNI_COMMAND" = ADD ] || exec ${pluginPath}/firewall; echo '{"code":7,"msg":"no firewall today"}'; exit 1`);
		expect(await begin(web, {cniPath})).toMatchObject({code: 1, said: `Could not attach to network ${bench.network} with the CNI plugin firewall: no firewall today`});
		expect(JSON.parse(web.state('lifecycle.json'))).toMatchObject({create_error: true});
		expect(web.state('oci-hook.createRuntime.log')).toContain('no firewall today');
		expect(bench.leftovers().map(file => file.slice(bench.dataStore.length))).toEqual([expect.stringMatching(/^\/names\/.*\/web$/)]);
		// runc stops what it could not create; the container is still there and keeps its name.
		web.end();
		expect(web.hook('postStop').code).toBe(0);
		expect(bench.leftovers().length).toBe(1);
		expect((await begin(web)).code).toBe(0);
		web.end();
		expect(web.hook('postStop').code).toBe(0);
		expect(bench.leftovers()).toEqual([]);
	});

	test('a plugin that hangs is killed after ten seconds and named', {timeout: 60_000}, async () => {
		const web = bench.container('web');
		const cniPath = pluginsWith('tuning', '[ "$CNI_COMMAND" = ADD ] || exit 0; sleep 1000');
		const {code, said, ms} = await begin(web, {cniPath});
		expect(code).toBe(1);
		expect(said).toBe(`Could not attach to network ${bench.network} with the CNI plugin tuning: it did not end within 10 s and was killed`);
		expect(ms).toBeGreaterThan(10_000);
		web.end();
		expect(web.hook('postStop').code).toBe(0);
		expect(web.hook('postStop').code).toBe(0);
		expect(bench.leftovers()).toEqual([]);
	});

	test('one that hangs at its removal too keeps nothing of the others, and does not take its time again', {timeout: 60_000}, async () => {
		const web = bench.container('web', {ports: [port(18_089)]});
		const cniPath = pluginsWith('firewall', 'sleep 1000');
		const {code, said, ms} = await begin(web, {cniPath});
		expect([code, said]).toEqual([1, `Could not attach to network ${bench.network} with the CNI plugin firewall: it did not end within 10 s and was killed`]);
		expect(ms).toBeLessThan(18_000);
		expect(bench.outside('iptables-save', '-t', 'nat')).not.toContain(web.id);
		expect(bench.leftovers().map(file => file.slice(bench.dataStore.length))).toEqual([expect.stringMatching(/^\/names\/.*\/web$/)]);
		web.end();
		for (let time = 0; time < 2; time++) expect(web.hook('postStop').code).toBe(0);
		expect(bench.leftovers()).toEqual([]);
	});

	test('a port that somebody has fails the start before anything is attached', async () => {
		const [first, second] = [bench.container('first', {ports: [port(18_084)]}), bench.container('second', {ports: [port(18_084)]})];
		expect((await begin(first)).code).toBe(0);
		const before = bench.leftovers();
		expect(await begin(second)).toMatchObject({code: 1, said: 'port 18084/tcp of 127.0.0.1 is in use on this machine'});
		expect(bench.leftovers().filter(file => !file.includes('/names/'))).toEqual(before.filter(file => !file.includes('/names/')));
		for (const container of [first, second, second]) {
			container.end();
			expect(container.hook('postStop').code).toBe(0);
		}
		expect(bench.leftovers()).toEqual([]);
	});

	test('one without networks has names, and a file with its process', async () => {
		const pidFile = join(bench.folder, 'deep/pid');
		const alone = bench.container('alone', {annotations: {'nerdctl/networks': '["none"]', 'nerdctl/extraHosts': '["db:10.1.1.1"]', 'nerdctl/pid-file': pidFile}});
		const pid = await alone.start();
		expect(alone.hook('createRuntime').code).toBe(0);
		expect(bench.hosts(alone)).toContain('10.1.1.1        db\n');
		expect(alone.inside('cat', pidFile)).toBe(String(pid));
		expect(alone.inside('ip', '-o', 'link')).not.toContain('eth0');
		alone.end();
		expect(alone.hook('postStop').code).toBe(0);
		expect(bench.leftovers()).toEqual([]);
	});

	test('the name that a container was given later is the one that it keeps', async () => {
		const web = bench.container('web');
		expect((await begin(web)).code).toBe(0);
		// As nerdctl's rename leaves it: the store knows, the spec does not.
		const names = join(bench.dataStore, 'names', readdirSync(join(bench.dataStore, 'names'))[0]!);
		writeFileSync(join(names, 'site'), web.id);
		web.end();
		expect(web.hook('postStop').code).toBe(0);
		expect((await begin(web)).code).toBe(0);
		expect(bench.hosts(web)).toContain(' site ');
		expect(readdirSync(names)).toEqual(['site']);
	});

	test.each([
		['{}', 'the state on stdin has no id'],
		['not JSON', 'the state on stdin has no id'],
	])('a state like %s is refused', (annotation, _) => {
		const strange = bench.container('strange', {annotations: {'nerdctl/networks': annotation}});
		expect(strange.hook('createRuntime')).toMatchObject({code: 1, said: 'the annotation nerdctl/networks is no list of networks'});
	});
});
