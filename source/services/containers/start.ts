import type {Stdio} from '../../clients/containerd/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {ContainerRecord, ContainerRef, Task} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';
import type {Clock} from './clock.ts';
import type {Uses} from './dependencies.ts';
import {killAndWait, orGone} from './end-task.ts';
import {nameOf} from './name.ts';
import {rejoinNamespaces} from './rejoin-namespaces.ts';
import {guardRestarts} from './restart-labels.ts';
import {readProcess} from './spec.ts';
import type {Progress} from './types.ts';

export type StartDependencies = Uses<{
	containers: 'get' | 'setLabels' | 'update';
	tasks: 'find' | 'create' | 'start' | 'delete' | 'kill' | 'wait' | 'resume';
	snapshots: 'mounts';
}> & {readonly clock: Clock};

/** Hooks run inside these calls (network, name, hosts file), so they may take longer than a plain answer. */
const startTimeoutMs = 60_000;

export const start = async (dependencies: StartDependencies, ref: ContainerRef, options: Progress = {}): Promise<void> => {
	let name = ref.id;
	try {
		const record = await dependencies.containerd.containers.get(ref, options);
		name = nameOf(record);
		const task = await dependencies.containerd.tasks.find(ref, options);
		if (task?.status === 'running') return;
		if (task?.status === 'paused' || task?.status === 'pausing')
			throw new Failure('conflict', 'it is paused', {hint: 'unpause it instead'});
		const guard = await guardRestarts(dependencies, record, 'start', options);
		try {
			await run(dependencies, record, task, options);
		} catch (error) {
			await guard.restore().catch(() => undefined);
			throw error;
		}
		await guard.settle('running');
	} catch (error) {
		throw failing(`start ${name}`, error);
	}
};

const run = async (dependencies: StartDependencies, record: ContainerRecord, task: Task | undefined, options: Progress): Promise<void> => {
	const {tasks, snapshots} = dependencies.containerd;
	const calling = {...options, timeoutMs: startTimeoutMs};
	if (task?.status !== 'created') {
		// Read before the old task goes: what it wrote to is recorded nowhere else.
		const stdio = stdioFor(record, task);
		const rootfs =
			record.snapshotKey === '' ? [] : await snapshots.mounts(record.namespace, record.snapshotter, record.snapshotKey, options);
		await rejoinNamespaces(dependencies, record, options);
		if (task !== undefined) await orGone(tasks.delete(record, calling), undefined);
		await tasks.create(
			record,
			{...stdio, rootfs, ...(record.runtimeOptions === undefined ? {} : {options: record.runtimeOptions})},
			calling,
		);
	}
	try {
		await tasks.start(record, calling);
	} catch (error) {
		await discard(dependencies, record);
		throw error;
	}
};

/** A task that could not start must not stay: it would block the next try and the removal. Our signal is left out, as it may be what stopped us. */
const discard = async (dependencies: StartDependencies, ref: ContainerRef): Promise<void> => {
	try {
		await killAndWait(dependencies, ref);
		await dependencies.containerd.tasks.delete(ref);
	} catch {
		// The failure to start is the news; that its remains resist will be said by the next start.
	}
};

/**
Where the new task writes. nerdctl's label first, then the URI of the task before. FIFOs are not taken over: whoever read them is gone,
and a pipe that nobody reads blocks the container once it is full.
*/
export const stdioFor = (record: Pick<ContainerRecord, 'id' | 'labels' | 'spec'>, task: Task | undefined): Stdio => {
	const terminal = readProcess(record)?.terminal ?? task?.terminal ?? false;
	const uri = record.labels[labels.logUri] || record.labels[labels.restartLogUri] || (isUri(task?.stdout) ? task?.stdout : undefined);
	// The shim opens what a terminal writes to as a file, and refuses an empty name.
	const stdout = uri ?? (terminal ? '/dev/null' : '');
	const stderr = terminal ? '' : (uri ?? '');
	return {stdin: '', stdout, stderr, terminal};
};

const isUri = (text: string | undefined): boolean => text !== undefined && /^[a-z][a-z\d+.-]*:\/\//i.test(text);
