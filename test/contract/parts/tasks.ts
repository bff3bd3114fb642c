import {execFileSync} from 'node:child_process';
import {closeSync, constants, mkdtempSync, openSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import type {CreateTask} from '../../../source/clients/containerd/types.ts';
import type {Bench} from '../subject.ts';

const silent = {stdin: '', stdout: '', stderr: '', terminal: false} as const;

const process = {args: ['/bin/sleep', '1000'], cwd: '/', env: ['PATH=/bin:/usr/bin'], user: {uid: 0, gid: 0}} as const;

/** A terminal needs somewhere to write to: a FIFO that somebody holds open. */
const terminalPipe = (): string => {
	const folder = mkdtempSync(join(tmpdir(), 'gantry-pipe-'));
	const path = join(folder, 'out');
	execFileSync('mkfifo', [path]);
	const open = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
	onTestFinished(() => {
		closeSync(open);
		rmSync(folder, {recursive: true});
	});
	return path;
};

export const tasksPart = (bench: () => Bench): void => {
	let how: CreateTask | undefined;
	const ref = () => ({namespace: bench().namespace, id: 'web'});

	it('has no task before one is made', async () => {
		const {containerd, subject, namespace} = bench();
		how = await subject.makeContainer(containerd, ref());
		await expect(containerd.tasks.find(ref())).resolves.toBeUndefined();
		await expect(containerd.tasks.list(namespace)).resolves.toEqual([]);
		await expect(containerd.tasks.metrics(namespace)).resolves.toEqual([]);
	});

	it('creates and starts', async () => {
		const {containerd: {tasks}, namespace} = bench();
		const {pid} = await tasks.create(ref(), how!);
		expect(pid).toBeGreaterThan(0);
		await expect(tasks.find(ref())).resolves.toMatchObject({containerId: 'web', pid, status: 'created'});
		await expect(tasks.start(ref())).resolves.toEqual({pid});
		await expect(tasks.list(namespace)).resolves.toEqual([{containerId: 'web', pid, status: 'running', exitStatus: 0, exitedAt: undefined, ...silent}]);
		await expect(tasks.create(ref(), how!)).rejects.toMatchObject({code: 'already-exists'});
	});

	it('measures', async () => {
		const {containerd: {tasks}, namespace} = bench();
		const [metrics, ...others] = await tasks.metrics(namespace, {ids: ['web', 'absent']});
		expect(others).toEqual([]);
		expect(metrics).toMatchObject({containerId: 'web', memoryLimitBytes: undefined, pidsLimit: undefined});
		expect(metrics?.memoryBytes).toBeGreaterThan(0);
		expect(metrics?.pids).toBeGreaterThan(0);
		expect(metrics?.at).toBeGreaterThan(Date.now() - 60_000);
		await expect.poll(async () => (await tasks.metrics(namespace))[0]?.cpuNanoseconds, {timeout: 5000}).toBeGreaterThan(metrics!.cpuNanoseconds);
		await expect(tasks.metrics(namespace, {ids: ['absent']})).resolves.toEqual([]);
		await expect(tasks.metrics(namespace, {ids: []})).resolves.toEqual([]);
	});

	it('limits its memory while it runs', async () => {
		const {containerd: {tasks}, namespace} = bench();
		const value = new TextEncoder().encode(JSON.stringify({memory: {limit: 64 * 1024 * 1024}}));
		await tasks.update(ref(), {typeUrl: 'types.containerd.io/opencontainers/runtime-spec/1/LinuxResources', value});
		expect((await tasks.metrics(namespace))[0]?.memoryLimitBytes).toBe(64 * 1024 * 1024);
	});

	it('pauses and resumes', async () => {
		const {containerd: {tasks}} = bench();
		await tasks.pause(ref());
		expect((await tasks.find(ref()))?.status).toBe('paused');
		await tasks.resume(ref());
		expect((await tasks.find(ref()))?.status).toBe('running');
	});

	it('runs another process inside', async () => {
		const {containerd: {tasks}} = bench();
		await tasks.exec(ref(), {execId: 'shell', process: {...process, terminal: true}, ...silent, stdout: terminalPipe(), terminal: true});
		await expect(tasks.exec(ref(), {execId: 'shell', process, ...silent})).rejects.toMatchObject({code: 'already-exists'});
		const {pid} = await tasks.start(ref(), {execId: 'shell'});
		await tasks.resizePty(ref(), {width: 100, height: 30}, {execId: 'shell'});
		await tasks.closeStdin(ref(), {execId: 'shell'});
		expect(await tasks.listPids(ref())).toContainEqual({pid, execId: 'shell'});
		await expect(tasks.find(ref(), {execId: 'shell'})).resolves.toMatchObject({pid, status: 'running', terminal: true, containerId: 'web'});
		const exit = tasks.wait(ref(), {execId: 'shell'});
		await tasks.kill(ref(), 9, {execId: 'shell'});
		await expect(exit).resolves.toMatchObject({exitStatus: 137, exitedAt: expect.any(Number)});
		await expect(tasks.deleteProcess(ref(), 'shell')).resolves.toMatchObject({exitStatus: 137});
		expect((await tasks.find(ref()))?.status).toBe('running');
	});

	it('refuses what can’t be done to a running task', async () => {
		const {containerd: {tasks}} = bench();
		await expect(tasks.delete(ref())).rejects.toMatchObject({code: 'conflict'});
		await expect(tasks.checkpoint(ref())).rejects.toMatchObject({name: 'Failure'});
	});

	it('gives up waiting when told to, and when its time is over', async () => {
		const {containerd: {tasks}} = bench();
		const controller = new AbortController();
		const waiting = tasks.wait(ref(), {signal: controller.signal});
		controller.abort();
		await expect(waiting).rejects.toMatchObject({name: 'AbortError'});
		await expect(tasks.wait(ref(), {timeoutMs: 50})).rejects.toMatchObject({code: 'timeout', message: expect.stringContaining('Tasks.Wait')});
		expect((await tasks.find(ref()))?.status).toBe('running');
	});

	it('is killed, remembers how it ended, and is deleted', async () => {
		const {containerd: {tasks, containers}} = bench();
		const waiting = tasks.wait(ref());
		await tasks.kill(ref(), 9, {all: true});
		const exit = await waiting;
		expect(exit.exitStatus).toBe(137);
		await expect(tasks.find(ref())).resolves.toMatchObject({status: 'stopped', exitStatus: 137, exitedAt: exit.exitedAt});
		await expect(tasks.kill(ref(), 9)).rejects.toMatchObject({code: 'not-found'});
		await expect(tasks.delete(ref())).resolves.toEqual(exit);
		await expect(tasks.find(ref())).resolves.toBeUndefined();
		await expect(tasks.start(ref())).rejects.toMatchObject({code: 'not-found'});
		await containers.remove(ref());
	});
};
