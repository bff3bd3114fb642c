import type {Outcome} from '../../errors.ts';
import type {DiskUsage} from '../../model/disk-usage.ts';

export type {DiskUsage, PruneSelection} from '../../model/disk-usage.ts';

/** Snapshots and volumes are walked one by one: that is what takes time. */
export type DiskProgress = {readonly done: number; readonly total: number};

export type UsageOptions = {
	/** All when left out. */
	readonly namespaces?: readonly string[];
	readonly signal?: AbortSignal;
	readonly onProgress?: (progress: DiskProgress) => void;
};

export type DiskService = {
	usage(options?: UsageOptions): Promise<DiskUsage>;
	/** Volumes that no container mounts; without `all` only those that nobody named, as nerdctl does. */
	pruneVolumes(namespace: string, options?: {readonly all?: boolean; readonly signal?: AbortSignal}): Promise<Outcome<string>>;
};
