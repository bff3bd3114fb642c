import {headOf, truncate} from './cells.ts';
import {closeSgr, openSgr, reopenSgr} from './sgr.ts';

const ascii = /^[\u0020-\u007e]*$/;

/** How much of a text is looked at to fill `cells`: measuring all of a 64 KiB line for each of its rows would be quadratic. */
const windowFor = (cells: number): number => cells * 4 + 256;

const headEnd = (text: string, cells: number): number => {
	const part = text.length > windowFor(cells) ? text.slice(0, windowFor(cells)) : text;
	const {end} = headOf(part, cells);
	const found = end === part.length && part.length < text.length ? headOf(text, cells).end : end;
	// A wide character in a one-cell column has no place; it is shown anyway rather than never coming to an end.
	return found === 0 ? Math.min(text.length, 2) : found;
};

/** A line broken into rows of at most `cells` cells. Colours go on in the next row, each row closes its own. */
export const wrapCells = (text: string, cells: number): readonly string[] => {
	if (cells <= 0) return [''];
	if (ascii.test(text)) {
		if (text.length <= cells) return [text];
		return Array.from({length: Math.ceil(text.length / cells)}, (_, row) => text.slice(row * cells, (row + 1) * cells));
	}
	const rows: string[] = [];
	let rest = text;
	let before = openSgr('');
	while (rest !== '') {
		const end = headEnd(rest, cells);
		const row = reopenSgr(before) + rest.slice(0, end);
		rest = rest.slice(end);
		before = openSgr(row);
		rows.push(row + closeSgr(before));
	}
	return rows.length === 0 ? [''] : rows;
};

/** The part of a line that a window of `cells` cells shows, `offset` cells from its start; what is cut off on the right is marked. */
export const clipCells = (text: string, offset: number, cells: number): string => {
	if (cells <= 0) return '';
	if (ascii.test(text)) {
		const rest = offset > 0 ? text.slice(offset) : text;
		return rest.length <= cells ? rest : `${rest.slice(0, cells - 1)}…`;
	}
	let rest = text;
	if (offset > 0) {
		const {end, width} = headOf(text, offset);
		const open = openSgr(text.slice(0, end));
		// A wide character on the left edge gives way to a blank.
		const behind = end < text.length && width < offset ? headOf(text.slice(end), 2).end : 0;
		rest = `${reopenSgr(open)}${behind > 0 ? ' ' : ''}${text.slice(end + behind)}`;
	}
	return truncate(rest.length > windowFor(cells) * 4 ? rest.slice(0, windowFor(cells) * 4) : rest, cells);
};
