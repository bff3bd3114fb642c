import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';
import {cellWidth, fit, fitStart, padEnd, padStart, truncate, truncateMiddle, truncateStart} from '../../source/model/cells.ts';

const red = '\u001B[31m';
const bold = '\u001B[1m';
const family = '👨‍👩‍👧';

describe('cellWidth', () => {
	test.each([
		['', 0],
		['web-1', 5],
		[`${red}web\u001B[39m`, 3],
		['日本語', 6],
		['a日b', 4],
		['e\u0301', 1],
		['naïve', 5],
		[family, 2],
		['🇩🇪', 2],
		['☁️', 2],
		['🙂‍↔️', 2],
		['1️⃣', 2],
		['│├└●…', 5],
		['각', 2],
		['a\u0000b\u0007', 2],
		[`${bold}日${red}本`, 4],
		['\u001B', 0],
		['ไทย', 3],
	])('%j is %i cells', (text, cells) => {
		expect(cellWidth(text)).toBe(cells);
	});

	test('agrees with string-width on every character of the basic plane, alone and between letters', () => {
		const wrong: string[] = [];
		for (let code = 0x20; code <= 0xff_ff; code++) {
			const character = String.fromCharCode(code);
			// Controls are sanitized away before, and half a surrogate pair is no character.
			if ((code >= 0x7f && code < 0xa0) || (code >= 0xd8_00 && code < 0xe0_00)) continue;
			if (cellWidth(character) !== stringWidth(character)) wrong.push(code.toString(16));
			if (cellWidth(`${character}b`) !== stringWidth(`${character}b`)) wrong.push(`${code.toString(16)}+b`);
		}
		expect(wrong).toEqual([]);
	});
});

describe('truncate', () => {
	test.each([
		['web-1', 5, 'web-1'],
		['web-12', 5, 'web-…'],
		['web', 0, ''],
		['web', 1, '…'],
		['web', -3, ''],
		['日本語', 5, '日本…'],
		['日本語', 4, '日…'],
		['日本語', 6, '日本語'],
		[`${family}${family}`, 3, `${family}…`],
		[`${family}${family}`, 2, '…'],
		['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
		[`${red}abcdef\u001B[39m`, 4, `${red}abc…\u001B[39m`],
		[`${bold}${red}abc\u001B[22mdef`, 5, `${bold}${red}abc\u001B[22md…\u001B[39m`],
		[`${red}abc\u001B[0m`, 3, `${red}abc\u001B[0m`],
		['\u001B[38;5;196;4mabcdef', 3, '\u001B[38;5;196;4mab…\u001B[39;24m'],
	])('%j to %i', (text, cells, expected) => {
		expect(truncate(text, cells)).toBe(expected);
	});

	test('takes another mark, and drops it where it does not fit', () => {
		expect(truncate('abcdef', 5, '...')).toBe('ab...');
		expect(truncate('abcdef', 2, '...')).toBe('ab');
	});

	test('does not read a huge line to its end', () => {
		const line = 'é'.repeat(20_000_000);
		const start = process.cpuUsage();
		expect(cellWidth(truncate(line, 80))).toBe(80);
		expect(process.cpuUsage(start).user / 1000).toBeLessThan(1500);
	});
});

test.each([
	['/var/lib/containerd', 11, '…containerd', '/var/…inerd'],
	['日本語日本語', 6, '…本語', '日…語'],
	['short', 9, 'short', 'short'],
	[`${red}abc${bold}def`, 4, `…\u001B[31;1mdef`, `${red}ab\u001B[39m…\u001B[31;1mf`],
])('truncateStart and truncateMiddle of %j to %i', (text, cells, start, middle) => {
	expect(truncateStart(text, cells)).toBe(start);
	expect(truncateMiddle(text, cells)).toBe(middle);
});

test.each([
	['web', 5, 'web  ', '  web'],
	['web-12', 5, 'web-…', 'web-…'],
	['日本語', 4, '日… ', ' 日…'],
	[`${red}x\u001B[39m`, 3, `${red}x\u001B[39m  `, `  ${red}x\u001B[39m`],
	['', 2, '  ', '  '],
])('fit %j to %i', (text, cells, left, right) => {
	expect(fit(text, cells)).toBe(left);
	expect(fitStart(text, cells)).toBe(right);
	expect(cellWidth(left)).toBe(cells);
});

test('fit is exact for any mixture at any width', () => {
	const text = `a日${red}é${family}\u001B[0mไทย🇩🇪e\u0301─z각`;
	for (let cells = 0; cells <= 30; cells++) {
		expect(stringWidth(fit(text, cells))).toBe(cells);
		expect(stringWidth(fit(truncateMiddle(text, cells), cells))).toBe(cells);
		expect(stringWidth(truncateStart(text, cells))).toBeLessThanOrEqual(cells);
	}
});

test('padEnd and padStart leave what is wider alone', () => {
	expect(padEnd('日本', 3)).toBe('日本');
	expect(padEnd('日', 3)).toBe('日 ');
	expect(padStart('日', 3)).toBe(' 日');
});
