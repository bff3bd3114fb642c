import {expect, test} from 'vitest';
import {by, chain, descending, missingLast, naturalCompare, numberCompare} from '../../source/model/sort.ts';

test.each([
	[['web-10', 'web-2', 'web-1'], ['web-1', 'web-2', 'web-10']],
	[['b', 'A', 'a', 'B'], ['A', 'a', 'B', 'b']],
	[['web', 'web-1', ''], ['', 'web', 'web-1']],
	[['v1.10.2', 'v1.9.30', 'v1.9.4'], ['v1.9.4', 'v1.9.30', 'v1.10.2']],
	[['a01', 'a1', 'a001', 'a2'], ['a001', 'a01', 'a1', 'a2']],
	[['x99999999999999999999', 'x100000000000000000000'], ['x99999999999999999999', 'x100000000000000000000']],
	[['日2', '日10', '日1'], ['日1', '日2', '日10']],
])('%j in order', (names, ordered) => {
	expect([...names].sort(naturalCompare)).toEqual(ordered);
	expect([...names].reverse().sort(naturalCompare)).toEqual(ordered);
});

test('comparators combine, and what is missing stays last both ways', () => {
	type Row = {readonly name: string; readonly cpu?: number};
	const rows: readonly Row[] = [{name: 'c', cpu: 1}, {name: 'a'}, {name: 'b', cpu: 1}, {name: 'd', cpu: 9}];
	const names = (compare: (a: Row, b: Row) => number) => rows.toSorted(compare).map(row => row.name).join('');
	const name = by((row: Row) => row.name, naturalCompare);
	expect(names(name)).toBe('abcd');
	expect(names(descending(name))).toBe('dcba');
	expect(names(chain(missingLast(row => row.cpu, numberCompare), name))).toBe('bcda');
	expect(names(chain(missingLast(row => row.cpu, descending(numberCompare)), name))).toBe('dbca');
	expect(numberCompare(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(0);
});
