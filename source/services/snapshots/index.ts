import type {Containerd} from '../../clients/containerd/types.ts';
import {inspect} from './inspect.ts';
import {list} from './list.ts';
import {remove} from './remove.ts';
import {snapshotters} from './snapshotters.ts';
import {type SizeCache, totals} from './totals.ts';
import type {SnapshotsService} from './types.ts';

export {type SizeCache, sizeOf} from './totals.ts';
export type {SnapshotDetails, Snapshotter, SnapshotsService} from './types.ts';

export type SnapshotsDependencies = {readonly containerd: Pick<Containerd, 'plugins' | 'snapshots' | 'containers'>};

export const createSnapshots = ({containerd}: SnapshotsDependencies): SnapshotsService => {
	const sizes: SizeCache = new Map();
	const dependencies = {containerd, sizes};
	return {
		snapshotters: options => snapshotters(dependencies, options),
		list: (namespace, snapshotter, options) => list(dependencies, namespace, snapshotter, options),
		totals: (namespace, snapshotter, options) => totals(dependencies, namespace, snapshotter, options),
		inspect: (snapshot, options) => inspect(dependencies, snapshot, options),
		remove: (snapshot, options) => remove(dependencies, snapshot, options),
	};
};
