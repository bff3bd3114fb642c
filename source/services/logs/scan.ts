import {type OpenLog, openLog, readCompressed} from '../../clients/host/index.ts';
import type {LogRecord} from '../../model/log-record.ts';
import type {ReadableLogSource} from '../../model/log-source.ts';
import {decodeLine} from './decode.ts';
import type {Generation} from './generations.ts';
import {createLineSplitter} from './line-splitter.ts';

const chunkBytes = 256 * 1024;

type Range = {readonly from: number; readonly to: number; readonly signal?: AbortSignal | undefined};

async function* chunksOf(generation: Generation, {from, to, signal}: Range): AsyncGenerator<Buffer> {
	if (generation.compressed) {
		let offset = 0;
		for await (const chunk of readCompressed(generation.path, signal)) {
			const wanted = chunk.subarray(Math.max(0, from - offset), Math.max(0, to - offset));
			offset += chunk.length;
			if (wanted.length > 0) yield wanted;
			if (offset >= to) return;
		}
		return;
	}
	const log = await openLog(generation.path);
	try {
		const buffer = Buffer.allocUnsafe(chunkBytes);
		for (let offset = from; offset < to; ) {
			signal?.throwIfAborted();
			const bytes = await log.read(buffer, Math.min(chunkBytes, to - offset), offset);
			if (bytes === 0) return;
			yield buffer.subarray(0, bytes);
			offset += bytes;
		}
	} finally {
		await log.close();
	}
}

/**
The records of one file from `from` to `to`, in batches that never hold the event loop long. A last line without its line break is
left out unless `flush` is set, because its writer may be in the middle of it.
*/
export async function* scan(source: ReadableLogSource, generation: Generation, range: Range & {readonly flush?: boolean}): AsyncGenerator<readonly LogRecord[]> {
	let records: LogRecord[] = [];
	const splitter = createLineSplitter(range.from, line => {
		const record = decodeLine(source.kind, generation, line);
		if (record !== undefined) records.push(record);
	});
	for await (const chunk of chunksOf(generation, range)) {
		splitter.push(chunk);
		yield records;
		records = [];
	}
	if (range.flush === true) {
		splitter.flush();
		yield records;
	}
}

const backwardsChunk = 64 * 1024;
const newline = 10;

/**
Where the last `lines` lines before `end` begin, found by reading backwards. Stops early after `maxBytes`, but never inside a line.
`end` is the end of a line.
*/
export const findTailStart = async (log: OpenLog, end: number, lines: number, maxBytes: number, signal?: AbortSignal): Promise<number> => {
	const buffer = Buffer.allocUnsafe(backwardsChunk);
	let wanted = lines;
	let best = end;
	// The break at `end - 1` closes the last line, it does not precede a line.
	for (let to = end - 1; to > 0; ) {
		signal?.throwIfAborted();
		const from = Math.max(0, to - backwardsChunk);
		const bytes = await log.read(buffer, to - from, from);
		for (let at = bytes > 0 ? buffer.lastIndexOf(newline, bytes - 1) : -1; at >= 0; at = at === 0 ? -1 : buffer.lastIndexOf(newline, at - 1)) {
			best = from + at + 1;
			if (--wanted === 0 || end - best >= maxBytes) return best;
		}
		to = from;
	}
	return end > 0 ? 0 : best;
};
