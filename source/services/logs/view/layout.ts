import {cellWidth, fit, truncate} from '../../../model/cells.ts';
import {highlight} from '../../../model/highlight.ts';
import {clipCells, wrapCells} from '../../../model/log-cells.ts';
import {prettyJson} from '../../../model/log-json.ts';
import type {LogQuery} from '../../../model/log-query.ts';
import {coloured, plain, stripSgr} from '../../../model/sanitize.ts';
import type {ViewLine} from './line.ts';
import type {LogViewSource} from './types.ts';

export type LayoutSettings = {
	readonly columns: number;
	readonly wrap: boolean;
	readonly timestamps: boolean;
	readonly streams: boolean;
	readonly json: boolean;
	/** Cells scrolled to the right; without wrap only. */
	readonly offset: number;
	readonly colour: boolean;
	readonly ascii: boolean;
};

const esc = '\u001b';
/** The six colours that are told apart on dark and light ground; red is left for what went wrong. */
const labelColours = [36, 32, 33, 35, 34, 96, 92, 95];
const mostLabelCells = 24;
/** Less room for text than this, and the prefix goes. */
const leastBody = 12;

const match = {on: `${esc}[7m`, off: `${esc}[27m`};
const currentMatch = {on: `${esc}[1;4;7m`, off: `${esc}[22;24;27m`};

const two = (number: number): string => String(number).padStart(2, '0');

/** Local time; the date is in the details of the container, and a line has no room to spare. */
export const clockText = (at: number): string => {
	const date = new Date(at);
	return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
};

export type Layout = {
	rowsOf(line: ViewLine, settings: LayoutSettings, query: LogQuery | undefined, isCurrent: boolean): readonly string[];
};

/** A line as the rows it takes on screen. */
export const createLayout = (sources: readonly LogViewSource[]): Layout => {
	const labels = sources.map(({label}) => truncate(plain(label), mostLabelCells));
	const labelWidth = sources.length > 1 ? Math.max(...labels.map(cellWidth)) : 0;

	const paint = (text: string, code: number, {colour}: LayoutSettings): string => (colour ? `${esc}[${code}m${text}${esc}[39m` : text);
	const dim = (text: string, {colour}: LayoutSettings): string => (colour ? `${esc}[2m${text}${esc}[22m` : text);

	const prefixOf = (line: ViewLine, settings: LayoutSettings): {readonly text: string; readonly width: number} => {
		let text = '';
		let width = 0;
		if (labelWidth > 0 && line.source >= 0) {
			const colour = labelColours[(sources[line.source]?.colour ?? 0) % labelColours.length] ?? 36;
			text += `${paint(fit(labels[line.source] ?? '', labelWidth), colour, settings)} `;
			width += labelWidth + 1;
		}
		if (settings.timestamps) {
			const {at} = line.record;
			text += `${dim(at === undefined ? '            ' : clockText(at), settings)} `;
			width += 13;
		}
		if (settings.streams) {
			text += line.record.stream === 'stderr' ? `${paint('E', 31, settings)} ` : 'o ';
			width += 2;
		}
		return width > 0 && settings.columns - width < leastBody ? {text: '', width: 0} : {text, width};
	};

	const ruled = (text: string, {columns, ascii}: LayoutSettings): string => {
		const dash = ascii ? '-' : '─';
		const title = `${dash}${dash} ${text} `;
		return truncate(title + dash.repeat(Math.max(0, columns - cellWidth(title))), columns);
	};

	const bodyOf = (line: ViewLine, settings: LayoutSettings): readonly string[] => {
		const shown = coloured(line.text);
		const text = settings.colour ? shown : stripSgr(shown);
		const pretty = settings.json ? prettyJson(stripSgr(shown)) : undefined;
		if (pretty !== undefined) return pretty.map(row => coloured(row));
		const flag = settings.ascii ? '! ' : '⚠ ';
		return [line.record.broken === true ? `${paint(flag, 33, settings)}${text}` : text];
	};

	return {
		rowsOf(line, settings, query, isCurrent) {
			const {columns, wrap, offset} = settings;
			if (line.kind === 'mark') return [dim(ruled(clockText(line.order), settings), settings)];
			if (line.kind === 'notice') {
				const prefix = prefixOf({...line, record: {...line.record, stream: 'stdout'}}, {...settings, streams: false, timestamps: false});
				return [truncate(`${prefix.text}${paint(`${settings.ascii ? '*' : '·'} ${plain(line.text)}`, 33, settings)}`, columns)];
			}
			const prefix = prefixOf(line, settings);
			const room = columns - prefix.width;
			const indent = ' '.repeat(prefix.width);
			const lights = isCurrent ? currentMatch : match;
			return bodyOf(line, settings)
				.map(row => (query === undefined ? row : highlight(row, query.ranges(stripSgr(row)), lights.on, lights.off)))
				.flatMap(row => (wrap ? wrapCells(row, room) : [clipCells(row, offset, room)]))
				.map((row, index) => (index === 0 ? prefix.text : indent) + row);
		},
	};
};
