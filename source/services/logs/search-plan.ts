import type {LogQuery} from '../../model/log-query.ts';
import type {ReadableLogSource} from '../../model/log-source.ts';

/**
How to find candidate lines in the bytes of a file. `bytes` and `latin1` look at whole chunks and decode only lines with a hit;
`lines` decodes every line, for expressions whose anchors, classes and escapes mean something else in JSON than in the text.
*/
export type SearchPlan =
	| {readonly kind: 'bytes'; readonly needle: Buffer; readonly verify: boolean}
	| {readonly kind: 'latin1'; readonly expression: RegExp}
	| {readonly kind: 'lines'};

const isAscii = (text: string): boolean => /^[\u0000-\u007f]*$/.test(text);

/** Go's encoder writes `<`, `>` and `&` as \u00xx unless told otherwise, and other loggers do not: either may be in the file. */
const eitherForm: Readonly<Record<string, string>> = {'<': '(?:<|\\\\u003c)', '>': '(?:>|\\\\u003e)', '&': '(?:&|\\\\u0026)'};

const asJson = (text: string): string => JSON.stringify(text).slice(1, -1);

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

export const planSearch = (kind: ReadableLogSource['kind'], {literal, ignoreCase}: LogQuery): SearchPlan => {
	if (literal === undefined) return {kind: 'lines'};
	const isJson = kind === 'json-file';
	const written = isJson ? asJson(literal) : literal;
	const isExact = !ignoreCase || literal.toUpperCase() === literal.toLowerCase();
	// Control characters have several spellings in JSON; only those that JSON.stringify and Go agree on are searched as bytes.
	if (isJson && /[\b\f\u007f\u2028\u2029]/.test(literal)) return {kind: 'lines'};
	const hasForms = isJson && /[<>&]/.test(literal);
	if (isExact && !hasForms) return {kind: 'bytes', needle: Buffer.from(written), verify: kind !== 'raw'};
	if (!isAscii(written)) return {kind: 'lines'};
	const source = escapePattern(written).replace(/[<>&]/g, character => (hasForms ? (eitherForm[character] ?? character) : character));
	return {kind: 'latin1', expression: new RegExp(source, isExact ? 'g' : 'gi')};
};
