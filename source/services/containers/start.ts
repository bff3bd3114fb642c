import type {Stdio} from '../../clients/containerd/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {ContainerRecord, ContainerRef, Task} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';
import type {Clock} from './clock.ts';
import type {Uses} from './dependencies.ts';
import {orGone} from './end-task.ts';
import {createTask, discardTask, startTask, startTimeoutMs, type Streams} from './launch.ts';
import {nameOf} from './name.ts';
import {rejoinNamespaces} from './rejoin-namespaces.ts';
import {guardRestarts} from './restart-labels.ts';
import {type ServesHooks, serving, whileServed} from './serve-hook.ts';
import {readProcess} from './spec.ts';
import type {Progress} from './types.ts';

export type StartDependencies = Uses<{
	containers: 'get' | 'setLabels' | 'update';
	tasks: 'find' | 'create' | 'start' | 'delete' | 'kill' | 'wait' | 'resume';
	snapshots: 'mounts';
}> &
	ServesHooks & {readonly clock: Clock};

/** In the foreground: opens the streams of a container that is about to start. */
export type OpenStreams = (record: ContainerRecord, terminal: boolean) => Promise<Streams & {started(): void}>;

export const start = async (dependencies: StartDependencies, ref: ContainerRef, options: Progress = {}, open?: OpenStreams): Promise<void> => {
	let name = ref.id;
	try {
		const record = await dependencies.containerd.containers.get(ref, options);
		name = nameOf(record);
		const task = await dependencies.containerd.tasks.find(ref, options);
		if (task?.status === 'running') {
			if (open === undefined) return;
			throw new Failure('conflict', 'it is running', {hint: 'attach to it instead'});
		}
		if (task?.status === 'paused' || task?.status === 'pausing')
			throw new Failure('conflict', 'it is paused', {hint: 'unpause it instead'});
		const guard = await guardRestarts(dependencies, record, 'start', options);
		try {
			await run(dependencies, record, task, options, open);
		} catch (error) {
			await guard.restore().catch(() => undefined);
			throw error;
		}
		await guard.settle('running');
	} catch (error) {
		throw failing(`start ${name}`, error);
	}
};

const run = async (
	dependencies: StartDependencies,
	record: ContainerRecord,
	task: Task | undefined,
	options: Progress,
	open: OpenStreams | undefined,
): Promise<void> => {
	const {tasks, snapshots} = dependencies.containerd;
	if (task?.status === 'created' && open === undefined) return startTask(dependencies, record, options);
	// Read before the old task goes: what it wrote to is recorded nowhere else.
	const stdio = stdioFor(record, task);
	const rootfs =
		record.snapshotKey === '' ? [] : await snapshots.mounts(record.namespace, record.snapshotter, record.snapshotKey, options);
	await rejoinNamespaces(dependencies, record, options);
	if (task?.status === 'created') await discardTask(dependencies, record);
	else if (task !== undefined)
		await whileServed(serving(dependencies)(record, 'postStop'), () => orGone(tasks.delete(record, {...options, timeoutMs: startTimeoutMs}), undefined));
	const streams = await open?.(record, stdio.terminal);
	await createTask(dependencies, record, streams ?? {stdio}, rootfs, options);
	await startTask(dependencies, record, options);
	streams?.started();
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
