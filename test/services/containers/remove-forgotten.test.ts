import {expect, test} from 'vitest';
import type {AutoRemoval} from '../../../source/clients/host/auto-remove.ts';
import type {Task} from '../../../source/model/container.ts';
import {labels} from '../../../source/model/labels.ts';
import {type RemoveForgottenDependencies, removeForgotten} from '../../../source/services/containers/remove-forgotten.ts';
import {fakeClock, recordWith, ref, taskWith} from './record.ts';

const now = 10_000_000;
const booted = 5_000_000;

/** Answers what was done to it. */
const sweep = async (removal: AutoRemoval | undefined, task: Task | undefined): Promise<readonly string[]> => {
	const calls: string[] = [];
	const did = async (what: string): Promise<void> => void calls.push(what);
	const record = recordWith({labels: {[labels.autoRemove]: 'true', [labels.anonymousVolumes]: '["scratch"]'}});
	const dependencies: RemoveForgottenDependencies = {
		clock: {...fakeClock(), now: () => now},
		host: {
			autoRemoval: async () => removal,
			bootTime: async () => booted,
			withOperationLock: async (_, run) => run(),
			releaseName: () => did('name'),
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
				},
			},
			tasks: {
				list: async () => (task === undefined ? [] : [task]),
				find: async () => task,
				kill: () => did('kill'),
				resume: () => did('resume'),
				wait: async () => ({exitStatus: 137, exitedAt: 1}),
				delete: () => did('task').then(() => ({exitStatus: 0, exitedAt: 1})),
			},
			snapshots: {remove: () => did('snapshot')},
		},
	};
	const {done, failed} = await removeForgotten(dependencies, ref.namespace);
	expect(failed).toEqual([]);
	expect(done).toEqual(calls.length === 0 ? [] : [{namespace: ref.namespace, id: ref.id}]);
	return calls;
};

const old = {startedAt: booted - 1, isDriven: false};
const young = {startedAt: booted + 1, isDriven: false};
const ended = (secondsAgo: number): Task => taskWith({status: 'stopped', exitedAt: now - secondsAgo * 1000});

test.each<readonly [string, AutoRemoval | undefined, Task | undefined, boolean]>([
	['before the boot, and no task', old, undefined, true],
	['after the boot, and no task: it may be starting', young, undefined, false],
	['its driver lives', {...old, isDriven: true}, undefined, false],
	['it runs', old, taskWith(), false],
	['it is paused', old, taskWith({status: 'paused'}), false],
	['it is about to start', old, taskWith({status: 'created'}), false],
	['it has just ended, and somebody may wait for that', young, ended(59), false],
	['it ended more than a minute ago', young, ended(61), true],
	['it ended long ago, and its driver still writes', {...young, isDriven: true}, ended(3600), false],
	['nobody was to remove it, or it was never started', undefined, undefined, false],
])('%s', async (_, removal, task, goes) => {
	const calls = await sweep(removal, task);
	expect(calls.toSorted()).toEqual(goes ? ['container', 'hosts', 'snapshot', 'state', ...(task === undefined ? [] : ['task']), 'volumes scratch'].toSorted() : []);
});
