import type {Snapshots} from '../../clients/containerd/types.ts';
import {failing, isFailure} from '../../errors.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import {list} from './list.ts';

/** Usage walks the files of a snapshot: more at a time would only make the disk slower for the containers. */
const atOnce = 4;

/** Committed snapshots do not change, so each is walked once. A name that was removed and made again has a new creation time. */
export type SizeCache = Map<string, number>;

const cacheKey = ({namespace, snapshotter, key, createdAt}: Snapshot): string => `${namespace} ${snapshotter} ${key} ${createdAt}`;

export const totals = async (
	dependencies: {readonly containerd: {readonly snapshots: Pick<Snapshots, 'list' | 'usage'>}; readonly sizes: SizeCache},
	namespace: string,
	snapshotter: string,
	options: {readonly signal?: AbortSignal} = {},
): Promise<{readonly count: number; readonly sizeBytes: number}> => {
	const snapshots = await list(dependencies, namespace, snapshotter, options);
	try {
		let sizeBytes = 0;
		const queue = [...snapshots];
		const work = async (): Promise<void> => {
			for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
				// Not `+= await`: that would read the sum before the wait and lose what the others add meanwhile.
				const size = await sizeOf(dependencies, next, options);
				sizeBytes += size;
			}
		};
		await Promise.all(Array.from({length: atOnce}, work));
		return {count: snapshots.length, sizeBytes};
	} catch (error) {
		throw failing(`add up the snapshots of ${snapshotter}`, error);
	}
};

export const sizeOf = async (
	{containerd, sizes}: {readonly containerd: {readonly snapshots: Pick<Snapshots, 'usage'>}; readonly sizes: SizeCache},
	snapshot: Snapshot,
	options: {readonly signal?: AbortSignal},
): Promise<number> => {
	const known = sizes.get(cacheKey(snapshot));
	if (known !== undefined) return known;
	try {
		const {sizeBytes} = await containerd.snapshots.usage(snapshot.namespace, snapshot.snapshotter, snapshot.key, options);
		if (snapshot.kind === 'committed') sizes.set(cacheKey(snapshot), sizeBytes);
		return sizeBytes;
	} catch (error) {
		// Removed since it was listed.
		if (isFailure(error, 'not-found')) return 0;
		throw error;
	}
};
