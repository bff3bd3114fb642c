import {labels} from '../model/labels.ts';
import {isAbort, sentence} from '../errors.ts';
import type {ContainersService} from '../services/containers/types.ts';
import type {AppStore} from '../store/index.ts';

export type ForgottenDependencies = {
	readonly store: AppStore;
	readonly containers: Pick<ContainersService, 'removeForgotten'>;
	/** What could not be removed, in a sentence. */
	readonly say: (text: string) => void;
};

/**
Each time when a daemon's containers are known for the first time, or again: those that were to be removed at their end and that nobody removed go. In
the namespaces that are looked at, and only where there is one that could be meant. What resists stays in the list, and is told.
*/
export const sweepForgotten = ({store, containers, say}: ForgottenDependencies): {stop(): void} => {
	const stopping = new AbortController();
	const sweep = async (namespace: string): Promise<void> => {
		try {
			const {failed} = await containers.removeForgotten(namespace, {signal: stopping.signal});
			const [first] = failed;
			if (first !== undefined) say(`Left over from --rm${failed.length > 1 ? `, as ${failed.length - 1} more` : ''}: ${sentence(first.error)}`);
		} catch (error) {
			if (!isAbort(error) && !stopping.signal.aborted) say(`What --rm left over in ${namespace} could not be looked for: ${sentence(error)}`);
		}
	};
	let wasLive = false;
	const look = (): void => {
		const {containers: known} = store.get();
		const isLive = known.freshness === 'live';
		if (isLive === wasLive) return;
		wasLive = isLive;
		if (!isLive) return;
		const candidates = [...known.items.values()].filter(({labels: all, task}) => all[labels.autoRemove] === 'true' && task?.status !== 'running');
		for (const namespace of new Set(candidates.map(each => each.namespace))) void sweep(namespace);
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
