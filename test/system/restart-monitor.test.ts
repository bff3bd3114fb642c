import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {type ContainerdVersion, containerdVersions, findContainerd} from '../../scripts/lab/find-containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {until} from '../../scripts/lab/processes.ts';
import {forgetNamespace, type LabServices, labServices} from '../../scripts/lab/services.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {sentence} from '../../source/errors.ts';
import type {ContainerRef} from '../../source/model/container.ts';
import {labels} from '../../source/model/labels.ts';
import {type RequestChanges, request} from '../model/oci/request.ts';

const isPossible = (version: ContainerdVersion): boolean => process.geteuid?.() === 0 && findContainerd(version) !== undefined && existsSync('/usr/lib/cni/bridge');
const image = busyboxImage('docker.io/lab/again:1');

let lab: LabContainerd;
let containerd: Containerd;
let services: LabServices;
let namespace = '';
let network = '';

const wanted = (changes: RequestChanges) =>
	request({...{namespace, image: image.name, pull: 'never'}, ...changes, network: {networks: ['none'], ...changes.network}, resources: {cgroupParent: lab.cgroup}});

const run = async (changes: RequestChanges): Promise<ContainerRef> => (await services.containers.run(wanted(changes), {detached: true})).ref;

const pidOf = async (ref: ContainerRef): Promise<number | undefined> => {
	const task = await containerd.tasks.find(ref);
	return task?.status === 'running' ? task.pid : undefined;
};

const isNew = async (ref: ContainerRef, old: number | undefined): Promise<boolean> => ![undefined, old].includes(await pidOf(ref));

const portOf = (ref: ContainerRef): number =>
	(JSON.parse(readFileSync(join(services.host.stateDir(ref), 'network-config.json'), 'utf8')) as {portMappings: Array<{HostPort: number}>}).portMappings[0]!.HostPort;

const answers = async (port: number): Promise<boolean> => {
	const [program, ...args] = [...lab.onItsNetwork, '/bin/busybox', 'wget', '-qO-', `http://127.0.0.1:${port}/`];
	return spawnSync(program!, args, {encoding: 'utf8', timeout: 5000}).stdout === 'here\n';
};

const starts = (ref: ContainerRef): number => readFileSync(join(services.host.stateDir(ref), `${ref.id}-json.log`), 'utf8').split('\n').filter(line => line.includes('"log":"started\\n"')).length;

for (const version of containerdVersions)
	describe.skipIf(!isPossible(version))(`the restart monitor of containerd ${version}`, () => {
		beforeAll(async () => {
			namespace = `again-${randomBytes(3).toString('hex')}`;
			network = `again${randomBytes(2).toString('hex')}`;
			lab = await startContainerd({version, restartInterval: '1s', hasOwnNetwork: true});
			containerd = createContainerd({address: lab.address});
			services = await labServices(lab, containerd);
			await importImage(containerd, namespace, image);
			await services.networks.create(namespace, {
				...{name: network, driver: 'bridge', options: {}, ipamDriver: 'default', ipamOptions: {}},
				...{subnets: [`10.232.${Math.floor(Math.random() * 250)}.0/24`], gateways: [], ipRanges: [], auxAddresses: [], labels: {}, ipv4: true, ipv6: false, internal: false},
			});
		});

		afterAll(async () => {
			await services?.networks.remove(namespace, network);
			containerd?.close();
			await lab?.stop();
			forgetNamespace(namespace);
		});

		test('one that shall always run survives the daemon, comes back with its port and its log, and stays stopped when it was stopped', {timeout: 90_000}, async () => {
			const ref = await run({
				args: ['sh', '-c', 'mkdir -p /www; echo here > /www/index.html; echo started; exec httpd -f -p 80 -h /www'],
				restart: {kind: 'always'},
				network: {networks: [network], ports: [{HostIP: '127.0.0.1', HostPort: 0, ContainerPort: 80, Protocol: 'tcp'}]},
			});
			const port = portOf(ref);
			expect(await until(() => answers(port), 10_000)).toBe(true);
			const first = await pidOf(ref);

			await lab.kill();
			expect(await answers(port)).toBe(true);
			await lab.restart();
			expect(await until(async () => (await pidOf(ref)) === first, 10_000)).toBe(true);

			process.kill(first!, 'SIGKILL');
			expect(await until(() => isNew(ref, first), 20_000)).toBe(true);
			expect(await until(() => answers(port), 10_000)).toBe(true);
			expect(await until(() => starts(ref) === 2, 10_000)).toBe(true);

			await services.containers.stop(ref, {timeoutMs: 0});
			expect(await until(async () => (await pidOf(ref)) !== undefined, 3000)).toBe(false);
			await services.containers.start(ref);
			expect(await until(() => answers(port), 10_000)).toBe(true);

			const second = await pidOf(ref);
			process.kill(second!, 'SIGKILL');
			expect(await until(() => isNew(ref, second), 20_000)).toBe(true);
			expect(await until(() => starts(ref) === 4, 10_000)).toBe(true);

			await services.containers.remove(ref, {force: true});
			expect(await until(async () => (await containerd.tasks.list(namespace)).length > 0, 2500)).toBe(false);
			expect(existsSync(services.host.stateDir(ref))).toBe(false);
		});

		test('one that may fail twice is started three times, or is refused by a daemon that can not count', {timeout: 60_000}, async () => {
			const policy = {args: ['sh', '-c', 'echo started; exit 1'], restart: {kind: 'on-failure', retries: 2}} as const;
			if (version === '1.6') {
				const refusal = await run(policy).then(
					() => 'it ran',
					(error: unknown) => sentence(error),
				);
				expect(refusal).toContain('unsupported restart policy "on-failure": this containerd knows always');
				return;
			}

			const ref = await run(policy);
			expect(await until(() => starts(ref) === 3, 20_000)).toBe(true);
			expect(await until(() => starts(ref) > 3, 3000)).toBe(false);
			expect((await containerd.containers.get(ref)).labels[labels.restartCount]).toBe('2');
			await services.containers.remove(ref, {force: true});
		});
	});
