import {describe, expect, test} from 'vitest';
import {Failure, messageOf, sentence} from '../../../source/errors.ts';
import type {ContainerRecord, Task} from '../../../source/model/container.ts';
import {labels} from '../../../source/model/labels.ts';
import {rejoinNamespaces} from '../../../source/services/containers/rejoin-namespaces.ts';
import {restart} from '../../../source/services/containers/restart.ts';
import {type StartDependencies, start, stdioFor} from '../../../source/services/containers/start.ts';
import type {StopDependencies} from '../../../source/services/containers/stop.ts';
import {failureOf, fakeClock, recordWith, ref, taskWith} from './record.ts';

const mounts = [{type: 'overlay', source: 'overlay', target: '', options: ['ro']}];

const scene = ({
	record = recordWith(),
	task,
	startFails,
}: {
	readonly record?: ContainerRecord;
	readonly task?: Task;
	readonly startFails?: Error;
} = {}) => {
	const calls: string[] = [];
	const did = <T>(what: string, answer: T): T => {
		calls.push(what);
		return answer;
	};
	let current = task;
	const dependencies: StartDependencies & StopDependencies = {
		clock: fakeClock(),
		containerd: {
			containers: {
				get: async () => record,
				update: async changed => changed,
				setLabels: async (_, changes) => void calls.push(`status ${changes[labels.restartStatus] ?? 'cleared'}`),
			},
			snapshots: {mounts: async (...key) => did(`mounts ${key.slice(0, 2).join(' ')}`, mounts)},
			tasks: {
				find: async () => current,
				create: async (_, created) => did(`create ${JSON.stringify(created)}`, {pid: 7}),
				start: async () => {
					calls.push('start');
					if (startFails !== undefined) throw startFails;
					current = taskWith();
					return {pid: 7};
				},
				delete: async () => did('delete', {exitStatus: 0, exitedAt: 1}),
				kill: async (_, signal) => {
					calls.push(`kill ${signal}`);
					current = taskWith({status: 'stopped'});
				},
				wait: async () => ({exitStatus: 0, exitedAt: 1}),
				resume: async () => undefined,
			},
		},
	};
	return {calls, dependencies};
};

const created = (stdio: object): string => `create ${JSON.stringify({stdin: '', ...stdio, rootfs: mounts})}`;
const silent = created({stdout: '', stderr: '', terminal: false});

describe('start', () => {
	test('of one that never ran', async () => {
		const {calls, dependencies} = scene();
		await start(dependencies, ref);
		expect(calls).toEqual(['mounts ns overlayfs', silent, 'start']);
	});

	test('of an exited one deletes the old task first, and writes where it wrote', async () => {
		const {calls, dependencies} = scene({task: taskWith({status: 'stopped', stdout: 'file:///log'})});
		await start(dependencies, ref);
		expect(calls).toEqual([
			'mounts ns overlayfs',
			'delete',
			created({stdout: 'file:///log', stderr: 'file:///log', terminal: false}),
			'start',
		]);
	});

	test('of one whose task is made already only starts it', async () => {
		const {calls, dependencies} = scene({task: taskWith({status: 'created'})});
		await start(dependencies, ref);
		expect(calls).toEqual(['start']);
	});

	test('of a running one is no more work', async () => {
		const {calls, dependencies} = scene({task: taskWith()});
		await start(dependencies, ref);
		expect(calls).toEqual([]);
	});

	test('of a paused one is refused', async () => {
		const {dependencies} = scene({task: taskWith({status: 'paused'})});
		expect(messageOf(await failureOf(start(dependencies, ref)))).toBe('Could not start cccccccccccc: it is paused');
	});

	test('keeps the restart monitor out until it runs', async () => {
		const {calls, dependencies} = scene({record: recordWith({labels: {[labels.restartPolicy]: 'always'}})});
		await start(dependencies, ref);
		expect(calls).toEqual(['status cleared', 'mounts ns overlayfs', silent, 'start', 'status running']);
	});

	test('that fails leaves no task and puts the labels back', async () => {
		const {calls, dependencies} = scene({
			record: recordWith({labels: {[labels.restartPolicy]: 'always', [labels.restartStatus]: 'stopped'}}),
			startFails: new Failure('internal', 'exec: no such file'),
		});
		expect(messageOf(await failureOf(start(dependencies, ref)))).toContain('exec: no such file');
		expect(calls.slice(-4)).toEqual(['start', 'kill 9', 'delete', 'status stopped']);
	});

	test('restart stops and starts, and the end in between is none that would remove it', async () => {
		const {calls, dependencies} = scene({task: taskWith()});
		const withoutAutoRemove = async <T>(_: object, run: () => Promise<T>): Promise<T> => {
			calls.push('aside');
			const result = await run();
			calls.push('back');
			return result;
		};
		await restart({...dependencies, host: {withoutAutoRemove}}, ref);
		expect(calls).toEqual(['aside', 'kill 15', 'mounts ns overlayfs', 'delete', silent, 'start', 'back']);
	});
});

