import {randomBytes} from 'node:crypto';
import {existsSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {type ContainerdVersion, containerdVersions, findContainerd} from '../../scripts/lab/find-containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {processesUnder, until} from '../../scripts/lab/processes.ts';
import {forgetNamespace, type LabServices, labServices} from '../../scripts/lab/services.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {Failure, messageOf} from '../../source/errors.ts';
import {createSteps, type CreateStep} from '../../source/services/containers/create/roll.ts';
import {type ContainersService, createContainers} from '../../source/services/containers/index.ts';
import {type RequestChanges, request} from '../model/oci/request.ts';

const isPossible = (version: ContainerdVersion): boolean => process.geteuid?.() === 0 && findContainerd(version) !== undefined && existsSync('/usr/lib/cni/bridge');
const image = busyboxImage('docker.io/lab/roll:1');

let lab: LabContainerd;
let containerd: Containerd;
let services: LabServices;
let containers: ContainersService;
let namespace = '';
let network = '';
const fifos: string[] = [];
/** The daemon, and what takes it down should we die. */
let before: readonly number[] = [];

const namesIn = (...path: readonly string[]): readonly string[] => (existsSync(join(...path)) ? readdirSync(join(...path)) : []);

const all = async <Item>(batches: AsyncIterable<readonly Item[]>): Promise<readonly Item[]> => {
	const items: Item[] = [];
	for await (const batch of batches) items.push(...batch);
	return items;
};

/** Everything that a container leaves when it is not taken back, counted. */
const leftovers = async (): Promise<Readonly<Record<string, number>>> => {
	const store = services.host.dataStore();
	const snapshots = await all(containerd.snapshots.list(namespace, 'overlayfs'));
	return {
		names: namesIn(store, 'names', namespace).length,
		stateDirs: namesIn(store, 'containers', namespace).length,
		hosts: namesIn(store, 'etchosts', namespace).length,
		volumes: namesIn(store, 'volumes', namespace).length,
		snapshots: snapshots.filter(({kind}) => kind !== 'committed').length,
		containers: (await all(containerd.containers.list(namespace))).length,
		tasks: (await containerd.tasks.list(namespace)).length,
		leases: (await containerd.leases.list(namespace)).length,
		addresses: namesIn('/var/lib/cni/networks', network).filter(name => /^[\d.]+$/.test(name)).length,
		results: namesIn('/var/lib/cni/results').filter(name => name.startsWith(`${network}-`)).length,
		fifos: fifos.filter(directory => existsSync(directory)).length,
		processes: processesUnder(lab.dir).filter(pid => !before.includes(pid)).length,
		cgroups: namesIn('/sys/fs/cgroup/memory', lab.cgroup).filter(name => name.length === 64).length,
	};
};

const nothing = {names: 0, stateDirs: 0, hosts: 0, volumes: 0, snapshots: 0, containers: 0, tasks: 0, leases: 0, addresses: 0, results: 0, fifos: 0, processes: 0, cgroups: 0};

/** Processes are gone a moment after whoever ended them says so. */
const expectNothing = async (): Promise<void> => {
	await until(async () => (await leftovers())['processes'] === 0, 5000);
	expect(await leftovers()).toEqual(nothing);
};

const wanted = (changes: RequestChanges = {}) =>
	request({
		...{namespace, image: image.name, args: ['sleep', '60'], pull: 'never', name: 'doomed'},
		mounts: [
			{type: 'volume', source: 'named', target: '/named', readOnly: false, makeSource: false, options: []},
			{type: 'volume', source: '', target: '/unnamed', readOnly: false, makeSource: false, options: []},
		],
		cidFile: join(lab.dir, 'cid'),
		...changes,
		process: {ipc: 'shareable', ...changes.process},
		network: {networks: [network], ports: [{HostIP: '127.0.0.1', HostPort: 28471, ContainerPort: 80, Protocol: 'tcp'}], ...changes.network},
		resources: {cgroupParent: lab.cgroup, ...changes.resources},
	});

const failureOf = async (work: Promise<unknown>): Promise<string> =>
	work.then(
		() => 'it worked',
		(error: unknown) => messageOf(error),
	);

for (const version of containerdVersions)
	describe.skipIf(!isPossible(version))(`a container that fails half-way, on containerd ${version}`, () => {
		beforeAll(async () => {
			namespace = `roll-${randomBytes(3).toString('hex')}`;
			network = `roll${randomBytes(2).toString('hex')}`;
			lab = await startContainerd({version, hasOwnNetwork: true});
			before = processesUnder(lab.dir);
			containerd = createContainerd({address: lab.address});
			services = await labServices(lab, containerd);
			const {making} = services;
			const files = {
				...making.files,
				openForeground: async (options: Parameters<typeof making.files.openForeground>[0]) => {
					const opened = await making.files.openForeground(options);
					fifos.push(dirname(opened.stdio.stdout));
					return opened;
				},
			};
			containers = createContainers({containerd, host: services.host, openMaking: async () => ({...making, files})});
			await importImage(containerd, namespace, image);
			await services.networks.create(namespace, {
				...{name: network, driver: 'bridge', options: {}, ipamDriver: 'default', ipamOptions: {}},
				...{subnets: [`10.231.${Math.floor(Math.random() * 250)}.0/24`], gateways: [], ipRanges: [], auxAddresses: [], labels: {}, ipv4: true, ipv6: false, internal: false},
			});
		});

		afterAll(async () => {
			await services?.networks.remove(namespace, network);
			containerd?.close();
			await lab?.stop();
			forgetNamespace(namespace);
		});

		const stepsOfForeground = createSteps.filter(step => step !== 'restart labels');
		const table: ReadonlyArray<readonly [CreateStep, 'foreground' | 'background' | 'created']> = [
			...stepsOfForeground.map(step => [step, 'foreground'] as const),
			...(['task', 'start', 'restart labels'] as const).map(step => [step, 'background'] as const),
			['container', 'created'],
		];

		test.each(table)('after the step %s (%s) nothing is left', async (step, how) => {
			let wasThere = false;
			const call = {
				onStep: (done: CreateStep) => {
					if (done !== step) return;
					wasThere = true;
					throw new Failure('internal', `the step ${step} was made to fail`);
				},
			};
			const work =
				how === 'created'
					? containers.create(wanted(), call)
					: containers.run(wanted(how === 'background' ? {restart: {kind: 'always'}} : {}), {...call, detached: how === 'background'});
			expect(await failureOf(work)).toMatch(new RegExp(`^Could not (run|create) doomed: the step ${step} was made to fail$`));
			expect(wasThere).toBe(true);
			expect(existsSync(join(lab.dir, 'cid'))).toBe(false);
			await expectNothing();
		});

		test.each<readonly [string, RequestChanges, RegExp]>([
			['a program that the image lacks', {args: ['/no/such/program']}, /no such file or directory/],
			['a user that the image lacks', {process: {user: 'nobody-knows'}}, /The image has no user nobody-knows/],
			['an image that is not here', {image: 'docker.io/lab/none:1'}, /There is no image docker.io\/lab\/none:1 here/],
			['a network that is not there', {network: {networks: ['nonesuch']}}, /nonesuch/],
			['a device that is not there', {resources: {devices: ['/dev/nonesuch']}}, /\/dev\/nonesuch/],
			['a working directory that is a file', {process: {workingDirectory: '/bin/busybox'}}, /not a directory/],
			['too little memory to start in', {resources: {memoryBytes: 1}}, /memory/],
			['a runtime that is not there', {runtime: 'no-such-runtime'}, /no-such-runtime/],
		])('%s: it says so and leaves nothing', async (_, changes, sentence) => {
			expect(await failureOf(containers.run(wanted(changes), {detached: false}))).toMatch(sentence);
			await expectNothing();
		});

		test('an abort on the way leaves nothing', async () => {
			const abort = new AbortController();
			const work = containers.run(wanted(), {detached: false, signal: abort.signal, onStep: step => (step === 'container' ? abort.abort() : undefined)});
			expect(await failureOf(work)).toMatch(/abort/);
			await expectNothing();
		});

		test('what was there before stays: a volume, a taken name, a file of somebody else', async () => {
			await services.volumes.create(namespace, {name: 'named'});
			const ref = await containers.create(wanted({mounts: [], cidFile: join(lab.dir, 'other')}));
			expect(await failureOf(containers.run(wanted(), {detached: false}))).toMatch(/The name doomed is already used by container/);
			expect(await failureOf(containers.run(wanted({name: 'second', cidFile: join(lab.dir, 'other')}), {detached: false}))).toMatch(/container ID file found/);
			expect(existsSync(join(lab.dir, 'other'))).toBe(true);
			expect(await leftovers()).toMatchObject({names: 1, stateDirs: 1, volumes: 1, containers: 1});
			await containers.remove(ref, {force: true, volumes: true});
			await services.volumes.remove(namespace, 'named');
			await expectNothing();
		});

		test('one that succeeds leaves nothing either, once it is removed', async () => {
			const {ref, attached} = await containers.run(wanted({args: ['true'], cidFile: join(lab.dir, 'good')}), {detached: false});
			attached?.stdout.resume();
			attached?.stderr?.resume();
			expect(await attached?.wait()).toMatchObject({exitStatus: 0});
			await containers.remove(ref, {volumes: true});
			await services.volumes.remove(namespace, 'named');
			await expectNothing();
		});
	});
