import {execFileSync, spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {type ContainerdVersion, containerdVersions} from '../../scripts/lab/find-containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {isOwnNetwork, runOnOwnNetwork} from '../../scripts/lab/own-network.ts';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {until} from '../../scripts/lab/processes.ts';
import {forgetNamespace, type LabServices, labServices} from '../../scripts/lab/services.ts';
import {attach, loadNetworks, runtimeConfs} from '../../source/clients/cni/index.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {sentence} from '../../source/errors.ts';
import type {ContainerRef} from '../../source/model/container.ts';
import {labels} from '../../source/model/labels.ts';
import type {NetworkSpec} from '../../source/services/networks/index.ts';
import {request} from '../model/oci/request.ts';
import {arePluginsThere, pluginPath} from './hook-bench.ts';

const image = busyboxImage('docker.io/lab/net:1');
const httpd = ['/bin/sh', '-c', 'mkdir -p /www; echo published >/www/index.html; exec httpd -f -p 80 -h /www'];

let lab: LabContainerd;
let containerd: Containerd;
let services: LabServices;
let namespace = '';
let names: {readonly front: string; readonly back: string};

const spec = (name: string, more: Partial<NetworkSpec> = {}): NetworkSpec => ({
	...{name, driver: 'bridge', options: {}, ipamDriver: 'default', ipamOptions: {}, gateways: [], ipRanges: [], auxAddresses: [], labels: {}},
	...{subnets: [], ipv4: true, ipv6: false, internal: false},
	...more,
});

const run = async (name: string, networks: readonly string[], hostPort?: number): Promise<ContainerRef> => {
	const ports = hostPort === undefined ? [] : [{HostPort: hostPort, ContainerPort: 80, Protocol: 'tcp', HostIP: '127.0.0.1'}];
	const ref = await services.containers.create(request({namespace, name, image: image.name, args: httpd, network: {networks, ports}, log: {driver: 'none', options: {}}}), {});
	await services.containers.start(ref);
	return ref;
};

const inside = async (ref: ContainerRef, ...command: readonly string[]): Promise<string> => {
	const task = await containerd.tasks.find(ref);
	return execFileSync('nsenter', [`--net=/proc/${task!.pid}/ns/net`, '--', ...command], {encoding: 'utf8'});
};
const hosts = ({id}: ContainerRef): string => readFileSync(join(services.host.dataStore(), 'etchosts', namespace, id, 'hosts'), 'utf8');
const said = async (work: Promise<unknown>): Promise<string> => work.then(() => 'it went well', sentence);
const remove = async (...refs: readonly ContainerRef[]): Promise<void> => {
	for (const ref of refs) await services.containers.remove(ref, {force: true});
};
const words = async (ref: ContainerRef): Promise<readonly [unknown, unknown]> => {
	const record = await containerd.containers.get(ref);
	const {annotations} = JSON.parse(Buffer.from(record.spec!.value).toString()) as {readonly annotations: Readonly<Record<string, string>>};
	return [JSON.parse(record.labels[labels.networks]!), JSON.parse(annotations[labels.networks]!)];
};

/** `/sys` shows those of the network that it was mounted in. */
const links = (): string => execFileSync('ip', ['-o', 'link'], {encoding: 'utf8'});
const filesIn = (path: string): readonly string[] => (existsSync(path) ? readdirSync(path) : []);
const ours = (): readonly string[] => [
	...filesIn('/var/lib/cni/results').filter(file => file.startsWith(names.front) || file.startsWith(names.back)),
	...[names.front, names.back].flatMap(name => filesIn(`/var/lib/cni/networks/${name}`).filter(file => /^[\d.]+$/.test(file))),
	...execFileSync('iptables-save', {encoding: 'utf8'}).split('\n').filter(line => line.includes(`id: \\"${namespace}-`)),
	...filesIn(`/run/nerdctl/${namespace}`),
];

const reason = (version: ContainerdVersion): string | undefined => whyNoContainers(version) ?? (arePluginsThere() ? undefined : 'no CNI plugins here');

vi.setConfig({testTimeout: 120_000});

/** What the versions between do, one of these does as well. */
const oldestAndNewest = containerdVersions.filter((_, at) => at === 0 || at === containerdVersions.length - 1);

test.skipIf(isOwnNetwork || oldestAndNewest.every(version => reason(version) !== undefined))('networks, on a machine of their own', {timeout: 300_000}, async () => {
	const {code, said: report} = await runOnOwnNetwork(import.meta.url);
	expect(code, report).toBe(0);
	expect(report).toMatch(/Tests +\d+ passed/);
});

for (const version of oldestAndNewest) {
	describe.skipIf(reason(version) !== undefined || !isOwnNetwork)(titled(`networks on containerd ${version}`, reason(version)), () => {
		beforeAll(async () => {
			const tag = randomBytes(3).toString('hex');
			namespace = `net${tag}`;
			names = {front: `f${tag}`, back: `b${tag}`};
			lab = await startContainerd({version});
			containerd = createContainerd({address: lab.address});
			services = await labServices(lab, containerd);
			await importImage(containerd, namespace, image);
			// At once: each gets a subnet of its own.
			await Promise.all([services.networks.create(namespace, spec(names.front)), services.networks.create(namespace, spec(names.back))]);
		});

		afterAll(async () => {
			await services?.networks.prune(namespace);
			containerd?.close();
			await lab?.stop();
			forgetNamespace(namespace);
		});

		test('two that are made at once have two subnets', async () => {
			const [front, back] = [await services.networks.find(namespace, names.front), await services.networks.find(namespace, names.back)];
			expect(front.subnets[0]?.subnet).toMatch(/^10\.\d+\.\d+\.0\/24$/);
			expect(front.subnets[0]?.subnet).not.toBe(back.subnets[0]?.subnet);
			expect((await services.networks.list(namespace)).map(({name, namespace: of}) => [name, of])).toEqual([[names.back, namespace], [names.front, namespace]].toSorted());
		});

		test('a running container is connected and disconnected, and keeps it over a restart', async () => {
			const web = await run('web', [names.front]);
			const db = await run('db', [names.back]);
			const {subnets} = await services.networks.find(namespace, names.back);
			const wanted = subnets[0]!.subnet.replace(/\.0\/24$/, '.77');
			const attachment = await services.networks.connect(web, names.back, {ip: wanted, aliases: ['frontend']});
			expect(attachment).toMatchObject({network: names.back, interfaceName: 'eth1', addresses: [`${wanted}/24`]});
			expect(await inside(web, 'ip', '-o', 'address')).toContain(`eth1    inet ${wanted}/24`);
			expect(await words(web)).toEqual([[names.front, names.back], [names.front, names.back]]);
			expect(hosts(db)).toContain(`${wanted.padEnd(15)} frontend frontend.${names.back}\n`);
			expect(hosts(web)).toContain(` db db.${names.back}\n`);
			expect(await said(services.networks.connect(web, names.back))).toContain('it is on that network already');

			await services.containers.restart(web);
			expect(await inside(web, 'ip', '-o', 'address')).toContain(`eth1    inet ${wanted}/24`);
			expect(services.networks.attachments(web).map(({network, interfaceName}) => `${network} ${interfaceName}`)).toEqual([`${names.front} eth0`, `${names.back} eth1`]);

			await services.networks.disconnect(web, names.front);
			expect(await inside(web, 'ip', '-o', 'address')).not.toContain('eth0');
			expect(await words(web)).toEqual([[names.back], [names.back]]);
			await services.networks.disconnect(web, names.back);
			expect(await words(web)).toEqual([['none'], ['none']]);
			expect(hosts(db)).not.toContain('frontend');
			expect(await said(services.networks.disconnect(web, names.back))).toContain('it is not on that network');
			await services.networks.connect(web, names.front);
			expect(await words(web)).toEqual([[names.front], [names.front]]);
			await remove(web, db);
			expect(ours()).toEqual([]);
		});

		test('one that does not run is connected from its next start on', async () => {
			const web = await run('later', [names.front]);
			await services.containers.stop(web, {timeoutMs: 0});
			expect(await services.networks.connect(web, names.back)).toBeUndefined();
			await services.containers.start(web);
			expect(services.networks.attachments(web).map(({network}) => network)).toEqual([names.front, names.back]);
			await remove(web);
			expect(ours()).toEqual([]);
		});

		test('who lives in the network of another is told so', async () => {
			const web = await run('hosted', ['host']);
			expect(await said(services.networks.connect(web, names.front))).toBe(`Could not connect hosted to network ${names.front}: it lives in the machine's network`);
			expect(await said(services.networks.connect(web, 'nowhere'))).toContain("it lives in the machine's network");
			await remove(web);
		});

		test('a port is refused by who has it: a container, or a program of the machine', async () => {
			const [{HostPort} = {HostPort: 0}] = await services.networks.choosePorts([{HostPort: 0, ContainerPort: 80, Protocol: 'tcp', HostIP: '127.0.0.1'}]);
			const web = await run('holder', [names.front], HostPort);
			await expect.poll(async () => fetch(`http://127.0.0.1:${HostPort}/`).then(async answer => answer.text(), String)).toBe('published\n');
			const mapping = {HostPort, ContainerPort: 1, Protocol: 'tcp', HostIP: ''};
			expect(await said(services.networks.choosePorts([mapping]))).toContain(`port ${HostPort}/tcp of 0.0.0.0 is already in use by container holder`);
			expect(await services.networks.choosePorts([{...mapping, Protocol: 'udp'}])).toHaveLength(1);
			// What has stopped holds nothing, though its task is still there.
			await services.containers.stop(web, {timeoutMs: 0});
			await services.networks.release(web);
			expect(ours()).toEqual([]);
			expect(await services.networks.choosePorts([mapping])).toEqual([mapping]);
			await remove(web);

			const server = createServer().listen(0, '127.0.0.1');
			await new Promise(resolve => server.once('listening', resolve));
			const {port} = server.address() as AddressInfo;
			expect(await said(services.networks.choosePorts([{...mapping, HostPort: port}]))).toContain(`already in use by node (process ${process.pid})`);
			const choice = (last: number) => services.networks.choosePorts([{...mapping, HostPort: 0, choices: {first: port, last}}]);
			expect(await said(choice(port))).toContain(`no free port for 1/tcp between ${port} and ${port}`);
			expect(await choice(port + 20)).toEqual([{...mapping, HostPort: expect.toSatisfy(chosen => chosen > port && chosen <= port + 20) as number}]);
			server.close();
		});

		test('a network is not removed under a running container, and goes with its bridge, its rules and its addresses', async () => {
			const name = `${names.front}x`;
			const {bridge, path} = await services.networks.create(namespace, spec(name));
			const web = await run('tenant', [name]);
			expect(links()).toContain(` ${bridge}:`);
			expect([...(await services.networks.users()).get(name)!].map(({id}) => id)).toEqual([web.id]);
			expect(await said(services.networks.remove(namespace, name))).toContain(`network "${name}" is in use by container tenant`);
			await remove(web);
			await services.networks.remove(namespace, name);
			expect([links().includes(` ${bridge}:`), existsSync(path), existsSync(`/var/lib/cni/networks/${name}`)]).toEqual([false, false, false]);
			expect(execFileSync('iptables-save', {encoding: 'utf8'})).not.toContain(bridge);
		});

		test('what a crash has left is found and freed, and nothing that lives', async () => {
			const alive = await run('alive', [names.front]);
			const [list] = loadNetworks(services.cniNetconfPath, namespace).lists.filter(({name}) => name === names.front);
			const sleeper = spawn('unshare', ['-n', 'sleep', '1000'], {stdio: 'ignore'});
			const gone = new Promise(resolve => sleeper.once('exit', resolve));
			const own = readlinkSync('/proc/self/ns/net');
			await until(() => readlinkSync(`/proc/${sleeper.pid}/ns/net`) !== own && readFileSync(`/proc/${sleeper.pid}/comm`, 'utf8') === 'sleep\n', 10_000);
			const cniId = `${namespace}-${randomBytes(32).toString('hex')}`;
			const ports = [{HostPort: 0, ContainerPort: 80, Protocol: 'tcp', HostIP: '127.0.0.1'}];
			const endpoint = {...{cniId, hostname: '', ip: '', ip6: '', mac: '', addresses: {}}, ports: await services.networks.choosePorts(ports)};
			const [conf] = runtimeConfs(endpoint, [list!], `/proc/${sleeper.pid}/ns/net`);
			await attach(list!, conf!, {pluginPath});
			const before = (await services.networks.repair()).freed.filter(({containerId}) => containerId.startsWith(namespace));
			sleeper.kill('SIGKILL');
			await gone;
			const after = (await services.networks.repair()).freed.filter(({containerId}) => containerId.startsWith(namespace));
			expect([before, after]).toEqual([[], [{network: names.front, containerId: cniId, address: expect.stringMatching(/^10\./)}]]);
			expect(ours().filter(line => line.includes(cniId))).toEqual([]);
			expect(services.networks.attachments(alive)).toHaveLength(1);
			await remove(alive);
			expect(ours()).toEqual([]);
		});

		test('a macvlan whose parent link is gone: no start, in plain words; what was attached is freed and removed', async () => {
			const driver = 'macvlan';
			const ip = (...args: readonly string[]): void => void execFileSync('ip', args, {stdio: 'ignore'});
			const name = `${names.front}${driver.slice(0, 3)}`;
			const left = (): readonly string[] => [
				...filesIn('/var/lib/cni/results').filter(file => file.startsWith(`${name}-`)),
				...filesIn(`/var/lib/cni/networks/${name}`).filter(file => /^[\d.]+$/.test(file)),
			];
			ip('link', 'add', 'parent0', 'type', 'veth', 'peer', 'name', 'parent1');
			ip('link', 'set', 'parent0', 'up');
			await services.networks.create(namespace, spec(name, {driver, options: {parent: 'parent0'}, subnets: ['10.72.0.0/24']}));
			const [stopped, killed] = [await run('stopped', [name]), await run('killed', [name])];
			expect(left()).toHaveLength(4);
			ip('link', 'del', 'parent0');
			await services.containers.stop(stopped, {timeoutMs: 0});
			await remove(stopped);
			expect(left()).toHaveLength(2);
			// Its processes go, and no hook is told.
			const file = join('/var/lib/cni/results', left().find(each => each.startsWith(name))!);
			const attachment = readFileSync(file, 'utf8');
			const lease = left().find(each => /^[\d.]+$/.test(each))!;
			const leasePath = join('/var/lib/cni/networks', name, lease);
			const leaseText = readFileSync(leasePath, 'utf8');
			await remove(killed);
			expect(left()).toEqual([]);
			writeFileSync(file, attachment);
			writeFileSync(leasePath, leaseText);
			const {freed, failed} = await services.networks.repair();
			expect(freed.filter(({network}) => network === name)).toEqual([{network: name, containerId: `${namespace}-${killed.id}`, address: lease}]);
			expect(failed.filter(({id}) => id.startsWith(namespace))).toEqual([]);
			expect(left()).toEqual([]);
			const ref = await services.containers.create(request({namespace, name: 'late', image: image.name, network: {networks: [name]}}), {});
			expect(await said(services.containers.start(ref))).toBe(`Could not start late: its parent link parent0 is not there (attach to network ${name} with the CNI plugin ${driver})`);
			await remove(ref);
			expect(left()).toEqual([]);
			await services.networks.remove(namespace, name);
		});
	});
}
