import {openLog} from '../../clients/host/index.ts';
import type {LogQuery} from '../../model/log-query.ts';
import type {LogPosition} from '../../model/log-record.ts';
import type {ReadableLogSource} from '../../model/log-source.ts';
import {decodeLine} from './decode.ts';
import {type Generation, listGenerations} from './generations.ts';
import {scan} from './scan.ts';
import {planSearch, type SearchPlan} from './search-plan.ts';
import type {SearchOptions, SearchResult} from './types.ts';

const chunkBytes = 2 * 1024 * 1024;
/** Room before a chunk for the line that the last one cut. A longer line is searched in pieces. */
const headroom = 512 * 1024;
const newline = 10;
const defaultMaxPositions = 10_000;

type Found = (offset: number) => void;

/** The next place in `bytes` at or after `from` that may be a match, or -1. */
const finder = (plan: Exclude<SearchPlan, {kind: 'lines'}>, bytes: Buffer): ((from: number) => number) => {
	if (plan.kind === 'bytes') return from => bytes.indexOf(plan.needle, from);
	const text = bytes.toString('latin1');
	const {expression} = plan;
	return from => {
		expression.lastIndex = from;
		return expression.exec(text)?.index ?? -1;
	};
};

/** Whole lines only: each is reported once, however often it matches. */
const searchLines = (plan: Exclude<SearchPlan, {kind: 'lines'}>, bytes: Buffer, isMatch: (start: number, end: number) => boolean, found: Found): void => {
	const next = finder(plan, bytes);
	for (let hit = next(0); hit >= 0; ) {
		const start = bytes.lastIndexOf(newline, hit) + 1;
		const end = bytes.indexOf(newline, hit);
		if (isMatch(start, end)) found(start);
		if (end < 0) return;
		hit = next(end + 1);
	}
};

async function* searchBytes(source: ReadableLogSource, generation: Generation, query: LogQuery, plan: Exclude<SearchPlan, {kind: 'lines'}>, found: Found): AsyncGenerator<number> {
	const log = await openLog(generation.path);
	const file = {path: generation.path, inode: generation.inode};
	const buffers = [Buffer.allocUnsafe(headroom + chunkBytes), Buffer.allocUnsafe(headroom + chunkBytes)] as const;
	const needsProof = plan.kind === 'latin1' || plan.verify;
	let which = 0;
	let carried = 0;
	let offset = 0;
	// Of a line that is longer than a buffer: where it began and whether a piece of it matched.
	let longLine: {readonly start: number; matched: boolean} | undefined;
	try {
		let reading = log.read(buffers[0].subarray(headroom), chunkBytes, 0);
		for (;;) {
			const buffer = buffers[which === 0 ? 0 : 1];
			const other = buffers[which === 0 ? 1 : 0];
			const bytesRead = await reading;
			const base = offset - carried;
			offset += bytesRead;
			// The disk works on the next chunk while this one is searched.
			if (bytesRead > 0) reading = log.read(other.subarray(headroom), chunkBytes, offset);
			let view = buffer.subarray(headroom - carried, headroom + bytesRead);
			let viewBase = base;
			if (longLine !== undefined) {
				const end = view.indexOf(newline);
				const piece = end < 0 ? view : view.subarray(0, end);
				longLine.matched ||= finder(plan, piece)(0) >= 0;
				if (end >= 0 || bytesRead === 0) {
					if (longLine.matched) found(longLine.start);
					longLine = undefined;
					view = view.subarray(end < 0 ? view.length : end + 1);
					viewBase += end + 1;
				}
			}
			const lastBreak = bytesRead === 0 ? view.length : longLine === undefined ? view.lastIndexOf(newline) + 1 : 0;
			const complete = view.subarray(0, lastBreak);
			const isMatch = (start: number, end: number): boolean => {
				if (!needsProof) return true;
				const to = end < 0 ? complete.length : end;
				const record = decodeLine(source.kind, file, {text: complete.toString('utf8', start, to), offset: 0, bytes: to - start});
				return record !== undefined && query.matches(record.text);
			};
			const lineBase = viewBase;
			if (complete.length > 0) searchLines(plan, complete, isMatch, start => found(lineBase + start));
			if (bytesRead === 0) return;
			let rest = view.subarray(lastBreak);
			if (rest.length > headroom) {
				longLine ??= {start: viewBase + lastBreak, matched: false};
				longLine.matched ||= finder(plan, rest)(0) >= 0;
			}
			// Enough of its end that a needle across the seam is still found.
			if (longLine !== undefined) rest = rest.subarray(-4096);
			rest.copy(other, headroom - rest.length);
			carried = rest.length;
			which = 1 - which;
			yield offset;
		}
	} finally {
		await log.close();
	}
}

async function* searchRecords(source: ReadableLogSource, generation: Generation, query: LogQuery, found: Found): AsyncGenerator<number> {
	const to = generation.compressed ? Number.POSITIVE_INFINITY : generation.size;
	for await (const batch of scan(source, generation, {from: 0, to, flush: true})) {
		for (const record of batch) if (query.matches(record.text)) found(record.offset);
		const last = batch.at(-1);
		if (last !== undefined) yield last.offset + last.bytes;
	}
}

/**
Every line of all files of a log that matches. A literal is looked for in the raw bytes, 2 MiB at a time, and only lines with a hit
are decoded; between chunks the event loop runs and `signal` is obeyed.
*/
export const search = async (source: ReadableLogSource, query: LogQuery, options: SearchOptions = {}): Promise<SearchResult> => {
	const {signal, onProgress, maxPositions = defaultMaxPositions} = options;
	const generations = await listGenerations(source);
	const total = Math.max(1, generations.reduce((sum, {size}) => sum + size, 0));
	const plan = planSearch(source.kind, query);
	let positions: LogPosition[] = [];
	let count = 0;
	let before = 0;
	let reported = 0;
	for (const generation of generations) {
		const file = {path: generation.path, inode: generation.inode};
		const found: Found = offset => {
			count++;
			positions.push({file, offset});
			if (positions.length >= maxPositions * 2) positions = positions.slice(-maxPositions);
		};
		const run = plan.kind === 'lines' || generation.compressed ? searchRecords(source, generation, query, found) : searchBytes(source, generation, query, plan, found);
		for await (const offset of run) {
			signal?.throwIfAborted();
			const share = (before + Math.min(offset, generation.size)) / total;
			if (share - reported >= 0.01) {
				reported = share;
				onProgress?.(share);
			}
		}
		before += generation.size;
	}
	onProgress?.(1);
	return {count, positions: positions.slice(-maxPositions), files: generations.map(({path, inode}) => ({path, inode}))};
};
