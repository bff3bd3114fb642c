import {describe, expect, test} from 'vitest';
import {createLayerIndexBuilder, type LayerEntryKind, type LayerIndex} from '../../source/model/layer-index.ts';
import {createLayerStack, layerChanges} from '../../source/model/layer-stack.ts';
import {createLayerTree, type LayerTree} from '../../source/model/layer-tree.ts';

type Line = readonly [path: string, kind: LayerEntryKind, sizeBytes?: number, mode?: number];

const layer = (digest: string, ...lines: readonly Line[]): LayerIndex => {
	const builder = createLayerIndexBuilder();
	for (const [path, kind, sizeBytes = 0, mode = 0o755] of lines) builder.add({path, kind, sizeBytes, mode, uid: 0, gid: 0, target: undefined});
	return builder.build(digest);
};

const base = layer('base', ['bin', 'directory'], ['bin/sh', 'file', 100], ['bin/ls', 'file', 50], ['etc', 'directory'], ['etc/apt', 'directory'], ['etc/apt/list', 'file', 30], ['etc/passwd', 'file', 10]);
const second = layer('second', ['etc', 'directory'], ['etc/passwd', 'file', 12], ['etc/apt', 'whiteout'], ['bin', 'directory', 0, 0o700], ['srv/www/index', 'file', 7]);
const third = layer('third', ['bin', 'opaque'], ['bin/new', 'file', 5], ['srv', 'file', 1]);

const drawn = (tree: LayerTree): string[] => {
	tree.setFolds(true);
	return tree.rows(0, 100).map(({depth, name, change, sizeBytes, foldable}) => `${'  '.repeat(depth)}${name}${foldable ? '/' : ''} ${change} ${sizeBytes}`);
};

describe('one layer on those below', () => {
	test.each([
		[0, ['bin/ added 150', '  ls added 50', '  sh added 100', 'etc/ added 40', '  apt/ added 30', '    list added 30', '  passwd added 10']],
		[1, ['bin modified 0', 'etc/ unchanged 12', '  apt/ removed 0', '    list removed 30', '  passwd modified 12', 'srv/ added 7', '  www/ added 7', '    index added 7']],
		[2, ['bin/ unchanged 5', '  ls removed 50', '  new added 5', '  sh removed 100', 'srv/ modified 1', '  www/ removed 0', '    index removed 7']],
	])('layer %i shows what it changed', (at, lines) => {
		expect(drawn(createLayerTree(createLayerStack([base, second, third]), at))).toEqual(lines);
	});

	test('with what it did not change', () => {
		const tree = createLayerTree(createLayerStack([base, second]), 1);
		tree.setOnlyChanges(false);
		expect(drawn(tree)).toEqual([
			'bin/ modified 150',
			'  ls unchanged 50',
			'  sh unchanged 100',
			'etc/ unchanged 12',
			'  apt/ removed 0',
			'    list removed 30',
			'  passwd modified 12',
			'srv/ added 7',
			'  www/ added 7',
			'    index added 7',
		]);
		expect(tree.totals()).toEqual({files: 4, sizeBytes: 169});
	});

	test('the whole, with changes since the base', () => {
		const tree = createLayerTree(createLayerStack([base, second, third]));
		tree.setScope('aggregate');
		expect(drawn(tree).filter(line => !line.includes('removed'))).toEqual(['bin/ modified 5', '  new added 5', 'etc/ unchanged 12', '  passwd modified 12', 'srv added 1']);
		tree.setLayer(0);
		expect(drawn(tree).every(line => line.includes('unchanged'))).toBe(true);
	});
});

describe('waste', () => {
	test('is what a later layer removes or overwrites', () => {
		const waste = createLayerStack([base, second, third]).waste();
		expect(waste.totalBytes).toBe(190 + 19 + 6);
		expect(waste.wastedBytes).toBe(10 + 30 + 150 + 7);
		expect(waste.efficiency).toBeCloseTo((215 - 197) / 215);
		expect(waste.paths.map(({path, bytes}) => [path, bytes])).toEqual([['bin/sh', 100], ['bin/ls', 50], ['etc/apt/list', 30], ['etc/passwd', 10], ['srv/www/index', 7]]);
	});

	test('a file that is written again and again wastes each time, one that comes back does not', () => {
		const log = (size: number): LayerIndex => layer(`log ${size}`, ['log', 'file', size]);
		expect(createLayerStack([log(1), log(2), log(4)]).waste(1)).toMatchObject({wastedBytes: 3, paths: [{path: 'log', bytes: 3, times: 2}]});
		expect(createLayerStack([log(1), layer('gone', ['log', 'whiteout']), log(4)]).waste()).toMatchObject({wastedBytes: 1, totalBytes: 5});
		expect(createLayerStack([]).waste()).toEqual({totalBytes: 0, wastedBytes: 0, efficiency: 1, paths: []});
	});
});

