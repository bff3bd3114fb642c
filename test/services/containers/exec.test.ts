import {PassThrough} from 'node:stream';
import {text} from 'node:stream/consumers';
import {finished} from 'node:stream/promises';
import {describe, expect, test, vi} from 'vitest';
import type {Exit} from '../../../source/clients/containerd/types.ts';
import type {Fifos} from '../../../source/clients/host/types.ts';
import {Failure, isFailure, messageOf} from '../../../source/errors.ts';
import type {Task} from '../../../source/model/container.ts';
import {type ExecDependencies, exec} from '../../../source/services/containers/exec.ts';
import {execProcess, mergeEnv} from '../../../source/services/containers/exec-process.ts';
import {failureOf, notFound, recordWith, ref, taskWith} from './record.ts';

type Faults = {readonly exec?: Error; readonly start?: Error; readonly wait?: Error};

const scene = ({task = taskWith(), faults = {}}: {readonly task?: Task; readonly faults?: Faults} = {}) => {
	const calls: string[] = [];
	const processes: unknown[] = [];
	const exit = Promise.withResolvers<Exit>();
	const streams = {stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough()};
	const did = async (what: string, error?: Error): Promise<void> => {
		calls.push(what);
		if (error !== undefined) throw error;
	};
	const fifos: Fifos = {
		stdio: {stdin: '/f/in', stdout: '/f/out', stderr: '/f/err', terminal: false},
		...streams,
		finish: () => did('finish').then(() => 'ended' as const),
		release: () => did('release'),
		close: () => did('close'),
	};
	const dependencies: ExecDependencies = {
		containerd: {
			containers: {get: async () => recordWith()},
			tasks: {
				find: async () => task,
				exec: async (_, {process, stdout}) => {
					processes.push(process);
					await did(`exec ${stdout}`, faults.exec);
				},
				wait: async (_, options) => {
					calls.push('wait');
					if (faults.wait !== undefined) throw faults.wait;
					return Promise.race([
						exit.promise,
						new Promise<never>((_resolve, reject) => options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))),
					]);
				},
				start: () => did('start', faults.start).then(() => ({pid: 5})),
				kill: (_, signal) => did(`kill ${signal}`),
				resizePty: (_, {width, height}) => did(`resize ${width}x${height}`),
				closeStdin: () => did('close stdin'),
				deleteProcess: () => did('delete').then(() => ({exitStatus: 0, exitedAt: 1})),
			},
		},
		host: {
			openFifos: async ({interactive}) => {
				await did('open');
				return interactive ? fifos : {...fifos, stdin: undefined};
			},
			withContainerRoot: async (_, use) =>
				use({
					readText: async path => (path === '/etc/passwd' ? 'app:x:7:8::/:/bin/sh\n' : 'staff:x:9:app\n'),
					isExecutable: async () => false,
				}),
			processes: async () => [
				{pid: 100, parentPid: 99, user: 'root', state: 'S', cpuNanoseconds: 0, residentBytes: 0, startedAt: 0, command: 'sh'},
			],
			capabilities: async pid => (pid === 99 ? ['CAP_CHOWN'] : []),
		},
	};
	return {calls, dependencies, exit, processes, streams};
};

const plain = {args: ['ls', '-l'], terminal: false, interactive: false};

