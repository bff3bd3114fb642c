import {describe, expect, test} from 'vitest';
import type {HostProcess} from '../../../source/clients/host/types.ts';
import {Failure, isFailure, messageOf, sentence} from '../../../source/errors.ts';
import type {Container, TaskStatus} from '../../../source/model/container.ts';
import {labels} from '../../../source/model/labels.ts';
import {find} from '../../../source/services/containers/find.ts';
import {inspect} from '../../../source/services/containers/inspect.ts';
import {kill} from '../../../source/services/containers/kill.ts';
import {pause, unpause} from '../../../source/services/containers/pause.ts';
import {processes} from '../../../source/services/containers/processes.ts';
import {wait} from '../../../source/services/containers/wait.ts';
import {failureOf, recordWith, ref, taskWith} from './record.ts';

const withStatus = (status: TaskStatus | 'none', given: Partial<Container> = {}) => {
	const calls: unknown[] = [];
	const containerd = {
		containers: {get: async () => recordWith(given), setLabels: async (_: unknown, changes: unknown) => void calls.push(changes)},
		tasks: {
			find: async () => (status === 'none' ? undefined : taskWith({status, exitStatus: 3, exitedAt: 9})),
			kill: async (_: unknown, signal: number) => void calls.push(signal),
			pause: async () => void calls.push('pause'),
			resume: async () => void calls.push('resume'),
			wait: async () => ({exitStatus: 5, exitedAt: 10}),
		},
	};
	return {calls, dependencies: {containerd}};
};

describe('kill', () => {
	const policy = {[labels.restartPolicy]: 'always', [labels.restartStatus]: 'running'};
	test.each([
		['any signal of a running one', 'running', {}, 1, [1]],
		['a paused one', 'paused', {}, 9, [9]],
		['KILL tells the restart policy', 'running', policy, 9, [{[labels.explicitlyStopped]: 'true', [labels.restartStatus]: 'stopped'}, 9]],
		['so does its own stop signal', 'running', {...policy, [labels.stopSignal]: 'INT'}, 2, [{[labels.explicitlyStopped]: 'true'}, 2]],
		['HUP does not', 'running', policy, 1, [1]],
	] as const)('%s', async (_, status, given, signal, expected) => {
		const {calls, dependencies} = withStatus(status, {labels: given});
		await kill(dependencies, ref, signal);
		expect(calls).toEqual(expected);
	});

	test.each(['stopped', 'none'] as const)('refuses when it is %s', async status => {
		const {dependencies} = withStatus(status, {labels: {[labels.name]: 'web'}});
		expect(sentence(await failureOf(kill(dependencies, ref, 15)))).toBe(
			'Could not send SIGTERM to web: it is not running — start it first',
		);
	});
});

test.each([
	[pause, 'running', ['pause']],
	[pause, 'paused', 'it is already paused'],
	[pause, 'stopped', 'it has exited'],
	[unpause, 'paused', ['resume']],
	[unpause, 'running', 'it is not paused'],
	[unpause, 'none', 'it is not running'],
] as const)('%o of a %s one', async (verb, status, expected) => {
	const {calls, dependencies} = withStatus(status);
	if (typeof expected === 'string') expect(messageOf(await failureOf(verb(dependencies, ref)))).toContain(expected);
	else {
		await verb(dependencies, ref);
		expect(calls).toEqual(expected);
	}
});

test('wait answers at once of one that has exited', async () => {
	expect(await wait(withStatus('stopped').dependencies, ref)).toEqual({exitStatus: 3, exitedAt: 9});
	expect(await wait(withStatus('running').dependencies, ref)).toEqual({exitStatus: 5, exitedAt: 10});
	expect(isFailure(await failureOf(wait(withStatus('none').dependencies, ref)), 'conflict')).toBe(true);
});

describe('inspect', () => {
	test.each([
		['{"a":1}', {a: 1}],
		['', undefined],
	])('spec %j', async (text, expected) => {
		const {dependencies} = withStatus('running', {spec: {typeUrl: '', value: Buffer.from(text)}} as Partial<Container>);
		expect((await inspect(dependencies, ref)).spec).toEqual(expected);
	});

	test.each(['{', '[]', 'null', '3'])('spec %j is said to be broken', async text => {
		const {dependencies} = withStatus('running', {spec: {typeUrl: '', value: Buffer.from(text)}} as Partial<Container>);
		expect(messageOf(await failureOf(inspect(dependencies, ref)))).toContain('not');
	});
});

describe('find', () => {
	const list = [recordWith({id: 'ab1', labels: {[labels.name]: 'web'}}), recordWith({id: 'ab2', labels: {[labels.name]: 'ab1x'}})];
	const asked: string[][] = [];
	/** What the daemon's filters would answer. */
	const containerd = {
		containers: {
			async *list(_: string, options?: {readonly filters?: readonly string[]}) {
				asked.push([...(options?.filters ?? [])]);
				const text = JSON.parse(options?.filters?.[0]?.split('==')[1] ?? '""') as string;
				yield list.filter(({id, labels: all}) => id.startsWith(text) || all[labels.name] === text);
			},
			get: async ({id}: {readonly id: string}) => list.find(each => each.id === id)!,
		},
	};

	test.each([
		['web', 'ab1'],
		['ab1', 'ab1'],
		['ab2', 'ab2'],
		['ab1x', 'ab2'],
	])('%s', async (text, id) => {
		expect((await find({containerd}, 'ns', text)).id).toBe(id);
	});

	test('an ambiguous prefix, a stranger and nothing', async () => {
		expect(messageOf(await failureOf(find({containerd}, 'ns', 'ab')))).toBe('Could not find ab: 2 containers match: web, ab1x');
		expect(isFailure(await failureOf(find({containerd}, 'ns', 'zz')), 'not-found')).toBe(true);
		expect(isFailure(await failureOf(find({containerd}, 'ns', '')), 'invalid')).toBe(true);
	});

	test('what is typed can not change the filter', async () => {
		await failureOf(find({containerd}, 'ns', 'x" , id~=".'));
		expect(asked.at(-1)).toEqual([`labels."nerdctl/name"=="x\\" , id~=\\"."`]);
		await failureOf(find({containerd}, 'ns', 'a.b'));
		expect(asked.at(-1)?.[1]).toBe('id~="^a\\\\.b"');
	});
});

describe('processes', () => {
	const row: HostProcess = {
		pid: 1,
		parentPid: 0,
		user: 'root',
		state: 'S',
		cpuNanoseconds: 0,
		residentBytes: 0,
		startedAt: 0,
		command: 'x',
	};
	const containerd = {
		tasks: {
			listPids: async () => [
				{pid: 1, execId: undefined},
				{pid: 2, execId: 'e'},
				{pid: 3, execId: undefined},
			],
		},
	};

	test('join what containerd and /proc know, without those that ended', async () => {
		const host = {processes: async () => [row, {...row, pid: 2}]};
		expect((await processes({containerd, host}, ref)).map(({pid, execId}) => [pid, execId])).toEqual([
			[1, undefined],
			[2, 'e'],
		]);
	});

	test('say so when the daemon is on another machine', async () => {
		expect(isFailure(await failureOf(processes({containerd, host: {processes: async () => []}}, ref)), 'unsupported')).toBe(true);
		const failing = {tasks: {listPids: async () => Promise.reject(new Failure('not-found', 'no task'))}};
		expect(isFailure(await failureOf(processes({containerd: failing, host: {processes: async () => []}}, ref)), 'not-found')).toBe(true);
	});
});
