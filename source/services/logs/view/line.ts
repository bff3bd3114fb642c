import type {LogRecord} from '../../../model/log-record.ts';
import {coloured, stripSgr} from '../../../model/sanitize.ts';

/** A line in memory. The caches are thrown away by bumping an epoch, never by walking the lines. */
export type ViewLine = {
	readonly kind: 'line' | 'notice' | 'mark';
	/** Index of its source; -1 for marks. */
	readonly source: number;
	readonly record: LogRecord;
	/** Text of all parts of a line that was written in pieces. */
	readonly text: string;
	/** Where the last part ends in the file. */
	readonly end: number;
	readonly isPartial: boolean;
	/** What merged lines are ordered by, epoch ms with fractions. */
	readonly order: number;
	rows: readonly string[] | undefined;
	rowsEpoch: number;
	isHit: boolean;
	hitEpoch: number;
};

const objectBytes = 240;

/** What a line takes in memory, about: V8 keeps Latin-1 text in one byte a character. */
export const weightOf = ({text, record}: ViewLine): number => Math.max(text.length, record.bytes > 65_536 ? 65_536 : record.bytes) + objectBytes;

export const createLine = (source: number, record: LogRecord, order: number): ViewLine => ({
	kind: record.notice === true ? 'notice' : 'line',
	source,
	record,
	text: record.text,
	end: record.offset + record.bytes,
	isPartial: record.partial === true,
	order,
	rows: undefined,
	rowsEpoch: -1,
	isHit: false,
	hitEpoch: -1,
});

const mostJoined = 64 * 1024;

/** The pieces of one line become one line, unless that would hold more than is shown of any line. */
export const joinLines = (first: ViewLine, next: ViewLine): ViewLine | undefined => {
	const continues = first.isPartial && first.source === next.source && first.record.stream === next.record.stream && next.kind === 'line';
	if (!continues || first.text.length + next.text.length > mostJoined) return undefined;
	return {...first, text: first.text + next.text, end: next.end, isPartial: next.isPartial, rows: undefined, rowsEpoch: -1, hitEpoch: -1};
};

const controls = /[\u0000-\u001a\u001c-\u001f\u007f-\u009f]/;

/** What is seen, without its colours. */
export const plainText = ({text}: Pick<ViewLine, 'text'>): string => stripSgr(coloured(text));

/**
As searched and filtered: what is seen, but for the rare invisible character. Every line in memory passes here for each letter that is
typed, so a line that has colours and no other control only loses those.
*/
export const searchableText = ({text}: Pick<ViewLine, 'text'>): string => {
	if (controls.test(text)) return plainText({text});
	const bare = stripSgr(text);
	return bare.includes('\u001b') ? plainText({text}) : bare;
};
