import {cellWidth, fit, truncate} from '../../source/model/cells.ts';
import type {Theme} from './theme.ts';

export type FrameOptions = {
	readonly width: number;
	readonly height: number;
	/** Already painted. */
	readonly title: string;
	/** At the right end of the top border. */
	readonly corner?: string;
	/** At the right end of the bottom border. */
	readonly bottom?: string;
	readonly hasFocus: boolean;
	readonly theme: Theme;
};

const rule = (left: string, right: string, width: number, start: string, end: string, horizontal: string, ink: (text: string) => string): string => {
	const room = width - 2;
	const tail = end === '' || cellWidth(end) + 2 > room ? '' : ` ${end} `;
	const space = room - cellWidth(tail) - 3;
	const head = start === '' || space < 1 ? '' : ` ${truncate(start, space)} `;
	const fill = Math.max(0, room - cellWidth(head) - cellWidth(tail));
	return `${ink(left)}${head}${ink(horizontal.repeat(fill))}${tail}${ink(right)}`;
};

/**
A bordered box as strings, one per screen line, each exactly `width` cells: rows that are too wide are cut, missing ones are blank. A
frame under 2 × 2 is only its rows.
*/
export const frame = (rows: readonly string[], {width, height, title, corner = '', bottom = '', hasFocus, theme}: FrameOptions): readonly string[] => {
	if (width < 4 || height < 2) return Array.from({length: height}, (_, index) => fit(rows[index] ?? '', width));
	const {border} = theme;
	const ink = (text: string) => theme.paint(hasFocus ? 'accent' : 'muted', text);
	const side = ink(border.vertical);
	return [
		rule(border.topLeft, border.topRight, width, title, corner, border.horizontal, ink),
		...Array.from({length: height - 2}, (_, index) => `${side}${fit(rows[index] ?? '', width - 2)}${side}`),
		rule(border.bottomLeft, border.bottomRight, width, '', bottom, border.horizontal, ink),
	];
};
