import type {CallOptions} from '../../clients/containerd/types.ts';
import {ownerOf} from '../../model/namespace.ts';
import {naturalCompare} from '../../model/sort.ts';
import {countTasks} from './count-tasks.ts';
import type {Asked} from './types.ts';

const fallback = 'default';

/**
Where to start when nobody said: the namespace with the most live tasks. Those that another program keeps its books about (dockerd's,
BuildKit's) come last however busy they are, and with nothing running anywhere it is containerd's own `default`.
*/
export const chooseNamespace = async (containerd: Pick<Asked, 'namespaces' | 'tasks'>, options: CallOptions = {}): Promise<string> => {
	const busy = (await countTasks(containerd, options)).filter(({live}) => live > 0);
	const [best] = busy.toSorted(
		(a, b) =>
			Number(ownerOf(a.name) !== undefined) - Number(ownerOf(b.name) !== undefined) ||
			b.live - a.live ||
			Number(b.name === fallback) - Number(a.name === fallback) ||
			naturalCompare(a.name, b.name),
	);
	return best?.name ?? fallback;
};
