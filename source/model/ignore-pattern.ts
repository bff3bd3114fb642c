import {posix} from 'node:path';
import {Failure} from '../errors.ts';

/**
One line of a .dockerignore, and what BuildKit calls an include pattern: the rules are those of Go's moby/patternmatcher, which every
Docker tool shares, with the quirks that trees have come to depend on.
*/
export type IgnorePattern = {
	/** Cleaned, without `!`. */
	readonly text: string;
	/** It began with `!`: what it matches is taken back. */
	readonly isException: boolean;
	readonly matches: (path: string) => boolean;
};

/** Go's filepath.Clean. */
export const cleanPath = (path: string): string => {
	const clean = posix.normalize(path);
	return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
};

/** Whether brackets close and escapes escape something, as Go's filepath.Match has it. */
const isWellFormed = (text: string): boolean => {
	const characters = [...text];
	let at = 0;
	const member = (): boolean => {
		if (characters[at] === '-' || characters[at] === ']') return false;
		if (characters[at] === '\\') at++;
		return ++at < characters.length;
	};

	while (at < characters.length) {
		const character = characters[at++];
		if (character === '\\' && at++ >= characters.length) return false;
		if (character !== '[') continue;
		if (characters[at] === '^') at++;
		for (let count = 0; characters[at] !== ']' || count === 0; count++) {
			if (at >= characters.length || !member()) return false;
			if (characters[at] === '-' && (++at >= characters.length || !member())) return false;
		}

		at++;
	}

	return true;
};

/** What Go's regular expressions make of a backslash before it; undefined where they refuse it. */
const escaped = (character: string): string | undefined => {
	if (/[dDwWsSbBfnrtv]/.test(character)) return `\\${character}`;
	if (character === 'a') return '\\x07';
	if (!/^[\x00-\x7f]$/.test(character) || /[A-Za-z0-9]/.test(character)) return undefined;
	return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
};

type Kind = 'exact' | 'prefix' | 'suffix' | 'expression';

/** The scan that decides how a pattern is compared, and its regular expression. Throws where Go's would not compile. */
const scan = (text: string): {readonly kind: Kind; readonly source: string} => {
	const characters = [...text];
	let kind: Kind = 'exact';
	let source = '^';
	let isInClass = false;
	/** What is written for `*` and `?` begins with a bracket: within brackets it is one more member, and its end closes them. */
	const add = (piece: string): void => {
		source += isInClass ? piece.replace(/^\[/, '\\[') : piece;
		if (piece.startsWith('[')) isInClass = false;
	};

	for (let at = 0; at < characters.length; at++) {
		const isFirst = at === 0;
		const character = characters[at]!;
		if (character === '*' && characters[at + 1] === '*') {
			at++;
			if (characters[at + 1] === '/') at++;
			if (at + 1 < characters.length) {
				add('(.*/)?');
				kind = 'expression';
			} else if (kind === 'exact') kind = 'prefix';
			else {
				add('.*');
				kind = 'expression';
			}

			if (isFirst) kind = 'suffix';
		} else if (character === '*' || character === '?') {
			add(character === '*' ? '[^/]*' : '[^/]');
			kind = 'expression';
		} else if ('.+()|{}$'.includes(character)) source += `\\${character}`;
		else if (character === '\\') {
			const next = characters[++at];
			const piece = next === undefined ? '\\\\' : escaped(next);
			if (piece === undefined) throw new Error(`\\${next} means nothing`);
			source += piece;
			if (next !== undefined) kind = 'expression';
		} else if (character === '[' || character === ']') {
			const opens = character === '[' && !isInClass;
			source += opens || (character === ']' && isInClass) ? character : `\\${character}`;
			isInClass = character === '[';
			kind = 'expression';
		} else source += character === '/' && isInClass ? '\\/' : character;
	}

	return {kind, source: `${source}$`};
};

const matcherOf = (text: string): ((path: string) => boolean) => {
	const {kind, source} = scan(text);
	if (kind === 'exact') return path => path === text;
	if (kind === 'prefix') return path => path.startsWith(text.slice(0, -2));
	if (kind === 'suffix') {
		const suffix = text.slice(2);
		return path => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));
	}

	const expression = new RegExp(source, 'u');
	return path => expression.test(path);
};

