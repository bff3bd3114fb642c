import {type ParsedLine, parseCriLine, parseCutJsonFileLine, parseJsonFileLine, parseRawLine} from '../../model/log-parse.ts';
import type {LogFileId, LogRecord} from '../../model/log-record.ts';
import type {ReadableLogSource} from '../../model/log-source.ts';
import type {SplitLine} from './line-splitter.ts';

const parsers: Readonly<Record<ReadableLogSource['kind'], (line: string) => ParsedLine>> = {
	'json-file': parseJsonFileLine,
	cri: parseCriLine,
	raw: parseRawLine,
};

/** What stands where the middle of a line was passed over; roughly, since it says why the text stops and not how long it is. */
const skippedMark = (bytes: number): string => `… +${bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.ceil(bytes / 1000)} KB`}`;

const decodeCut = (kind: ReadableLogSource['kind'], {text, cut}: SplitLine): ParsedLine => {
	const parsed = kind === 'json-file' ? parseCutJsonFileLine(text, cut?.end ?? '') : parsers[kind](text);
	return {...parsed, text: `${parsed.text}${skippedMark(cut?.skippedBytes ?? 0)}`};
};

/** A line of a file as a record, or undefined for an empty line that only an interrupted writer leaves. */
export const decodeLine = (kind: ReadableLogSource['kind'], file: LogFileId, line: SplitLine): LogRecord | undefined => {
	const {offset, bytes} = line;
	if (line.cut !== undefined) return {...decodeCut(kind, line), bytes, file, offset, skippedBytes: line.cut.skippedBytes};
	if (line.text === '' && kind !== 'raw') return undefined;
	const parsed = parsers[kind](line.text);
	// A prompt: what is written next belongs to the same line.
	if (kind === 'raw' && line.isUnfinished === true) return {...parsed, partial: true, bytes, file, offset};
	// One literal with all fields that every record has: the objects of a flood share one hidden class.
	const record = {at: parsed.at, nanos: parsed.nanos ?? 0, stream: parsed.stream, text: parsed.text, bytes, file, offset};
	if (parsed.partial === undefined && parsed.broken === undefined) return record;
	return {...record, ...(parsed.partial ? {partial: true as const} : {}), ...(parsed.broken ? {broken: true as const} : {})};
};
