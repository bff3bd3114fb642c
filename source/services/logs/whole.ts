import type {LogRecord} from '../../model/log-record.ts';
import type {ReadableLogSource} from '../../model/log-source.ts';
import {listGenerations} from './generations.ts';
import {scan} from './scan.ts';
import {offsetBefore} from './time-offset.ts';
import type {WholeOptions} from './types.ts';

/** Everything that is kept, oldest first. With `since` the part before it is not read. */
export async function* whole(source: ReadableLogSource, {since, signal, onProgress}: WholeOptions = {}): AsyncGenerator<readonly LogRecord[]> {
	const generations = await listGenerations(source);
	const total = Math.max(1, generations.reduce((sum, {size}) => sum + size, 0));
	let before = 0;
	for (const generation of generations) {
		// Nothing in a file is newer than its last change.
		if (since === undefined || generation.modifiedAt >= since) {
			const from = since === undefined ? 0 : await offsetBefore(source, generation, since);
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
