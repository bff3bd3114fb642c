import {openLog} from '../../clients/host/index.ts';
import type {ReadableLogSource} from '../../model/log-source.ts';
import type {Generation} from './generations.ts';
import {scan} from './scan.ts';

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
export const offsetBefore = async (source: ReadableLogSource, generation: Generation, since: number): Promise<number> => {
	if (generation.compressed || source.kind === 'raw') return 0;
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
