import type {Platform} from '../../model/image.ts';
import type {CallOptions} from './call.ts';

export type {CallOptions} from './call.ts';

/** Lines of a file, from 1. */
export type SourceRange = {readonly first: number; readonly last: number};

/** What a failed build says besides its message. */
export type BuildTrouble = {
	/** The places in Dockerfiles that it is about, the innermost last. `text` is the whole file. */
	readonly sources: ReadonlyArray<{readonly file: string; readonly text: string; readonly ranges: readonly SourceRange[]}>;
	/** Of the command that failed, when one did. */
	readonly exitCode: number | undefined;
	readonly vertex: string | undefined;
};

/** A step of a build. One that starts and ends several times is told of each time. Times are epoch ms. */
export type Vertex = {
	readonly digest: string;
	readonly inputs: readonly string[];
	readonly name: string;
	readonly isCached: boolean;
	readonly startedAt: number | undefined;
	readonly completedAt: number | undefined;
	readonly error: string;
	readonly group: {readonly id: string; readonly name: string} | undefined;
};

/** Something that a step counts: bytes of a layer, of the context. */
export type VertexStatus = {
	readonly id: string;
	readonly vertex: string;
	readonly name: string;
	readonly current: number;
	readonly total: number;
	readonly startedAt: number | undefined;
	readonly completedAt: number | undefined;
};

export type VertexLog = {readonly vertex: string; readonly at: number | undefined; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array};

export type VertexWarning = {
	readonly vertex: string;
	readonly level: number;
	readonly short: string;
	readonly detail: readonly string[];
	readonly url: string;
	readonly source: {readonly file: string; readonly text: string; readonly ranges: readonly SourceRange[]} | undefined;
};

/** What has changed since the last one. */
export type BuildStatus = {
	readonly vertexes: readonly Vertex[];
	readonly statuses: readonly VertexStatus[];
	readonly logs: readonly VertexLog[];
	readonly warnings: readonly VertexWarning[];
};

export type GcPolicy = {
	readonly all: boolean;
	readonly filters: readonly string[];
	readonly keepMs: number;
	readonly reservedBytes: number;
	readonly maxUsedBytes: number;
	readonly minFreeBytes: number;
};

export type Worker = {
	readonly id: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly platforms: readonly Platform[];
	readonly gcPolicy: readonly GcPolicy[];
	/** Empty where the daemon does not say. */
	readonly version: string;
};

export type CacheRecord = {
	readonly id: string;
	readonly parents: readonly string[];
	readonly description: string;
	/** `regular`, `source.local`, `exec.cachemount` … */
	readonly type: string;
	readonly isMutable: boolean;
	readonly isInUse: boolean;
	readonly isShared: boolean;
	readonly bytes: number;
	readonly createdAt: number | undefined;
	readonly lastUsedAt: number | undefined;
	readonly usageCount: number;
};

export type PruneLimits = {
	readonly all: boolean;
	readonly filters: readonly string[];
	readonly keepMs: number;
	readonly reservedBytes: number;
};

export type Exporter = {readonly type: string; readonly attrs: Readonly<Record<string, string>>};

export type CacheEntry = {readonly type: string; readonly attrs: Readonly<Record<string, string>>};

export type SolveRequest = {
	/** Ours to choose: what the build is called in Status and in the history. */
	readonly ref: string;
	readonly session: string;
	readonly frontend: string;
	readonly frontendAttrs: Readonly<Record<string, string>>;
	readonly exporters: readonly Exporter[];
	readonly cacheImports: readonly CacheEntry[];
	readonly cacheExports: readonly CacheEntry[];
	/** `network.host`, `security.insecure`. */
	readonly entitlements: readonly string[];
};

export type BuildRecord = {
	readonly ref: string;
	readonly frontend: string;
	readonly frontendAttrs: Readonly<Record<string, string>>;
	readonly exporters: readonly Exporter[];
	readonly error: string | undefined;
	readonly createdAt: number | undefined;
	readonly completedAt: number | undefined;
	readonly isPinned: boolean;
	readonly steps: {readonly total: number; readonly completed: number; readonly cached: number};
	readonly warnings: number;
};

export type BuildHistoryEvent = {readonly type: 'started' | 'complete' | 'deleted'; readonly record: BuildRecord};

export type Buildkit = {
	/** As it is said to people: a path, or `tcp://…`. */
	readonly address: string;
	info(options?: CallOptions): Promise<{readonly version: string; readonly revision: string}>;
	workers(options?: CallOptions): Promise<readonly Worker[]>;
	diskUsage(options?: CallOptions & {readonly filters?: readonly string[]}): Promise<readonly CacheRecord[]>;
	/** Tells of each record as it goes. */
	prune(limits: PruneLimits, options?: CallOptions): AsyncIterable<CacheRecord>;
	/** Answers what the exporters say, when the build is done. Aborting ends the build. */
	solve(request: SolveRequest, options?: CallOptions): Promise<Readonly<Record<string, string>>>;
	/** Of a build that runs or will, and of a past one that the daemon still knows; ends with it. */
	status(ref: string, options?: CallOptions): AsyncIterable<BuildStatus>;
	/** Past builds, then what happens, unless only the past is asked for. */
	history(options?: CallOptions & {readonly ref?: string; readonly isActiveOnly?: boolean; readonly isPastOnly?: boolean}): AsyncIterable<BuildHistoryEvent>;
	forget(ref: string, options?: CallOptions): Promise<void>;
	pin(ref: string, isPinned: boolean, options?: CallOptions): Promise<void>;
	close(): void;
};
