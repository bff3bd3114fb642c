import type {CacheEntry, AgentSource, BuildOutput, SecretSource} from '../../model/build-flags.ts';
import type {BuildFlags} from '../../model/build-attributes.ts';
import type {BuildRecord, BuildStatus, CacheRecord, Worker} from '../../model/build.ts';

export type BuildRequest = {
	/** Where the BuildKit is; see `find`. */
	readonly address: string;
	readonly namespace: string;
	readonly snapshotter: string;
	/** A folder, or what the daemon fetches by itself; `-` is the archive. */
	readonly context: string;
	/** A tar archive, packed or not, that is the context. */
	readonly archive?: AsyncIterable<Uint8Array> | undefined;
	/** Undefined: the one in the context that goes by its usual name. Bytes are the file itself. */
	readonly dockerfile: string | Uint8Array | undefined;
	/** What relative paths are relative to. */
	readonly workingFolder: string;
	/** Complete names. */
	readonly tags: readonly string[];
	readonly flags: BuildFlags;
	/** Undefined: into the images here, the shortest way. */
	readonly output: BuildOutput | undefined;
	readonly secrets: readonly SecretSource[];
	readonly agents: readonly AgentSource[];
	readonly cacheFrom: readonly CacheEntry[];
	readonly cacheTo: readonly CacheEntry[];
	/** Of whoever asks: build arguments, secrets and the agent come from it. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** For archives that go there. */
	readonly stdout: NodeJS.WritableStream;
};

export type BuildResult = {
	/** Of the image, when one was made. */
	readonly digest: string | undefined;
	/** Names that lead to it here now. */
	readonly images: readonly string[];
	/** Everything the exporters said. */
	readonly response: Readonly<Record<string, string>>;
};

export type BuildCall = {
	/** The build's name at the daemon; made up when it is not given. */
	readonly ref?: string;
	readonly signal?: AbortSignal;
	readonly onStatus?: (status: BuildStatus) => void;
};

export type BuildkitPlaces = {
	/** What the user said; then nothing else is tried. */
	readonly said: string | undefined;
	readonly namespace: string;
	readonly isRootless: boolean;
	readonly runtimeDir: string | undefined;
	readonly uid: number;
};

export type CachePrune = {readonly all: boolean; readonly filters: readonly string[]; readonly keepMs: number; readonly reservedBytes: number};

type CallSignal = {readonly signal?: AbortSignal};

export type BuildsService = {
	/** The first BuildKit that answers; a failure says which were tried. */
	find(places: BuildkitPlaces, call?: CallSignal): Promise<string>;
	/** A failure leaves no image and no file. What BuildKit said of it besides: `troubleOf`. */
	build(request: BuildRequest, call?: BuildCall): Promise<BuildResult>;
	/** What a build that somebody else began says, and has said; ends with it. Of one that is over, as far as the daemon remembers. */
	follow(address: string, ref: string, call: {readonly signal: AbortSignal; readonly onStatus: (status: BuildStatus) => void}): Promise<void>;
	/** The builds that the daemon remembers; none where it does not. */
	history(address: string, call?: CallSignal): Promise<readonly BuildRecord[]>;
	/** The daemon does; what was made stays. */
	forget(address: string, ref: string, call?: CallSignal): Promise<void>;
	workers(address: string, call?: CallSignal): Promise<readonly Worker[]>;
	cache(address: string, call?: CallSignal): Promise<readonly CacheRecord[]>;
	prune(address: string, limits: CachePrune, call?: CallSignal): Promise<readonly CacheRecord[]>;
};
