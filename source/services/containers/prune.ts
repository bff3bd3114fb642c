import {isAbort, type Outcome} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import {readClaims} from './claims.ts';
import type {Uses} from './dependencies.ts';
import {type RemoveDependencies, remove} from './remove.ts';
import type {Progress} from './types.ts';

const live: ReadonlySet<string> = new Set(['running', 'paused', 'pausing']);

/** Also those that never ran, as nerdctl does. Each removal looks again, so one that starts meanwhile is refused and stays. */
export const prune = async (
	dependencies: RemoveDependencies & Uses<{tasks: 'list'}>,
	namespace: string,
	options: Progress = {},
): Promise<Outcome<ContainerRef>> => {
	const {containerd} = dependencies;
	const tasks = await containerd.tasks.list(namespace, options);
	const running = new Set(tasks.filter(task => live.has(task.status)).map(task => task.containerId));
	const candidates: ContainerRef[] = [];
	for await (const batch of containerd.containers.list(namespace, options)) {
		for (const {id} of batch) if (!running.has(id)) candidates.push({namespace, id});
	}
	const claims = await readClaims(dependencies, namespace, options);
	const done: ContainerRef[] = [];
	const failed: Array<{readonly id: ContainerRef; readonly error: unknown}> = [];
	for (const ref of candidates) {
		try {
			await remove(dependencies, ref, options, claims);
			done.push(ref);
		} catch (error) {
			if (isAbort(error)) throw error;
			failed.push({id: ref, error});
		}
	}
	return {done, failed};
};
