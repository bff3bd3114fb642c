import type {LineStore} from './line-store.ts';
import type {ViewLine} from './line.ts';

/** The line and the row of it that stand at the top of the screen. */
export type Anchor = {readonly sequence: number; readonly row: number};

export type Viewport = {
	/** Undefined while the end is followed. */
	readonly anchor: Anchor | undefined;
	/** At the bottom: as many rows as there are, the last one last. */
	endAnchor(): Anchor;
	/** What the top is now, followed or not. */
	top(): Anchor;
	setAnchor(anchor: Anchor | undefined): void;
	/** Puts a row in the middle, or as near to it as the lines around it allow. */
	center(on: Anchor): void;
	/** Answers the rows that could not be scrolled, with the sign of `rows`: there are no more lines in memory. */
	scrollBy(rows: number): number;
	/** The rows on screen, and the lines they belong to. */
	visible(): ReadonlyArray<{readonly text: string; readonly sequence: number}>;
};

type Dependencies = {readonly shown: () => LineStore; readonly height: () => number; readonly rowsOf: (line: ViewLine) => readonly string[]};

/** Which rows are on screen. Only lines that are scrolled over or shown are ever laid out. */
export const createViewport = ({shown, height, rowsOf}: Dependencies): Viewport => {
	let anchor: Anchor | undefined;

	const countAt = (sequence: number): number => {
		const line = shown().at(sequence);
		return line === undefined ? 0 : rowsOf(line).length;
	};

	/** Lines may have been dropped or filtered away under the anchor. */
	const clamped = ({sequence, row}: Anchor): Anchor => {
		const {first, end} = shown();
		if (sequence < first) return {sequence: first, row: 0};
		if (sequence >= end) return {sequence: Math.max(first, end - 1), row: 0};
		return {sequence, row: Math.min(row, Math.max(0, countAt(sequence) - 1))};
	};

	const back = (from: Anchor, rows: number): {readonly anchor: Anchor; readonly left: number} => {
		let {sequence, row} = from;
		let left = rows;
		while (left > row && sequence > shown().first) {
			left -= row + 1;
			sequence--;
			row = countAt(sequence) - 1;
		}
		const step = Math.min(left, row);
		return {anchor: {sequence, row: row - step}, left: left - step};
	};

	const endAnchor = (): Anchor => {
		const {first, end} = shown();
		if (end === first) return {sequence: first, row: 0};
		return back({sequence: end - 1, row: countAt(end - 1) - 1}, Math.max(0, height() - 1)).anchor;
	};

	const isAfter = (a: Anchor, b: Anchor): boolean => a.sequence > b.sequence || (a.sequence === b.sequence && a.row > b.row);

	/** A taller window or a narrower text leaves room below: the end moves to the bottom. */
	const top = (): Anchor => {
		const last = endAnchor();
		const wanted = anchor === undefined ? last : clamped(anchor);
		return isAfter(wanted, last) ? last : wanted;
	};

	return {
		get anchor() {
			return anchor;
		},
		endAnchor,
		top,
		setAnchor(next) {
			anchor = next;
		},
		center(on) {
			anchor = back(clamped(on), Math.floor(height() / 2)).anchor;
		},
		scrollBy(rows) {
			const from = top();
			if (rows < 0) {
				const moved = back(from, -rows);
				anchor = moved.anchor;
				return moved.left === 0 ? 0 : -moved.left;
			}
			const last = endAnchor();
			let {sequence, row} = from;
			let left = rows;
			while (left > 0 && isAfter(last, {sequence, row})) {
				const rest = countAt(sequence) - 1 - row;
				const limit = sequence === last.sequence ? last.row - row : rest;
				const step = Math.min(left, limit);
				left -= step;
				row += step;
				if (left > 0 && sequence < last.sequence) {
					sequence++;
					row = 0;
					left--;
				}
			}
			anchor = {sequence, row};
			return left;
		},
		visible() {
			const start = top();
			const rows: Array<{text: string; sequence: number}> = [];
			for (let sequence = start.sequence; sequence < shown().end && rows.length < height(); sequence++) {
				const line = shown().at(sequence);
				if (line === undefined) break;
				const texts = rowsOf(line);
				for (let row = sequence === start.sequence ? start.row : 0; row < texts.length && rows.length < height(); row++) rows.push({text: texts[row] ?? '', sequence});
			}
			return rows;
		},
	};
};
