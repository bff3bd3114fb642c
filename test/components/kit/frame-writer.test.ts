import xterm from '@xterm/headless';
import {describe, expect, test} from 'vitest';
import inkLogUpdate from '../../../node_modules/ink/build/log-update.js';
import {type FrameLog, type LogUpdate, frameWriter} from '../../../components/kit/frame-writer.ts';

const original = inkLogUpdate as unknown as LogUpdate;

/** A terminal, what is written to it, and what stands on it. */
const open = (columns: number, rows: number) => {
	const terminal = new xterm.Terminal({cols: columns, rows, scrollback: 0, allowProposedApi: true});
	terminal.write('\u001B[?1049h\u001B[H');
	let bytes = 0;
	const stream = {
		isTTY: false,
		columns,
		rows,
		write: (text: string) => {
			bytes += Buffer.byteLength(text);
			// What a pty's line discipline does.
			terminal.write(text.replaceAll('\n', '\r\n'));
		},
	};
	return {
		stream,
		takeBytes: () => {
			const taken = bytes;
			bytes = 0;
			return taken;
		},
		resize: (nextColumns: number, nextRows: number) => {
			terminal.resize(nextColumns, nextRows);
			stream.columns = nextColumns;
			stream.rows = nextRows;
		},
		/** Every cell with everything that can be seen of it. */
		screen: async (): Promise<readonly string[]> => {
			await new Promise<void>((resolve) => {
				terminal.write('', resolve);
			});
			const {active} = terminal.buffer;
			return Array.from({length: terminal.rows}, (_, row) => {
				const line = active.getLine(row);
				return Array.from({length: terminal.cols}, (__, column) => {
					const cell = line?.getCell(column);
					if (cell === undefined) return '?';
					const text = cell.getChars() || ' ';
					const style = [cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor(), cell.isBold(), cell.isDim(), cell.isItalic(), cell.isUnderline(), cell.isInverse(), cell.isStrikethrough()];
					return `${text}${cell.getWidth()}${style.map(Number).join(',')}`;
				}).join('|');
			});
		},
	};
};

type Opened = ReturnType<typeof open>;

const painted = async (frame: string, {stream: {columns, rows}}: Opened): Promise<readonly string[]> => {
	const fresh = open(columns, rows);
	fresh.stream.write(frame);
	return fresh.screen();
};

const sgr = (codes: string, text: string): string => `\u001B[${codes}m${text}\u001B[0m`;

const frameOf = (...lines: string[]): string => lines.join('\n');

describe('one frame after another', () => {
	test.each<[string, string, string]>([
		['a number in the middle', '│ web  2% │ log line │', '│ web 31% │ log line │'],
		['two numbers far from each other', '│  1% ............ 10M │', '│  2% ............ 11M │'],
		['a style that begins before the change', `│ ${sgr('36', 'abcdef')} │`, `│ ${sgr('36', 'abXdef')} │`],
		['only the style', `│ ${sgr('36', 'abc')} │`, `│ ${sgr('31', 'abc')} │`],
		['a style inside a style', `${sgr('1;36', 'aa')}bb`, '\u001B[1maa\u001B[36mb\u001B[22mb\u001B[39m'],
		['extended colours', sgr('38;5;200', 'abc'), sgr('38;2;1;2;3', 'abc')],
		['the cursor leaves the row', sgr('7', ' row          '), ' row'],
		['the cursor comes to the row', ' row', sgr('7', ' row          ')],
		['a wide character for two narrow ones', 'ab日cd', 'ab12cd'],
		['narrow ones for a wide character', 'ab12cd', 'ab日cd'],
		['wide ones moved by one cell', 'a日本語z', '日本語az'],
		['half of a wide character next to a change', '日本x', '日x本'],
		['a shorter line', 'something long here', 'some'],
		['an empty line', 'something', ''],
		['a line out of nothing', '', sgr('41', '   ')],
		['the last column', '│                      │', '│                      x'],
		['a full line', 'abcdefghijklmnopqrstuvwx', 'Xbcdefghijklmnopqrstuvwx'],
		['emoji', 'a 👩‍👩‍👧 b', 'a 🙂 c'],
		['marks', 'e\u0301 x', 'e\u0301 y'],
	])('%s', async (_title, from, to) => {
		const seen = open(24, 4);
		const log = frameWriter(original).create(seen.stream, {incremental: true});
		const [before, after] = [frameOf('top', from, 'below', 'last'), frameOf('top', to, 'below', 'last')];
		log(before);
		log(after);
		expect(await seen.screen()).toEqual(await painted(after, seen));
		log(before);
		expect(await seen.screen()).toEqual(await painted(before, seen));
	});

	test('the same frame is no bytes', () => {
		const seen = open(24, 2);
		const log = frameWriter(original).create(seen.stream, {incremental: true});
		log(frameOf('a', 'b'));
		seen.takeBytes();
		expect(log(frameOf('a', 'b'))).toBe(false);
		expect(seen.takeBytes()).toBe(0);
	});

	test('a number that changes costs its own characters and a jump, not the line and not the lines between', () => {
		const seen = open(120, 40);
		const log = frameWriter(original).create(seen.stream, {incremental: true});
		const frame = (cpu: string): string => frameOf(...Array.from({length: 40}, (_, row) => `│ container-${row} ${row % 10 === 3 ? cpu : ' 0%'} 20M │${'a log beside it '.repeat(5)}│`));
		log(frame(' 1%'));
		seen.takeBytes();
		log(frame('27%'));
		// Four rows: ESC[14;17H and two characters each.
		expect(seen.takeBytes()).toBeLessThanOrEqual(4 * 10);
	});
});