describe('exec', () => {
	test('opens the pipes, then waits, then starts; and reads all before it deletes', async () => {
		const {calls, dependencies, exit, streams} = scene();
		const session = await exec(dependencies, ref, plain);
		expect(calls).toEqual(['open', 'exec /f/out', 'wait', 'start']);
		streams.stdout.end('listing');
		exit.resolve({exitStatus: 2, exitedAt: 1});
		expect(await session.wait()).toEqual({exitStatus: 2, exitedAt: 1});
		expect(await text(session.stdout)).toBe('listing');
		expect(calls.slice(4)).toEqual(['finish', 'delete', 'release']);
		expect(await session.wait()).toEqual({exitStatus: 2, exitedAt: 1});
	});

	test('the end of the input is passed on', async () => {
		const {calls, dependencies} = scene();
		const session = await exec(dependencies, ref, {...plain, interactive: true});
		session.stdin?.end('x');
		await finished(session.stdin!, {readable: false});
		await vi.waitFor(() => expect(calls).toContain('close stdin'));
	});

	test('a terminal gets its size', async () => {
		const {calls, dependencies, processes} = scene();
		const session = await exec(dependencies, ref, {...plain, terminal: true, size: {columns: 80, rows: 24}});
		expect(processes[0]).toMatchObject({
			terminal: true,
			consoleSize: {width: 80, height: 24},
			env: ['PATH=/opt/bin:relative:/bin', 'A=1', 'TERM=xterm'],
		});
		await session.resize({columns: 100, rows: 30});
		await session.kill(2);
		expect(calls.slice(4)).toEqual(['resize 80x24', 'resize 100x30', 'kill 2']);
	});

	test('user names are the container’s, and privileged is what the shim may', async () => {
		const {dependencies, processes} = scene();
		await exec(dependencies, ref, {...plain, user: 'app', privileged: true, workingDirectory: '/tmp'});
		expect(processes[0]).toMatchObject({
			user: {uid: 7, gid: 8, additionalGids: [8, 9]},
			capabilities: {effective: ['CAP_CHOWN']},
			cwd: '/tmp',
		});
		const failure = await failureOf(exec(dependencies, ref, {...plain, user: 'root:nobody'}));
		expect(messageOf(failure)).toContain('the container knows no user root');
	});

	test.each([
		['the daemon refuses it', {exec: new Failure('internal', 'refused')}, ['open', 'exec /f/out', 'close']],
		[
			'there is no such program',
			{start: new Failure('internal', 'not found in $PATH')},
			['open', 'exec /f/out', 'wait', 'start', 'close', 'delete'],
		],
	])('leaves nothing when %s', async (_, faults, expected) => {
		const {calls, dependencies} = scene({faults});
		expect(messageOf(await failureOf(exec(dependencies, ref, plain)))).toMatch(
			/^Could not run ls in cccccccccccc: (refused|not found in \$PATH)$/,
		);
		expect(calls).toEqual(expected);
	});

	test.each(['paused', 'stopped', 'created'] as const)('is refused in a %s container', async status => {
		const {calls, dependencies} = scene({task: taskWith({status})});
		expect(isFailure(await failureOf(exec(dependencies, ref, plain)), 'conflict')).toBe(true);
		expect(calls).toEqual([]);
	});

	test('says that the daemon has gone, and closes', async () => {
		const {calls, dependencies} = scene({faults: {wait: new Failure('unavailable', 'nobody listens')}});
		const session = await exec(dependencies, ref, plain);
		expect(isFailure(await failureOf(session.wait()), 'unavailable')).toBe(true);
		expect(calls.at(-1)).toBe('close');
	});

	test('close kills it; an abort after the start does not', async () => {
		const {calls, dependencies, exit} = scene();
		const controller = new AbortController();
		const session = await exec(dependencies, ref, {...plain, signal: controller.signal});
		controller.abort();
		await new Promise(resolve => void setImmediate(resolve));
		expect(calls).not.toContain('kill 9');
		exit.resolve({exitStatus: 137, exitedAt: 1});
		await session.close();
		expect(calls.slice(4)).toEqual(['kill 9', 'wait', 'close', 'delete']);
	});

	test('close after the end asks the daemon nothing', async () => {
		const {calls, dependencies, exit} = scene();
		const session = await exec(dependencies, ref, plain);
		exit.resolve({exitStatus: 0, exitedAt: 1});
		await session.wait();
		await session.close();
		expect(calls.slice(4)).toEqual(['finish', 'delete', 'release', 'close']);
	});

	test('an exec that somebody else deleted has ended all the same', async () => {
		const {dependencies, exit} = scene();
		Object.assign(dependencies.containerd.tasks, {deleteProcess: async () => Promise.reject(notFound())});
		const session = await exec(dependencies, ref, plain);
		exit.resolve({exitStatus: 0, exitedAt: 1});
		expect(await session.wait()).toEqual({exitStatus: 0, exitedAt: 1});
	});
});

test('the process keeps what the container’s has', () => {
	const base = {
		terminal: true,
		consoleSize: {width: 1, height: 1},
		args: ['sh'],
		cwd: '/srv',
		env: ['A=1'],
		rlimits: [1],
		noNewPrivileges: true,
	};
	expect(execProcess(base, {...plain, env: ['A=2']})).toEqual({
		terminal: false,
		args: ['ls', '-l'],
		cwd: '/srv',
		env: ['A=2'],
		rlimits: [1],
		noNewPrivileges: true,
	});
	expect(execProcess({}, plain)).toMatchObject({cwd: '/', env: []});
});

test.each([
	[
		['A=1', 'B=2'],
		['B=3', 'C='],
		['A=1', 'B=3', 'C='],
	],
	[['A=1', 'A=2'], [], ['A=2']],
	[['A=1', 'B=1'], ['A'], ['B=1']],
	[['A=x=y'], [], ['A=x=y']],
])('%j with %j is %j', (base, changes, expected) => {
	expect(mergeEnv(base, changes)).toEqual(expected);
});
