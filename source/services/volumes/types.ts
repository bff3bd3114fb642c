import type {Outcome} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {MountRequest} from '../../model/create-request.ts';
import type {MountPoint} from '../../model/docker-labels.ts';
import type {LayerIndex} from '../../model/layer-index.ts';
import type {OciMount} from '../../model/mount-plan.ts';
import type {Volume} from '../../model/volume.ts';

export type CallSignal = {readonly signal?: AbortSignal};

export type {Volume} from '../../model/volume.ts';

/** What a new container wants mounted. */
export type MountsRequest = {
	readonly namespace: string;
	readonly requests: readonly MountRequest[];
	/** `container[:ro|rw]`. */
	readonly volumesFrom: readonly string[];
	/** What the image's config declares: paths. A request for the same path wins. */
	readonly imageVolumes: readonly string[];
	/** The new container's own snapshot, from which empty volumes are filled; without one (`--rootfs`) they stay empty. */
	readonly snapshot?: {readonly snapshotter: string; readonly key: string};
	/** The chain ID of an image that is to be mounted, unpacked; without it image mounts are refused. */
	readonly imageChain?: (reference: string) => Promise<{readonly snapshotter: string; readonly chainId: string}>;
	/** Keeps the views of image mounts until the container refers to them. */
	readonly lease?: string;
};

/**
Mounts that are ready to be used. While this is open nobody else can make or remove volumes of the namespace: `keep` it as soon as the container
that names them exists, or `undo` it.
*/
export type ResolvedMounts = {
	/** For the spec, parents before what is mounted inside them. */
	readonly mounts: readonly OciMount[];
	/** For the labels (`mountLabels`) and `inspect`. */
	readonly points: readonly MountPoint[];
	/** Those made here without a name: for `nerdctl/anonymous-volumes`. */
	readonly anonymousVolumes: readonly string[];
	/** For `nerdctl/image-mount-snapshots`. */
	readonly imageViews: readonly string[];
	/** What a bind mount that shares needs of the spec's `linux.rootfsPropagation`. */
	readonly rootfsPropagation: 'shared' | 'rslave' | undefined;
	keep(): Promise<void>;
	/** Removes the volumes, directories and views made here, and nothing that was there before. */
	undo(): Promise<void>;
};

export type VolumesService = {
	list(namespace: string, options?: CallSignal): Promise<readonly Volume[]>;
	/** Calls back when one was made or removed, until what it answers is called. */
	watch(namespace: string, onChange: () => void): () => void;
	/** `not-found` when there is none. */
	get(namespace: string, name: string, options?: CallSignal): Promise<Volume>;
	/** One that exists already is answered as it is, as nerdctl does. Without a name: an anonymous one. `created` tells a roll-back what is its own. */
	create(
		namespace: string,
		volume: {readonly name?: string; readonly labels?: Readonly<Record<string, string>>},
		options?: CallSignal,
	): Promise<{readonly volume: Volume; readonly created: boolean}>;
	/** `conflict` while a container mounts it. */
	remove(namespace: string, name: string, options?: CallSignal): Promise<void>;
	/** Those that no container mounts: the anonymous ones, or with `all` every one. */
	prune(namespace: string, options?: CallSignal & {readonly all?: boolean}): Promise<Outcome<string>>;
	/** Bytes of what is in it, as long as the files are; hard links counted once. */
	size(volume: Volume, options?: CallSignal): Promise<number>;
	/** All that is in it, as if it were a layer of an image. */
	files(volume: Volume, options?: CallSignal & {readonly onProgress?: (files: number) => void}): Promise<LayerIndex>;
	/** The containers that mount it, running or not, by volume name. */
	users(namespace: string, options?: CallSignal): Promise<ReadonlyMap<string, readonly ContainerRef[]>>;
	/**
	Fill an empty volume with what the image has at `imagePath`, as docker does at the first mount: owners, modes, links and times kept. A
	volume that has anything in it is left alone. The snapshot is one that nobody writes to.
	*/
	copyUp(
		volume: Pick<Volume, 'path'>,
		from: {readonly namespace: string; readonly snapshotter: string; readonly snapshotKey: string; readonly imagePath: string},
		options?: CallSignal,
	): Promise<void>;
	/** Makes what a new container mounts: directories, volumes filled from the image, views of images. */
	resolveMounts(request: MountsRequest, options?: CallSignal): Promise<ResolvedMounts>;
};