describe('where a new task writes', () => {
	const binary = 'binary:///logger?a=b';
	const fifo = '/run/containerd/fifo/1/c-stdout';
	test.each([
		['the label wins', {labels: {[labels.logUri]: binary}}, {stdout: 'file:///old'}, {stdout: binary, stderr: binary, terminal: false}],
		[
			'the label of the restart monitor is next',
			{labels: {[labels.restartLogUri]: binary}},
			undefined,
			{stdout: binary, stderr: binary, terminal: false},
		],
		['the URI of the old task', {}, {stdout: binary}, {stdout: binary, stderr: binary, terminal: false}],
		['FIFOs are not taken over', {}, {stdin: fifo, stdout: fifo, stderr: fifo}, {stdout: '', stderr: '', terminal: false}],
		[
			'a terminal has one stream',
			{process: {terminal: true}, labels: {[labels.logUri]: binary}},
			undefined,
			{stdout: binary, stderr: '', terminal: true},
		],
		[
			'a terminal that nobody reads',
			{process: {terminal: true}},
			{stdout: fifo, terminal: true},
			{stdout: '/dev/null', stderr: '', terminal: true},
		],
		['no spec: as the old task was', {spec: undefined}, {stdout: '', terminal: true}, {stdout: '/dev/null', stderr: '', terminal: true}],
	] as const)('%s', (_, record, task, expected) => {
		expect(stdioFor(recordWith(record), task === undefined ? undefined : taskWith(task))).toEqual({stdin: '', ...expected});
	});
});

describe('a container that shares a namespace', () => {
	const target = 'd'.repeat(64);
	const spec = {linux: {namespaces: [{type: 'mount'}, {type: 'network', path: '/proc/1/ns/net'}]}};

	const given = (labelsOf: Record<string, string>, task: Task | undefined) => {
		const written: ContainerRecord[] = [];
		const containerd = {
			containers: {
				update: async (record: ContainerRecord, fields: readonly string[]) => {
					expect(fields).toEqual(['spec']);
					written.push(record);
					return record;
				},
			},
			tasks: {find: async ({id}: {readonly id: string}) => (id === target ? task : undefined)},
		};
		const record = recordWith({labels: labelsOf, spec: {typeUrl: 'spec', value: Buffer.from(JSON.stringify(spec))}});
		return {written, work: () => rejoinNamespaces({containerd}, record, {})};
	};

	test.each([
		[{[labels.networks]: `["container:${target}"]`}, [{type: 'mount'}, {type: 'network', path: '/proc/100/ns/net'}]],
		[
			{'nerdctl/pid-container': target, [labels.ipc]: `{"mode":"container","victimContainerId":"${target}"}`},
			[...spec.linux.namespaces, {type: 'pid', path: '/proc/100/ns/pid'}, {type: 'ipc', path: '/proc/100/ns/ipc'}],
		],
	])('joins the process that the other has now: %j', async (labelsOf, namespaces) => {
		const {work, written} = given(labelsOf, taskWith());
		await work();
		expect(JSON.parse(Buffer.from(written[0]!.spec!.value).toString())).toEqual({linux: {namespaces}});
	});

	test('writes nothing when the process is the same, or nothing is shared', async () => {
		for (const [labelsOf, pid] of [
			[{[labels.networks]: `["container:${target}"]`}, 1],
			[{[labels.networks]: '["bridge"]', [labels.ipc]: '{"mode":"private"}'}, 2],
			[{[labels.networks]: 'broken', [labels.ipc]: 'broken'}, 2],
		] as const) {
			const {work, written} = given(labelsOf, taskWith({pid}));
			await work();
			expect(written).toEqual([]);
		}
	});

	test.each([undefined, taskWith({status: 'stopped'})])('is not started without the other', async task => {
		const {work} = given({[labels.networks]: `["container:${target}"]`}, task);
		expect(sentence(await failureOf(work()))).toBe(
			'it shares the network namespace of dddddddddddd, which is not running — start dddddddddddd first',
		);
	});
});
