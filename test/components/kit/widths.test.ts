import {expect, test} from 'vitest';
import {asAscii} from '../../../components/kit/ascii.ts';
import {type Column, fitColumns, headingText, rowText} from '../../../components/kit/columns.ts';
import {frame} from '../../../components/kit/frame.ts';
import {createTheme} from '../../../components/kit/theme.ts';
import {cellWidth} from '../../../source/model/cells.ts';
import {stripSgr} from '../../../source/model/sanitize.ts';

/** The same numbers every time: a failure can be run again. */
const numbers = (seed: number) => {
	let state = seed;
	return (below: number): number => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
};

const pieces = ['a', 'web-1', ' ', '日本', '語', '🚀', '👩‍👩‍👧', 'é', 'e\u0301', '한', '…', '→', 'ｱ', '０', '\u200B', '🇩🇪'];

const themes = [true, false].flatMap((colour) => [true, false].map((ascii) => createTheme({colour, ascii})));

test('a row is exactly as wide as its columns, whatever is in it', () => {
	const next = numbers(7);
	const text = () => Array.from({length: next(12)}, () => pieces[next(pieces.length)]).join('');
	for (let round = 0; round < 3000; round += 1) {
		const columns: ReadonlyArray<Column<readonly string[]>> = Array.from({length: 1 + next(6)}, (_, index) => ({
			id: String(index),
			title: text(),
			width: index === 0 ? 'flex' : 1 + next(14),
			priority: index === 0 ? 0 : next(4),
			align: next(2) === 0 ? 'left' : 'right',
			cut: next(2) === 0 ? 'start' : 'end',
			cell: (row) => (index % 2 === 0 ? {text: row[index] ?? '', tone: 'good'} : (row[index] ?? '')),
		}));
		const width = 14 + next(80);
		const fitted = fitColumns(columns, width);
		const theme = themes[next(themes.length)] ?? themes[0]!;
		const row = columns.map(text);
		const painted = rowText(row, fitted, {theme, isSelected: next(2) === 0, hasFocus: next(2) === 0, isMarked: next(2) === 0, isStale: next(2) === 0});
		const wanted = fitted.reduce((sum, column) => sum + column.width, fitted.length);
		expect(cellWidth(stripSgr(painted)), JSON.stringify([width, row, painted])).toBe(wanted);
		expect(cellWidth(stripSgr(headingText(fitted, {column: '0', descending: true}, theme)))).toBe(wanted);
		// What may be dropped is dropped before anything is too wide.
		if (fitted.some(({column}) => column.priority > 0)) expect(wanted - 1).toBeLessThanOrEqual(width);
	}
});

test('a frame is exactly its size, whatever is in it', () => {
	const next = numbers(11);
	const text = () => Array.from({length: next(20)}, () => pieces[next(pieces.length)]).join('');
	for (let round = 0; round < 3000; round += 1) {
		const width = 1 + next(60);
		const height = 1 + next(12);
		const theme = themes[next(themes.length)] ?? themes[0]!;
		const lines = frame(Array.from({length: next(15)}, text), {width, height, title: text(), corner: next(2) === 0 ? '' : '12', bottom: next(2) === 0 ? '' : '3/9', hasFocus: next(2) === 0, theme});
		expect(lines).toHaveLength(height);
		for (const line of lines) expect(cellWidth(stripSgr(line)), JSON.stringify([width, height, line])).toBe(width);
	}
});

test('the plain form of a symbol is as wide as the symbol', () => {
	for (const symbol of '●○◐‖·↻▾▸▼★⚿✓✗↑↓←→›»×≥≤—–…‘’“”─━│├┤└┘┌┐┬┴┼╭╮╰╯') {
		expect(asAscii(symbol)).toMatch(/^[ -~]$/);
		expect(cellWidth(symbol), symbol).toBe(1);
	}
	expect(asAscii('日本 web')).toBe('日本 web');
});
