import type {Outcome} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';

export type CallSignal = {readonly signal?: AbortSignal};

/** One of nerdctl's volumes: a directory of the data store. */
export type Volume = {
	readonly name: string;
	readonly namespace: string;
	/** The `_data` directory. */
	readonly path: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly isAnonymous: boolean;
	/** Epoch ms of the directory. */
	readonly createdAt: number;
};

export type VolumesService = {
	list(namespace: string, options?: CallSignal): Promise<readonly Volume[]>;
	/** `not-found` when there is none. */
	get(namespace: string, name: string, options?: CallSignal): Promise<Volume>;
	/** One that exists already is answered as it is, as nerdctl does. Without a name: an anonymous one. `created` tells a roll-back what is its own. */
	create(namespace: string, volume: {readonly name?: string; readonly labels?: Readonly<Record<string, string>>}, options?: CallSignal): Promise<{readonly volume: Volume; readonly created: boolean}>;
	/** `conflict` while a container mounts it. */
	remove(namespace: string, name: string, options?: CallSignal & {readonly force?: boolean}): Promise<void>;
	/** Those that no container mounts: the anonymous ones, or with `all` every one. */
	prune(namespace: string, options?: CallSignal & {readonly all?: boolean}): Promise<Outcome<string>>;
	/** Bytes of what is in it; hard links counted once. */
	size(volume: Volume, options?: CallSignal): Promise<number>;
	/** The containers that mount it, running or not, by volume name. */
	users(namespace: string, options?: CallSignal): Promise<ReadonlyMap<string, readonly ContainerRef[]>>;
	/**
	Fill an empty volume with what the image has at `imagePath`, as docker does at the first mount: owners, modes, links and times kept. A
	volume that has anything in it is left alone.
	*/
	copyUp(volume: Volume, from: {readonly snapshotter: string; readonly snapshotKey: string; readonly imagePath: string}, options?: CallSignal): Promise<void>;
};
