import {expect, test} from 'vitest';
import {cellWidth} from '../../source/model/cells.ts';
import {wrapWords} from '../../source/model/wrap-words.ts';

test.each([
	['', 10, ['']],
	['one two', 10, ['one two']],
	['one two three', 7, ['one two', 'three']],
	['abcdefghij k', 4, ['abcd', 'efgh', 'ij k']],
	['漢字 漢字', 5, ['漢字', '漢字']],
])('%j in %i cells', (text, cells, rows) => expect(wrapWords(text, cells)).toEqual(rows));

test('no row is wider, and no word is lost', () => {
	const text = 'The writable layer and the log are removed with 👩‍👩‍👧‍👦 and every-thing-that-is-long';
	for (let cells = 2; cells < 60; cells += 1) {
		const rows = wrapWords(text, cells);
		expect(Math.max(...rows.map(cellWidth))).toBeLessThanOrEqual(cells);
		expect(rows.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
	}
});
