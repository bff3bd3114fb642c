import {type LineCells, lineCells} from './line-cells.ts';

const esc = '\u001B[';
const plain = `${esc}m`;
const eraseToEnd = `${esc}K`;

/** Erasing is worth its sequence from so many blanks on. */
const leastErased = 4;

/** Columns `from` up to `to`, without it. */
type Run = {readonly from: number; readonly to: number};

const textAt = ({texts}: LineCells, column: number): string => texts[column] ?? ' ';
const styleAt = ({styles}: LineCells, column: number): string => styles[column] ?? '';

const isSame = (before: LineCells, after: LineCells, column: number): boolean =>
	textAt(before, column) === textAt(after, column) && styleAt(before, column) === styleAt(after, column);

/** Half of a wide character can't be written, and writing over one half takes away the other. */
const isCut = (before: LineCells, after: LineCells, column: number): boolean => textAt(before, column) === '' || textAt(after, column) === '';

const changedRuns = (before: LineCells, after: LineCells): readonly Run[] => {
	const length = Math.max(before.texts.length, after.texts.length);
	const runs: Run[] = [];
	for (let column = 0; column < length; column += 1) {
		if (isSame(before, after, column)) continue;
		let from = column;
		while (from > 0 && isCut(before, after, from)) from -= 1;
		let to = column + 1;
		while (to < length && (!isSame(before, after, to) || isCut(before, after, to))) to += 1;
		runs.push({from, to});
		column = to - 1;
	}
	return runs;
};

const restyled = (from: string, to: string): string => (from === to ? '' : to === '' ? plain : from === '' ? to : `${esc}0;${to.slice(esc.length)}`);

/** The cells of a run from a terminal without style, and back to that. */
const written = (cells: LineCells, {from, to}: Run): string => {
	let text = '';
	let style = '';
	for (let column = from; column < to; column += 1) {
		const next = styleAt(cells, column);
		text += restyled(style, next) + textAt(cells, column);
		style = next;
	}
	return text + restyled(style, '');
};

/** Where nothing follows on the line, blanks at the end are erased instead of written. */
const writtenToEnd = (cells: LineCells, {from, to}: Run): string => {
	let end = to;
	while (end > from && textAt(cells, end - 1) === ' ' && styleAt(cells, end - 1) === '') end -= 1;
	return to - end < leastErased ? written(cells, {from, to}) : written(cells, {from, to: end}) + eraseToEnd;
};

/** Short ways between two runs are written, which takes fewer bytes than a jump. */
const joined = (runs: readonly Run[], after: LineCells): readonly Run[] => {
	const kept: Run[] = [];
	for (const run of runs) {
		const last = kept.at(-1);
		const way = last === undefined ? undefined : {from: last.from, to: run.to};
		const jump = `${esc}${run.from + 1}G`.length;
		if (last !== undefined && way !== undefined && written(after, way).length <= written(after, last).length + jump + written(after, run).length) kept[kept.length - 1] = way;
		else kept.push(run);
	}
	return kept;
};

const rowUpdate = (before: LineCells, after: LineCells, row: number): string => {
	const length = Math.max(before.texts.length, after.texts.length);
	const runs = joined(changedRuns(before, after), after);
	return runs
		.map((run, index) => `${esc}${index === 0 ? `${row + 1};${run.from + 1}H` : `${run.from + 1}G`}${run.to === length ? writtenToEnd(after, run) : written(after, run)}`)
		.join('');
};

/** A frame as it stands on the screen. What its lines are by columns is found out when it is first asked for. */
export type ShownFrame = {readonly lines: readonly string[]; cellsOf(row: number): LineCells | undefined};

export const shownFrame = (lines: readonly string[]): ShownFrame => {
	const known = new Map<number, LineCells | undefined>();
	return {
		lines,
		cellsOf: (row) => {
			if (!known.has(row)) known.set(row, lineCells(lines[row] ?? ''));
			return known.get(row);
		},
	};
};

/**
What turns one frame into the next on a terminal that it fills: only the columns that changed, each reached by one jump. The terminal is
without style before and after; where its cursor ends is left open.

Both frames have the same number of lines, none of them wider than the terminal. A line whose columns can't be known is written whole.
*/
export const frameUpdate = (before: ShownFrame, after: ShownFrame): string => {
	let update = '';
	for (const [row, line] of after.lines.entries()) {
		if (line === before.lines[row]) continue;
		const [from, to] = [before.cellsOf(row), after.cellsOf(row)];
		update += from === undefined || to === undefined ? `${esc}${row + 1}H${eraseToEnd}${line}` : rowUpdate(from, to, row);
	}
	return update;
};
