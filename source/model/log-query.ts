import {messageOf} from '../errors.ts';
import type {Range} from './filter.ts';

/** What to look for in log text. Smart case: a pattern without capitals matches both. */
export type LogQuery = {
	readonly text: string;
	/** Set for `!…`: keep the lines that do not match. */
	readonly inverse: boolean;
	/** The literal text when it is one, for searching bytes without decoding them. */
	readonly literal: string | undefined;
	readonly ignoreCase: boolean;
	readonly expression: RegExp;
	/** Whether the pattern occurs; `inverse` is the caller's to apply. */
	matches(text: string): boolean;
	ranges(text: string): readonly Range[];
};

export type LogQueryResult = {readonly query: LogQuery | undefined; readonly error: string | undefined};

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** More lights on one line say nothing, and an expression that matches everywhere must not cost a line's length in ranges. */
const maxRanges = 200;

const build = (text: string, source: string, flags: string, literal: string | undefined, inverse: boolean): LogQuery => {
	const expression = new RegExp(source, `${flags}g`);
	const exact = literal !== undefined && !flags.includes('i') ? literal : undefined;
	return {
		text,
		inverse,
		literal,
		ignoreCase: flags.includes('i'),
		expression,
		matches(line) {
			if (exact !== undefined) return line.includes(exact);
			expression.lastIndex = 0;
			return expression.test(line);
		},
		ranges(line) {
			const found: Range[] = [];
			// matchAll begins where the last test ended.
			expression.lastIndex = 0;
			for (const match of line.matchAll(expression)) {
				if (match[0] !== '') found.push([match.index, match.index + match[0].length]);
				if (found.length >= maxRanges) break;
			}
			return found;
		},
	};
};

/** `text` literal · `/…/` or `/…/i` a regular expression · a leading `!` inverts. An empty text is no query. */
export const parseLogQuery = (text: string): LogQueryResult => {
	const inverse = text.startsWith('!') && text.length > 1;
	const body = inverse ? text.slice(1) : text;
	if (body === '') return {query: undefined, error: undefined};
	const regex = /^\/(.+)\/([imsu]*)$/s.exec(body);
	if (regex === null) {
		const ignoreCase = body === body.toLowerCase();
		return {query: build(text, escapePattern(body), ignoreCase ? 'i' : '', body, inverse), error: undefined};
	}
	try {
		return {query: build(text, regex[1] ?? '', regex[2] ?? '', undefined, inverse), error: undefined};
	} catch (error) {
		return {query: undefined, error: messageOf(error)};
	}
};
