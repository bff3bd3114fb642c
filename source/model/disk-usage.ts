import type {ContainerRef, TaskStatus} from './container.ts';

/** How many bytes there are, and how many of them nothing needs any more. */
export type Extent = {readonly count: number; readonly sizeBytes: number};

export type ImageDisk = {
	readonly namespace: string;
	readonly names: readonly string[];
	readonly digest: string;
	/** Blobs and snapshots that it leads to. */
	readonly sizeBytes: number;
	/** The part that no other image leads to. */
	readonly uniqueBytes: number;
	readonly containers: number;
	readonly createdAt: number;
};

export type ContainerDisk = ContainerRef & {
	readonly labels: Readonly<Record<string, string>>;
	readonly image: string;
	readonly status: TaskStatus | undefined;
	readonly snapshotter: string;
	readonly createdAt: number;
	/** Of its writable layer. */
	readonly sizeBytes: number;
};

export type VolumeDisk = {
	readonly namespace: string;
	readonly name: string;
	/** Nobody chose its name: these are the ones that a prune takes. */
	readonly isAnonymous: boolean;
	readonly sizeBytes: number;
	/** Ids of the containers that mount it. */
	readonly usedBy: readonly string[];
};

export type SnapshotterDisk = {
	readonly snapshotter: string;
	/** Layers of images and whatever else is committed. */
	readonly committed: Extent;
	/** Writable layers and views. */
	readonly active: Extent;
	/** What neither an image, a container nor a lease holds: the garbage collector's, when it next comes. */
	readonly unused: Extent;
	/** Snapshots whose size the snapshotter does not tell. */
	readonly uncounted: number;
};

/** What a prune would remove. */
export type PruneSelection = {
	readonly stoppedContainers?: boolean;
	/** A choice of one's own is asked only of images that no container uses. */
	readonly images?: 'dangling' | 'unused' | ((image: {readonly namespace: string; readonly name: string}) => boolean);
	/** What failed pulls left for a second try. */
	readonly partialPulls?: boolean;
	readonly volumes?: 'anonymous' | 'unused';
};

/** Each is what this prune alone would free, so they do not add up: ask for the sum by a selection of several. */
export type Reclaimable = {
	readonly stoppedContainers: number;
	readonly danglingImages: number;
	readonly unusedImages: number;
	readonly anonymousVolumes: number;
	readonly unusedVolumes: number;
	readonly partialPulls: number;
	readonly unusedContent: number;
	readonly unusedSnapshots: number;
};

/**
Where the bytes are. Content is counted once per digest: containerd stores a blob once, in `blobs/sha256/<hex>`, for all namespaces, which
have only records of it. Snapshots belong to a namespace and a snapshotter, and an image that is unpacked in two is there twice.
*/
export type DiskUsage = {
	readonly images: readonly ImageDisk[];
	/** Blobs and committed snapshots that images lead to. */
	readonly imageBytes: number;
	readonly content: Extent;
	/** In no namespace does anything lead to it. */
	readonly unusedContent: Extent;
	/** Whole blobs of pulls that failed, kept for a second try. */
	readonly partialPulls: Extent;
	/** Downloads and writes that are under way or were given up. */
	readonly ingests: Extent;
	readonly snapshotters: readonly SnapshotterDisk[];
	readonly containers: readonly ContainerDisk[];
	readonly volumes: readonly VolumeDisk[];
	/** Undefined until something builds. */
	readonly buildCache: Extent | undefined;
	readonly totalBytes: number;
	readonly reclaimable: Reclaimable;
	/** What a prune of all this would free, in bytes. */
	freed(selection: PruneSelection): number;
	/** What could not be read, in sentences; the rest is right all the same. */
	readonly problems: readonly string[];
};
