import {fit, padEnd, padStart, truncate, truncateStart} from '../../source/model/cells.ts';
import type {Theme, Tone} from './theme.ts';

/** What one cell shows. */
export type Cell = {readonly text: string; readonly tone?: Tone};

export type Column<Row> = {
	readonly id: string;
	readonly title: string;
	/** Cells; `flex` takes what is left. */
	readonly width: number | 'flex';
	/** What a `flex` column needs before others are dropped for it. */
	readonly least?: number;
	/** Dropped when the list is narrow: the highest number first, 0 never. */
	readonly priority: number;
	readonly align?: 'left' | 'right';
	/** Which end of a text that is too long goes. */
	readonly cut?: 'start' | 'end';
	readonly cell: (row: Row) => Cell | string;
};

const gap = 1;
const usualLeast = 14;

/** The columns that fit in `width` cells, with their widths. */
export const fitColumns = <Row>(columns: ReadonlyArray<Column<Row>>, width: number): ReadonlyArray<{readonly column: Column<Row>; readonly width: number}> => {
	let kept = [...columns];
	const needed = () => kept.reduce((sum, column) => sum + (column.width === 'flex' ? (column.least ?? usualLeast) : column.width) + gap, -gap);
	while (needed() > width && kept.some((column) => column.priority > 0)) {
		const last = kept.reduce((worst, column) => (column.priority > worst.priority ? column : worst));
		kept = kept.filter((column) => column !== last);
	}
	const flexes = kept.filter((column) => column.width === 'flex').length;
	const fixed = kept.reduce((sum, column) => sum + (column.width === 'flex' ? 0 : column.width) + gap, -gap);
	const share = flexes === 0 ? 0 : Math.max(1, Math.floor((width - fixed) / flexes));
	let spare = flexes === 0 ? 0 : Math.max(0, width - fixed - share * flexes);
	return kept.map((column) => {
		if (column.width !== 'flex') return {column, width: column.width};
		const extra = spare > 0 ? 1 : 0;
		spare -= extra;
		return {column, width: share + extra};
	});
};

const place = <Row>(text: string, width: number, {align = 'left', cut = 'end'}: Column<Row>): string => {
	if (align === 'right') return padStart(cut === 'start' ? truncateStart(text, width) : truncate(text, width), width);
	return cut === 'start' ? padEnd(truncateStart(text, width), width) : fit(text, width);
};

export type RowStyle = {readonly theme: Theme; readonly isSelected: boolean; readonly hasFocus: boolean; readonly isMarked: boolean; readonly isStale: boolean};

/** One row as one finished string of exactly the columns' width. The cursor's row is one colour: tones inside it would be unreadable. */
export const rowText = <Row>(row: Row, columns: ReadonlyArray<{readonly column: Column<Row>; readonly width: number}>, style: RowStyle): string => {
	const {theme, isSelected, isStale} = style;
	const isPlain = isSelected || isStale;
	const text = columns
		.map(({column, width}) => {
			const value = column.cell(row);
			const cell: Cell = typeof value === 'string' ? {text: value} : value;
			const placed = place(cell.text, width, column);
			return isPlain || cell.tone === undefined ? placed : theme.paint(cell.tone, placed);
		})
		.join(' '.repeat(gap));
	const marked = `${style.isMarked ? (theme.ascii ? '*' : '✓') : ' '}${text}`;
	if (isSelected) return theme.cursor(marked, style.hasFocus);
	return isStale ? theme.paint('muted', marked) : style.isMarked ? theme.paint('strong', marked) : marked;
};

export const headingText = <Row>(columns: ReadonlyArray<{readonly column: Column<Row>; readonly width: number}>, sort: {readonly column: string; readonly descending: boolean}, theme: Theme): string => {
	const arrow = sort.descending ? (theme.ascii ? 'v' : '↓') : theme.ascii ? '^' : '↑';
	return theme.paint('muted', ` ${columns.map(({column, width}) => place(column.id === sort.column ? `${column.title}${arrow}` : column.title, width, column)).join(' '.repeat(gap))}`);
};

export const widthOf = (columns: ReadonlyArray<{readonly width: number}>): number => columns.reduce((sum, {width}) => sum + width + gap, -gap);