/** A fixed sequence, so that a failure can be had again. */
const randomness = (start: number) => {
	let seed = start;
	return (below: number): number => {
		seed = (seed * 1103515245 + 12345) % 2147483648;
		return Math.floor(seed / 65536) % below;
	};
};

const pieces = ['a', ' ', '  ', 'hello', '日', '本語', '│', '●', '▾', '✓', '3%', '…', 'ｆ', '\u001B[36m', '\u001B[39m', '\u001B[1m', '\u001B[2m', '\u001B[22m', '\u001B[7m', '\u001B[27m', '\u001B[44m', '\u001B[49m', '\u001B[38;5;99m', '\u001B[0m', '\u001B[4m', '\u001B[24m', 'e\u0301'];

const widthOf = (text: string): number => (text.startsWith('\u001B') ? 0 : text === 'e\u0301' ? 1 : [...text].reduce((sum, one) => sum + (/[日本語ｆ]/.test(one) ? 2 : 1), 0));

const randomLine = (random: (below: number) => number, columns: number): string => {
	let line = '';
	let width = 0;
	for (let count = random(14); count > 0; count -= 1) {
		const piece = pieces[random(pieces.length)] as string;
		if (width + widthOf(piece) > columns) break;
		line += piece;
		width += widthOf(piece);
	}
	return `${line}\u001B[0m`;
};

/** As Ink goes about a terminal that got another size (`resized`, `renderInteractiveFrame`). */
const resize = (seen: Opened, log: FrameLog, columns: number, rows: number, frame: string): void => {
	const {stream} = seen;
	const [isNarrower, isShorter] = [columns < stream.columns, rows < stream.rows];
	seen.resize(columns, rows);
	if (isNarrower) log.clear();
	if (isShorter) {
		stream.write(`\u001B[H\u001B[J${frame}`);
		log.sync(frame);
	} else log(frame);
};

describe('any sequence of frames leaves what painting the last one leaves', () => {
	test.each([1, 2, 3, 4, 5, 6])('sequence %i', async (start) => {
		const random = randomness(start);
		const seen = open(30, 8);
		const log = frameWriter(original).create(seen.stream, {incremental: true});
		let lines = Array.from({length: 8}, () => randomLine(random, 30));
		log(lines.join('\n'));
		for (let step = 0; step < 120; step += 1) {
			const {columns, rows} = seen.stream;
			const what = random(20);
			if (what === 0) {
				const [nextColumns, nextRows] = [20 + random(20), 5 + random(6)];
				lines = Array.from({length: nextRows}, () => randomLine(random, nextColumns));
				resize(seen, log, nextColumns, nextRows, lines.join('\n'));
			} else if (what === 1) {
				log.clear();
				log(lines.join('\n'));
			} else {
				lines = lines.map((line) => (random(3) === 0 ? randomLine(random, columns) : line));
				expect(lines).toHaveLength(rows);
				log(lines.join('\n'));
			}
			expect(await seen.screen(), `step ${step}`).toEqual(await painted(lines.join('\n'), seen));
		}
	});
});

describe('what is left to Ink', () => {
	test('a frame that does not fill the terminal, and one that then does', async () => {
		const seen = open(20, 4);
		const log = frameWriter(original).create(seen.stream, {incremental: true});
		log('one\ntwo\n');
		log('one\n2\n');
		log('a\nb\nc\nd');
		log('a\nB\nc\nd');
		expect(await seen.screen()).toEqual(await painted('a\nB\nc\nd', seen));
	});

	test('a cursor that is shown', async () => {
		const seen = open(20, 3);
		const log = frameWriter(original).create(seen.stream, {incremental: true});
		log('a\nb\nc');
		log('A\nb\nc');
		log.setCursorPosition({x: 1, y: 1});
		log('A\nB\nc');
		log.setCursorPosition(undefined);
		log('A\nB\nC');
		log('A\nBB\nC');
		expect(await seen.screen()).toEqual(await painted('A\nBB\nC', seen));
	});

	test('writing that is not incremental', () => {
		const seen = open(20, 3);
		const calls: string[] = [];
		const log = frameWriter({create: (stream, options) => {
			calls.push(String(options?.incremental));
			return original.create(stream, options);
		}}).create(seen.stream);
		log('a');
		expect(calls).toEqual(['undefined']);
	});
});
