import type {Platform} from './image.ts';

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

export type Exporter = {readonly type: string; readonly attrs: Readonly<Record<string, string>>};

export type BuildRecord = {
	readonly ref: string;
	readonly frontend: string;
	readonly frontendAttrs: Readonly<Record<string, string>>;
	readonly exporters: readonly Exporter[];
	readonly error: string | undefined;
	/** What the daemon said of the failure besides, where it kept that. */
	readonly trouble?: BuildTrouble | undefined;
	readonly createdAt: number | undefined;
	readonly completedAt: number | undefined;
	readonly isPinned: boolean;
	readonly steps: {readonly total: number; readonly completed: number; readonly cached: number};
	readonly warnings: number;
};

export type BuildHistoryEvent = {readonly type: 'started' | 'complete' | 'deleted'; readonly record: BuildRecord};
