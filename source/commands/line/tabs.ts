import {cellWidth} from '../../model/cells.ts';

export type TabOptions = {
	/** The narrowest a column may be, padding included. */
	readonly minimum: number;
	readonly padding: number;
};

/** nerdctl's lists; docker's tables made from a template, and `top`; `stats`. */
export const listTabs: TabOptions = {minimum: 4, padding: 4};
export const tableTabs: TabOptions = {minimum: 20, padding: 3};
export const statsTabs: TabOptions = {minimum: 10, padding: 3};

/**
Columns as Go's tabwriter sets them: every cell but a row's last is padded to its column's widest. Widths are terminal cells, where Go
counts characters: the two differ only for wide and combining ones, which Go misaligns.
*/
export const tabulate = (rows: ReadonlyArray<readonly string[]>, {minimum, padding}: TabOptions): string => {
	const widths: number[] = [];
	for (const row of rows)
		for (const [column, cell] of row.entries())
			if (column < row.length - 1) widths[column] = Math.max(widths[column] ?? minimum, cellWidth(cell) + padding);
	return rows
		.map(
			row =>
				`${row.map((cell, column) => (column < row.length - 1 ? cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - cellWidth(cell))) : cell)).join('')}\n`,
		)
		.join('');
};
