import {fit} from './cells.ts';
import type {Filter} from './filter.ts';
import {highlight} from './highlight.ts';
import type {JsonRow} from './json-tree.ts';

export type JsonRowStyle = {
	/** Exactly so many cells. */
	readonly width: number;
	readonly ascii?: boolean;
	/** Off: no SGR but the light on matches. Every kind of value is told apart without it. */
	readonly colour?: boolean;
	readonly filter?: Filter | undefined;
};

/** Deeper than this the indent stops growing, or a deep document would leave no room for itself. */
const deepestIndent = 20;

/** SGR foreground by kind, from the sixteen that every terminal has. */
const colours = {key: 36, string: 32, number: 33, literal: 35, folded: 90} as const;

const paint = (text: string, colour: number | undefined): string => (colour === undefined || text === '' ? text : `\u001B[${colour}m${text}\u001B[39m`);

const light = (text: string, filter: Filter | undefined): string => (filter === undefined ? text : highlight(text, filter.ranges(text)));

/** One row of an Inspect tab as a string that fills its width. */
export const jsonRowText = (row: JsonRow, {width, ascii = false, colour = true, filter}: JsonRowStyle): string => {
	const indent = '  '.repeat(Math.min(row.depth, deepestIndent));
	const [open, closed] = ascii ? ['- ', '+ '] : ['▾ ', '▸ '];
	const mark = row.foldable ? (row.folded ? closed : open) : '  ';
	const value = ascii ? row.value.replaceAll('…', '...') : row.value;
	const tone = row.foldable ? colours.folded : row.kind === 'string' || row.kind === 'number' || row.kind === 'literal' ? colours[row.kind] : undefined;
	const key = row.key === undefined ? '' : `${paint(light(row.key, filter), colour ? colours.key : undefined)}: `;
	return fit(`${indent}${mark}${key}${paint(light(value, filter), colour ? tone : undefined)}`, width, ascii ? '~' : '…');
};
