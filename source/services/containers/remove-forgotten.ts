import type {Host} from '../../clients/host/types.ts';
import {isAbort, type Outcome} from '../../errors.ts';
import type {Container, ContainerRef, Task} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';
import {readClaims} from './claims.ts';
import type {Uses} from './dependencies.ts';
import {type RemoveDependencies, remove} from './remove.ts';
import type {Progress} from './types.ts';

export type RemoveForgottenDependencies = RemoveDependencies & Uses<{tasks: 'list'}> & {readonly host: Pick<Host, 'autoRemoval' | 'bootTime'>};

/** Whoever waits for the end of a container in the foreground removes it at once; a minute later there is nobody. */
const graceMs = 60_000;

/**
A task that has ended and is still there was left by a log driver that was killed. With none at all the machine was booted since; or somebody
starts it this moment, and then it was started before as well, but not before the boot.
*/
const isForgotten = (task: Task | undefined, startedAt: number, bootedAt: number, now: number): boolean => {
	if (task === undefined) return startedAt < bootedAt;
	return task.status === 'stopped' && task.exitedAt !== undefined && now - task.exitedAt > graceMs;
};

const removeOne = async (dependencies: RemoveForgottenDependencies, ref: ContainerRef, task: Task | undefined, bootedAt: number, options: Progress): Promise<boolean> => {
	const {host, clock} = dependencies;
	const removal = await host.autoRemoval(ref);
	if (removal === undefined || removal.isDriven || !isForgotten(task, removal.startedAt, bootedAt, clock.now())) return false;
	// Not forced: one that was started meanwhile is refused and stays.
	await remove(dependencies, {namespace: ref.namespace, id: ref.id}, {...options, volumes: true}, await readClaims(dependencies, ref.namespace, options));
	return true;
};

/**
Containers made with `--rm` and `-d` are removed by their log driver when they end. One whose driver did not live to see it, because the machine was
booted or the driver was killed, is removed here, with its anonymous volumes. Never one that runs, was not started yet, or whose driver lives.
*/
export const removeForgotten = async (dependencies: RemoveForgottenDependencies, namespace: string, options: Progress = {}): Promise<Outcome<ContainerRef>> => {
	const {containerd, host} = dependencies;
	const found: ContainerRef[] = [];
	const filters = [`labels.${JSON.stringify(labels.autoRemove)}=="true"`];
	for await (const batch of containerd.containers.list(namespace, {...options, filters})) found.push(...batch.map(({id}) => ({namespace, id})));
	if (found.length === 0) return {done: [], failed: []};
	const [tasks, bootedAt] = await Promise.all([containerd.tasks.list(namespace, options), host.bootTime()]);
	const byId = new Map(tasks.map(task => [task.containerId, task]));
	const done: ContainerRef[] = [];
	const failed: Array<{readonly id: ContainerRef; readonly error: unknown}> = [];
	for (const ref of found) {
		try {
			if (await removeOne(dependencies, ref, byId.get(ref.id), bootedAt, options)) done.push(ref);
		} catch (error) {
			if (isAbort(error)) throw error;
			failed.push({id: ref, error});
		}
	}
	return {done, failed};
};

/** For one container that is in the way of something; answers whether it was such a one, and has gone. */
export const removeIfForgotten = async (dependencies: RemoveForgottenDependencies, container: Container, options: Progress = {}): Promise<boolean> => {
	if (container.labels[labels.autoRemove] !== 'true') return false;
	const [task, bootedAt] = await Promise.all([dependencies.containerd.tasks.find(container, options), dependencies.host.bootTime()]);
	return removeOne(dependencies, container, task, bootedAt, options);
};
