import type {Host} from '../../clients/host/types.ts';
import {Failure, failing, isFailure, messageOf} from '../../errors.ts';
import type {ContainerRecord, ContainerRef, Task} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';
import type {Clock} from './clock.ts';
import type {Uses} from './dependencies.ts';
import {killAndWait, orGone} from './end-task.ts';
import {nameOf} from './name.ts';
import {claimsOfOthers, stringsIn} from './others-use.ts';
import {guardRestarts} from './restart-labels.ts';
import type {RemoveOptions} from './types.ts';

export type RemoveDependencies = Uses<{
	containers: 'get' | 'list' | 'setLabels' | 'remove';
	tasks: 'find' | 'kill' | 'wait' | 'resume' | 'delete';
	snapshots: 'remove';
}> & {
	readonly clock: Clock;
	readonly host: Pick<Host, 'withOperationLock' | 'releaseName' | 'removeHosts' | 'removeVolumes' | 'removeStateDir'>;
};

/** OCI hooks run inside the deletion of a task: CNI, hosts file, name. */
const deleteTimeoutMs = 60_000;

/** Views that back image mounts, made by newer nerdctl: a JSON array of snapshot keys. */
const imageMountSnapshots = 'nerdctl/image-mount-snapshots';

export const remove = async (dependencies: RemoveDependencies, ref: ContainerRef, options: RemoveOptions = {}): Promise<void> => {
	const {containerd, host} = dependencies;
	const calling = options.signal === undefined ? {} : {signal: options.signal};
	let name = ref.id;
	try {
		const record = await containerd.containers.get(ref, calling);
		name = nameOf(record);
		const removed = async (): Promise<void> => {
			refuseLive(await containerd.tasks.find(ref, calling), options);
			await removeFromDaemon(dependencies, record, options);
		};
		await host.withOperationLock(ref, removed, calling);
		await removeTraces(dependencies, record, options);
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
const removeFromDaemon = async (dependencies: RemoveDependencies, record: ContainerRecord, options: RemoveOptions): Promise<void> => {
	const {containerd} = dependencies;
	const calling = options.signal === undefined ? {} : {signal: options.signal};
	// Else the restart monitor may start it anew between its end and its removal.
	const guard = await guardRestarts(dependencies, record, 'stop', calling);
	try {
		const task = await containerd.tasks.find(record, calling);
		if (task !== undefined) {
			if (task.status !== 'stopped')
				await killAndWait(dependencies, record, {...calling, frozen: task.status !== 'running' && isLive(task)});
			await orGone(containerd.tasks.delete(record, {...calling, timeoutMs: deleteTimeoutMs}), undefined);
		}
		await orGone(containerd.containers.remove(record, calling), undefined);
	} catch (error) {
		await guard.restore().catch(() => undefined);
		throw error;
	}
};

/** From here on an abort would leave rubbish that nothing names any more, so the signal is not passed on. */
const removeTraces = async (dependencies: RemoveDependencies, record: ContainerRecord, options: RemoveOptions): Promise<void> => {
	const {containerd, host} = dependencies;
	const claims = await claimsOfOthers(dependencies, record, {});
	const failures: unknown[] = [];
	const attempt = async (run: () => Promise<unknown>): Promise<void> => {
		try {
			await run();
		} catch (error) {
			failures.push(error);
		}
	};
	for (const key of [record.snapshotKey, ...stringsIn(record.labels[imageMountSnapshots])]) {
		if (key === '' || record.snapshotter === '' || claims.usesSnapshot(record.snapshotter, key)) continue;
		await attempt(() => removeSnapshot(containerd.snapshots, record, key));
	}
	const name = record.labels[labels.name];
	if (name) await attempt(() => host.releaseName(record, name));
	await attempt(() => host.removeHosts(record));
	if (options.volumes === true) {
		const volumes = stringsIn(record.labels[labels.anonymousVolumes]).filter(volume => !claims.usesVolume(volume));
		await attempt(() => host.removeVolumes(record.namespace, volumes));
	}
	await attempt(() => host.removeStateDir(record));
	if (failures.length === 1) throw failures[0];
	if (failures.length > 1) throw new Failure('internal', failures.map(messageOf).join('; '), {cause: new AggregateError(failures)});
};

/** One that others have built upon stays with them. */
const removeSnapshot = async (
	snapshots: RemoveDependencies['containerd']['snapshots'],
	{namespace, snapshotter}: ContainerRecord,
	key: string,
): Promise<void> => {
	try {
		await snapshots.remove(namespace, snapshotter, key);
	} catch (error) {
		if (!isFailure(error, 'not-found') && !isFailure(error, 'conflict')) throw error;
	}
};
