import stringWidth from 'string-width';
import {closeSgr, openSgr, reopenSgr, sgrAt} from './sgr.ts';

/**
Terminal cell arithmetic. Every row is padded by us to its exact width and handed to Ink as one pre-styled string, so these
functions run for each visible row of each frame: printable ASCII never leaves the fast path, and grapheme clusters are cut
only where a string needs it.

SGR sequences count as nothing. So do control characters (a tab too): text is sanitized and tabs are expanded before it comes here.
Widths are those of `string-width`, which Ink measures with: a disagreement would wrap the row.
*/
const ascii = /^[\u0020-\u007E]*$/;
const esc = '\u001B';

/** Code points that are one cell (`narrow`) or two (`wide`) alone and that never start or continue a longer cluster by themselves. */
const narrow = '\\u0020-\\u007E\\u00A1-\\u00A8\\u00AA-\\u00AC\\u00AF-\\u02FF\\u0400-\\u0481\\u048A-\\u052F\\u2010-\\u2027\\u2190-\\u2193\\u2500-\\u25A9\\u25AC-\\u25B5\\u25B7-\\u25BF\\u25C1-\\u25FA\\u2713\\u2800-\\u28FF';
const wide = '\\u3041-\\u3096\\u30A1-\\u30FA\\u4E00-\\u9FFF\\uAC00-\\uD7A3\\uFF01-\\uFF60';
const simpleRun = new RegExp(`[${narrow}${wide}]+`, 'y');
const anyWide = new RegExp(`[${wide}]`);
const complexRun = new RegExp(`[^${narrow}${wide}\\u001B]+`, 'y');

const isWide = (code: number): boolean => code >= 0x30_41 && (code < 0xff_01 ? true : code <= 0xff_60);

const sureWidths = new Map<number, 0 | 1 | 2>();

/** Cells of a UTF-16 unit that every terminal gives the same room, whatever stands beside it; 0 for all others. */
export const sureWidth = (code: number): 0 | 1 | 2 => {
	if (code < 0x7f) return code < 0x20 ? 0 : 1;
	let width = sureWidths.get(code);
	if (width === undefined) {
		simpleRun.lastIndex = 0;
		width = simpleRun.test(String.fromCharCode(code)) ? (isWide(code) ? 2 : 1) : 0;
		sureWidths.set(code, width);
	}
	return width;
};

type Cluster = {readonly length: number; readonly width: number};

let segmenter: Intl.Segmenter | undefined;
const known = new Map<string, readonly Cluster[]>();

function* segmented(stretch: string): Generator<Cluster> {
	segmenter ??= new Intl.Segmenter('en');
	for (const {segment} of segmenter.segment(stretch)) yield {length: segment.length, width: stringWidth(segment)};
}

/** Kept for short stretches, because asking ICU costs 10 µs and screens repeat their glyphs; a long one is walked only as far as needed. */
const clustersOf = (stretch: string): Iterable<Cluster> => {
	if (stretch.length > 32) return segmented(stretch);
	const kept = known.get(stretch);
	if (kept !== undefined) return kept;
	if (known.size >= 4096) known.clear();
	const clusters = [...segmented(stretch)];
	known.set(stretch, clusters);
	return clusters;
};

type Head = {readonly end: number; readonly width: number};

const matchEnd = (pattern: RegExp, text: string, from: number): number => {
	pattern.lastIndex = from;
	return pattern.test(text) ? pattern.lastIndex : from;
};

