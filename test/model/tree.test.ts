import {describe, expect, test} from 'vitest';
import {flattenTree, treeOf} from '../../source/model/tree.ts';

type Item = {readonly key: string; readonly parent: string};

const items = (...pairs: readonly string[]): readonly Item[] =>
	pairs.map(pair => {
		const [key = '', parent = ''] = pair.split('<');
		return {key, parent};
	});

const options = {key: (item: Item) => item.key, parent: (item: Item) => item.parent};

const drawn = (list: readonly Item[], more: {readonly ascii?: boolean; readonly chains?: boolean; readonly folded?: ReadonlySet<string>} = {}): readonly string[] => {
	const {roots, children} = treeOf(list, options);
	return flattenTree(roots, {children, key: options.key, ...more}).map(row => `${row.guide}${row.item.key}${row.folded ? ' +' : ''}`);
};

const forest = items('a', 'b<a', 'c<b', 'd<a', 'e', 'f<gone');

test('draws guides', () => {
	expect(drawn(forest)).toEqual(['a', '├ b', '│ └ c', '└ d', 'e', 'f']);
	expect(drawn(forest, {ascii: true})).toEqual(['a', '|-b', '| `-c', '`-d', 'e', 'f']);
});

test('folds', () => {
	expect(drawn(forest, {folded: new Set(['b', 'e'])})).toEqual(['a', '├ b +', '└ d', 'e', 'f']);
});

test('a chain of only children stays in one column', () => {
	expect(drawn(items('a', 'b<a', 'c<b', 'd<c', 'e<d', 'f<d', 'x'), {chains: true})).toEqual(['a', '└ b', '↓ c', '↓ d', '  ├ e', '  └ f', 'x']);
});

describe('whatever parents a daemon names, every item is shown once', () => {
	test.each([
		['a parent of itself', items('a<a', 'b<a'), ['a', '└ b']],
		['a circle', items('a<c', 'b<a', 'c<b', 'd'), ['d', 'a', '└ b', '  └ c']],
		['two circles and a tail', items('a<b', 'b<a', 'c<d', 'd<c', 'e<d'), ['a', '└ b', 'c', '└ d', '  └ e']],
		['nothing', items(), []],
	])('%s', (_, list, rows) => {
		expect(drawn(list)).toEqual(rows);
	});

	test('a chain of a hundred thousand', () => {
		const chain = Array.from({length: 100_000}, (_, index) => ({key: `k${index}`, parent: index === 0 ? '' : `k${index - 1}`}));
		const {roots, children} = treeOf(chain, options);
		expect(flattenTree(roots, {children, key: options.key, chains: true})).toHaveLength(100_000);
	});
});
