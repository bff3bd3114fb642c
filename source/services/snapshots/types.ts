import type {ContainerRef} from '../../model/container.ts';
import type {Mount, Snapshot, Snapshotter, SnapshotUsage} from '../../model/snapshot.ts';

export type {Snapshotter} from '../../model/snapshot.ts';

export type SnapshotDetails = {
	readonly snapshot: Snapshot;
	readonly usage: SnapshotUsage | undefined;
	/** Only for active snapshots and views. */
	readonly mounts: readonly Mount[];
	/** From this one down to the bottom. */
	readonly chain: readonly Snapshot[];
	readonly usedBy: readonly ContainerRef[];
};

export type SnapshotsService = {
	snapshotters(options?: {readonly signal?: AbortSignal}): Promise<readonly Snapshotter[]>;
	/** All snapshots of a namespace (usage left out: it walks files). */
	list(namespace: string, snapshotter: string, options?: {readonly signal?: AbortSignal}): Promise<readonly Snapshot[]>;
	/** Sum over all, one usage call each, a few at a time; committed snapshots' answers are kept. */
	totals(namespace: string, snapshotter: string, options?: {readonly signal?: AbortSignal}): Promise<{readonly count: number; readonly sizeBytes: number}>;
	inspect(snapshot: Snapshot, options?: {readonly signal?: AbortSignal}): Promise<SnapshotDetails>;
	/** Only leaves that no container uses; else `conflict` says who does. */
	remove(snapshot: Snapshot, options?: {readonly signal?: AbortSignal}): Promise<void>;
};
