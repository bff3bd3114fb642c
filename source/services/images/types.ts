import type {Outcome} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {Descriptor, Image, ImageSummary, Platform} from '../../model/image.ts';

import type {LoadRequest} from './archive/load.ts';
import type {SaveRequest} from './archive/save.ts';
import type {EnsureRequest, RunnableImage} from './ensure.ts';
import type {LongCall} from './ingest/tracker.ts';
import type {ManifestLists} from './manifest-list/index.ts';
import type {PullRequest} from './pull/pull.ts';
import type {PushRequest} from './push/push.ts';
import type {CommitRequest} from './rewrite/commit.ts';
import type {ConvertRequest} from './rewrite/convert.ts';
import type {ImportRequest} from './rewrite/import.ts';

export type {LoadRequest} from './archive/load.ts';
export type {SaveRequest} from './archive/save.ts';
export type {EnsureRequest, RunnableImage} from './ensure.ts';
export type {LongCall, OnProgress} from './ingest/tracker.ts';
export type {PullRequest} from './pull/pull.ts';
export type {ManifestLists} from './manifest-list/index.ts';
export type {PushRequest} from './push/push.ts';
export type {CommitRequest} from './rewrite/commit.ts';
export type {ConvertRequest} from './rewrite/convert.ts';
export type {ImportRequest} from './rewrite/import.ts';

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
	/** An image that containers can be made of: pulled and unpacked, as far as the policy allows it and it is not. */
	ensure(request: EnsureRequest, call?: LongCall): Promise<RunnableImage>;
	/** What the image's name leads to at its registry now. Asks it each time. */
	latest(image: Image, options?: CallSignal): Promise<string>;
	/** Tags that a registry has of a repository. */
	remoteTags(repository: string, options?: CallSignal & {readonly most?: number}): Promise<readonly string[]>;
	/** Send to the registry that its name says; what is missing here is refused before anything is sent. */
	push(request: PushRequest, call?: LongCall): Promise<{readonly digest: string}>;
	/** Read images out of an archive; answers their names, each an image. */
	load(request: LoadRequest, call?: LongCall): Promise<readonly Image[]>;
	/** Write images as an archive that docker and OCI tools read. */
	save(request: SaveRequest, call?: LongCall): Promise<void>;
	/** A file system as a tar becomes an image of one layer. */
	import(request: ImportRequest, call?: LongCall): Promise<Image>;
	/** What a container changed becomes a layer on its image. */
	commit(request: CommitRequest, call?: LongCall): Promise<{readonly image: Image; readonly configDigest: string}>;
	/** The same image in other documents, or packed otherwise, under another name. */
	convert(request: ConvertRequest, call?: LongCall): Promise<Image>;
	/** Lists of manifests that are put together here and pushed later. */
	readonly manifestLists: ManifestLists;
	/** Have the collector take what failed pulls left for a second try; answers how many blobs. */
	forgetPartial(namespace: string, options?: CallSignal): Promise<number>;
	/** Images that no container uses; with `all` also named ones, else only dangling. */
	prune(namespace: string, options?: CallSignal & {readonly all?: boolean}): Promise<Outcome<string>>;
};