describe('odd layers', () => {
	test.each<[string, LayerIndex[], string[]]>([
		['a whiteout of what never was', [base, layer('x', ['nothing', 'whiteout'])], []],
		['an opaque root', [layer('a', ['f', 'file', 1]), layer('b', ['', 'opaque'], ['g', 'file', 2])], ['f removed 1', 'g added 2']],
		['whiteout and file of one name', [layer('a', ['d', 'directory'], ['d/f', 'file', 1]), layer('b', ['d', 'file', 3], ['d', 'whiteout'])], ['d/ modified 3', '  f removed 1']],
		['the same path twice', [layer('a', ['f', 'file', 1], ['f', 'file', 2])], ['f added 2']],
		['a file in a file', [layer('a', ['f', 'file', 1], ['f/g', 'file', 2])], ['f/ added 3', '  g added 2']],
		['a folder that replaces a link', [layer('a', ['lib', 'symlink']), layer('b', ['lib', 'directory'], ['lib/x', 'file', 1])], ['lib/ modified 1', '  x added 1']],
	])('%s', (_, layers, lines) => {
		expect(drawn(createLayerTree(createLayerStack(layers)))).toEqual(lines);
	});

	test('paths too long for Linux are left out', () => {
		expect(createLayerStack([layer('a', ['x/'.repeat(3000), 'file', 1])]).size).toBe(1);
	});

	test('what is alive is what a plain replay over sets of paths says', () => {
		let seed = 7;
		const random = (most: number): number => {
			seed = (seed * 48271) % 2147483647;
			return seed % most;
		};
		const path = (): string => Array.from({length: 1 + random(3)}, () => 'abc'[random(3)]).join('/');
		for (let round = 0; round < 200; round++) {
			const layers = Array.from({length: 4}, (_, at) =>
				layer(`${at}`, ...new Map(Array.from({length: 5}, () => [path(), (['file', 'directory', 'whiteout', 'opaque'] as const)[random(4)] as LayerEntryKind]))),
			);
			let files = new Set<string>();
			for (const {paths, kinds} of layers) {
				const lines = paths.map((each, at) => [each, kinds[at]] as const);
				const below = (at: string) => (each: string): boolean => each.startsWith(`${at}/`);
				for (const [at, kind] of lines) if (kind === 7) files = new Set([...files].filter(each => each !== at && !below(at)(each)));
				for (const [at, kind] of lines) if (kind === 8) files = new Set([...files].filter(each => !below(at)(each)));
				for (const [at, kind] of lines) if (kind !== 7 && kind !== 8) files.add(at);
			}
			const stack = createLayerStack(layers);
			const view = stack.view(3, 3);
			const alive = Array.from({length: stack.size}, (_, node) => node).filter(node => ['unchanged', 'added', 'modified'].includes(layerChanges[view.changes[node] as number] ?? ''));
			for (const node of alive.filter(each => stack.childrenOf(each).length === 0)) expect(files.has(stack.pathOf(node))).toBe(true);
		}
	});
});

describe('walking', () => {
	const tree = (): LayerTree => createLayerTree(createLayerStack([base]));

	test('folds, parents and windows', () => {
		const each = tree();
		expect(each.rows(0, 10).map(({name, folded}) => [name, folded])).toEqual([['bin', true], ['etc', true]]);
		each.toggle(1);
		expect(each.rows(1, 3).map(({name}) => name)).toEqual(['etc', 'apt', 'passwd']);
		expect([each.parentOf(3), each.parentOf(0), each.pathAt(3), each.pathAt(9)]).toEqual([1, undefined, 'etc/passwd', undefined]);
		each.toggle(3);
		expect([each.size, each.rowOf('etc/apt/list'), each.rowOf('none')]).toEqual([4, 2, 0]);
	});

	test('biggest first', () => {
		const each = tree();
		each.setSort('size');
		each.setFolds(true);
		expect(each.rows(0, 10).map(({name}) => name)).toEqual(['bin', 'sh', 'ls', 'etc', 'apt', 'list', 'passwd']);
	});

	test('a search unfolds its way, forwards, backwards and round', () => {
		const each = tree();
		expect(each.search('s')).toEqual({matches: 4, error: undefined});
		expect(each.nextMatch(-1)).toEqual({row: 1, number: 1});
		expect(each.pathAt(each.nextMatch(1)?.row ?? -1)).toBe('bin/sh');
		expect(each.pathAt(each.nextMatch(0, true)?.row ?? -1)).toBe('etc/passwd');
		expect(each.search('')).toEqual({matches: 0, error: undefined});
		expect(each.nextMatch(0)).toBeUndefined();
	});
});
