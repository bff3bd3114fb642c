import {describe, expect, test} from 'vitest';
import {createLineSplitter} from '../../../source/clients/json-log/line-splitter.ts';

const split = (chunks: readonly Uint8Array[]): readonly string[] => {
	const splitter = createLineSplitter();
	const lines = chunks.flatMap(chunk => splitter.push(chunk));
	const rest = splitter.end();
	return rest === undefined ? lines : [...lines, rest];
};

describe('lines out of chunks', () => {
	test.each([
		['whole lines', ['a\nb\n'], ['a\n', 'b\n']],
		['a line in three pieces', ['o', 'n', 'e\n'], ['one\n']],
		['an end without a line feed', ['a\nb'], ['a\n', 'b']],
		['empty lines', ['\n\n'], ['\n', '\n']],
		['a carriage return stays', ['a\r\nb\r', '\n'], ['a\r\n', 'b\r\n']],
		['nothing', [], []],
	])('%s', (_, chunks, lines) => {
		expect(split(chunks.map(chunk => Buffer.from(chunk)))).toEqual(lines);
	});

	test('characters of several bytes survive a cut at any place', () => {
		const text = 'größe 日本語 👩‍🚀\nzwei\n';
		const bytes = Buffer.from(text);
		for (let at = 0; at <= bytes.length; at++) {
			expect(split([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(['größe 日本語 👩‍🚀\n', 'zwei\n']);
		}
	});

	test('bytes that are no text become replacement characters, and the lines around them stay whole', () => {
		expect(split([Buffer.from([0x61, 0xff, 0x0a]), Buffer.from('b\n'), Buffer.from([0xe6, 0x97])])).toEqual(['a\uFFFD\n', 'b\n', '\uFFFD']);
	});

	test('a line without an end is given out in pieces, and no byte of it is kept twice', () => {
		const splitter = createLineSplitter();
		const pieces = Array.from({length: 100}, () => splitter.push(Buffer.alloc(10_000, 'x'))).flat();
		expect(pieces.length).toBeGreaterThan(10);
		expect([...pieces, splitter.end() ?? ''].join('')).toBe('x'.repeat(1_000_000));
	});

	test('what there is of a line can be taken before its end comes', () => {
		const splitter = createLineSplitter();
		expect(splitter.push(Buffer.from('login: '))).toEqual([]);
		expect(splitter.hasFragment()).toBe(true);
		expect(splitter.takeFragment()).toBe('login: ');
		expect(splitter.push(Buffer.from('root\n'))).toEqual(['root\n']);
	});
});
