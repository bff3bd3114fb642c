import {fit} from '../../source/model/cells.ts';
import type {Filter} from '../../source/model/filter.ts';
import type {LayerChange} from '../../source/model/layer-stack.ts';
import type {LayerRow} from '../../source/model/layer-tree.ts';
import {plain} from '../../source/model/sanitize.ts';
import {bytes} from '../../source/model/units.ts';
import type {Theme, Tone} from '../kit/theme.ts';

/** The glyph says what the colour says. */
const marks: Readonly<Record<LayerChange, readonly [glyph: string, tone: Tone]>> = {
	added: ['+', 'good'],
	modified: ['~', 'warning'],
	removed: ['-', 'bad'],
	unchanged: [' ', 'plain'],
};

const typeLetters: Readonly<Record<LayerRow['kind'], string>> = {
	file: '-',
	directory: 'd',
	symlink: 'l',
	hardlink: 'h',
	character: 'c',
	block: 'b',
	fifo: 'p',
	whiteout: 'w',
	opaque: 'w',
};

/** `drwxr-xr-x`, as ls writes it. */
export const modeText = (kind: LayerRow['kind'], mode: number): string => {
	const special = [
		[0o4000, 's', 'S'],
		[0o2000, 's', 'S'],
		[0o1000, 't', 'T'],
	] as const;
	const triples = special.map(([bit, on, off], at) => {
		const bits = mode >> (6 - at * 3);
		const isRunnable = (bits & 1) !== 0;
		const last = (mode & bit) !== 0 ? (isRunnable ? on : off) : isRunnable ? 'x' : '-';
		return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${last}`;
	});
	return typeLetters[kind] + triples.join('');
};

const lit = (text: string, filter: Filter | undefined, theme: Theme): string => {
	if (filter === undefined) return text;
	let out = '';
	let at = 0;
	for (const [from, to] of filter.ranges(text)) {
		out += text.slice(at, from) + theme.match(text.slice(from, to));
		at = to;
	}
	return out + text.slice(at);
};

/** Deeper than this the indent stops growing, or a deep path would leave no room for its name. */
const deepestIndent = 16;

export type FileLineOptions = {readonly width: number; readonly theme: Theme; readonly filter?: Filter | undefined};

/** One file or folder. Permissions and owners need room. */
export const fileLine = (row: LayerRow, {width, theme, filter}: FileLineOptions): string => {
	const [glyph, tone] = marks[row.change];
	const [open, closed] = theme.ascii ? ['v ', '> '] : ['▾ ', '▸ '];
	const fold = row.foldable ? (row.folded ? closed : open) : '  ';
	const target = row.target === undefined ? '' : theme.paint('muted', `${theme.ascii ? ' -> ' : ' → '}${plain(row.target)}`);
	const name = `${lit(plain(row.name), filter, theme)}${row.kind === 'directory' ? '/' : ''}`;
	const parts = [
		theme.paint(tone, glyph),
		...(width >= 64 ? [theme.paint('muted', modeText(row.kind, row.mode))] : []),
		...(width >= 90 ? [theme.paint('muted', `${row.uid}:${row.gid}`.padEnd(9))] : []),
		bytes(row.sizeBytes).padStart(5),
		`${'  '.repeat(Math.min(row.depth, deepestIndent))}${fold}${theme.paint(tone, name)}${target}`,
	];
	return fit(parts.join(' '), width);
};

export type LayerLine = {readonly sizeBytes: number; readonly fileBytes: number; readonly createdBy: string};

/** One layer of the list above the files. */
export const layerLine = ({sizeBytes, fileBytes, createdBy}: LayerLine, at: number, isCurrent: boolean, width: number, theme: Theme): string => {
	const pointer = isCurrent ? (theme.ascii ? '>' : '▸') : ' ';
	const text = fit(`${pointer} ${String(at + 1).padStart(3)} ${bytes(sizeBytes).padStart(5)} ${bytes(fileBytes).padStart(5)}  ${createdBy}`, width);
	return isCurrent ? theme.paint('strong', text) : theme.paint('muted', text);
};
