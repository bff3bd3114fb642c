import {describe, expect, test} from 'vitest';
import {createTreeFilter, matchPath, parsePatterns} from '../../source/model/ignore-pattern.ts';

const matches = (patterns: readonly string[], path: string): boolean => matchPath(parsePatterns(patterns), path).isMatch;

describe('patterns as every Docker tool reads them', () => {
	// Each line was compared with what Go's moby/patternmatcher says.
	test.each<[patterns: string[], path: string, isMatch: boolean]>([
		[['a'], 'a', true],
		[['a'], 'a/b/c', true],
		[['a'], 'b/a', false],
		[['/a'], 'a', false],
		[['a/'], 'a', true],
		[['./a/../b'], 'b', true],
		[[' a '], 'a', true],
		[['a b'], 'a b', true],
		[['*'], 'a', true],
		[['*'], '.git', true],
		[['*'], 'a/b', true],
		[['*.go'], 'x.go', true],
		[['*.go'], 'a/x.go', false],
		[['*/*.go'], 'a/x.go', true],
		[['a/*'], 'a', false],
		[['a/*'], 'a/b', true],
		[['a?c'], 'abc', true],
		[['a?c'], 'a/c', false],
		[['?'], '😀', true],
		[['??'], '😀', false],
		[['**'], 'a/b', true],
		[['**/x'], 'x', true],
		[['**/x'], 'a/b/x', true],
		[['**/x'], 'ax', false],
		[['**x'], 'a/bx', true],
		[['**/*.go'], 'a/b/c.go', true],
		[['**/*.go'], 'c.go', true],
		[['a/**'], 'a', false],
		[['a/**'], 'a/b/c', true],
		[['a/**/z'], 'a/z', true],
		[['a/**/z'], 'a/b/c/z', true],
		[['a/**/z'], 'a/bz', false],
		[['a**z'], 'a/b/z', true],
		[['[ab]'], 'b', true],
		[['[^ab]'], 'b', false],
		[['[^ab]'], 'c', true],
		[['[a-c]x'], 'bx', true],
		[['[a-c]x'], 'dx', false],
		[['a.b'], 'axb', false],
		[['a+b(c)$'], 'a+b(c)$', true],
		[['{a,b}'], 'a', false],
		[['{a,b}*'], '{a,b}c', true],
		[['\\*'], '*', true],
		[['\\*'], 'a', false],
		[['a\\?*'], 'a?b', true],
		[['é*'], 'été', true],
		[['é*'], 'écu', true],
		[['node_modules', '!node_modules/keep'], 'node_modules/keep/x', false],
		[['node_modules/*', '!node_modules/keep'], 'node_modules/keep/x', false],
		[['*', '!src'], 'src/a', false],
		[['*', '!src/**'], 'src/a', false],
		[['**', '!**/*.go'], 'a/b.go', false],
		[['**', '!**/*.go'], 'a/b.c', true],
		[['a', '!a/b', 'a/b/c'], 'a/b/c', true],
		[['a', '!a/b', 'a/b/c'], 'a/b/d', false],
		[['!a', 'a'], 'a', true],
		[['', '  '], 'a', false],
	])('%j of %j: %s', (patterns, path, isMatch) => {
		expect(matches(patterns, path)).toBe(isMatch);
	});

	test.each(['[', 'a[b', '[]', '[-x]', '[x-]', 'a\\', '!', '\\q'])('%j is refused', pattern => {
		expect(() => parsePatterns([pattern])).toThrow('is no pattern for paths');
	});

	test('from folder to folder the answers are those of the whole path', () => {
		const patterns = parsePatterns(['a', '!a/b', 'a/b/c']);
		const a = matchPath(patterns, 'a', []);
		const ab = matchPath(patterns, 'a/b', a.folder);
		expect([a.isMatch, ab.isMatch, matchPath(patterns, 'a/b/c', ab.folder).isMatch, matchPath(patterns, 'a/b/d', ab.folder).isMatch]).toEqual([true, false, true, false]);
	});
});

describe('what of a tree is sent', () => {
	const visit = (includes: readonly string[], excludes: readonly string[], path: string, isFolder: boolean) => {
		const {isKept, isEntered} = createTreeFilter(parsePatterns(includes), parsePatterns(excludes)).visit(path, isFolder, undefined);
		return [isKept, isEntered];
	};

	test.each<[string, string[], string[], string, boolean, boolean[]]>([
		['all of it, when nothing is said', [], [], 'a', true, [true, true]],
		['a folder that is left out is not entered', [], ['a'], 'a', true, [false, false]],
		['unless something in it is taken back', [], ['a', '!a/b'], 'a', true, [false, true]],
		['or could be', [], ['a', '!**/b'], 'a', true, [false, true]],
		['but not for another folder’s sake', [], ['a', '!ab/c'], 'a', true, [false, false]],
		['only what is wanted', ['b'], [], 'a', true, [false, false]],
		['the way to what is wanted', ['a/b'], [], 'a', true, [false, true]],
		['all below what is wanted', ['a'], [], 'a/b', true, [true, true]],
		['anywhere, with a wildcard', ['*/x'], [], 'a', true, [false, true]],
		['not what is wanted and left out', ['a'], ['a'], 'a', true, [false, false]],
		['a trailing wildcard is no wildcard', ['b/*'], [], 'a', true, [false, false]],
	])('%s', (_what, includes, excludes, path, isFolder, expected) => {
		expect(visit(includes, excludes, path, isFolder)).toEqual(expected);
	});
});
