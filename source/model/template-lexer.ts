import {Failure} from '../errors.ts';

export type Token = {
	readonly kind: 'field' | 'dot' | 'variable' | 'word' | 'string' | 'number' | 'pipe' | 'open' | 'close' | 'declare' | 'assign' | 'comma';
	readonly text: string;
	/** Offset in the format. */
	readonly at: number;
	/** Whether white space came before: `.A .B` is two arguments, `(x).B` is a field of x. */
	readonly spaced: boolean;
};

export type Piece =
	| {readonly kind: 'text'; readonly text: string}
	| {readonly kind: 'action'; readonly tokens: readonly Token[]; readonly at: number};

/** Where in the format something is wrong, in words: columns count from one. */
export const formatFailure = (format: string, at: number, problem: string): Failure => {
	const before = format.slice(0, at).split('\n');
	const column = (before.at(-1)?.length ?? 0) + 1;
	const place = before.length > 1 ? `line ${before.length}, column ${column}` : `column ${column}`;
	return new Failure('invalid', `Could not use the format ${JSON.stringify(format)}: ${problem} (${place})`);
};

const patterns: ReadonlyArray<readonly [Token['kind'], RegExp]> = [
	['field', /\.[\p{L}_][\p{L}\p{N}_]*/uy],
	['number', /[-+]?(?:0x[0-9a-fA-F_]+|(?:\d[\d_]*)?\.?\d+(?:[eE][-+]?\d+)?)/y],
	['dot', /\./y],
	['variable', /\$[\p{L}\p{N}_]*/uy],
	['word', /[\p{L}_][\p{L}\p{N}_]*/uy],
	['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'/y],
	['declare', /:=/y],
	['assign', /=/y],
	['pipe', /\|/y],
	['open', /\(/y],
	['close', /\)/y],
	['comma', /,/y],
];

const tokenize = (format: string, start: number, end: number): readonly Token[] => {
	const tokens: Token[] = [];
	let at = start;
	let spaced = false;
	while (at < end) {
		if (/\s/.test(format[at] ?? '')) {
			at++;
			spaced = true;
			continue;
		}
		const found = patterns.flatMap(([kind, pattern]) => {
			pattern.lastIndex = at;
			const text = pattern.exec(format)?.[0];
			return text === undefined ? [] : [{kind, text, at, spaced}];
		})[0];
		if (found === undefined || found.at + found.text.length > end) {
			if (/["'`]/.test(format[at] ?? '')) throw formatFailure(format, at, 'a text is not closed');
			throw formatFailure(format, at, `${JSON.stringify(format[at])} is not expected here`);
		}
		tokens.push(found);
		at += found.text.length;
		spaced = false;
	}
	return tokens;
};

/** The end of an action: `}}` outside of a text. */
const closing = (format: string, start: number): number => {
	const skip = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|\}\}/g;
	skip.lastIndex = start;
	for (let match = skip.exec(format); match !== null; match = skip.exec(format)) if (match[0] === '}}') return match.index;
	throw formatFailure(format, start - 2, 'an action is not closed with }}');
};

/** Text and actions, with comments gone and the white space that `{{-` and `-}}` ask to trim. */
export const cut = (format: string): readonly Piece[] => {
	const pieces: Piece[] = [];
	let at = 0;
	let trimStart = false;
	const addText = (text: string, trimEnd: boolean) => {
		const left = trimStart ? text.trimStart() : text;
		const kept = trimEnd ? left.trimEnd() : left;
		if (kept !== '') pieces.push({kind: 'text', text: kept});
	};
	for (;;) {
		const open = format.indexOf('{{', at);
		if (open === -1) break;
		const trimsLeft = /^-\s/.test(format.slice(open + 2, open + 4));
		addText(format.slice(at, open), trimsLeft);
		const body = open + (trimsLeft ? 3 : 2);
		const comment = /^\s*\/\*[\s\S]*?\*\/(\s-)?\s*\}\}/.exec(format.slice(body));
		if (comment !== null) {
			trimStart = comment[1] !== undefined;
			at = body + comment[0].length;
			continue;
		}
		const end = closing(format, body);
		trimStart = /\s-$/.test(format.slice(body, end));
		const tokens = tokenize(format, body, trimStart ? end - 1 : end);
		pieces.push({kind: 'action', tokens, at: open});
		at = end + 2;
	}
	addText(format.slice(at), false);
	return pieces;
};
