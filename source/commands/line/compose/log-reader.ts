import type {ContainerRecord} from '../../../model/container.ts';
import type {LogPosition, LogRecord} from '../../../model/log-record.ts';
import {pageSize, placeOfTail, type Reader, type Window} from '../logs.ts';
import type {Surroundings} from '../types.ts';

/** Where a container's lines can be read; or why they can not. */
export const readerOf = async ({services, signal}: Pick<Surroundings, 'services' | 'signal'>, record: ContainerRecord, window: Window = {}): Promise<Reader | string> => {
	const source = await services.logs.locate(record);
	return source.kind === 'none' ? source.reason : {services, source, window, signal};
};

/** Where its log ends now. */
export const endOf = async (reader: Reader): Promise<LogPosition | 'oldest'> => (await placeOfTail(reader, 0)) ?? 'oldest';

type Cursor = {readonly next: () => Promise<LogRecord | undefined>; readonly place: () => LogPosition | 'oldest' | undefined};

/** One log, record by record, to where it ends now; `unfinished` as in `read`. */
const cursorOf = ({services, source, window, signal}: Reader, from: LogPosition | 'oldest' | undefined, unfinished: boolean): Cursor => {
	let place = from;
	let records: readonly LogRecord[] = [];
	let at = 0;
	let isOver = from === undefined;
	return {
		place: () => place,
		next: async () => {
			while (at === records.length) {
				if (isOver) return undefined;
				const page = await services.logs.read(source, {...window, signal, after: place ?? 'oldest', limit: pageSize, unfinished});
				place = page.end ?? place;
				({records} = page);
				at = 0;
				isOver = page.atEnd || records.length === 0;
			}
			at += 1;
			return records[at - 1];
		},
	};
};

export type Past = {readonly reader: Reader; readonly from: LogPosition | 'oldest' | undefined; readonly print: (records: readonly LogRecord[]) => Promise<void>};

const together = 256;

/**
What several logs hold, in the order of time: each is read as it is printed, so that their length does not matter. Lines without a time come as soon as those
before them have. Answers where each log ended.
*/
export const printMerged = async (logs: readonly Past[], {unfinished}: {readonly unfinished: boolean}): Promise<ReadonlyArray<LogPosition | 'oldest' | undefined>> => {
	const cursors = logs.map(({reader, from}) => cursorOf(reader, from, unfinished));
	const heads = await Promise.all(cursors.map(async cursor => cursor.next()));
	let last = -1;
	let held: LogRecord[] = [];
	const flush = async (): Promise<void> => {
		await logs[last]?.print(held);
		held = [];
	};
	for (;;) {
		let first = -1;
		for (const [at, head] of heads.entries()) {
			if (head === undefined) continue;
			const best = heads[first];
			// Of equals the one that is being printed goes on.
			if (best === undefined || (head.at ?? 0) < (best.at ?? 0) || (head.at === best.at && at === last)) first = at;
		}
		const record = heads[first];
		if (record === undefined) break;
		if (first !== last || held.length >= together) await flush();
		last = first;
		held.push(record);
		heads[first] = await cursors[first]?.next();
	}
	await flush();
	return cursors.map(cursor => cursor.place());
};
