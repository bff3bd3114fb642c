import {describe, expect, test} from 'vitest';
import InkOutput from '../../../node_modules/ink/build/output.js';
import {type OutputClass, rowOutput} from '../../../components/kit/row-output.ts';

const Original = InkOutput as unknown as OutputClass;
const Quick = rowOutput(Original);

type Write = {readonly x: number; readonly y: number; readonly text: string; readonly clip?: {readonly x1: number; readonly x2: number; readonly y1: number; readonly y2: number}};

const size = {width: 24, height: 6};

const draw = (Output: OutputClass, writes: readonly Write[]): readonly string[] => {
	const output = new Output(size);
	for (const {x, y, text, clip} of writes) {
		if (clip !== undefined) output.clip(clip);
		output.write(x, y, text, {transformers: [(line) => line]});
		if (clip !== undefined) output.unclip();
	}
	return output.get().output.split('\n');
};

/** Two strings of styles can say the same: as cells they must be equal. */
const asCells = (line: string): string => {
	const one = new Original({width: size.width, height: 1});
	one.write(0, 0, line, {transformers: []});
	return one.get().output;
};

const same = (writes: readonly Write[]): void => {
	expect(draw(Quick, writes).map(asCells)).toEqual(draw(Original, writes).map(asCells));
};

const bold = '\u001B[1mbold\u001B[22m';
const reversed = '\u001B[7m row \u001B[27m';

describe('a frame joined line by line is the frame that Ink puts together cell by cell', () => {
	test.each<[string, readonly Write[]]>([
		['nothing', []],
		['one text', [{x: 0, y: 0, text: 'hello'}]],
		['texts side by side', [{x: 0, y: 1, text: 'left'}, {x: 10, y: 1, text: bold}, {x: 14, y: 1, text: '│'}]],
		['written from right to left', [{x: 12, y: 2, text: 'second'}, {x: 0, y: 2, text: 'first'}]],
		['a dialog over a line', [{x: 0, y: 0, text: '────────────────────────'}, {x: 6, y: 0, text: reversed}]],
		['wide characters', [{x: 0, y: 0, text: '日本語'}, {x: 6, y: 0, text: 'x'}]],
		['a dialog over half a wide character', [{x: 0, y: 0, text: '日本語日本語'}, {x: 3, y: 0, text: 'box'}]],
		['emoji and marks', [{x: 0, y: 0, text: '👩‍👩‍👧 e\u0301'}, {x: 10, y: 0, text: 'z'}]],
		['reversed blanks at the end', [{x: 0, y: 0, text: '\u001B[7m    \u001B[27m'}]],
		['a style that is never closed', [{x: 0, y: 0, text: '\u001B[31mred'}, {x: 5, y: 0, text: 'plain'}]],
		['several lines in one text', [{x: 2, y: 1, text: 'one\ntwo\nthree'}]],
		['over the right edge', [{x: 20, y: 0, text: 'too wide for it'}]],
		['left of the left edge', [{x: -3, y: 0, text: 'abcdef'}]],
		['below the last line', [{x: 0, y: 9, text: 'nobody sees this'}]],
		['cut by a clip', [{x: 2, y: 1, text: 'abcdefghijkl', clip: {x1: 4, x2: 8, y1: 0, y2: 3}}]],
		['outside of a clip', [{x: 2, y: 4, text: 'abc', clip: {x1: 0, x2: 8, y1: 0, y2: 3}}]],
		['exactly in a clip', [{x: 4, y: 1, text: 'abcd', clip: {x1: 4, x2: 8, y1: 1, y2: 2}}]],
	])('%s', (_title, writes) => same(writes));

	test('any frame', () => {
		// A fixed sequence, so that a failure can be had again.
		let seed = 7;
		const random = (below: number): number => {
			seed = (seed * 1103515245 + 12345) % 2147483648;
			return seed % below;
		};
		const texts = ['a', 'hello world', bold, reversed, '日本', '│ x │', '\u001B[36m╭──╮\u001B[39m', '', '   ', '\u001B[2mdim \u001B[1mboth\u001B[22m'];
		for (let frame = 0; frame < 300; frame += 1) {
			const writes = Array.from({length: random(8)}, (): Write => ({x: random(26) - 1, y: random(7), text: texts[random(texts.length)] as string}));
			same(writes);
		}
	});
});
