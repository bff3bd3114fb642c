import type {AppStore, SnapshotterEntry} from '../store/index.ts';
import type {ImagesService} from '../services/images/types.ts';
import type {SnapshotsService} from '../services/snapshots/types.ts';
import {isAbort, sentence} from '../errors.ts';
import {namespacesIn} from './lists.ts';

export type SummaryDependencies = {
	readonly store: AppStore;
	readonly images: Pick<ImagesService, 'summarize'>;
	readonly snapshots: Pick<SnapshotsService, 'snapshotters' | 'totals'>;
	readonly signal: AbortSignal;
};

/**
Sizes and platforms of the images, one digest after the other behind everything else: each costs a few content reads. A digest that can't
be summarized (its manifest is not here) keeps its blank cells; the details of the image say why.
*/
export const summarizeImages = async ({store, images, signal}: SummaryDependencies): Promise<void> => {
	const failed = new Set<string>();
	for (;;) {
		const {images: known, imageSummaries, snapshotter} = store.get();
		const next = [...known.items.values()].find(({target}) => !imageSummaries.has(target.digest) && !failed.has(target.digest));
		if (next === undefined || signal.aborted) return;
		try {
			const summary = await images.summarize(next, {signal, snapshotter});
			store.dispatch({type: 'image-summarized', digest: next.target.digest, summary});
		} catch (error) {
			if (isAbort(error)) return;
			failed.add(next.target.digest);
		}
	}
};

/** The list first, then what each holds: counting costs a usage call per snapshot, so only the healthy ones are counted. */
export const listSnapshotters = async ({store, snapshots, signal}: SummaryDependencies): Promise<void> => {
	try {
		const before = store.get().snapshotters.items;
		const found = await snapshots.snapshotters({signal});
		const entries: SnapshotterEntry[] = found.map((snapshotter) => ({...snapshotter, totals: before.get(snapshotter.name)?.totals}));
		store.dispatch({type: 'snapshotters-listed', snapshotters: entries});
	} catch (error) {
		if (isAbort(error)) return;
		store.dispatch({type: 'list-failed', list: 'snapshotters', reason: sentence(error)});
	}
};

export const countSnapshots = async ({store, snapshots, signal}: SummaryDependencies): Promise<void> => {
	const {scope, namespaces, snapshotters} = store.get();
	for (const {name, health} of snapshotters.items.values()) {
		if (health !== 'ok') continue;
		let count = 0;
		let sizeBytes = 0;
		try {
			for (const namespace of namespacesIn(scope, namespaces)) {
				const totals = await snapshots.totals(namespace, name, {signal});
				count += totals.count;
				sizeBytes += totals.sizeBytes;
			}
		} catch (error) {
			if (isAbort(error)) return;
			// One snapshotter that can't be counted (its daemon is down) must not keep the others from their numbers.
			continue;
		}
		store.dispatch({type: 'snapshotter-counted', name, totals: {count, sizeBytes}});
	}
};
