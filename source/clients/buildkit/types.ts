import type {BuildHistoryEvent, BuildStatus, CacheRecord, Exporter, Worker} from '../../model/build.ts';
import type {CallOptions} from './call.ts';

export type {CallOptions} from './call.ts';

export type PruneLimits = {
	readonly all: boolean;
	readonly filters: readonly string[];
	readonly keepMs: number;
	readonly reservedBytes: number;
};

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
