import type {LogRecord} from './log-record.ts';
import {type LogTime, parseLogTime} from './log-time.ts';

/** What a line says, before it is known where it stood. */
export type ParsedLine = Pick<LogRecord, 'at' | 'nanos' | 'stream' | 'text' | 'partial' | 'broken'>;

const broken = (line: string): ParsedLine => ({at: undefined, stream: 'stdout', text: line, broken: true});

const parsed = (time: LogTime | undefined, stream: 'stdout' | 'stderr', text: string, partial: boolean): ParsedLine => {
	const base = time === undefined ? {at: undefined, stream, text} : {at: time.at, nanos: time.nanos, stream, text};
	return partial ? {...base, partial: true} : base;
};

const jsonTime = (value: unknown): LogTime | undefined => (typeof value === 'string' ? parseLogTime(value, 0, value.length) : undefined);

/** Any JSON object with the fields of docker's entries, in any order. */
const parseAnyJson = (line: string): ParsedLine => {
	let entry: Record<string, unknown>;
	try {
		const value: unknown = JSON.parse(line);
		if (typeof value !== 'object' || value === null || !('log' in value || 'time' in value)) return broken(line);
		entry = value as Record<string, unknown>;
	} catch {
		return broken(line);
	}
	const log = typeof entry['log'] === 'string' ? entry['log'] : '';
	const ended = log.endsWith('\n');
	return parsed(jsonTime(entry['time']), entry['stream'] === 'stderr' ? 'stderr' : 'stdout', ended ? log.slice(0, -1) : log, !ended);
};

const head = '{"log":"';
const beforeStream = '","stream":"';
const beforeTime = '","time":"';
const backslash = 92;

/**
A line of docker's json-file, by hand: 50,000 a second must cost little. It knows the one shape that nerdctl and docker write,
`{"log":"…\n","stream":"stdout","time":"…Z"}`; anything else goes through JSON.parse. Looking for `","stream":"` is safe, because a
quote inside a JSON string is always escaped.
*/
export const parseJsonFileLine = (line: string): ParsedLine => {
	if (!line.startsWith(head) || !line.endsWith('"}')) return parseAnyJson(line);
	const textEnd = line.indexOf(beforeStream, head.length - 1);
	const streamAt = textEnd + beforeStream.length;
	const timeAt = streamAt + 6 + beforeTime.length;
	if (textEnd < 0 || !line.startsWith(beforeTime, streamAt + 6)) return parseAnyJson(line);
	const stream = line.startsWith('stderr', streamAt) ? 'stderr' : line.startsWith('stdout', streamAt) ? 'stdout' : undefined;
	const time = parseLogTime(line, timeAt, line.length - 2);
	if (stream === undefined || time === undefined) return parseAnyJson(line);
	const ended = line.charCodeAt(textEnd - 1) === 110 && line.charCodeAt(textEnd - 2) === backslash && line.charCodeAt(textEnd - 3) !== backslash;
	const text = line.slice(head.length, ended ? textEnd - 2 : textEnd);
	// A bare quote can't be in a JSON string: an entry that was cut short and the next one on one line.
	return text.includes('\\') || text.includes('"') ? parseAnyJson(line) : parsed(time, stream, text, !ended);
};

/** A line of the CRI format: `TIME STREAM P|F[:tags] TEXT`. Source: kubelet's `pkg/kubelet/kuberuntime/logs`. */
export const parseCriLine = (line: string): ParsedLine => {
	const timeEnd = line.indexOf(' ');
	const streamEnd = line.indexOf(' ', timeEnd + 1);
	if (timeEnd < 0 || streamEnd < 0) return broken(line);
	const stream = line.slice(timeEnd + 1, streamEnd);
	const time = parseLogTime(line, 0, timeEnd);
	if (time === undefined || (stream !== 'stdout' && stream !== 'stderr')) return broken(line);
	const tag = line.charCodeAt(streamEnd + 1);
	if (tag !== 80 && tag !== 70) return broken(line);
	const tagsEnd = line.indexOf(' ', streamEnd + 1);
	return parsed(time, stream, tagsEnd < 0 ? '' : line.slice(tagsEnd + 1), tag === 80);
};

/** A `file://` log: what the container wrote, as it is. */
export const parseRawLine = (line: string): ParsedLine => ({at: undefined, stream: 'stdout', text: line});

/**
The beginning and the end of an overlong line, decoded as one line would be. JSON loses its middle, so the text is what could be
read of the beginning; an escape that was cut in half is left out.
*/
export const parseCutJsonFileLine = (start: string, end: string): ParsedLine => {
	const tail = /"stream":"(stdout|stderr)","time":"([^"]+)"\}$/.exec(end);
	if (!start.startsWith(head)) return broken(start);
	const escaped = start.slice(head.length).replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, '');
	try {
		const text = JSON.parse(`"${escaped}"`) as string;
		return parsed(jsonTime(tail?.[2]), tail?.[1] === 'stderr' ? 'stderr' : 'stdout', text, false);
	} catch {
		return broken(start);
	}
};
