import {existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {text} from 'node:stream/consumers';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainer, type LabRun, runContainer} from '../../scripts/lab/container.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {type ContainerdVersion, containerdVersions, findContainerd} from '../../scripts/lab/find-containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {until} from '../../scripts/lab/processes.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {createHost, type Host} from '../../source/clients/host/index.ts';
import {isFailure, messageOf, sentence} from '../../source/errors.ts';
import {labels} from '../../source/model/labels.ts';
import {type ContainersService, createContainers} from '../../source/services/containers/index.ts';

/** Real containers need root, a containerd and a runc; without them the tests say that they were skipped. */
const isPossible = (version: ContainerdVersion): boolean => process.geteuid?.() === 0 && findContainerd(version) !== undefined;
const image = busyboxImage('docker.io/lab/services:1');
const namespace = 'services';

let lab: LabContainerd;
let containerd: Containerd;
let host: Host;
let containers: ContainersService;
let count = 0;

const opened: string[] = [];

/** Directories of FIFOs that an exec has left behind. */
const leftFifos = (): readonly string[] => opened.filter(directory => existsSync(directory));

/** A first process without a handler ignores every signal but KILL: a test that signals must wait until the shell has set its trap; and before it is the shell, it is runc, which catches everything. */
const isTrapping = async (pid: number): Promise<boolean> => {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	if (!status.startsWith('Name:\tsh\n')) return false;
	const bits = ['SigCgt', 'SigIgn'].map(name => BigInt(`0x${new RegExp(`^${name}:\\s+([0-9a-f]+)`, 'm').exec(status)?.[1] ?? '0'}`));
	return bits.some(mask => (mask & ((1n << 14n) | (1n << 9n))) !== 0n);
};

const trapping = async (ref: LabContainer): Promise<void> => {
	const task = await containerd.tasks.find(ref);
	expect(await until(() => isTrapping(task?.pid ?? 0), 10_000)).toBe(true);
};

const loop = (trap: string): readonly string[] => ['/bin/sh', '-c', `trap ${trap}; while :; do sleep 0.1; done`];

const run = async (options: Partial<LabRun> = {}): Promise<LabContainer> => {
	const ref = await runContainer(
		{lab, containerd},
		{image, namespace, name: `c${++count}`, commandLine: loop('"exit 3" TERM'), ...options},
	);
	if (options.isStarted !== false && (options.commandLine === undefined || options.commandLine.join(' ').includes('trap')))
		await trapping(ref);
	return ref;
};

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
	work.then(
		() => undefined,
		(error: unknown) => error,
	);

const statusOf = async (ref: LabContainer): Promise<string | undefined> => (await containerd.tasks.find(ref))?.status;

const labelsOf = async (ref: LabContainer): Promise<Readonly<Record<string, string>>> => (await containerd.containers.get(ref)).labels;

