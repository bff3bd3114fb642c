import {plain} from './sanitize.ts';

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'literal';

/** More of one string is never shown in a row; the whole is had by copying it. */
const longestShown = 2000;
const previewEntries = 6;
const previewLength = 120;

/** Invisible or rearranging characters that JSON leaves as they are. Here they are evidence, so they are written out, not dropped. */
const hidden = /[\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|[\u{E0000}-\u{E007F}]/gu;

const writtenOut = (character: string): string =>
	character
		.split('')
		.map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
		.join('');

/** A string as JSON writes it, safe for a terminal and bounded. */
export const quoted = (text: string): string => {
	const cut = text.length > longestShown;
	const body = JSON.stringify(cut ? text.slice(0, longestShown).toWellFormed() : text).replaceAll(hidden, writtenOut);
	return plain(cut ? `${body.slice(0, -1)}…" (${text.length} characters)` : body);
};

export const kindOf = (value: unknown): JsonKind => {
	if (Array.isArray(value)) return 'array';
	if (typeof value === 'string') return 'string';
	if (typeof value === 'number' || typeof value === 'bigint') return 'number';
	return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) ? 'object' : 'literal';
};

/**
Key and value of what has entries, the first `limit` of them; none for a scalar. A key whose value is undefined is not there, as in JSON.
*/
export const entriesOf = (value: unknown, limit = Number.POSITIVE_INFINITY): ReadonlyArray<readonly [key: string | number, value: unknown]> => {
	if (Array.isArray(value)) return value.slice(0, limit).map((item, index) => [index, item] as const);
	const entries: Array<readonly [string, unknown]> = [];
	if (kindOf(value) !== 'object') return entries;
	// Not Object.entries: a preview of a hundred thousand keys must not cost a hundred thousand pairs.
	for (const key in value as Readonly<Record<string, unknown>>) {
		if (entries.length >= limit) break;
		const item = Object.hasOwn(value as object, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
		if (item !== undefined) entries.push([key, item]);
	}
	return entries;
};

export const hasEntries = (value: unknown): boolean => entriesOf(value, 1).length > 0;

/** A scalar on one line. */
export const scalarText = (value: unknown): string => {
	if (typeof value === 'string') return quoted(value);
	if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
	return String(value);
};

const brief = (value: unknown): string => {
	switch (kindOf(value)) {
		case 'array':
			return hasEntries(value) ? '[…]' : '[]';
		case 'object':
			return hasEntries(value) ? '{…}' : '{}';
		default:
			return scalarText(typeof value === 'string' && value.length > 40 ? `${value.slice(0, 40).toWellFormed()}…` : value);
	}
};

/** What is inside something folded: the first entries, nested ones as marks. */
export const preview = (value: unknown): string => {
	const array = Array.isArray(value);
	const entries = entriesOf(value, previewEntries + 1);
	const shown: string[] = [];
	let length = 0;
	for (const [key, item] of entries.slice(0, previewEntries)) {
		const text = array ? brief(item) : `${keyText(key)}: ${brief(item)}`;
		length += text.length + 2;
		if (length > previewLength && shown.length > 0) break;
		shown.push(text);
	}
	if (shown.length < entries.length) shown.push('…');
	return array ? `[${shown.join(', ')}]` : `{${shown.join(', ')}}`;
};

/** A key without its quotes: rows are for reading, and a colon follows. */
export const keyText = (key: string | number): string => (typeof key === 'number' ? String(key) : quoted(key).slice(1, -1));

/** `.process.args[0]`, with keys that are no identifiers in brackets: what `jq` takes. */
export const pathText = (keys: ReadonlyArray<string | number>): string => {
	const text = keys.map(key => (typeof key === 'number' ? `[${key}]` : /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${quoted(key)}]`)).join('');
	return text.startsWith('.') ? text : `.${text}`;
};
