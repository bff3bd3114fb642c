import {describe, expect, test} from 'vitest';
import {Failure, messageOf, sentence} from '../../../source/errors.ts';
import type {Container, ContainerRecord, Task} from '../../../source/model/container.ts';
import {labels} from '../../../source/model/labels.ts';
import {volumesOf} from '../../../source/model/mount-labels.ts';
import {prune} from '../../../source/services/containers/prune.ts';
import {type RemoveDependencies, remove} from '../../../source/services/containers/remove.ts';
import {failureOf, fakeClock, notFound, recordWith, ref, taskWith} from './record.ts';

type Scene = {readonly record?: ContainerRecord; readonly task?: Task; readonly others?: readonly Container[]; readonly failing?: string};

const scene = ({record = recordWith(), task, others = [], failing}: Scene = {}) => {
	const calls: string[] = [];
	const did = async (what: string): Promise<void> => {
		calls.push(what);
		if (what === failing) throw new Failure('internal', `${what} failed`);
	};
	const dependencies: RemoveDependencies & {readonly containerd: {readonly tasks: {list(): Promise<readonly Task[]>}}} = {
		clock: fakeClock(),
		host: {
			withOperationLock: async (_, run) => {
				await did('lock');
				const result = await run();
				await did('unlock');
				return result;
			},
			releaseName: (_, name) => did(`name ${name}`),
			removeHosts: () => did('hosts'),
			removeVolumes: (_, names) => did(`volumes ${names.join(',')}`),
			removeStateDir: () => did('state'),
		},
		containerd: {
			containers: {
				get: async () => record,
				setLabels: () => did('labels'),
				remove: () => did('container'),
				async *list() {
					yield [record];
					yield others;
				},
			},
			tasks: {
				list: async () => (task === undefined ? [] : [task]),
				find: async () => task,
				kill: (_, signal) => did(`kill ${signal}`),
				resume: () => did('resume'),
				wait: async () => ({exitStatus: 137, exitedAt: 1}),
				delete: () => did('task').then(() => ({exitStatus: 0, exitedAt: 1})),
			},
			snapshots: {remove: (_, snapshotter, key) => did(`snapshot ${snapshotter} ${key.slice(0, 4)}`)},
		},
	};
	return {calls, dependencies};
};

const daemon = ['container', 'unlock', 'snapshot overlayfs cccc'];
const named = {[labels.name]: 'web'};