for (const version of containerdVersions)
	describe.skipIf(!isPossible(version))(`containers on containerd ${version}`, () => {
		beforeAll(async () => {
			lab = await startContainerd({version});
			containerd = createContainerd({address: lab.address});
			const real = createHost({address: lab.address, dataRoot: lab.dataRoot});
			host = {
				...real,
				openFifos: async options => {
					const fifos = await real.openFifos(options);
					opened.push(dirname(fifos.stdio.stdout));
					return fifos;
				},
			};
			containers = createContainers({containerd, host});
			await importImage(containerd, namespace, image);
		});

		afterAll(async () => {
			containerd?.close();
			await lab?.stop();
		});

		test('stop sends the stop signal, keeps the task, and start makes a new one that writes to the same place', async () => {
			const file = join(lab.dir, 'logs', 'again.log');
			const ref = await run({logs: {file}, commandLine: loop('"exit 3" TERM; echo up')});
			await containers.stop(ref, {timeoutMs: 8000});
			expect(await containerd.tasks.find(ref)).toMatchObject({status: 'stopped', exitStatus: 3});
			await containers.stop(ref);
			await containers.start(ref);
			expect(await containerd.tasks.find(ref)).toMatchObject({status: 'running', stdout: `file://${file}`, terminal: false});
			await containers.start(ref);
			await trapping(ref);
			await containers.restart(ref);
			await trapping(ref);
			expect(await statusOf(ref)).toBe('running');
			expect(await until(() => readFileSync(file, 'utf8') === 'up\n'.repeat(3), 10_000)).toBe(true);
			await containers.stop(ref, {timeoutMs: 0});
			expect(await containerd.tasks.find(ref)).toMatchObject({status: 'stopped', exitStatus: 137});
			await containers.remove(ref);
		});

		test('one that ignores its stop signal is killed when the time is up, counting down', async () => {
			const ref = await run({commandLine: loop('"" TERM'), labels: {[labels.stopTimeout]: '2'}, logs: 'null'});
			const left: number[] = [];
			await containers.stop(ref, {onCountdown: ms => left.push(Math.ceil(ms / 1000))});
			expect(left.slice(0, 2)).toEqual([2, 1]);
			expect(await containerd.tasks.find(ref)).toMatchObject({status: 'stopped', exitStatus: 137});
			await containers.remove(ref);
		});

		test('pause, unpause, and stopping a paused one', async () => {
			const ref = await run({logs: 'null'});
			await containers.pause(ref);
			expect(await statusOf(ref)).toBe('paused');
			expect(sentence(await failureOf(containers.start(ref)))).toMatch(/^Could not start c\d+: it is paused — unpause it instead$/);
			expect(isFailure(await failureOf(containers.exec(ref, {args: ['true'], terminal: false, interactive: false})), 'conflict')).toBe(
				true,
			);
			await containers.unpause(ref);
			expect(await statusOf(ref)).toBe('running');
			await containers.pause(ref);
			await containers.stop(ref);
			expect(await containerd.tasks.find(ref)).toMatchObject({status: 'stopped', exitStatus: 3});
			await containers.remove(ref);
		});

		test('kill sends any signal and refuses when nothing runs', async () => {
			const ref = await run({commandLine: loop('"exit 7" USR1'), logs: 'null'});
			const exit = containers.wait(ref);
			await containers.kill(ref, 10);
			expect((await exit).exitStatus).toBe(7);
			expect((await containers.wait(ref)).exitStatus).toBe(7);
			expect(messageOf(await failureOf(containers.kill(ref, 9)))).toMatch(/Could not send SIGKILL to c\d+: it is not running/);
			await containers.remove(ref);
		});

		test('a terminal container whose reader is gone starts again', async () => {
			const ref = await run({terminal: true, logs: 'null', isStarted: false});
			await containers.start(ref);
			expect(await containerd.tasks.find(ref)).toMatchObject({status: 'running', terminal: true});
			await containers.restart(ref, {timeoutMs: 0});
			expect(await statusOf(ref)).toBe('running');
			await containers.remove(ref, {force: true});
		});

		test('a start that fails leaves no task and says why', async () => {
			const ref = await run({commandLine: ['/no/such/program'], logs: 'null', isStarted: false});
			const failure = await failureOf(containers.start(ref));
			expect(messageOf(failure)).toMatch(/^Could not start c\d+: .*no such file/);
			expect(await containerd.tasks.find(ref)).toBeUndefined();
			await containers.remove(ref);
		});

		test('a restart policy hears what is wanted', async () => {
			const ref = await run({logs: 'null', labels: {[labels.restartPolicy]: 'always', [labels.restartStatus]: 'running'}});
			await containers.stop(ref);
			expect(await labelsOf(ref)).toMatchObject({[labels.explicitlyStopped]: 'true', [labels.restartStatus]: 'stopped'});
			await containers.start(ref);
			expect(await labelsOf(ref)).toMatchObject({[labels.explicitlyStopped]: 'false', [labels.restartStatus]: 'running'});
			await containers.remove(ref, {force: true});
		});

		test('one that shares the network of another joins it anew', async () => {
			const owner = await run({logs: 'null'});
			const guest = await run({logs: 'null', networkOf: owner.pid!});
			const networkOf = async (ref: LabContainer): Promise<string> => readlinkSync(`/proc/${(await containerd.tasks.find(ref))?.pid}/ns/net`);
			await containerd.containers.setLabels(guest, {[labels.networks]: JSON.stringify([`container:${owner.id}`])});
			await containers.restart(owner, {timeoutMs: 0});
			await containers.restart(guest, {timeoutMs: 0});
			expect(await networkOf(guest)).toBe(await networkOf(owner));
			await containers.stop(owner, {timeoutMs: 0});
			expect(sentence(await failureOf(containers.restart(guest, {timeoutMs: 0})))).toContain(`start ${owner.id.slice(0, 12)} first`);
			for (const ref of [owner, guest]) await containers.remove(ref);
		});

		test('removing a running one needs force and then leaves nothing', async () => {
			const volume = 'a'.repeat(64);
			const shared = 'b'.repeat(64);
			const ref = await run({
				labels: {[labels.anonymousVolumes]: JSON.stringify([volume, shared, '../../../etc'])},
				isNerdctl: true,
				logs: 'null',
			});
			await containerd.containers.setLabels(ref, {[labels.anonymousVolumes]: JSON.stringify([volume, shared, '../../../etc'])});
			const other = await run({logs: 'null', labels: {'nerdctl/mounts.0': JSON.stringify({Type: 'volume', Name: shared})}});
			const store = host.dataStore();
			const hosts = join(store, 'etchosts', namespace, ref.id);
			for (const directory of [hosts, ...[volume, shared].map(name => join(store, 'volumes', namespace, name, '_data'))])
				mkdirSync(directory, {recursive: true});
			writeFileSync(join(hosts, 'hosts'), '');
			expect(sentence(await failureOf(containers.remove(ref)))).toMatch(/it is running — stop it first, or force the removal$/);
			expect(await statusOf(ref)).toBe('running');
			await containers.pause(ref);
			await containers.remove(ref, {force: true, volumes: true});
			expect(isFailure(await failureOf(containerd.containers.get(ref)), 'not-found')).toBe(true);
			expect(await containerd.tasks.find(ref)).toBeUndefined();
			expect(isFailure(await failureOf(containerd.snapshots.stat(namespace, 'overlayfs', ref.id)), 'not-found')).toBe(true);
			const traces = [ref.stateDir, hosts, join(store, 'names', namespace, ref.name), join(store, 'volumes', namespace, volume)];
			expect(traces.filter(path => existsSync(path))).toEqual([]);
			const runtime = [join(lab.runcRoot, namespace, ref.id), join(lab.dir, 'state/io.containerd.runtime.v2.task', namespace, ref.id)];
			expect(runtime.filter(path => existsSync(path))).toEqual([]);
			expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(ref.id);
			expect(existsSync(join(store, 'volumes', namespace, shared))).toBe(true);
			expect(existsSync(dirname(ref.stateDir))).toBe(true);
			await containers.remove(other, {force: true, volumes: true});
		});

		test('prune removes what does not run and nothing else', async () => {
			const running = await run({logs: 'null'});
			const created = await run({logs: 'null', isStarted: false});
			const exited = await run({logs: 'null', commandLine: ['/bin/true']});
			await containers.wait(exited);
			const outcome = await containers.prune(namespace);
			expect(outcome.failed).toEqual([]);
			expect(new Set(outcome.done.map(({id}) => id))).toEqual(new Set([created.id, exited.id]));
			expect(await statusOf(running)).toBe('running');
			await containers.remove(running, {force: true});
		});

		test('find takes a name, an id or a prefix of it', async () => {
			const ref = await run({id: `abc1${'0'.repeat(60)}`, name: 'abc2', logs: 'null', isStarted: false});
			const twin = await run({id: `abc2${'0'.repeat(60)}`, name: 'odd.name', logs: 'null', isStarted: false});
			for (const [asked, id] of [
				['abc2', ref.id],
				[ref.id, ref.id],
				['abc1', ref.id],
				['abc20', twin.id],
				['odd.name', twin.id],
			] as const) {
				expect((await containers.find(namespace, asked)).id).toBe(id);
			}
			expect(isFailure(await failureOf(containers.find(namespace, 'abc')), 'conflict')).toBe(true);
			for (const asked of ['nobody', 'a"b', 'a.c1', '^', ''])
				expect(await failureOf(containers.find(namespace, asked))).toBeInstanceOf(Error);
			for (const each of [ref, twin]) await containers.remove(each);
		});

		test('inspect and processes', async () => {
			const ref = await run({logs: 'null'});
			const found = await containers.inspect(ref);
			expect(found.task).toMatchObject({status: 'running', pid: ref.pid});
			expect(found.spec).toMatchObject({process: {cwd: '/'}});
			const rows = await containers.processes(ref);
			expect(rows[0]).toMatchObject({pid: ref.pid, user: 'root', execId: undefined});
			expect(rows[0]?.command).toContain('trap "exit 3" TERM');
			await containers.remove(ref, {force: true});
		});

		test('exec: output, exit, streams apart, environment, user, directory', async () => {
			const ref = await run({logs: 'null'});
			const session = await containers.exec(ref, {
				args: ['/bin/sh', '-c', 'echo $GREETING in $(pwd) as $(id -u):$(id -g); echo oops >&2; exit 5'],
				terminal: false,
				interactive: false,
				env: ['GREETING=hi'],
				workingDirectory: '/bin',
				user: '12:34',
			});
			const [out, errors, exit] = await Promise.all([text(session.stdout), text(session.stderr!), session.wait()]);
			expect([out, errors, exit.exitStatus]).toEqual(['hi in /bin as 12:34\n', 'oops\n', 5]);
			expect(await containerd.tasks.find(ref, {execId: session.execId})).toBeUndefined();
			expect(leftFifos()).toEqual([]);
			expect(messageOf(await failureOf(containers.exec(ref, {args: ['nothing-such'], terminal: false, interactive: false})))).toMatch(
				/^Could not run nothing-such in c\d+: .*not found/,
			);
			expect(
				messageOf(await failureOf(containers.exec(ref, {args: ['id'], user: 'nobody-such', terminal: false, interactive: false}))),
			).toContain('knows no user nobody-such');
			expect(leftFifos()).toEqual([]);
			await containers.remove(ref, {force: true});
		});

		test('exec loses nothing of a large output and passes a large input through', async () => {
			const ref = await run({logs: 'null'});
			const session = await containers.exec(ref, {args: ['cat'], terminal: false, interactive: true});
			const sent = Buffer.alloc(3_000_000, 'abcdefgh\n');
			session.stdin?.end(sent);
			const [out, exit] = await Promise.all([text(session.stdout), session.wait()]);
			expect(out.length).toBe(sent.length);
			expect(exit.exitStatus).toBe(0);
			const left = await containers.exec(ref, {args: ['/bin/sh', '-c', 'sleep 30 & echo first'], terminal: false, interactive: false});
			const [said, over] = await Promise.all([text(left.stdout), left.wait()]);
			expect([said, over.exitStatus]).toEqual(['first\n', 0]);
			await containers.remove(ref, {force: true});
		});

		test('exec with a terminal: one stream, its size, a resize, and close', async () => {
			const ref = await run({logs: 'null'});
			const session = await containers.exec(ref, {args: ['/bin/sh'], terminal: true, interactive: true, size: {columns: 91, rows: 33}});
			let seen = '';
			const until = (wanted: string): Promise<void> =>
				new Promise(resolve => {
					const look = (): void => {
						if (!seen.includes(wanted)) return;
						session.stdout.off('data', look);
						resolve();
					};
					session.stdout.on('data', look);
					look();
				});
			session.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
			session.stdin?.write('stty size; echo term=$TERM\n');
			await until('33 91');
			await until('term=xterm');
			await session.resize({columns: 70, rows: 20});
			session.stdin?.write('stty size\n');
			await until('20 70');
			expect(session.stderr).toBeUndefined();
			expect((await containers.processes(ref)).some(row => row.execId === session.execId)).toBe(true);
			session.stdin?.write('exit 4\n');
			expect((await session.wait()).exitStatus).toBe(4);
			const endless = await containers.exec(ref, {args: ['sleep', '600'], terminal: true, interactive: true});
			await endless.close();
			expect(await containerd.tasks.find(ref, {execId: endless.execId})).toBeUndefined();
			await containers.remove(ref, {force: true});
		});

		test('a privileged exec has the capabilities of the shim', async () => {
			const ref = await run({logs: 'null'});
			const session = await containers.exec(ref, {
				args: ['grep', 'CapEff', '/proc/self/status'],
				terminal: false,
				interactive: false,
				privileged: true,
			});
			const [out] = await Promise.all([text(session.stdout), session.wait()]);
			const own = /^CapEff:\s+(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
			expect(out.trim().split(/\s+/)[1]).toBe(own);
			await containers.remove(ref, {force: true});
		});

		test('the shell is found through the container’s own links, also when only sh is there', async () => {
			const ref = await run({logs: 'null'});
			expect(await containers.findShell(ref)).toMatch(/^\/(usr\/)?bin\/ash$/);
			await containers.stop(ref, {timeoutMs: 0});
			expect(isFailure(await failureOf(containers.findShell(ref)), 'conflict')).toBe(true);
			await containers.remove(ref);
		});

		test('an exec says clearly that the daemon has gone', async () => {
			const ref = await run({logs: 'null'});
			const session = await containers.exec(ref, {args: ['sleep', '600'], terminal: false, interactive: false});
			const ending = failureOf(session.wait());
			await lab.restart();
			expect(messageOf(await ending)).toContain('Could not follow the process');
			expect(leftFifos()).toEqual([]);
			await containers.remove(ref, {force: true});
		});
	});
