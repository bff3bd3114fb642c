import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainer, type LabRun, runContainer} from '../../scripts/lab/container.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {containerdVersions} from '../../scripts/lab/find-containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {createHost, type Host} from '../../source/clients/host/index.ts';
import {messageOf} from '../../source/errors.ts';
import {labels} from '../../source/model/labels.ts';
import {type ContainersService, createContainers} from '../../source/services/containers/index.ts';

const image = busyboxImage('docker.io/lab/life:1');
const namespace = 'life';
const healthy = (test: readonly string[], more: object = {}): LabRun['labels'] => ({[labels.healthCheck]: JSON.stringify({Test: test, Interval: 1e9, Timeout: 5e8, Retries: 2, ...more})});

let lab: LabContainerd;
let containerd: Containerd;
let host: Host;
let containers: ContainersService;

const run = async (name: string, more: Partial<LabRun> = {}): Promise<LabContainer> =>
	runContainer({lab, containerd}, {image, namespace, name, logs: 'null', commandLine: ['/bin/sh', '-c', 'while :; do sleep 0.1; done'], ...more});
const specOf = async (ref: LabContainer): Promise<{readonly annotations: Readonly<Record<string, string>>; readonly linux: {readonly resources: unknown}}> =>
	JSON.parse(Buffer.from((await containerd.containers.get(ref)).spec?.value ?? []).toString());
const labelsOf = async (ref: LabContainer) => (await containerd.containers.get(ref)).labels;
const messageFrom = async (work: Promise<unknown>): Promise<string> => work.then(() => 'nothing', messageOf);
const nameFile = (name: string): string => join(host.dataStore(), 'names', namespace, name);

/** A limit as the kernel has it: cgroup v2's file, or v1's. */
const limitOf = (ref: LabContainer, v2: string, v1: string): string => {
	const folder = join(lab.cgroup, namespace, ref.id);
	const path = existsSync('/sys/fs/cgroup/cgroup.controllers') ? join('/sys/fs/cgroup', folder, v2) : join('/sys/fs/cgroup', v1.split('/')[0] ?? '', folder, v1.split('/')[1] ?? '');
	return readFileSync(path, 'utf8').trim();
};

vi.setConfig({testTimeout: 60_000});

