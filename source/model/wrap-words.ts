import {cellWidth} from './cells.ts';
import {wrapCells} from './log-cells.ts';

/** A sentence or a command line in rows of at most `cells` cells, broken between words; a word that is too long is broken anywhere. */
export const wrapWords = (text: string, cells: number): readonly string[] => {
	const rows: string[] = [];
	for (const word of text.split(' ')) {
		const last = rows.pop();
		if (last !== undefined && cellWidth(last) + 1 + cellWidth(word) <= cells) rows.push(`${last} ${word}`);
		else rows.push(...(last === undefined ? [] : [last]), ...wrapCells(word, cells));
	}
	return rows;
};
