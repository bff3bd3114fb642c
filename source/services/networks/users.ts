import type {Container} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';
import {networkModeOf} from '../../model/network-mode.ts';
import type {Uses} from './dependencies.ts';
import type {CallSignal} from './types.ts';

export type UsersDependencies = Uses<{namespaces: 'list'; containers: 'list'; tasks: 'list'}>;

/**
nerdctl's rule for what is in use: containers that run or are paused, of every namespace, by the name in their label. Two namespaces may have
networks of one name; they are one bridge then.
*/
export const users = async ({containerd}: UsersDependencies, options: CallSignal = {}): Promise<ReadonlyMap<string, readonly Container[]>> => {
	const found = new Map<string, Container[]>();
	for (const {name: namespace} of await containerd.namespaces.list(options)) {
		const live = new Map((await containerd.tasks.list(namespace, options)).filter(({status}) => status !== 'stopped').map(task => [task.containerId, task]));
		if (live.size === 0) continue;
		for await (const batch of containerd.containers.list(namespace, options)) {
			for (const container of batch) {
				const task = live.get(container.id);
				const mode = task === undefined ? undefined : networkModeOf(container.labels[labels.networks]);
				if (mode?.kind !== 'networks') continue;
				for (const network of mode.names) found.set(network, [...(found.get(network) ?? []), {...container, task}]);
			}
		}
	}
	return found;
};
