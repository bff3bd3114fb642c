import type {LogRecord} from '../../../model/log-record.ts';
import {createLine, joinLines, type ViewLine} from './line.ts';

/** Records of one source as lines: pieces joined, and an order for records that have no time of their own. */
export const toLines = (source: number, records: readonly LogRecord[], fallbackOrder: number): ViewLine[] => {
	const lines: ViewLine[] = [];
	let order = fallbackOrder;
	for (const record of records) {
		if (record.at !== undefined) order = record.at + ((record.nanos ?? 0) % 1e6) / 1e6;
		const line = createLine(source, record, order);
		const last = lines.at(-1);
		const joined = last?.isPartial === true ? joinLines(last, line) : undefined;
		if (joined === undefined) lines.push(line);
		else lines[lines.length - 1] = joined;
	}
	return lines;
};

/** Several sources' lines by time. Each list is in order, and stays so: the sort is stable. */
export const mergeLines = (lists: ReadonlyArray<readonly ViewLine[]>): readonly ViewLine[] =>
	lists.length === 1 ? (lists[0] ?? []) : lists.flat().toSorted((a, b) => a.order - b.order);
