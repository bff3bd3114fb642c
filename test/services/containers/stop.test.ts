import {describe, expect, test} from 'vitest';
import type {Exit} from '../../../source/clients/containerd/types.ts';
import {Failure, isFailure, messageOf} from '../../../source/errors.ts';
import type {ContainerRecord, Task} from '../../../source/model/container.ts';
import {labels} from '../../../source/model/labels.ts';
import {type StopDependencies, stop, stopSignalOf, stopTimeoutOf} from '../../../source/services/containers/stop.ts';
import {failureOf, fakeClock, notFound, recordWith, ref, taskWith} from './record.ts';

type Scene = {readonly record?: ContainerRecord; readonly task?: Task | undefined; readonly diesOf?: number; readonly killFails?: Error};

/** A daemon with one container, which ends of one signal and tells everything that is asked of it. */
const scene = ({record = recordWith(), task = taskWith(), diesOf = 15, killFails}: Scene = {}) => {
	const calls: string[] = [];
	const {promise: exit, resolve} = Promise.withResolvers<Exit>();
	const clock = fakeClock();
	const dependencies: StopDependencies = {
		clock,
		containerd: {
			containers: {
				get: async () => record,
				setLabels: async (_, changes) => void calls.push(`labels ${JSON.stringify(changes, (_key, value) => value ?? 'cleared')}`),
			},
			tasks: {
				find: async () => task,
				wait: () => {
					calls.push('wait');
					return exit;
				},
				resume: async () => void calls.push('resume'),
				kill: async (_, signal) => {
					calls.push(`kill ${signal}`);
					if (killFails !== undefined) throw killFails;
					if (signal === diesOf || signal === 9) resolve({exitStatus: 0, exitedAt: 1});
				},
			},
		},
	};
	return {calls, clock, dependencies};
};

const policy = {[labels.restartPolicy]: 'always', [labels.restartStatus]: 'running'};
const intent = `labels {"${labels.explicitlyStopped}":"true","${labels.restartStatus}":"cleared"}`;
const settled = `labels {"${labels.explicitlyStopped}":"true","${labels.restartStatus}":"stopped"}`;

describe('stop', () => {
	test.each([
		['asks for the exit before it signals', {}, ['wait', 'kill 15']],
		['kills what outlives its time', {diesOf: 9}, ['wait', 'kill 15', 'wait', 'kill 9']],
		[
			'takes the signal from the label',
			{record: recordWith({labels: {[labels.stopSignal]: 'SIGRTMIN+3'}}), diesOf: 37},
			['wait', 'kill 37'],
		],
		['thaws a paused one', {task: taskWith({status: 'paused'})}, ['wait', 'resume', 'kill 15']],
		['leaves an exited one alone', {task: taskWith({status: 'stopped'})}, []],
		['leaves one that never ran alone', {task: undefined}, []],
		['tells the restart policy, before and after', {record: recordWith({labels: policy})}, [intent, 'wait', 'kill 15', settled]],
		[
			'tells the restart policy of one that is between two starts',
			{record: recordWith({labels: policy}), task: taskWith({status: 'stopped'})},
			[intent, settled],
		],
		['is content when the process has just ended', {killFails: notFound()}, undefined],
	] satisfies ReadonlyArray<readonly [string, Scene, readonly string[] | undefined]>)('%s', async (_, given, expected) => {
		// `task: undefined` is a fact here, not an absence.
		const {calls, dependencies} = scene(given);
		if ('task' in given && given.task === undefined) Object.assign(dependencies.containerd.tasks, {find: async () => undefined});
		if ('killFails' in given) Object.assign(dependencies.containerd.tasks, {wait: async () => ({exitStatus: 0, exitedAt: 1})});
		await stop(dependencies, ref);
		if (expected !== undefined) expect(calls).toEqual(expected);
	});

	test('counts down once a second and kills at the end', async () => {
		const {calls, clock, dependencies} = scene({diesOf: 9, record: recordWith({labels: {[labels.stopTimeout]: '2.5'}})});
		const left: number[] = [];
		await stop(dependencies, ref, {onCountdown: ms => left.push(ms)});
		expect(left).toEqual([2500, 1500, 500]);
		expect(clock.slept.slice(0, 3)).toEqual([1000, 1000, 500]);
		expect(calls.at(-1)).toBe('kill 9');
	});

	test('with no time at all it kills at once', async () => {
		const {calls, dependencies} = scene();
		await stop(dependencies, ref, {timeoutMs: 0});
		expect(calls).toEqual(['wait', 'kill 9']);
	});

	test('a failure puts the restart labels back and names the container', async () => {
		const {calls, dependencies} = scene({
			record: recordWith({labels: {...policy, [labels.name]: 'web'}}),
			killFails: new Failure('denied', 'not yours'),
		});
		const failure = await failureOf(stop(dependencies, ref));
		expect(messageOf(failure)).toBe('Could not stop web: not yours');
		expect(isFailure(failure, 'denied')).toBe(true);
		expect(calls.at(-1)).toBe(`labels {"${labels.explicitlyStopped}":"cleared","${labels.restartStatus}":"running"}`);
	});

	test('an abort passes through untouched', async () => {
		const {dependencies} = scene({diesOf: 9});
		const controller = new AbortController();
		const failure = await failureOf(stop(dependencies, ref, {signal: controller.signal, onCountdown: () => controller.abort()}));
		expect(failure.name).toBe('AbortError');
	});

	test.each([
		['', 15],
		['SIGQUIT', 3],
		['9', 9],
	])('stop signal %j is %i', (label, signal) => {
		expect(stopSignalOf({labels: {[labels.stopSignal]: label}})).toBe(signal);
	});

	test('a stop signal that does not exist is said, not guessed', () => {
		expect(() => stopSignalOf({labels: {[labels.stopSignal]: 'SIGNOPE'}})).toThrow('its stop signal "SIGNOPE"');
	});

	test.each([
		['', 10_000],
		['0', 0],
		['1.5', 1500],
		['-1', 10_000],
		['soon', 10_000],
	])('stop timeout %j is %i ms', (label, ms) => {
		expect(stopTimeoutOf({labels: {[labels.stopTimeout]: label}})).toBe(ms);
	});
});
