import type {BuildHistoryEvent, BuildRecord, BuildStatus, CacheRecord, Vertex, VertexStatus, VertexWarning, Worker} from '../../model/build.ts';
import type {Platform} from '../../model/image.ts';
import {plain} from '../../model/sanitize.ts';
import type * as wire from '../../protocol/generated/buildkit-control.ts';
import type * as ops from '../../protocol/generated/buildkit-ops.ts';
import type {WorkerRecord} from '../../protocol/generated/buildkit-worker.ts';
import {Status} from '../../protocol/generated/rpc-status.ts';
import type {Timestamp} from '../../protocol/generated/well-known.ts';
import {spokenDetails, troubleIn} from './trouble.ts';

const nsPerMs = 1_000_000;

/** Parts of a millisecond are kept: many steps take no longer. Go's zero time is the year 1. */
const msOf = (timestamp: Timestamp | undefined): number | undefined =>
	timestamp === undefined || timestamp.seconds <= 0 ? undefined : timestamp.seconds * 1000 + timestamp.nanos / nsPerMs;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

const toPlatform = ({os, architecture, variant, osVersion}: ops.Platform): Platform => ({
	...{os, architecture},
	...(variant === '' ? {} : {variant}),
	...(osVersion === '' ? {} : {osVersion}),
});

export const toWorker = ({id, labels, platforms, gcPolicy, buildkitVersion}: WorkerRecord): Worker => ({
	...{id, labels},
	platforms: platforms.map(toPlatform),
	gcPolicy: gcPolicy.map(policy => ({
		...{all: policy.all, filters: policy.filters, keepMs: policy.keepDuration / nsPerMs},
		...{reservedBytes: policy.reservedSpace, maxUsedBytes: policy.maxUsedSpace, minFreeBytes: policy.minFreeSpace},
	})),
	version: buildkitVersion?.version ?? '',
});

export const toCacheRecord = (record: wire.UsageRecord): CacheRecord => ({
	id: record.id,
	// Older daemons know of one only.
	parents: record.parents.length > 0 || record.parent === '' ? record.parents : [record.parent],
	description: record.description,
	type: record.recordType,
	isMutable: record.mutable,
	isInUse: record.inUse,
	isShared: record.shared,
	bytes: record.size,
	createdAt: msOf(record.createdAt),
	lastUsedAt: msOf(record.lastUsedAt),
	usageCount: record.usageCount,
});

const toVertex = (vertex: wire.Vertex): Vertex => ({
	...{digest: vertex.digest, inputs: vertex.inputs, name: vertex.name, isCached: vertex.cached, error: vertex.error},
	startedAt: msOf(vertex.started),
	completedAt: msOf(vertex.completed),
	group: vertex.progressGroup === undefined ? undefined : {id: vertex.progressGroup.id, name: vertex.progressGroup.name},
});

const toVertexStatus = (status: wire.VertexStatus): VertexStatus => ({
	...{id: status.id, vertex: status.vertex, name: status.name, current: status.current, total: status.total},
	startedAt: msOf(status.started),
	completedAt: msOf(status.completed),
});

const toRange = ({start, end}: ops.Range): {readonly first: number; readonly last: number} => ({
	first: start?.line ?? 0,
	last: Math.max(start?.line ?? 0, end?.line ?? 0),
});

const toWarning = (warning: wire.VertexWarning): VertexWarning => ({
	...{vertex: warning.vertex, level: warning.level, short: text(warning.short), detail: warning.detail.map(text), url: warning.url},
	source: warning.info === undefined ? undefined : {file: warning.info.filename, text: text(warning.info.data), ranges: warning.ranges.map(toRange)},
});

/** Stream 2 is stderr, as file descriptors are. */
export const toStatus = (status: wire.StatusResponse): BuildStatus => ({
	vertexes: status.vertexes.map(toVertex),
	statuses: status.statuses.map(toVertexStatus),
	logs: status.logs.map(({vertex, timestamp, stream, msg}) => ({vertex, at: msOf(timestamp), stream: stream === 2 ? 'stderr' : 'stdout', bytes: msg})),
	warnings: status.warnings.map(toWarning),
});

const toRecord = (record: wire.BuildHistoryRecord): BuildRecord => ({
	...{ref: record.ref, frontend: record.frontend, frontendAttrs: record.frontendAttrs, exporters: record.exporters},
	error: record.error === undefined || record.error.code === 0 ? undefined : plain(spokenDetails(record.error.message)),
	trouble: record.error === undefined || record.error.code === 0 ? undefined : troubleIn(Status.encode(record.error).finish()),
	createdAt: msOf(record.createdAt),
	completedAt: msOf(record.completedAt),
	isPinned: record.pinned,
	steps: {total: record.numTotalSteps, completed: record.numCompletedSteps, cached: record.numCachedSteps},
	warnings: record.numWarnings,
});

/** Undefined for what has no record, and for kinds of events that are not known. */
export const toHistoryEvent = ({type, record}: wire.BuildHistoryEvent): BuildHistoryEvent | undefined => {
	const name = (['started', 'complete', 'deleted'] as const)[type];
	return record === undefined || name === undefined ? undefined : {type: name, record: toRecord(record)};
};

export const toPruneRequest = (limits: {readonly all: boolean; readonly filters: readonly string[]; readonly keepMs: number; readonly reservedBytes: number}): wire.PruneRequest => ({
	...{all: limits.all, filter: [...limits.filters], keepDuration: Math.round(limits.keepMs * nsPerMs)},
	...{reservedSpace: limits.reservedBytes, maxUsedSpace: 0, minFreeSpace: 0},
});
