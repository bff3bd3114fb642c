import {expect, test} from 'vitest';
import {fuzzyMatch} from '../../source/model/fuzzy.ts';

test.each([
	['', 'web', []],
	['w', 'web', [0]],
	['wb', 'web', [0, 2]],
	['con', 'abc con', [4, 5, 6]],
	['sn', 'container-stop-now', [10, 15]],
	['fb', 'fooBar', [0, 3]],
	['FB', 'fooBar FB', [7, 8]],
	['rm', 'containers.remove', [11, 13]],
	['aa', 'a-ba-aa', [5, 6]],
	['日語', '日本語', [0, 2]],
])('%j in %j is at %j', (pattern, text, positions) => {
	expect(fuzzyMatch(pattern, text)?.positions).toEqual(positions);
});

test.each([
	['bw', 'web'],
	['webb', 'web'],
	['W', 'web'],
	['x', ''],
])('%j is not in %j', (pattern, text) => {
	expect(fuzzyMatch(pattern, text)).toBeUndefined();
});

test.each([
	['rm', 'remove', 'transform'],
	['log', 'logs', 'catalog'],
	['cs', 'container stop', 'success'],
	['stop', 'stop', 's-t-o-p'],
])('%j likes %j better than %j', (pattern, better, worse) => {
	expect(fuzzyMatch(pattern, better)?.score).toBeGreaterThan(fuzzyMatch(pattern, worse)?.score ?? Number.POSITIVE_INFINITY);
});

test('a huge text costs no huge matrix', () => {
	const text = 'ab'.repeat(1_000_000);
	expect(fuzzyMatch('aaaa', text)?.positions).toHaveLength(4);
});
