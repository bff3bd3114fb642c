import {cellWidth, fit, padEnd, truncate} from '../../source/model/cells.ts';
import type {FormField} from '../../source/model/form.ts';
import {plain} from '../../source/model/sanitize.ts';
import {wrapWords} from '../../source/model/wrap-words.ts';
import type {Overlay} from '../../hooks/types.ts';
import type {Theme} from '../kit/theme.ts';

type FormOverlay = Overlay & {readonly kind: 'form'};

/** At most this much of the command line is shown: the fields matter more on a low screen. */
const mostPreview = 4;
const mostCandidates = 5;

/** The part of the text that has the cursor in it, with the cursor lit. */
const edited = ({text, cursor}: FormField, room: number, theme: Theme): string => {
	const before = plain(text.slice(0, cursor));
	const [under = ''] = text.slice(cursor);
	const at = plain(under) || ' ';
	const shown = cellWidth(before) < room ? before : [...before].reverse().reduce((kept, cell) => (cellWidth(cell + kept) < room ? cell + kept : kept), '');
	return `${shown}${theme.match(at)}${truncate(plain(text.slice(cursor + under.length)), Math.max(0, room - cellWidth(shown) - cellWidth(at)))}`;
};

const emptyText = (hint: string, hasCursor: boolean, theme: Theme): string => {
	const [first = ' '] = hint;
	return hasCursor ? `${theme.match(first)}${theme.paint('muted', hint.slice(first.length))}` : theme.paint('muted', hint);
};

const fieldLine = (field: FormField, hasCursor: boolean, labelWidth: number, room: number, theme: Theme): string => {
	const label = hasCursor ? theme.paint('strong', padEnd(field.label, labelWidth)) : padEnd(field.label, labelWidth);
	const pointer = hasCursor ? theme.paint('accent', '›') : ' ';
	if (field.choices !== undefined) return ` ${label} ${pointer} ${hasCursor ? `‹ ${field.text} ›` : field.text}`;
	if (field.text === '') return ` ${label} ${pointer} ${emptyText(truncate(field.hint, room), hasCursor, theme)}`;
	return ` ${label} ${pointer} ${hasCursor ? edited(field, room, theme) : truncate(plain(field.text), room)}`;
};

/** A form as the lines of a box that is `width` wide inside. `high` is what the screen has room for: the field with the cursor is always in it. */
export const formLines = (overlay: FormOverlay, width: number, high: number, theme: Theme): readonly string[] => {
	const labelWidth = Math.max(...overlay.fields.map(({label}) => cellWidth(label)));
	const room = Math.max(1, width - labelWidth - 5);
	const fields = overlay.fields.flatMap((field, index) => {
		const hasCursor = index === overlay.index;
		const candidates = hasCursor ? overlay.candidates.slice(0, mostCandidates) : [];
		return [
			fieldLine(field, hasCursor, labelWidth, room, theme),
			...candidates.map((candidate, at) => `${' '.repeat(labelWidth + 4)}${theme.paint(at === 0 ? 'accent' : 'muted', fit(plain(candidate), room))}`),
		];
	});
	const preview = wrapWords(plain(overlay.preview), width - 4).slice(0, mostPreview).map((line, at) => theme.paint('muted', ` ${at === 0 ? '$' : ' '} ${line}`));
	const problem = overlay.problem === undefined ? [] : [theme.paint('bad', ` ${truncate(plain(overlay.problem), width - 2)}`)];
	const below = ['', ...preview, ...problem];
	if (fields.length + below.length <= high) return [...fields, ...below];
	const space = Math.max(1, high - problem.length);
	const from = Math.min(Math.max(0, overlay.index - space + 1), Math.max(0, fields.length - space));
	return [...fields.slice(from, from + space), ...problem];
};
