import {isStruct, structValues} from './template-struct.ts';

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** RFC 3339 in UTC with as many digits of the second as are not zero; `nanos` are those that the milliseconds leave. */
export const rfc3339Nano = (epochMs: number, nanos = 0): string =>
	new Date(epochMs).toISOString().replace('Z', `${pad(nanos, 6)}Z`).replace(/\.?0+Z$/, 'Z');

const rest = Symbol('nanoseconds');

/** Go's `time.Time`, which prints in the shape of `fmt` and not of JSON, and knows the nanoseconds. */
export const goTime = (epochMs: number, nanos = 0): Date => Object.defineProperty(new Date(epochMs), rest, {value: nanos});

const exactly = (date: Date): string => rfc3339Nano(date.getTime(), (date as {readonly [rest]?: number})[rest]);

const offsetOf = (date: Date, separator: string): string => {
	const minutes = -date.getTimezoneOffset();
	const size = Math.abs(minutes);
	return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}${separator}${pad(size % 60)}`;
};

const localDay = (date: Date): string => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
const localClock = (date: Date): string => `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;

/** RFC 3339 in the local zone, whole seconds. */
export const rfc3339Local = (epochMs: number): string => {
	const date = new Date(epochMs);
	const offset = offsetOf(date, ':');
	return `${localDay(date)}T${localClock(date)}${offset === '+00:00' ? 'Z' : offset}`;
};

/** The first formatter of a process takes Node 15 milliseconds, and where there is no offset it knows but GMT and UTC. */
const zoneName = (date: Date): string =>
	date.getTimezoneOffset() === 0
		? 'UTC'
		: (new Intl.DateTimeFormat('en', {timeZoneName: 'short'}).formatToParts(date).find(part => part.type === 'timeZoneName')?.value ?? '');

/** Go's `time.String` in the local zone, rounded to the second: `2021-08-07 02:19:45 +0900 JST`. */
export const goLocalTime = (epochMs: number): string => {
	const date = new Date(Math.round(epochMs / 1000) * 1000);
	return `${localDay(date)} ${localClock(date)} ${offsetOf(date, '')} ${zoneName(date)}`;
};

const goUtcTime = (date: Date): string => exactly(date).replace('T', ' ').replace('Z', ' +0000 UTC');

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);

/** Go's `%v`. */
export const goPrint = (value: unknown): string => {
	if (value === undefined || value === null) return '<nil>';
	if (value instanceof Date) return goUtcTime(value);
	if (Array.isArray(value)) return `[${value.map(goPrint).join(' ')}]`;
	if (typeof value === 'object') {
		if (isStruct(value)) return `{${structValues(value).map(goPrint).join(' ')}}`;
		return `map[${Object.entries(value)
			.sort(byKey)
			.map(([key, item]) => `${key}:${goPrint(item)}`)
			.join(' ')}]`;
	}
	return String(value);
};

/**
Characters JSON may carry raw but a terminal may obey (DEL, C1) or a script may trip over (line separators, which Go escapes as well).
Escaped, they are the same JSON value.
*/
const unsafe = /[\u007f-\u009f\u2028\u2029]/g;
const quote = (text: string): string =>
	JSON.stringify(text).replace(unsafe, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const short: Readonly<Record<string, string>> = {
	'\u0007': '\\a',
	'\b': '\\b',
	'\f': '\\f',
	'\n': '\\n',
	'\r': '\\r',
	'\t': '\\t',
	'\v': '\\v',
	'"': '\\"',
	'\\': '\\\\',
};

const escaped = (character: string): string => {
	const code = character.codePointAt(0) ?? 0;
	if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
	return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/** Go's `strconv.Quote`: what does not print is escaped. */
export const goQuote = (text: string): string =>
	`"${text.toWellFormed().replace(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, character => short[character] ?? escaped(character))}"`;

/** Go's `json.Encoder` without HTML escaping: a struct's fields in order, a map's keys sorted. */
export const goJson = (value: unknown, indent = '', prefix = ''): string => {
	if (typeof value === 'string') return quote(value);
	if (typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value);
	if (typeof value === 'bigint') return String(value);
	if (value instanceof Date) return quote(exactly(value));
	if (typeof value !== 'object' || value === null) return 'null';
	if ('toJSON' in value && typeof value.toJSON === 'function') return goJson(value.toJSON(), indent, prefix);
	const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
	const inner = prefix + indent;
	const entries = isStruct(value) || Array.isArray(value) ? Object.entries(value) : Object.entries(value).sort(byKey);
	const parts = entries
		.filter(([, item]) => item !== undefined && typeof item !== 'function')
		.map(([key, item]) => (Array.isArray(value) ? '' : `${quote(key)}:${indent === '' ? '' : ' '}`) + goJson(item, indent, inner));
	if (parts.length === 0) return open + close;
	return indent === '' ? `${open}${parts.join(',')}${close}` : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${prefix}${close}`;
};

/** What `if`, `and` and `not` ask: false, zero, nil and the empty are false. */
export const isTruthy = (value: unknown): boolean => {
	if (value === undefined || value === null) return false;
	if (Array.isArray(value)) return value.length > 0;
	if (typeof value === 'object' && !isStruct(value) && !(value instanceof Date)) return Object.keys(value).length > 0;
	return Boolean(value) || typeof value === 'object';
};

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'slice' : typeof value === 'bigint' ? 'number' : typeof value);

/** Undefined when the two can't be compared, as Go refuses a string against a number. */
export const compare = (a: unknown, b: unknown): number | undefined => {
	const kind = kindOf(a);
	if (kind !== kindOf(b) || kind === 'slice' || kind === 'object' || kind === 'undefined') return undefined;
	const [left, right] = [a as string | number, b as string | number];
	return left === right ? 0 : left < right ? -1 : 1;
};
