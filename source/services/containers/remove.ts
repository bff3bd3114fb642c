import type {Host} from '../../clients/host/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {ContainerRecord, ContainerRef, Task} from '../../model/container.ts';
import {type Claims, readClaims} from './claims.ts';
import type {Clock} from './clock.ts';
import type {Uses} from './dependencies.ts';
import {killAndWait, orGone} from './end-task.ts';
import {nameOf} from './name.ts';
import {type RemoveTracesDependencies, removeTraces} from './remove-traces.ts';
import {guardRestarts, isMonitored} from './restart-labels.ts';
import {type ServeHook, type ServesHooks, serving, whileServed} from './serve-hook.ts';
import type {RemoveOptions} from './types.ts';

export type RemoveDependencies = Uses<{
	containers: 'get' | 'list' | 'setLabels' | 'remove';
	tasks: 'find' | 'kill' | 'wait' | 'resume' | 'delete';
}> &
	RemoveTracesDependencies &
	ServesHooks & {readonly clock: Clock; readonly host: Pick<Host, 'withOperationLock'>};

/** OCI hooks run inside the deletion of a task: CNI, hosts file, name. */
const deleteTimeoutMs = 60_000;

/** `claims` is for who removes many: a list of all containers is enough for all of them. */
export const remove = async (
	dependencies: RemoveDependencies,
	ref: ContainerRef,
	options: RemoveOptions = {},
	claims?: Claims,
): Promise<void> => {
	const {containerd, host} = dependencies;
	const calling = options.signal === undefined ? {} : {signal: options.signal};
	let name = ref.id;
	try {
		// Before anything goes, since without the claims we could not finish; and while the lock is being taken.
		const looking = Promise.all([containerd.containers.get(ref, calling), claims ?? readClaims(dependencies, ref.namespace, calling)]);
		// Taking the lock takes as long as getting ready to serve.
		const served = looking.then(([record]) => serving(dependencies)(record, 'postStop'));
		served.catch(() => undefined);
		const {record, others} = await host.withOperationLock(
			ref,
			async () => {
				const [found, known] = await looking;
				name = nameOf(found);
				const task = await containerd.tasks.find(ref, calling);
				refuseLive(task, options);
				await removeFromDaemon(dependencies, found, task, served, options);
				known.forget(ref.id);
				return {record: found, others: known};
			},
			calling,
		).finally(async () => (await served.catch(() => undefined))?.());
		await removeTraces(dependencies, record, others, options);
	} catch (error) {
		throw failing(`remove ${name}`, error);
	}
};

const isLive = (task: Task | undefined): task is Task =>
	task?.status === 'running' || task?.status === 'paused' || task?.status === 'pausing';

const refuseLive = (task: Task | undefined, {force = false}: RemoveOptions): void => {
	if (!isLive(task) || force) return;
	throw new Failure('conflict', task.status === 'running' ? 'it is running' : 'it is paused', {
		hint: 'stop it first, or force the removal',
	});
};

/** Task, container, snapshots: the container before its snapshot, since one without the other could never be started nor removed again. */
const removeFromDaemon = async (dependencies: RemoveDependencies, record: ContainerRecord, found: Task | undefined, served: ReturnType<ServeHook>, options: RemoveOptions): Promise<void> => {
	const {containerd} = dependencies;
	const calling = options.signal === undefined ? {} : {signal: options.signal};
	// Else the restart monitor may start it anew between its end and its removal.
	const guard = await guardRestarts(dependencies, record, 'stop', calling);
	try {
		// Between the look at it and the guard the monitor may have started another.
		const task = isMonitored(record) ? await containerd.tasks.find(record, calling) : found;
		if (task !== undefined) {
			if (task.status !== 'stopped')
				await killAndWait(dependencies, record, {...calling, frozen: task.status !== 'running' && isLive(task)});
			await whileServed(served, () => orGone(containerd.tasks.delete(record, {...calling, timeoutMs: deleteTimeoutMs}), undefined));
		}
		await orGone(containerd.containers.remove(record, calling), undefined);
	} catch (error) {
		await guard.restore().catch(() => undefined);
		throw error;
	}
};