for (const version of containerdVersions) {
	const reason = whyNoContainers(version);
	describe.skipIf(reason !== undefined)(titled(`the life of containers on containerd ${version}`, reason), () => {
		beforeAll(async () => {
			lab = await startContainerd({version});
			containerd = createContainerd({address: lab.address});
			host = createHost({address: lab.address, dataRoot: lab.dataRoot});
			containers = createContainers({containerd, host});
			await importImage(containerd, namespace, image);
		});

		afterAll(async () => {
			containerd?.close();
			await lab?.stop();
		});

		test('rename changes the name everywhere it is written, or nowhere', async () => {
			const [ref, other] = [await run('before'), await run('other', {isStarted: false})];
			await host.acquireName(ref, 'before');
			await host.acquireName(other, 'other');
			const hosts = join(host.dataStore(), 'etchosts', namespace);
			const network = {Networks: {bridge: {ips: [{address: '10.4.0.7/24'}]}}, ExtraHosts: null, Hostname: 'h', Domainname: ''};
			for (const [{id}, Name] of [[ref, 'before'], [other, 'other']] as const) {
				mkdirSync(join(hosts, id), {recursive: true});
				writeFileSync(join(hosts, id, 'hosts'), '');
				writeFileSync(join(hosts, id, 'meta.json'), JSON.stringify({ID: id, Name, ...network}));
			}
			await containers.rename(ref, 'after');
			expect([(await labelsOf(ref))[labels.name], (await specOf(ref)).annotations[labels.name]]).toEqual(['after', 'after']);
			expect([readFileSync(nameFile('after'), 'utf8'), existsSync(nameFile('before'))]).toEqual([ref.id, false]);
			expect(readFileSync(join(hosts, other.id, 'hosts'), 'utf8')).toMatch(/10\.4\.0\.7\s.*\bafter\b/);
			expect(await containers.find(namespace, 'after')).toMatchObject({id: ref.id});

			expect(await messageFrom(containers.rename(ref, 'other'))).toMatch(/Could not rename after to other: The name other is already used by container/);
			expect(await messageFrom(containers.rename(ref, '-bad'))).toMatch(/can't be the name/);
			expect(await messageFrom(containers.rename(ref, 'after'))).toMatch(/its name already/);
			const failing = createContainers({containerd: {...containerd, containers: {...containerd.containers, update: async () => Promise.reject(new Error('no'))}}, host});
			expect(await messageFrom(failing.rename(ref, 'never'))).toMatch(/no$/);
			expect(readdirSync(join(host.dataStore(), 'names', namespace)).sort()).toEqual(['after', 'other']);
		});

		test('update changes limits now and for the next start, and takes them back when they are refused', async () => {
			const ref = await run('limits', {memoryLimitBytes: 64 * 1024 ** 2});
			await containers.update(ref, {resources: {memoryBytes: 32 * 1024 ** 2, pids: 77, cpuQuota: 50_000, cpuPeriod: 100_000}});
			expect(limitOf(ref, 'memory.max', 'memory/memory.limit_in_bytes')).toBe(String(32 * 1024 ** 2));
			expect(limitOf(ref, 'pids.max', 'pids/pids.max')).toBe('77');
			expect((await specOf(ref)).linux.resources).toMatchObject({memory: {limit: 32 * 1024 ** 2, swap: 64 * 1024 ** 2}, pids: {limit: 77}, cpu: {quota: 50_000, period: 100_000}});
			const before = await specOf(ref);
			expect(await messageFrom(containers.update(ref, {resources: {cpusetCpus: '4000', pids: 5}}))).toMatch(/^Could not update limits: /);
			expect(await specOf(ref)).toEqual(before);
			await containers.stop(ref, {timeoutMs: 0});
			await containers.update(ref, {resources: {pids: 88}});
			await containers.start(ref);
			expect(limitOf(ref, 'pids.max', 'pids/pids.max')).toBe('88');
		});

		test('update gives a restart policy, and takes it away', async () => {
			const [ref, created] = [await run('policy'), await run('policy-created', {isStarted: false})];
			const onFailure = containers.update(ref, {restart: {kind: 'on-failure', retries: 3}});
			// The monitor of 1.6 knows no other policy than always.
			if (version === '1.6') {
				expect(await messageFrom(onFailure)).toMatch(/this containerd knows always/);
				await containers.update(ref, {restart: {kind: 'always'}});
			} else await onFailure;
			expect(await labelsOf(ref)).toMatchObject({[labels.restartPolicy]: version === '1.6' ? 'always' : 'on-failure:3', [labels.restartStatus]: 'running'});
			await containers.update(created, {restart: {kind: 'always'}});
			expect((await labelsOf(created))[labels.restartStatus]).toBeUndefined();
			await containers.update(ref, {restart: {kind: 'no'}});
			expect(Object.keys(await labelsOf(ref)).filter(key => key.includes('restart'))).toEqual([]);
		});

		test('a health check writes what nerdctl writes', async () => {
			const ref = await run('sick', {labels: healthy(['CMD-SHELL', 'echo out; echo err >&2; test -e /tmp/well'])});
			expect(await containers.probeHealth(ref)).toMatchObject({exitCode: 1, state: {Status: 'starting', FailingStreak: 1}});
			await containers.probeHealth(ref);
			expect(JSON.parse((await labelsOf(ref))[labels.healthState] ?? '')).toEqual({Status: 'unhealthy', FailingStreak: 2, InStartPeriod: false});
			expect(await containers.probeHealth(ref, {ifOlderThanMs: 60_000})).toBeUndefined();
			const {execId} = await containers.execDetached(ref, {args: ['touch', '/tmp/well']});
			await containerd.tasks.wait(ref, {execId}).catch(() => undefined);
			expect((await containers.probeHealth(ref))?.state).toEqual({Status: 'healthy', FailingStreak: 0, InStartPeriod: false});
			const lines = readFileSync(join(ref.stateDir, 'health.json'), 'utf8').trim().split('\n').map(line => JSON.parse(line));
			expect(lines.map(({ExitCode}) => ExitCode)).toEqual([1, 1, 0]);
			expect(lines[0]).toEqual({Start: expect.stringMatching(/Z$/), End: expect.stringMatching(/Z$/), ExitCode: 1, Output: expect.stringMatching(/^(out\nerr|err\nout)\n$/)});
			const [one, two] = await Promise.all([containers.probeHealth(ref, {ifOlderThanMs: 0}), containers.probeHealth(ref, {ifOlderThanMs: 30_000})]);
			expect([one, two].filter(probed => probed !== undefined)).toHaveLength(1);
		});

		test('a check that hangs is ended, one that can not start is told, and without one it is refused', async () => {
			const [hangs, missing, none] = [
				await run('hangs', {labels: healthy(['CMD', 'sleep', '60'])}),
				await run('missing', {labels: healthy(['CMD', '/no/such/program'])}),
				await run('none', {labels: healthy(['NONE'])}),
			];
			expect(await containers.probeHealth(hangs)).toMatchObject({exitCode: -1, output: 'Health check exceeded timeout (0.5s)'});
			expect((await containerd.tasks.listPids(hangs)).length).toBeLessThanOrEqual(2);
			expect(await containers.probeHealth(missing)).toMatchObject({exitCode: -1, output: expect.stringContaining('/no/such/program')});
			expect(await messageFrom(containers.probeHealth(none))).toMatch(/no health check configured/);
			await containers.stop(none, {timeoutMs: 0});
			expect(await messageFrom(containers.probeHealth(none))).toMatch(/not running \(status: stopped\)/);
		});
	});
}
