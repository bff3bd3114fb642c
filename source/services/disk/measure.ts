import {isFailure} from '../../errors.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import {type SizeCache, sizeOf} from '../snapshots/index.ts';
import type {ReadsFacts} from './facts.ts';

/** Usage walks files: more at a time would only make the disk slower for the containers. */
const atOnce = 4;

/** Does each thing of a list, a few at a time. */
export const eachOf = async <Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> => {
	const queue = [...items];
	const worker = async (): Promise<void> => {
		for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
	};
	await Promise.all(Array.from({length: Math.min(atOnce, items.length)}, worker));
};

/** Undefined where the snapshotter does not count, as remote ones may. */
export const snapshotSize = async (
	{containerd}: ReadsFacts,
	sizes: SizeCache,
	snapshot: Snapshot,
	options: {readonly signal?: AbortSignal},
): Promise<number | undefined> => {
	try {
		return await sizeOf({containerd, sizes}, snapshot, options);
	} catch (error) {
		if (isFailure(error, 'unsupported')) return undefined;
		throw error;
	}
};
