import {labels} from '../model/labels.ts';
import type {ContainersService} from '../services/containers/types.ts';
import type {AppStore} from '../store/index.ts';

export type ForgottenDependencies = {readonly store: AppStore; readonly containers: Pick<ContainersService, 'removeForgotten'>};

/**
Each time when a daemon's containers are known for the first time, or again: those that were to be removed at their end and that nobody removed go. In
the namespaces that are looked at, and only where there is one that could be meant. What resists stays in the list, where it can be seen.
*/
export const sweepForgotten = ({store, containers}: ForgottenDependencies): {stop(): void} => {
	const stopping = new AbortController();
	let wasLive = false;
	const look = (): void => {
		const {containers: known} = store.get();
		const isLive = known.freshness === 'live';
		if (isLive === wasLive) return;
		wasLive = isLive;
		if (!isLive) return;
		const candidates = [...known.items.values()].filter(({labels: all, task}) => all[labels.autoRemove] === 'true' && task?.status !== 'running');
		for (const namespace of new Set(candidates.map(each => each.namespace))) {
			containers.removeForgotten(namespace, {signal: stopping.signal}).catch(() => undefined);
		}
	};
	const unsubscribe = store.subscribe(look);
	look();
	return {
		stop() {
			unsubscribe();
			stopping.abort();
		},
	};
};
