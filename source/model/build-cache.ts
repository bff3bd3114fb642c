import type {CacheRecord, GcPolicy, Worker} from './build.ts';
import {formatPlatform} from './platform.ts';
import {age, bytes, duration} from './units.ts';

/** What a prune takes, as BuildKit is asked. */
export type CacheLimits = {readonly all: boolean; readonly filters: readonly string[]; readonly keepMs: number; readonly reservedBytes: number};

export type CachePruneKind = {readonly id: string; readonly title: string; readonly does: string; readonly limits: CacheLimits};

const day = 24 * 60 * 60 * 1000;

const nothing: CacheLimits = {all: false, filters: [], keepMs: 0, reservedBytes: 0};

const ofType = (type: string): CacheLimits => ({...nothing, filters: [`type==${type}`]});

export const cachePrunes: readonly CachePruneKind[] = [
	{id: 'old', title: 'not used for a week', does: 'what no build has used for seven days', limits: {...nothing, keepMs: 7 * day}},
	{id: 'day', title: 'not used for a day', does: 'what no build has used since yesterday', limits: {...nothing, keepMs: day}},
	{id: 'contexts', title: 'contexts', does: 'copies of build contexts: the next build sends them again', limits: ofType('source.local')},
	{id: 'mounts', title: 'cache mounts', does: 'what RUN --mount=type=cache has kept', limits: ofType('exec.cachemount')},
	{id: 'unused', title: 'unused', does: 'all that is not in use and not shared', limits: nothing},
	{id: 'all', title: 'all', does: 'also what frontends and images share', limits: {...nothing, all: true}},
];

/** Records that stay unless everything is pruned. Source: BuildKit `cache/manager.go`, prune. */
const isKept = ({type, isShared}: CacheRecord): boolean => isShared || type === 'internal' || type === 'frontend';

const matches = ({type, id, description}: CacheRecord, filter: string): boolean => {
	const [, field, is, value = ''] = /^(\w+)(==|!=|~=)(.*)$/.exec(filter) ?? [];
	const said = field === 'type' ? type : field === 'id' ? id : field === 'description' ? description : undefined;
	if (said === undefined) return false;
	const bare = value.replace(/^"(.*)"$/, '$1');
	return is === '==' ? said === bare : is === '!=' ? said !== bare : said.includes(bare);
};

/**
What a prune would take. A record goes when it is wanted, nobody uses it, and every record that was made from it goes too: BuildKit takes leaves, and then
what has become one. An estimate: what is used between the look and the prune stays, and a filter that we can't read takes nothing here.
*/
export const prunedBy = (records: readonly CacheRecord[], {all, filters, keepMs}: Pick<CacheLimits, 'all' | 'filters' | 'keepMs'>, now: number): readonly CacheRecord[] => {
	const wants = (record: CacheRecord): boolean =>
		!record.isInUse &&
		(all || !isKept(record)) &&
		(keepMs === 0 || now - (record.lastUsedAt ?? record.createdAt ?? now) >= keepMs) &&
		(filters.length === 0 || filters.some((filter) => filter.split(',').every((part) => matches(record, part))));
	const wanted = new Set(records.filter(wants));
	const children = new Map<string, CacheRecord[]>();
	for (const record of records) for (const parent of record.parents) children.set(parent, [...(children.get(parent) ?? []), record]);
	// Whatever stays holds on to all that it was made from.
	const parentsOf = new Map(records.map((record) => [record.id, record]));
	const holding = records.filter((record) => !wanted.has(record));
	for (let record = holding.pop(); record !== undefined; record = holding.pop()) {
		for (const id of record.parents) {
			const parent = parentsOf.get(id);
			if (parent === undefined || !wanted.delete(parent)) continue;
			holding.push(parent);
		}
	}
	return records.filter((record) => wanted.has(record));
};

export const sizeOf = (records: readonly CacheRecord[]): number => records.reduce((sum, {bytes: size}) => sum + size, 0);

/** A table of what there is by type, the biggest first; the first line is its heading. */
export const cacheKinds = (records: readonly CacheRecord[]): readonly string[] => {
	const types = [...Map.groupBy(records, ({type}) => type || 'regular')].map(([type, of]) => ({type, of, size: sizeOf(of)})).sort((a, b) => b.size - a.size);
	const line = (type: string, of: readonly CacheRecord[]) =>
		`${type.padEnd(18)} ${String(of.length).padStart(6)} ${bytes(sizeOf(of)).padStart(7)} ${String(of.filter(({isInUse}) => isInUse).length).padStart(6)} ${String(of.filter(({isShared}) => isShared).length).padStart(6)}`;
	return [`${'TYPE'.padEnd(18)} ${'COUNT'.padStart(6)} ${'SIZE'.padStart(7)} ${'IN USE'.padStart(6)} ${'SHARED'.padStart(6)}`, ...types.map(({type, of}) => line(type, of)), line('all', records)];
};

/** Records by size, each with its age, who holds it, and what made it. */
export const cacheRecordLines = (records: readonly CacheRecord[], now: number): readonly string[] =>
	[...records]
		.sort((a, b) => b.bytes - a.bytes)
		.map(({bytes: size, createdAt, lastUsedAt, isInUse, isShared, usageCount, description, type}) => {
			const used = lastUsedAt === undefined ? '-' : age(lastUsedAt, Math.max(now, lastUsedAt));
			const made = createdAt === undefined ? '-' : age(createdAt, Math.max(now, createdAt));
			const held = [isInUse ? 'in use' : '', isShared ? 'shared' : ''].filter((word) => word !== '').join(' ');
			return `${bytes(size).padStart(6)} ${made.padStart(5)} ${used.padStart(5)} ${String(usageCount).padStart(5)}  ${held.padEnd(13)} ${description || type}`;
		});

const policyLine = ({all, filters, keepMs, reservedBytes, maxUsedBytes, minFreeBytes}: GcPolicy, at: number): string =>
	[
		`  rule ${at + 1}: ${all ? 'everything' : 'what is not shared'}`,
		...(filters.length === 0 ? [] : [filters.join(' or ')]),
		...(keepMs > 0 ? [`unused for ${duration(keepMs)}`] : []),
		...(reservedBytes > 0 ? [`keeps ${bytes(reservedBytes)}`] : []),
		...(maxUsedBytes > 0 ? [`at most ${bytes(maxUsedBytes)}`] : []),
		...(minFreeBytes > 0 ? [`leaves ${bytes(minFreeBytes)} free`] : []),
	].join(', ');

export const workerLines = (workers: readonly Worker[]): readonly string[] =>
	workers.flatMap(({id, version, platforms, labels, gcPolicy}) => [
		`worker ${id}${version === '' ? '' : ` · ${version}`}`,
		`  platforms ${platforms.map(formatPlatform).join(' ')}`,
		...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `  ${name}=${value}`),
		...(gcPolicy.length === 0 ? ['  no rule: nothing is collected by itself'] : gcPolicy.map(policyLine)),
	]);