/**
The longest head of at most `cells` cells, zero-width things behind it included. `atLeast` asks for the shortest head of that width
or more instead, when a wide character straddles the edge.
*/
export const headOf = (text: string, cells: number, atLeast = false): Head => {
	let index = 0;
	let width = 0;
	const full = (next: number): boolean => (atLeast ? width >= cells : width + next > cells);

	while (index < text.length) {
		if (text[index] === esc) {
			index = Math.max(matchEnd(sgrAt, text, index), index + 1);
			continue;
		}
		let end = matchEnd(simpleRun, text, index);
		const follower = text[end];
		// What follows may be a combining mark or a variation selector: the last character belongs to its cluster.
		if (end > index && follower !== undefined && follower !== esc) end--;
		if (end > index) {
			if (!anyWide.test(text.slice(index, end))) {
				const room = Math.max(0, cells - width);
				if (end - index > room) return {end: index + room, width: width + room};
				width += end - index;
				index = end;
				continue;
			}
			for (; index < end; index++) {
				const own = isWide(text.charCodeAt(index)) ? 2 : 1;
				if (full(own)) return {end: index, width};
				width += own;
			}
			continue;
		}
		const from = index;
		end = matchEnd(complexRun, text, matchEnd(simpleRun, text, index) > index ? index + 1 : index);
		for (const cluster of clustersOf(text.slice(from, Math.max(end, index + 1)))) {
			if (cluster.width > 0 && full(cluster.width)) return {end: index, width};
			width += cluster.width;
			index += cluster.length;
		}
	}
	return {end: index, width};
};

export const cellWidth = (text: string): number => (ascii.test(text) ? text.length : headOf(text, Number.POSITIVE_INFINITY).width);

const blank = (cells: number): string => (cells > 0 ? ' '.repeat(cells) : '');

/** Callers have dealt with printable ASCII that fits. */
const cutEnd = (text: string, cells: number, ellipsis: string): {readonly text: string; readonly width: number} => {
	if (cells <= 0) return {text: '', width: 0};
	if (ellipsis === '…' && ascii.test(text)) return {text: `${text.slice(0, cells - 1)}…`, width: cells};
	const whole = headOf(text, cells);
	if (whole.end === text.length) return {text, width: whole.width};
	const markWidth = cellWidth(ellipsis);
	const mark = markWidth > cells ? '' : ellipsis;
	const head = mark === '' ? whole : headOf(text, cells - markWidth);
	const kept = text.slice(0, head.end);
	return {text: kept + mark + closeSgr(openSgr(kept)), width: head.width + (mark === '' ? 0 : markWidth)};
};

/** At most `cells` cells, the end cut off and marked. Styles that are open at the cut are closed. */
export const truncate = (text: string, cells: number, ellipsis = '…'): string => {
	if (text.length <= cells && ascii.test(text)) return text;
	return cutEnd(text, cells, ellipsis).text;
};

/** Keeps the end: for paths and digests whose tail tells them apart. */
export const truncateStart = (text: string, cells: number, ellipsis = '…'): string => truncateMiddle(text, cells, ellipsis, 0);

/** Keeps both ends; `headShare` of the room goes to the beginning. */
export const truncateMiddle = (text: string, cells: number, ellipsis = '…', headShare = 0.5): string => {
	if (cells <= 0) return '';
	const width = cellWidth(text);
	if (width <= cells) return text;
	const markWidth = cellWidth(ellipsis);
	const mark = markWidth > cells ? '' : ellipsis;
	const room = cells - (mark === '' ? 0 : markWidth);
	const head = headOf(text, Math.ceil(room * headShare));
	const kept = head.width === 0 ? '' : text.slice(0, head.end);
	const tailStart = headOf(text, width - (room - head.width), true).end;
	const before = openSgr(kept);
	const after = openSgr(text.slice(0, tailStart));
	return kept + closeSgr(before) + mark + reopenSgr(after) + text.slice(tailStart);
};

export const padEnd = (text: string, cells: number): string => text + blank(cells - cellWidth(text));

export const padStart = (text: string, cells: number): string => blank(cells - cellWidth(text)) + text;

/** Exactly `cells` cells: cut or padded. A wide character that would straddle the edge gives way to a blank. */
export const fit = (text: string, cells: number, ellipsis = '…'): string => {
	if (text.length <= cells && ascii.test(text)) return text + blank(cells - text.length);
	const cut = cutEnd(text, cells, ellipsis);
	return cut.text + blank(cells - cut.width);
};

/** `fit` with the text at the right edge: for numbers. */
export const fitStart = (text: string, cells: number, ellipsis = '…'): string => {
	if (text.length <= cells && ascii.test(text)) return blank(cells - text.length) + text;
	const cut = cutEnd(text, cells, ellipsis);
	return blank(cells - cut.width) + cut.text;
};
