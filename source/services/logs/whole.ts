import {openLog} from '../../clients/host/index.ts';
import type {LogRecord} from '../../model/log-record.ts';
import type {ReadableLogSource} from '../../model/log-source.ts';
import {type Generation, listGenerations} from './generations.ts';
import {scan} from './scan.ts';
import type {WholeOptions} from './types.ts';

const probeBytes = 64 * 1024;

const firstTimeAfter = async (source: ReadableLogSource, generation: Generation, offset: number): Promise<number | undefined> => {
	let isFirst = offset > 0;
	for await (const batch of scan(source, generation, {from: offset, to: Math.min(generation.size, offset + probeBytes)})) {
		// The probe falls into the middle of a line.
		for (const record of isFirst ? batch.slice(1) : batch) if (record.at !== undefined) return record.at;
		isFirst = isFirst && batch.length === 0;
	}
	return undefined;
};

/** A place at or before the first record of `since`, found by halving: times grow through a file. Within `probeBytes` nobody cares. */
const offsetBefore = async (source: ReadableLogSource, generation: Generation, since: number): Promise<number> => {
	let low = 0;
	let high = generation.size;
	while (high - low > probeBytes) {
		const middle = Math.floor((low + high) / 2);
		const at = await firstTimeAfter(source, generation, middle);
		if (at === undefined || at >= since) high = middle;
		else low = middle;
	}
	if (low === 0) return 0;
	const log = await openLog(generation.path);
	try {
		const buffer = Buffer.alloc(probeBytes);
		const bytes = await log.read(buffer, probeBytes, low);
		return low + buffer.subarray(0, bytes).indexOf(10) + 1;
	} finally {
		await log.close();
	}
};

/** Everything that is kept, oldest first. With `since` the part before it is not read. */
export async function* whole(source: ReadableLogSource, {since, signal, onProgress}: WholeOptions = {}): AsyncGenerator<readonly LogRecord[]> {
	const generations = await listGenerations(source);
	const total = Math.max(1, generations.reduce((sum, {size}) => sum + size, 0));
	let before = 0;
	for (const generation of generations) {
		// Nothing in a file is newer than its last change.
		if (since === undefined || generation.modifiedAt >= since) {
			const from = since === undefined || generation.compressed || source.kind === 'raw' ? 0 : await offsetBefore(source, generation, since);
			const to = generation.compressed ? Number.POSITIVE_INFINITY : generation.size;
			for await (const batch of scan(source, generation, {from, to, signal, flush: true})) {
				const kept = since === undefined ? batch : batch.filter(({at}) => at === undefined || at >= since);
				const last = batch.at(-1);
				if (last !== undefined) onProgress?.((before + Math.min(last.offset, generation.size)) / total);
				if (kept.length > 0) yield kept;
			}
		}
		before += generation.size;
	}
}
