import {messageOf} from '../errors.ts';
import {fuzzyMatch} from './fuzzy.ts';

export type FilterRow = {readonly text: string; readonly labels?: Readonly<Record<string, string>>};

/** A piece of the text to light up, in UTF-16 indexes, end exclusive. */
export type Range = readonly [start: number, end: number];

export type Filter = {
	readonly text: string;
	/** True when nothing is filtered out. */
	readonly empty: boolean;
	/** A sentence about a part that can't be understood. That part filters nothing, so that a half-typed expression hides no rows. */
	readonly error: string | undefined;
	matches(row: FilterRow): boolean;
	/** Merged and ascending. Inverse and label terms light nothing. */
	ranges(text: string): readonly Range[];
};

type Term = {
	readonly inverse: boolean;
	matches(row: FilterRow): boolean;
	ranges(text: string): readonly Range[];
};

const nowhere = (): readonly Range[] => [];

/** Smart case: a capital letter in what was typed makes it exact. */
const ignoresCase = (text: string): boolean => text === text.toLowerCase();

const substring = (wanted: string): Omit<Term, 'inverse'> => {
	const loose = ignoresCase(wanted);
	const fold = (text: string): string => (loose ? text.toLowerCase() : text);
	return {
		matches: row => fold(row.text).includes(wanted),
		ranges(text) {
			const found: Range[] = [];
			const hay = fold(text);
			if (hay.length !== text.length || wanted === '') return found;
			for (let at = hay.indexOf(wanted); at >= 0; at = hay.indexOf(wanted, at + wanted.length)) found.push([at, at + wanted.length]);
			return found;
		},
	};
};

const fuzzy = (wanted: string): Omit<Term, 'inverse'> => ({
	matches: row => fuzzyMatch(wanted, row.text) !== undefined,
	ranges: text => (fuzzyMatch(wanted, text)?.positions ?? []).map(at => [at, at + 1] as const),
});

const pattern = (source: string): Omit<Term, 'inverse'> => {
	const expression = new RegExp(source, ignoresCase(source.replaceAll(/\\./g, '')) ? 'giu' : 'gu');
	return {
		matches(row) {
			expression.lastIndex = 0;
			return expression.test(row.text);
		},
		ranges: text => [...text.matchAll(expression)].filter(match => match[0] !== '').map(match => [match.index, match.index + match[0].length] as const),
	};
};

/** A key is named in full or by its last part: `service=web` finds `com.docker.compose.service`. `==` wants the whole value, `=` a part. */
const label = (key: string, operator: string, wanted: string): Omit<Term, 'inverse'> => {
	const loose = ignoresCase(wanted);
	const literal = substring(`${key}${operator}${wanted}`);
	const named = (name: string): boolean => name === key || name.endsWith(`.${key}`) || name.endsWith(`/${key}`);
	const fits = (value: string): boolean => {
		const folded = loose ? value.toLowerCase() : value;
		return operator === '==' ? folded === wanted : folded.includes(wanted);
	};
	return {
		matches: row => Object.entries(row.labels ?? {}).some(([name, value]) => named(name) && fits(value)) || literal.matches(row),
		ranges: literal.ranges,
	};
};

/** Words apart, but a pair of quotes or a `/regex/` keeps its blanks. */
const wordsOf = (text: string): readonly string[] => text.match(/!?\/(?:\\.|[^/\\])+\/(?=\s|$)|!?"[^"]*"|\S+/gu) ?? [];

const termOf = (word: string): Term | undefined => {
	const inverse = word.startsWith('!');
	const body = inverse ? word.slice(1) : word;
	const own = (term: Omit<Term, 'inverse'>): Term => ({inverse, matches: term.matches, ranges: inverse ? nowhere : term.ranges});
	if (body === '' || body === '~') return undefined;
	if (body.length > 2 && body.startsWith('/') && body.endsWith('/')) return own(pattern(body.slice(1, -1)));
	if (body.length > 1 && body.startsWith('"') && body.endsWith('"')) return body === '""' ? undefined : own(substring(body.slice(1, -1)));
	if (body.startsWith('~')) return own(fuzzy(body.slice(1)));
	const pair = /^([\p{L}\p{N}_][\w./-]*)(==?)(.*)$/u.exec(body);
	return own(pair === null ? substring(body) : label(pair[1] as string, pair[2] as string, pair[3] as string));
};

const merged = (ranges: readonly Range[]): readonly Range[] => {
	const joined: Range[] = [];
	for (const range of ranges.toSorted((a, b) => a[0] - b[0])) {
		const last = joined.at(-1);
		if (last !== undefined && range[0] <= last[1]) joined[joined.length - 1] = [last[0], Math.max(last[1], range[1])];
		else joined.push(range);
	}
	return joined;
};

/**
The language of `/` in every list. Terms are separated by blanks and all must match:
`web` a part of the text · `!web` not that · `~wb` fuzzy · `/^web-\d/` regex · `key=value` label · `"two words"`.
*/
export const createFilter = (text: string): Filter => {
	const terms: Term[] = [];
	let error: string | undefined;
	for (const word of wordsOf(text)) {
		try {
			const term = termOf(word);
			if (term !== undefined) terms.push(term);
		} catch (failure) {
			// Only the RegExp constructor throws here; its message already quotes the pattern.
			error ??= messageOf(failure);
		}
	}
	return {
		text,
		empty: terms.length === 0,
		error,
		matches: row => terms.every(term => term.matches(row) !== term.inverse),
		ranges: line => merged(terms.flatMap(term => term.ranges(line))),
	};
};
