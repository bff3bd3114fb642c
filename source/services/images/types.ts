import type {Outcome} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {Descriptor, Image, ImageSummary, Platform} from '../../model/image.ts';

import type {LongCall} from './ingest/tracker.ts';
import type {PullRequest} from './pull/pull.ts';

export type {LongCall, OnProgress} from './ingest/tracker.ts';
export type {PullRequest} from './pull/pull.ts';

export type CallSignal = {readonly signal?: AbortSignal};

/** One line of an image's history, joined with the layer it made. */
export type HistoryEntry = {
	/** Epoch ms; undefined when the builder left it out. */
	readonly createdAt: number | undefined;
	readonly createdBy: string;
	readonly comment: string;
	readonly emptyLayer: boolean;
	/** The layer as stored, undefined for an empty one. */
	readonly layer: Descriptor | undefined;
	readonly diffId: string | undefined;
	/** Chain ID of the layers up to this one: the snapshot's key. */
	readonly chainId: string | undefined;
	/** Bytes of the snapshot, when it is unpacked. */
	readonly unpackedBytes: number | undefined;
};

export type PlatformImage = {
	readonly platform: Platform | undefined;
	readonly manifest: Descriptor;
	/** False when its config or a layer is not in the content store. */
	readonly present: boolean;
	readonly manifestJson: unknown;
	readonly configJson: unknown;
	readonly history: readonly HistoryEntry[];
};

export type ImageDetails = {
	readonly image: Image;
	/** The index, when the target is one. */
	readonly indexJson: unknown;
	readonly platforms: readonly PlatformImage[];
	readonly usedBy: readonly ContainerRef[];
};

export type ImagesService = {
	/** Sizes and platforms; answers are kept per digest, since content never changes. */
	summarize(image: Image, options: CallSignal & {readonly snapshotter: string}): Promise<ImageSummary>;
	inspect(image: Image, options: CallSignal & {readonly snapshotter: string}): Promise<ImageDetails>;
	/** nerdctl's lookup: reference (normalized), digest, or short id. */
	find(namespace: string, reference: string, options?: CallSignal): Promise<readonly Image[]>;
	tag(image: Image, target: string, options?: CallSignal): Promise<Image>;
	/** Refuses with `conflict` while a container uses its last name, unless forced. */
	remove(image: Image, options?: CallSignal & {readonly force?: boolean; readonly async?: boolean}): Promise<void>;
	/** Fetch, unpack and name. See `pull/pull.ts` for what a failure leaves. */
	pull(request: PullRequest, call?: LongCall): Promise<Image>;
	/** Images that no container uses; with `all` also named ones, else only dangling. */
	prune(namespace: string, options?: CallSignal & {readonly all?: boolean}): Promise<Outcome<string>>;
};
