import {type OpenLog, openLog, statLog} from '../../clients/host/index.ts';
import {isFailure} from '../../errors.ts';
import type {LogPosition, LogRecord} from '../../model/log-record.ts';
import type {ReadableLogSource} from '../../model/log-source.ts';
import {decodeLine} from './decode.ts';
import {type Generation, listGenerations} from './generations.ts';
import {createLineSplitter, type LineSplitter} from './line-splitter.ts';
import type {FollowOptions, LogBatch} from './types.ts';
import {createWaiter} from './waiter.ts';

const chunkBytes = 256 * 1024;
/** Of two seconds each: a newer file beside ours, on a file system without news, is found after ten. */
const glancesBetweenLooks = 4;

type Reading = {readonly log: OpenLog; readonly splitter: LineSplitter; readOffset: number; readonly taken: () => LogRecord[]};

const startReading = async (source: ReadableLogSource, path: string, offset: number): Promise<Reading> => {
	const log = await openLog(path);
	const file = {path, inode: log.inode};
	let records: LogRecord[] = [];
	const splitter = createLineSplitter(offset, line => {
		const record = decodeLine(source.kind, file, line);
		if (record !== undefined) records.push(record);
	});
	const taken = (): LogRecord[] => {
		const ready = records;
		records = [];
		return ready;
	};
	return {log, splitter, readOffset: offset, taken};
};

const positionOf = ({log, splitter}: Reading): LogPosition => ({file: {path: log.path, inode: log.inode}, offset: splitter.offset});

const notice = (source: ReadableLogSource, text: string): LogBatch => ({
	records: [{at: undefined, stream: 'stdout', text, bytes: 0, file: {path: source.path, inode: 0}, offset: 0, notice: true}],
	position: undefined,
});

/**
The file to read after this one was read to its end. Rotation renames it, a restarted CRI container begins another, and one that was
removed may have left newer ones: those are told by their time. Undefined when it is still the newest.
*/
const successor = async (source: ReadableLogSource, {log}: Reading): Promise<Generation | 'gone' | undefined> => {
	const generations = await listGenerations(source);
	const index = generations.findIndex(({inode}) => inode === log.inode);
	if (index >= 0) return generations[index + 1];
	const {modifiedAt} = await log.stat();
	return generations.find(generation => !generation.compressed && generation.modifiedAt >= modifiedAt) ?? 'gone';
};

/** Nothing written and nothing renamed: one look where a whole one takes four. */
const isUntouched = async ({log, readOffset}: Reading): Promise<boolean> => {
	const found = await statLog(log.path);
	return found !== undefined && found.inode === log.inode && found.size === readOffset;
};

const openFrom = async (source: ReadableLogSource, from: LogPosition | undefined): Promise<Reading | undefined> => {
	const generations = await listGenerations(source);
	const known = from === undefined ? undefined : generations.find(({inode, compressed}) => inode === from.file.inode && !compressed);
	const generation = known ?? generations.at(-1);
	if (generation === undefined) return undefined;
	try {
		return await startReading(source, generation.path, known === undefined ? 0 : (from?.offset ?? 0));
	} catch (error) {
		// It was removed between the listing and the opening.
		if (isFailure(error, 'not-found')) return undefined;
		throw error;
	}
};

/**
Follow a log from a place until `signal` aborts. When the file is rotated under us nothing says so: the descriptor goes on reading
the renamed file, so at its end we look whether a newer one exists, and read the old one to its end first.
A file that vanishes is a notice, not an end: with `rm` and `create` between two starts it comes back.
*/
export async function* follow(source: ReadableLogSource, {from, signal}: FollowOptions): AsyncGenerator<LogBatch> {
	const buffer = Buffer.allocUnsafe(chunkBytes);
	const waiter = createWaiter(source.path, signal);
	let reading: Reading | undefined;
	let isMissing = false;

	async function* drain(now: Reading): AsyncGenerator<LogBatch> {
		while (!signal.aborted) {
			const bytes = await now.log.read(buffer, chunkBytes, now.readOffset);
			if (bytes === 0) return;
			now.readOffset += bytes;
			waiter.busy();
			now.splitter.push(buffer.subarray(0, bytes));
			const records = now.taken();
			if (records.length > 0) yield {records, position: positionOf(now)};
		}
	}

	const flushed = (now: Reading): LogBatch | undefined => {
		now.splitter.flush();
		const records = now.taken();
		return records.length === 0 ? undefined : {records, position: positionOf(now)};
	};

	/** Until something may have happened: what the kernel did not announce is looked for with one call, and only now and then with all of them. */
	const nextLook = async (now: Reading): ReturnType<typeof waiter.wait> => {
		for (let glances = 0; ; glances += 1) {
			const pace = await waiter.wait();
			if (pace !== 'unannounced' || signal.aborted || glances >= glancesBetweenLooks || !(await isUntouched(now))) return pace;
		}
	};

	try {
		while (!signal.aborted) {
			reading ??= await openFrom(source, from);
			if (reading === undefined) {
				if (!isMissing) yield notice(source, `${source.path} is not there; waiting for it`);
				isMissing = true;
				await waiter.wait();
				continue;
			}
			if (isMissing) {
				isMissing = false;
				yield notice(source, `${source.path} is back`);
			}
			yield* drain(reading);
			const {size} = await reading.log.stat();
			if (size < reading.readOffset && size >= reading.splitter.offset) {
				// A logger on a full disk has taken the half of a line back.
				reading.splitter.drop();
				reading.readOffset = reading.splitter.offset;
			} else if (size < reading.readOffset) {
				yield notice(source, `${source.path} was cut to begin anew`);
				await reading.log.close();
				reading = await startReading(source, reading.log.path, 0).catch(() => undefined);
				continue;
			}
			const next = await successor(source, reading);
			if (next === undefined) {
				const pace = await nextLook(reading);
				// Quiet for a second with half a line: its writer died, or it is a prompt. Either way it is all there is.
				const rest = pace !== 'busy' && reading.splitter.pendingBytes > 0 && (await reading.log.stat()).size === reading.readOffset ? flushed(reading) : undefined;
				if (rest !== undefined) yield rest;
				continue;
			}
			// What was written between the last read and the rename.
			yield* drain(reading);
			const rest = flushed(reading);
			if (rest !== undefined) yield rest;
			await reading.log.close();
			if (next === 'gone') {
				from = undefined;
				reading = undefined;
				continue;
			}
			reading = await startReading(source, next.path, 0).catch(() => undefined);
			from = undefined;
		}
	} finally {
		waiter.close();
		await reading?.log.close();
	}
}
