import {expect, test} from 'vitest';
import {createLineBuffer} from '../../../source/services/logs/view/line-buffer.ts';
import {createLine, type ViewLine} from '../../../source/services/logs/view/line.ts';
import {createViewport} from '../../../source/services/logs/view/viewport.ts';

const file = {path: '/x', inode: 1};

const lineOf = (number: number): ViewLine => createLine(0, {at: number, stream: 'stdout', text: `${number}`, bytes: 10, file, offset: number * 10}, number);

/** A small generator with a seed, so that a failure can be seen again. */
const createDice = (seed: number) => {
	let state = seed;
	return (sides: number): number => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		return Math.floor((state / 2_147_483_648) * sides);
	};
};

test.each([1, 2, 3, 4, 5, 6, 7, 8])('scrolling over wrapped lines agrees with a plain list of rows (%s)', seed => {
	const dice = createDice(seed);
	const buffer = createLineBuffer(1e9);
	const heights = new Map<ViewLine, readonly string[]>();
	const rowsOf = (line: ViewLine): readonly string[] => {
		const rows = heights.get(line) ?? Array.from({length: 1 + dice(4) * dice(4)}, (_, row) => `${line.text}.${row}`);
		heights.set(line, rows);
		return rows;
	};
	let height = 1 + dice(12);
	const viewport = createViewport({shown: () => buffer.shown, height: () => height, rowsOf});
	let low = 0;
	let high = 0;
	const append = (count: number): void => buffer.append(Array.from({length: count}, () => lineOf(high++)));
	const flat = (): readonly string[] => Array.from({length: buffer.shown.size}, (_, index) => rowsOf(buffer.shown.at(buffer.shown.first + index)!)).flat();
	append(dice(60));
	// Where the top row is in the plain list; undefined while the end is followed.
	let top: string | undefined;
	for (let step = 0; step < 300; step++) {
		const rows = flat();
		const end = Math.max(0, rows.length - height);
		const at = top === undefined ? end : Math.min(rows.indexOf(top), end);
		switch (dice(5)) {
			case 0: {
				const by = dice(30) - 15;
				const left = viewport.scrollBy(by);
				top = rows[Math.min(Math.max(at + by, 0), end)];
				if (rows.length > 0) expect(left).toBe(at + by < 0 ? at + by : Math.max(0, at + by - end));
				break;
			}
			case 1:
				append(dice(10));
				break;
			case 2: {
				const older = Array.from({length: dice(5)}, () => lineOf(--low)).reverse();
				buffer.prepend(older);
				break;
			}
			case 3:
				viewport.setAnchor(undefined);
				top = undefined;
				break;
			default:
				height = 1 + dice(12);
		}
		const now = flat();
		const last = Math.max(0, now.length - height);
		const first = top === undefined ? last : Math.min(now.indexOf(top), last);
		expect(viewport.visible().map(({text}) => text)).toEqual(now.slice(first, first + height));
	}
});

test('a bound is kept at the end where the reader is not, and a filter sees what remains', () => {
	const buffer = createLineBuffer(10_000);
	buffer.append(Array.from({length: 100}, (_, index) => lineOf(index)));
	buffer.setAccept(line => Number(line.text) % 10 === 0);
	expect(buffer.shown.size).toBe(10);
	const fromTop = buffer.trim('first');
	expect(fromTop[0]?.text).toBe('0');
	expect(buffer.all.bytes).toBeLessThanOrEqual(10_000);
	expect(buffer.shown.at(buffer.shown.first)?.text).toBe(String(Math.ceil(fromTop.length / 10) * 10));
	buffer.prepend(fromTop);
	expect(buffer.trim('last')[0]?.text).toBe('99');
	expect(buffer.shown.at(buffer.shown.first)?.text).toBe('0');
	buffer.setAccept(undefined);
	expect(buffer.shown).toBe(buffer.all);
});

test('late lines of another source are sorted in; those of one file keep its order', () => {
	const order = (merges: boolean): readonly string[] => {
		const buffer = createLineBuffer(1e6, merges);
		buffer.append([lineOf(1), lineOf(5), lineOf(9)]);
		buffer.append([lineOf(3), lineOf(7)]);
		return Array.from({length: buffer.all.size}, (_, index) => buffer.all.at(buffer.all.first + index)?.text ?? '');
	};
	expect(order(true)).toEqual(['1', '3', '5', '7', '9']);
	expect(order(false)).toEqual(['1', '5', '9', '3', '7']);
});
