import {describe, expect, test} from 'vitest';
import {cellWidth} from '../../source/model/cells.ts';
import {jsonRowText} from '../../source/model/json-row.ts';
import {createJsonTree, type JsonTree} from '../../source/model/json-tree.ts';

const document = {
	ociVersion: '1.1.0',
	process: {terminal: false, args: ['sh', '-c', 'sleep 1'], env: ['PATH=/usr/bin', 'TERM=xterm'], rlimits: null},
	mounts: [{destination: '/proc', type: 'proc', options: []}],
	hooks: {},
};

const shown = (tree: JsonTree, width = 60): string =>
	tree
		.rows(0, 100)
		.map(row => jsonRowText(row, {width, colour: false}).trimEnd())
		.join('\n');

test('starts with its top level, folded things previewed', () => {
	expect(shown(createJsonTree(document), 72)).toBe(
		[
			'  ociVersion: "1.1.0"',
			'▸ process: {terminal: false, args: […], env: […], rlimits: null}',
			'▸ mounts: [{…}]',
			'  hooks: {}',
		].join('\n'),
	);
});

test('unfolds a row, and folding keeps what was open inside', () => {
	const tree = createJsonTree(document);
	tree.toggle(1);
	tree.toggle(3);
	const open = [
		'  ociVersion: "1.1.0"',
		'▾ process: {4}',
		'    terminal: false',
		'  ▾ args: [3]',
		'      0: "sh"',
		'      1: "-c"',
		'      2: "sleep 1"',
		'  ▸ env: ["PATH=/usr/bin", "TERM=xterm"]',
		'    rlimits: null',
		'▸ mounts: [{…}]',
		'  hooks: {}',
	].join('\n');
	expect(shown(tree)).toBe(open);
	expect(tree.size).toBe(11);
	tree.toggle(1);
	expect(tree.size).toBe(4);
	tree.toggle(1);
	expect(shown(tree)).toBe(open);
});

test('folds and unfolds by depth', () => {
	const tree = createJsonTree(document);
	tree.unfoldTo(Number.POSITIVE_INFINITY);
	expect(tree.size).toBe(17);
	tree.unfoldTo(2);
	expect(tree.size).toBe(9);
	tree.unfoldTo(0);
	expect(tree.size).toBe(4);
});

test('a window is the same rows as the whole', () => {
	const tree = createJsonTree(document, Number.POSITIVE_INFINITY);
	const all = tree.rows(0, 100);
	expect(all).toHaveLength(tree.size);
	for (let from = 0; from < all.length; from++) expect(tree.rows(from, 3)).toEqual(all.slice(from, from + 3));
	expect(tree.rows(99, 3)).toEqual([]);
	expect(tree.rows(-1, 3)).toEqual([]);
});

test.each([
	[0, '.ociVersion', '1.1.0', undefined],
	[1, '.process', document.process, undefined],
	[4, '.process.args[0]', 'sh', 3],
	[12, '.mounts[0]', document.mounts[0], 11],
])('row %i is %s', (row, path, value, parent) => {
	const tree = createJsonTree(document, Number.POSITIVE_INFINITY);
	expect(tree.at(row)).toEqual({path, value});
	expect(tree.parentOf(row)).toBe(parent);
});

describe('search', () => {
	test('finds in folded parts, unfolds on the way, goes round both ways', () => {
		const tree = createJsonTree(document);
		expect(tree.search('p')).toEqual({matches: 6, capped: false, error: undefined});
		const found = [];
		for (let row = 0, step = 0; step < 7; step++) {
			const match = tree.nextMatch(row);
			row = match?.row ?? -1;
			found.push(`${match?.number} ${tree.at(row)?.path}`);
		}
		expect(found).toEqual(['1 .process', '2 .process.args[2]', '3 .process.env[0]', '4 .mounts[0].destination', '5 .mounts[0].type', '6 .mounts[0].options', '1 .process']);
		expect(tree.nextMatch(1, true)).toEqual({row: tree.size - 2, number: 6});
	});

	test('speaks the filter language, and says what is wrong with an expression', () => {
		const tree = createJsonTree(document);
		expect(tree.search('/^1: "?-c/').matches).toBe(1);
		expect(tree.search('PATH=/usr').matches).toBe(1);
		expect(tree.search('/[/').error).toMatch(/^Invalid regular expression/);
		expect(tree.search('nowhere').matches).toBe(0);
		expect(tree.nextMatch(0)).toBeUndefined();
		tree.search('');
		expect(tree.filter).toBeUndefined();
	});

	test('lights matches up in key and value', () => {
		const tree = createJsonTree({sh: 'bash'});
		tree.search('sh');
		expect(jsonRowText(tree.rows(0, 1)[0] as never, {width: 14, colour: false, filter: tree.filter})).toBe('  \u001B[7msh\u001B[27m: "ba\u001B[7msh\u001B[27m"  ');
	});
});

test.each([
	['text', '  "text"', 1],
	[42, '  42', 1],
	[null, '  null', 1],
	[{}, '  {}', 1],
	[[], '  []', 1],
	[new Uint8Array(3), '  <3 bytes>', 1],
])('a document that is only %j', (value, text, size) => {
	const tree = createJsonTree(value);
	expect([shown(tree), tree.size]).toEqual([text, size]);
	tree.toggle(0);
	expect(tree.size).toBe(size);
});

test('what a container wrote can not drive the terminal', () => {
	const tree = createJsonTree({'a\u001B[2J\u202Eb': 'x\u0007\u009B31m\u200By\u{E0041}', plain: '日本'});
	expect(shown(tree, 200)).toBe('  a\\u001b[2J\\u202eb: "x\\u0007\\u009b31m\\u200by\\udb40\\udc41"\n  plain: "日本"');
});

test('a huge string is cut, and the cut is said', () => {
	const row = createJsonTree({env: 'x'.repeat(1_000_000)}).rows(0, 1)[0];
	expect(row?.value.length).toBeLessThan(2100);
	expect(row?.value).toMatch(/x…" \(1000000 characters\)$/);
});

test('a document of a megabyte costs what is looked at', () => {
	const big = {env: Array.from({length: 60_000}, (_, index) => `VARIABLE_${index}=1`), deep: JSON.parse('['.repeat(20_000) + ']'.repeat(20_000))};
	const before = process.cpuUsage();
	const tree = createJsonTree(big);
	tree.rows(0, 40);
	const opening = process.cpuUsage(before).user / 1000;
	expect(opening).toBeLessThan(150);
	tree.toggle(0);
	expect(tree.size).toBe(60_002);
	expect(tree.rows(59_990, 12)).toHaveLength(12);
	tree.unfoldTo(Number.POSITIVE_INFINITY);
	expect(tree.size).toBe(60_002 + 19_999);
	expect(tree.search('VARIABLE_59999=').matches).toBe(1);
	expect(tree.nextMatch(0)?.row).toBe(60_000);
});

test('rows fill their width exactly, in colour and in ASCII', () => {
	const tree = createJsonTree({name: '日本語', list: [1, {a: 1}]}, 3);
	for (const row of tree.rows(0, 10)) for (const width of [0, 1, 9, 40]) expect(cellWidth(jsonRowText(row, {width}))).toBe(width);
	tree.unfoldTo(1);
	expect(jsonRowText(tree.rows(1, 1)[0] as never, {width: 20, ascii: true, colour: false})).toBe('+ list: [1, {...}]  ');
	expect(jsonRowText(tree.rows(0, 1)[0] as never, {width: 20})).toBe('  \u001B[36mname\u001B[39m: \u001B[32m"日本語"\u001B[39m    ');
});
