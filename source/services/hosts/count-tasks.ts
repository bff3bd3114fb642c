import {isAbort} from '../../errors.ts';
import type {CallOptions} from '../../clients/containerd/types.ts';
import type {Asked} from './types.ts';

/** A node has a handful of namespaces; a CI machine may have hundreds, and one call each at once would be rude. */
const atOnce = 8;

export type NamespaceTasks = {readonly name: string; readonly live: number};

/** Live tasks per namespace. One that can't be counted (it was removed just now) counts as empty. */
export const countTasks = async ({namespaces, tasks}: Pick<Asked, 'namespaces' | 'tasks'>, options: CallOptions = {}): Promise<readonly NamespaceTasks[]> => {
	const names = (await namespaces.list(options)).map(namespace => namespace.name);
	const counts: NamespaceTasks[] = [];
	const count = async (name: string): Promise<NamespaceTasks> => {
		try {
			const list = await tasks.list(name, options);
			return {name, live: list.filter(task => task.status !== 'stopped' && task.status !== 'unknown').length};
		} catch (error) {
			if (isAbort(error)) throw error;
			return {name, live: 0};
		}
	};
	for (let from = 0; from < names.length; from += atOnce) counts.push(...(await Promise.all(names.slice(from, from + atOnce).map(count))));
	return counts;
};
