import type {Stdio} from '../../clients/containerd/types.ts';
import {couldNot, Failure, isFailure} from '../../errors.ts';
import type {ContainerRecord} from '../../model/container.ts';
import type {Mount} from '../../model/snapshot.ts';
import type {Clock} from './clock.ts';
import type {Uses} from './dependencies.ts';
import {killAndWait} from './end-task.ts';
import {type ServesHooks, serving, whileServed} from './serve-hook.ts';
import type {Progress} from './types.ts';

/** Hooks run inside these calls (network, name, hosts file), so they may take longer than a plain answer. */
export const startTimeoutMs = 60_000;

/** Where a task reads and writes, and who must hear of its coming to be. */
export type Streams = {
	readonly stdio: Stdio;
	/** What the task writes is read: it may be started. */
	readonly ready?: Promise<void>;
	/** The task is there and holds its ends, but nothing runs yet. */
	created?(): void;
};

export type LaunchDependencies = Uses<{tasks: 'create' | 'start' | 'delete' | 'kill' | 'wait' | 'resume'}> & ServesHooks & {readonly clock: Clock};

/** How runc quotes a hook that failed. Ours says all that there is to say; who wraps it adds nothing. */
const quoted = /error running hook #\d+: error running hook: [^,]*, stdout: .*?, stderr: (?:Could not (.+?): )?(.+?)(?:: unknown)?$/s;

export const toldByHook = (error: unknown): unknown => {
	const [, action, reason = ''] = (isFailure(error) ? quoted.exec(error.message) : null) ?? [];
	if (!isFailure(error) || reason === '') return error;
	const details = error.hint === undefined ? {cause: error} : {cause: error, hint: error.hint};
	return action === undefined ? new Failure(error.code, reason, details) : couldNot(error.code, action, reason, details);
};

export const createTask = async (
	dependencies: LaunchDependencies,
	record: ContainerRecord,
	{stdio, ready, created}: Streams,
	rootfs: readonly Mount[],
	options: Progress,
	served = serving(dependencies)(record, 'createRuntime'),
): Promise<void> => {
	const task = {...stdio, rootfs, ...(record.runtimeOptions === undefined ? {} : {options: record.runtimeOptions})};
	try {
		await whileServed(served, () => dependencies.containerd.tasks.create(record, task, {...options, timeoutMs: startTimeoutMs}));
	} catch (error) {
		throw toldByHook(error);
	}
	created?.();
	try {
		await ready;
	} catch (error) {
		await discardTask(dependencies, record).catch(() => undefined);
		throw error;
	}
};

export const startTask = async (dependencies: LaunchDependencies, record: ContainerRecord, options: Progress): Promise<void> => {
	try {
		await dependencies.containerd.tasks.start(record, {...options, timeoutMs: startTimeoutMs});
	} catch (error) {
		await discardTask(dependencies, record).catch(() => {
			// The failure to start is the news; that its remains resist will be said by the next start.
		});
		throw error;
	}
};

/** A task that could not start must not stay: it would block the next try and the removal. Our signal is left out, as it may be what stopped us. */
export const discardTask = async (dependencies: LaunchDependencies, record: ContainerRecord): Promise<void> => {
	await killAndWait(dependencies, record);
	await whileServed(serving(dependencies)(record, 'postStop'), () => dependencies.containerd.tasks.delete(record, {timeoutMs: startTimeoutMs}));
};
