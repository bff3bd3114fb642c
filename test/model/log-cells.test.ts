import {describe, expect, test} from 'vitest';
import {cellWidth} from '../../source/model/cells.ts';
import {clipCells, wrapCells} from '../../source/model/log-cells.ts';
import {prettyJson} from '../../source/model/log-json.ts';
import {parseLogQuery} from '../../source/model/log-query.ts';
import {stripSgr} from '../../source/model/sanitize.ts';

const red = '\u001b[31m';
const off = '\u001b[39m';

describe('wrap', () => {
	test.each([
		['fits', 'abc', 3, ['abc']],
		['breaks', 'abcdefg', 3, ['abc', 'def', 'g']],
		['nothing', '', 3, ['']],
		['wide characters do not straddle', '日本語', 3, ['日', '本', '語']],
		['wide among narrow', 'a日b本', 3, ['a日', 'b本']],
		['colours go on and are closed', `${red}abcd\u001b[0me`, 3, [`${red}abc${off}`, `${red}d\u001b[0me`]],
		['no room', 'abc', 0, ['']],
	])('%s', (_, text, cells, rows) => {
		expect(wrapCells(text, cells)).toEqual(rows);
	});

	test('a wide character in one cell comes to an end', () => {
		expect(wrapCells('日本', 1).length).toBeGreaterThan(0);
	});

	test('a 64 KiB line of any kind wraps in little time, losing nothing', () => {
		for (const text of ['x'.repeat(65_536), '日'.repeat(20_000), `${red}é${off}`.repeat(3000)]) {
			const startedAt = performance.now();
			const rows = wrapCells(text, 80);
			expect(performance.now() - startedAt).toBeLessThan(1000);
			expect(rows.map(stripSgr).join('')).toBe(stripSgr(text));
			expect(Math.max(...rows.map(cellWidth))).toBeLessThanOrEqual(80);
		}
	});
});

describe('clip', () => {
	test.each([
		['fits', 'abc', 0, 5, 'abc'],
		['cut', 'abcdef', 0, 4, 'abc…'],
		['scrolled', 'abcdef', 2, 10, 'cdef'],
		['scrolled and cut', 'abcdefgh', 2, 3, 'cd…'],
		['scrolled past', 'abc', 10, 5, ''],
		['colours from the left stay', `${red}abcdef${off}`, 2, 10, `${red}cdef${off}`],
		['a wide character on the edge is a blank', '日本語', 1, 10, ' 本語'],
	])('%s', (_, text, offset, cells, shown) => {
		expect(clipCells(text, offset, cells)).toBe(shown);
	});
});

describe('query', () => {
	test.each([
		['error', 'An ERROR here', true],
		['Error', 'An ERROR here', false],
		['a.b', 'axb', false],
		['/a.b/', 'axb', true],
		['/A.B/', 'axb', false],
		['/A.B/i', 'axb', true],
		['!error', 'fine', false],
		['/health', 'GET /health', true],
		['größe', 'GRÖSSE Größe', true],
	])('%s in %s', (pattern, text, matches) => {
		expect(parseLogQuery(pattern).query?.matches(text)).toBe(matches);
	});

	test('ranges are where the text matches', () => {
		expect(parseLogQuery('ab').query?.ranges('ab xAB')).toEqual([[0, 2], [4, 6]]);
		expect(parseLogQuery('/x*/').query?.ranges('axxb')).toEqual([[1, 3]]);
	});

	test('an invalid expression is said, not thrown', () => {
		expect(parseLogQuery('/(/').error).toContain('(');
		expect(parseLogQuery('!')).toMatchObject({query: {inverse: false, text: '!'}});
		expect(parseLogQuery('')).toEqual({query: undefined, error: undefined});
		expect(parseLogQuery('!x').query?.inverse).toBe(true);
	});
});

test.each([
	['an object', '{"a":1,"b":[true]}', ['{', '  "a": 1,', '  "b": [', '    true', '  ]', '}']],
	['after a prefix', 'info {"a":1}', ['info {', '  "a": 1', '}']],
	['no JSON', 'hello {world}', undefined],
	['an empty one', '{}', undefined],
	['plain', 'hello', undefined],
])('pretty JSON: %s', (_, text, rows) => {
	expect(prettyJson(text)).toEqual(rows);
});
