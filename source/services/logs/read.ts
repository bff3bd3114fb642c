import {openLog} from '../../clients/host/index.ts';
import type {LogRecord} from '../../model/log-record.ts';
import type {ReadableLogSource} from '../../model/log-source.ts';
import {findGeneration, type Generation, listGenerations} from './generations.ts';
import {findTailStart, scan} from './scan.ts';
import {offsetBefore} from './time-offset.ts';
import type {LogPage, ReadOptions} from './types.ts';

const defaultLimit = 1000;
/** A page is for a screen: lines of many kilobytes make it shorter, not heavier. */
const pageBytes = 4 * 1024 * 1024;
const stepBytes = 1024 * 1024;
const defaultScanBytes = 64 * 1024 * 1024;

const empty: LogPage = {records: [], start: undefined, end: undefined, atStart: true, atEnd: true};

const keeps = ({accept, since, until}: ReadOptions) => (record: LogRecord): boolean =>
	(record.at === undefined || ((since === undefined || record.at >= since) && (until === undefined || record.at <= until))) &&
	(accept === undefined || accept(record.text));

/** The end of the last whole line: what follows is still being written. */
const completeEnd = async (generation: Generation): Promise<number> => {
	const log = await openLog(generation.path);
	try {
		const {size} = await log.stat();
		const last = Buffer.alloc(1);
		if (size === 0 || ((await log.read(last, 1, size - 1)) === 1 && last[0] === 10)) return size;
		return await findTailStart(log, size, 1, Number.POSITIVE_INFINITY);
	} finally {
		await log.close();
	}
};

type Step = {readonly start: number; readonly records: readonly LogRecord[]};

const stepBack = async (source: ReadableLogSource, generation: Generation, end: number, lines: number, signal: AbortSignal | undefined): Promise<Step> => {
	if (generation.compressed) {
		let records: LogRecord[] = [];
		for await (const batch of scan(source, generation, {from: 0, to: end, signal, flush: true})) records = [...records, ...batch].slice(-lines);
		return {start: records[0]?.offset ?? 0, records};
	}
	const log = await openLog(generation.path);
	const start = await findTailStart(log, end, lines, stepBytes, signal).finally(async () => log.close());
	const records: LogRecord[] = [];
	for await (const batch of scan(source, generation, {from: start, to: end, signal, flush: true})) records.push(...batch);
	return {start, records};
};

const readBackwards = async (source: ReadableLogSource, options: ReadOptions): Promise<LogPage> => {
	const {before, limit = defaultLimit, since, signal} = options;
	const generations = await listGenerations(source);
	let index = before === undefined ? generations.length - 1 : findGeneration(generations, before);
	let generation = generations[index];
	// Files older than one that is gone are gone too.
	if (generation === undefined) return empty;
	const pageEnd = before?.offset ?? (generation.compressed ? Number.POSITIVE_INFINITY : await completeEnd(generation));
	const last = {file: generation, offset: pageEnd};
	const keep = keeps(options);
	const mostBytes = options.accept === undefined ? pageBytes : (options.scanBytes ?? defaultScanBytes);
	const pages: Array<readonly LogRecord[]> = [];
	let end = pageEnd;
	let missing = limit;
	let scanned = 0;
	let atStart = false;
	while (missing > 0 && scanned < mostBytes) {
		const {start, records} = await stepBack(source, generation, end, options.accept === undefined ? missing : 10_000, signal);
		const kept = records.filter(keep);
		pages.push(kept);
		missing -= kept.length;
		scanned += Number.isFinite(end) ? end - start : generation.size;
		end = start;
		atStart = since !== undefined && records.some(({at}) => at !== undefined && at < since);
		if (atStart || start > 0) {
			if (atStart) break;
			continue;
		}
		const older: Generation | undefined = generations[index - 1];
		atStart = older === undefined;
		if (older === undefined) break;
		index--;
		generation = older;
		end = older.compressed ? Number.POSITIVE_INFINITY : older.size;
	}
	return {records: pages.reverse().flat(), start: {file: generation, offset: end}, end: last, atStart, atEnd: before === undefined};
};

const readForwards = async (source: ReadableLogSource, options: ReadOptions): Promise<LogPage> => {
	const {after, limit = defaultLimit, since, until, signal} = options;
	const generations = await listGenerations(source);
	// Nothing in a file is newer than its last change.
	const oldest = since === undefined ? 0 : Math.max(0, generations.findIndex(({modifiedAt}) => modifiedAt >= since));
	const first = typeof after === 'object' ? findGeneration(generations, after) : oldest;
	const firstGeneration = generations[first];
	if (firstGeneration === undefined) return {...empty, atStart: false};
	const keep = keeps(options);
	const mostBytes = options.accept === undefined ? pageBytes : (options.scanBytes ?? defaultScanBytes);
	const from = typeof after === 'object' ? after.offset : since === undefined ? 0 : await offsetBefore(source, firstGeneration, since);
	const start = {file: firstGeneration, offset: from};
	const kept: LogRecord[] = [];
	let end = start;
	let scanned = 0;
	for (let index = first; index < generations.length; index++) {
		const generation = generations[index] as Generation;
		const offset = index === first ? from : 0;
		const newest = index === generations.length - 1;
		end = {file: generation, offset};
		for await (const batch of scan(source, generation, {from: offset, to: generation.compressed ? Number.POSITIVE_INFINITY : generation.size, signal, flush: !newest || options.unfinished === true})) {
			for (const record of batch) {
				if (until !== undefined && record.at !== undefined && record.at > until) return {records: kept, start, end, atStart: after === 'oldest', atEnd: true};
				end = {file: generation, offset: record.offset + record.bytes};
				scanned += record.bytes;
				if (keep(record)) kept.push(record);
				if (kept.length >= limit || scanned >= mostBytes) return {records: kept, start, end, atStart: after === 'oldest', atEnd: false};
			}
		}
	}
	return {records: kept, start, end, atStart: after === 'oldest', atEnd: true};
};

/** A page of records. Never reads more of a file than the page needs. */
export const read = async (source: ReadableLogSource, options: ReadOptions = {}): Promise<LogPage> =>
	options.after === undefined ? readBackwards(source, options) : readForwards(source, options);