describe('remove', () => {
	test.each([
		['one that never ran', {}, {}, ['lock', ...daemon, 'hosts', 'state']],
		[
			'an exited one',
			{task: taskWith({status: 'stopped'}), record: recordWith({labels: named})},
			{},
			['lock', 'task', ...daemon, 'name web', 'hosts', 'state'],
		],
		['a running one by force', {task: taskWith()}, {force: true}, ['lock', 'kill 9', 'task', ...daemon, 'hosts', 'state']],
		[
			'a paused one by force',
			{task: taskWith({status: 'paused'})},
			{force: true},
			['lock', 'kill 9', 'resume', 'task', ...daemon, 'hosts', 'state'],
		],
		[
			'the monitor is kept from starting it again',
			{task: taskWith(), record: recordWith({labels: {[labels.restartPolicy]: 'always'}})},
			{force: true},
			['lock', 'labels', 'kill 9', 'task', ...daemon, 'hosts', 'state'],
		],
		[
			'with its anonymous volumes, save one that another mounts',
			{
				record: recordWith({labels: {[labels.anonymousVolumes]: '["v1","v2"]'}}),
				others: [recordWith({id: 'other', snapshotKey: 'other', labels: {'nerdctl/mounts.0': '{"Type":"volume","Name":"v2"}'}})],
			},
			{volumes: true},
			['lock', ...daemon, 'hosts', 'volumes v1', 'state'],
		],
		[
			'views of image mounts go too',
			{record: recordWith({labels: {'nerdctl/image-mount-snapshots': '["view1"]'}})},
			{},
			['lock', ...daemon, 'snapshot overlayfs view', 'hosts', 'state'],
		],
		[
			'a snapshot that another container uses stays',
			{others: [recordWith({id: 'other'})]},
			{},
			['lock', 'container', 'unlock', 'hosts', 'state'],
		],
		[
			'one without a snapshot',
			{record: recordWith({snapshotKey: '', snapshotter: ''})},
			{},
			['lock', 'container', 'unlock', 'hosts', 'state'],
		],
	] satisfies ReadonlyArray<readonly [string, Scene, object, readonly string[]]>)('%s', async (_, given, options, expected) => {
		const {calls, dependencies} = scene(given);
		await remove(dependencies, ref, options);
		expect(calls).toEqual(expected);
	});

	test.each([
		['running', 'Could not remove web: it is running — stop it first, or force the removal'],
		['paused', 'Could not remove web: it is paused — stop it first, or force the removal'],
	] as const)('a %s one is refused', async (status, expected) => {
		const {calls, dependencies} = scene({task: taskWith({status}), record: recordWith({labels: named})});
		expect(sentence(await failureOf(remove(dependencies, ref)))).toBe(expected);
		expect(calls).toEqual(['lock']);
	});

	test('nothing of nerdctl’s goes while the daemon still has the container', async () => {
		const {calls, dependencies} = scene({failing: 'container'});
		expect(messageOf(await failureOf(remove(dependencies, ref)))).toContain('container failed');
		expect(calls).toEqual(['lock', 'container']);
	});

	test.each([undefined, 'task', 'lock'])('its hook is served while its task is deleted, and no longer (what fails: %s)', async failing => {
		const {calls, dependencies} = scene({task: taskWith({status: 'stopped'}), ...(failing === undefined ? {} : {failing})});
		const serveHook = async (_: ContainerRecord, event: string) => {
			calls.push(`offer ${event}`);
			return () => void calls.push('no offer');
		};
		await remove({...dependencies, serveHook}, ref).catch(() => undefined);
		expect(calls.filter(call => call.startsWith('offer'))).toEqual(['offer postStop']);
		const [from, task, to] = ['offer postStop', 'task', 'no offer'].map(call => calls.indexOf(call));
		expect(to).toBeGreaterThan(from!);
		if (failing !== 'lock') expect([task! > from!, task! < to!]).toEqual([true, true]);
	});

	test('one trace that resists does not save the others, and is named', async () => {
		const {calls, dependencies} = scene({failing: 'hosts', record: recordWith({labels: named})});
		expect(messageOf(await failureOf(remove(dependencies, ref)))).toBe('Could not remove web: hosts failed');
		expect(calls.at(-1)).toBe('state');
	});

	test('prune leaves the running one and reports each failure', async () => {
		const {dependencies} = scene({others: [recordWith({id: 'other'})], task: taskWith({containerId: 'other'})});
		Object.assign(dependencies.containerd.tasks, {find: async () => undefined});
		expect(await prune(dependencies, 'ns')).toEqual({done: [ref], failed: []});
		Object.assign(dependencies.containerd.containers, {remove: async () => Promise.reject(new Failure('denied', 'no'))});
		const outcome = await prune(dependencies, 'ns');
		expect(outcome.done).toEqual([]);
		expect(messageOf(outcome.failed[0]?.error)).toBe('Could not remove cccccccccccc: no');
		Object.assign(dependencies.containerd.containers, {get: async () => Promise.reject(notFound())});
		expect((await prune(dependencies, 'ns')).failed).toHaveLength(1);
	});
});

test.each([
	[{'nerdctl/mounts': '[{"Type":"volume","Name":"a"},{"Type":"bind","Source":"/x"}]'}, ['a']],
	[{'nerdctl/mounts.0': '{"Name":"a"}', 'nerdctl/mounts.1': '{"Name":"b"}', 'nerdctl/mountsX': '{"Name":"c"}'}, ['a', 'b']],
	[{'nerdctl/mounts': 'not json'}, []],
	[{'nerdctl/mounts': 'null'}, []],
])('volumes named by %j', (given, expected) => {
	expect(volumesOf({labels: given as Record<string, string>})).toEqual(expected);
});