const parse = (line: string): IgnorePattern => {
	const clean = cleanPath(line);
	const isException = clean.startsWith('!');
	const text = isException ? clean.slice(1) : clean;
	const invalid = (cause?: unknown): Failure =>
		new Failure('invalid', `${JSON.stringify(line)} is no pattern for paths`, {cause, hint: 'look for a bracket that does not close, or a backslash before nothing'});
	if (text === '' || !isWellFormed(text)) throw invalid();
	try {
		return {text, isException, matches: matcherOf(text)};
	} catch (error) {
		throw invalid(error);
	}
};

/** Blank lines are left out; a pattern that can't be read is an error, not a pattern that matches nothing. */
export const parsePatterns = (lines: readonly string[]): readonly IgnorePattern[] => lines.map(line => line.trim()).filter(line => line !== '').map(parse);

/** Of each pattern, whether it matched a folder: below it, it then matches everything. */
export type FolderMatch = readonly boolean[];

/**
Whether the last pattern that has a say lets the path match. `folder` is what came out for the folder that it is in; without one, each
folder above is asked.
*/
export const matchPath = (patterns: readonly IgnorePattern[], path: string, folder?: FolderMatch): {readonly isMatch: boolean; readonly folder: FolderMatch} => {
	const above = folder === undefined ? [...path.matchAll(/\//g)].map(({index}) => path.slice(0, index)) : [];
	let isMatch = false;
	const found = patterns.map((pattern, index) => {
		let hit = folder?.[index] === true;
		if (!hit) {
			// An exception takes nothing back when there is nothing to take back, and the other way round.
			if (pattern.isException !== isMatch) return false;
			hit = pattern.matches(path) || above.some(pattern.matches);
		}

		if (hit) isMatch = !pattern.isException;
		return hit;
	});
	return {isMatch, folder: found};
};

const hasWildcard = (text: string): boolean => /[*[\]?^\\]/.test(text);

const withoutTrailingGlob = ({text}: IgnorePattern): string => text.replace(/\/\*\*$/, '').replace(/\/\*$/, '');

/** Whether a folder that itself does not match may hold something that does, as far as the beginnings of the patterns tell. */
const mayMatchBelow = (patterns: readonly IgnorePattern[], path: string): boolean =>
	patterns.some(pattern => hasWildcard(withoutTrailingGlob(pattern)) || `${withoutTrailingGlob(pattern)}/`.startsWith(`${path}/`));

export type TreeFilter = {
	/** What to do with an entry. `state` is that of the folder which it is in, and of a folder goes to what is in it. */
	visit(path: string, isFolder: boolean, state: FilterState | undefined): {readonly isKept: boolean; readonly isEntered: boolean; readonly state: FilterState};
};

export type FilterState = {readonly includes: FolderMatch; readonly excludes: FolderMatch};

/** Includes say what is sent at all (nothing said: all), excludes what of it is not. */
export const createTreeFilter = (includes: readonly IgnorePattern[], excludes: readonly IgnorePattern[]): TreeFilter => {
	const wanted = includes.filter(({isException}) => !isException);
	const exceptions = excludes.filter(({isException}) => isException);
	return {
		visit: (path, isFolder, state) => {
			const included = includes.length === 0 ? {isMatch: true, folder: []} : matchPath(includes, path, state?.includes);
			const excluded = excludes.length === 0 ? {isMatch: false, folder: []} : matchPath(excludes, path, state?.excludes);
			const isPastIncludes = included.isMatch || mayMatchBelow(wanted, path);
			const isPastExcludes = !excluded.isMatch || mayMatchBelow(exceptions, path);
			return {
				isKept: included.isMatch && !excluded.isMatch,
				isEntered: isFolder && isPastIncludes && isPastExcludes,
				state: {includes: included.folder, excludes: excluded.folder},
			};
		},
	};
};
