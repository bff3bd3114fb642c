import {cellWidth, truncateStart} from '../../source/model/cells.ts';

/** A line without its first `cells` cells: what horizontal scrolling shows. Styles that were open stay open. */
export const dropCells = (line: string, cells: number): string => {
	const width = cellWidth(line);
	return cells >= width ? '' : truncateStart(line, width - cells, '');
};
