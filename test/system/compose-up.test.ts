import {existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {forgetNamespace, labServices, type LabServices} from '../../scripts/lab/services.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {lineSleep} from '../../source/commands/line/host.ts';
import {messageOf} from '../../source/errors.ts';
import type {UpOptions} from '../../source/model/compose/plan/index.ts';
import type {Project} from '../../source/model/compose/project.ts';
import {type ComposeService, createCompose, loadProject} from '../../source/services/compose/index.ts';
import {createImages} from '../../source/services/images/index.ts';

const reason = whyNoContainers();
const image = busyboxImage('docker.io/lab/compose:1');
const namespace = `compose-${process.pid}`;
const name = `g${process.pid}`;
const usual: UpOptions = {recreate: 'changed', scale: {}, removeOrphans: false, start: true, build: false};

let lab: LabContainerd;
let containerd: Containerd;
let services: LabServices;
let compose: ComposeService;
let folder: string;

const staying = `[/bin/sh, -c, "trap 'exit 0' TERM; touch /tmp/ready; while :; do sleep 0.1; done"]`;

const text = `
services:
  db:
    image: lab/compose:1
    command: ${staying}
    volumes: ["data:/data"]
    networks: [back]
    healthcheck: {test: "test -e /tmp/ready", interval: 200ms, retries: 20}
  migrate:
    image: lab/compose:1
    command: [/bin/sh, -c, "echo done > /data/migrated"]
    volumes: ["data:/data"]
    networks: [back]
    depends_on: {db: {condition: service_healthy}}
  api:
    image: lab/compose:1
    command: ${staying}
    networks: [back, front]
    depends_on: {migrate: {condition: service_completed_successfully}}
    volumes: ["data:/data:ro"]
    healthcheck: {test: "test -e /data/migrated", interval: 200ms}
  web:
    image: lab/compose:1
    command: ${staying}
    networks: {front: {aliases: [site]}}
    secrets: [token]
    configs: [{source: settings, target: /etc/settings}]
    depends_on: {api: {condition: service_healthy}}
    stop_grace_period: 5s
  side:
    image: lab/compose:1
    command: ${staying}
    network_mode: service:web
networks: {front: , back: {internal: true}}
volumes: {data: }
secrets: {token: {environment: TOKEN}}
configs: {settings: {content: "a: $\${b}"}}
`;

const projectOf = async (content: string): Promise<Project> => {
	writeFileSync(join(folder, 'compose.yaml'), content);
	const {project} = await loadProject({cwd: folder, home: '/root', env: {TOKEN: 'hush'}, files: [], projectName: name, profiles: [], envFiles: [], services: [], interpolate: true, readStdin: async () => ''});
	return project;
};

const up = async (content: string, options: Partial<UpOptions> = {}) => {
	const told: string[] = [];
	const plan = await compose.up(await projectOf(content), {...usual, ...options}, {onEvent: () => undefined, warn: warning => told.push(warning), wait: true, dryRun: false});
	return {told, actions: plan.operations.map(({action}) => `${action.kind} ${action.name}`)};
};

const down = async (more: {readonly volumes: boolean}, project?: Project) =>
	compose.down(name, {project, removeOrphans: true, images: 'none', ...more}, {onEvent: () => undefined, warn: () => undefined, dryRun: false});

const output = async (service: string, args: readonly string[]): Promise<string> => {
	const found = (await compose.containers(name)).find(one => one.service === service)!;
	const session = await services.containers.exec(found, {args, terminal: false, interactive: false});
	let said = '';
	session.stdout.on('data', (chunk: Buffer) => {
		said += chunk.toString();
	});
	await session.wait();
	return said.trim();
};

vi.setConfig({testTimeout: 120_000});

describe.skipIf(reason !== undefined)(titled('a compose project on a real containerd', reason), () => {
	beforeAll(async () => {
		lab = await startContainerd({hasOwnNetwork: true});
		containerd = createContainerd({address: lab.address});
		services = await labServices(lab, containerd);
		folder = join(lab.dir, 'project');
		mkdirSync(folder);
		await importImage(containerd, namespace, image);
		compose = createCompose({
			address: lab.address,
			dataRoot: lab.dataRoot,
			place: {namespace, snapshotter: 'overlayfs', cgroupManager: 'cgroupfs'},
			containerd,
			containers: services.containers,
			images: createImages({containerd, dataRoot: lab.dataRoot}),
			networks: services.networks,
			volumes: services.volumes,
			build: async () => Promise.reject(new Error('nothing is built here')),
			sleep: lineSleep,
		});
	});

	afterAll(async () => {
		if (compose !== undefined) await down({volumes: true}).catch(() => undefined);
		containerd?.close();
		await lab?.stop();
		forgetNamespace(namespace);
	});

	test('comes up in the order of what its services wait for', async () => {
		const {told} = await up(text);
		expect(told).toEqual([]);
		const containers = await compose.containers(name);
		expect(containers.map(({service, state}) => `${service} ${state}`).sort()).toEqual(['api running', 'db running', 'migrate stopped', 'side running', 'web running']);
		expect(await output('api', ['cat', '/data/migrated'])).toBe('done');
		expect(await output('web', ['cat', '/run/secrets/token'])).toBe('hush');
		expect(await output('web', ['cat', '/etc/settings'])).toBe('a: ${b}');
		expect(await output('side', ['cat', '/etc/hostname'])).toBe(await output('web', ['cat', '/etc/hostname']));
		expect(await output('web', ['grep', '-c', `${name}-api-1`, '/etc/hosts'])).not.toBe('0');
	});

	test('and is left alone when it is as it should be, but for what has ended', async () => {
		expect((await up(text)).actions).toEqual(['wait for db', `start container ${name}-migrate-1`]);
	});

	test('a changed service is made anew with those that live in it, and others stay', async () => {
		const before = new Map((await compose.containers(name)).map(({service, id}) => [service, id]));
		await up(text.replace('stop_grace_period: 5s', 'stop_grace_period: 4s'));
		const after = new Map((await compose.containers(name)).map(({service, id}) => [service, id]));
		expect([...after].filter(([service, id]) => before.get(service) !== id).map(([service]) => service).sort()).toEqual(['side', 'web']);
	});

	test('scales up and down', async () => {
		const scaled = text.replace('  web:', `  more: {image: "lab/compose:1", command: ${staying}, network_mode: none, scale: 3}\n  web:`);
		const names = async () => (await compose.containers(name)).filter(({service}) => service === 'more').map(one => one.name);
		await up(scaled);
		expect(await names()).toEqual([1, 2, 3].map(number => `${name}-more-${number}`));
		await up(scaled, {scale: {more: 1}});
		expect(await names()).toEqual([`${name}-more-1`]);
		expect((await up(text)).told).toEqual([`${name}-more-1 is left over: the project has no service more any more; --remove-orphans removes it`]);
		await up(text, {removeOrphans: true});
		expect(await names()).toEqual([]);
	});

	test('a service that never gets healthy ends it, with the last words of its probe', async () => {
		const sick = `services: {sick: {image: "lab/compose:1", command: ${staying}, network_mode: none, healthcheck: {test: "echo no luck; exit 3", interval: 100ms, retries: 2}}, later: {image: "lab/compose:1", network_mode: none, depends_on: {sick: {condition: service_healthy}}}}`;
		const told = await up(sick).then(() => 'it came up', messageOf);
		expect(told).toBe(`${name}-sick-1 is unhealthy after 2 probes: the last one ended with 3, and it said "no luck"`);
		expect((await compose.containers(name)).find(({service}) => service === 'later')?.state).toBe('created');
	});

	test('of two at once one waits, and says so', async () => {
		const project = await projectOf(text);
		const told: string[][] = [[], []];
		const calls = told.map(words => compose.up(project, {...usual, removeOrphans: true}, {onEvent: () => undefined, warn: warning => words.push(warning), wait: false, dryRun: false}));
		const plans = await Promise.all(calls);
		expect(told.flat()).toEqual([`another program works on ${name}: waiting for it`]);
		expect(plans.map(({operations}) => operations.some(({action}) => action.kind === 'create container'))).toEqual([false, false]);
	});

	test('goes down with nothing left, though its files are gone', async () => {
		await down({volumes: true});
		expect(await compose.containers(name)).toEqual([]);
		expect((await services.volumes.list(namespace)).map(volume => volume.name)).toEqual([]);
		expect((await services.networks.list(namespace)).filter(network => network.name.startsWith(name))).toEqual([]);
		const kept = join(services.host.dataStore(), 'compose', namespace, name);
		expect(existsSync(kept) ? readdirSync(kept) : []).toEqual([]);
	});
});
