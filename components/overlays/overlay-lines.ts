import {cellWidth, fit, truncate, truncateStart} from '../../source/model/cells.ts';
import {plain} from '../../source/model/sanitize.ts';
import {wrapWords} from '../../source/model/wrap-words.ts';
import type {Choice, Overlay} from '../../hooks/types.ts';
import {visibleChoices} from '../../source/commands/index.ts';
import {frame} from '../kit/frame.ts';
import type {Theme} from '../kit/theme.ts';
import {formLines} from './form-lines.ts';

export type Box = {readonly lines: readonly string[]; readonly left: number; readonly top: number};

/** Those that are only drawn: a line is typed in the footer, and jobs move by themselves. */
type StillOverlay = Exclude<Overlay, {kind: 'line' | 'jobs' | 'disk'}>;

type Room = {readonly columns: number; readonly rows: number};

const choiceLine = (choice: Choice, isSelected: boolean, width: number, theme: Theme): string => {
	const note = choice.refusal ?? choice.note ?? '';
	const hotkey = choice.hotkey === undefined ? '' : `${choice.hotkey} `;
	const label = truncate(`${hotkey}${plain(choice.label)}`, width - 2);
	const space = width - cellWidth(label) - 3;
	const shownNote = space > 4 ? truncateStart(plain(note), space) : '';
	const line = fit(` ${label}${' '.repeat(Math.max(1, width - cellWidth(label) - cellWidth(shownNote) - 2))}${isSelected ? shownNote : theme.paint('muted', shownNote)}`, width);
	if (isSelected) return theme.cursor(line, true);
	return choice.refusal === undefined ? line : theme.paint('muted', line);
};

const content = (overlay: StillOverlay, {columns, rows}: Room, theme: Theme): {readonly title: string; readonly body: readonly string[]; readonly bottom: string; readonly width: number} => {
	const most = Math.max(10, columns - 4);
	const high = Math.max(1, rows - 4);
	switch (overlay.kind) {
		case 'confirm': {
			const width = Math.min(most, Math.max(36, ...overlay.lines.map((line) => cellWidth(plain(line)) + 4), cellWidth(overlay.title) + 6));
			const lines = overlay.lines.flatMap((line) => wrapWords(plain(line), width - 4));
			const space = Math.max(1, high - 2);
			const offset = Math.min(overlay.offset, Math.max(0, lines.length - space));
			return {
				title: theme.paint(overlay.danger ? 'bad' : 'strong', plain(overlay.title)),
				// What somebody agrees to is read whole.
				body: ['', ...lines.slice(offset, offset + space).map((line) => ` ${line}`), ''],
				bottom: `${theme.paint('strong', 'y')} yes  ${theme.paint('strong', 'n')} no${lines.length > space && width >= 30 ? `  ${theme.paint('strong', 'j k')} ${Math.min(lines.length, offset + space)}/${lines.length}` : ''}`,
				width,
			};
		}
		case 'choose': {
			const all = visibleChoices(overlay);
			const longest = overlay.choices.reduce((wide, choice) => Math.max(wide, cellWidth(choice.label) + cellWidth(choice.refusal ?? choice.note ?? '') + 8), 30);
			const width = Math.min(most, Math.min(100, longest));
			const space = high - Number(overlay.searchable);
			const from = Math.min(Math.max(0, overlay.index - space + 1), Math.max(0, all.length - space));
			const shown = all.slice(from, from + space).map((choice, at) => choiceLine(choice, from + at === overlay.index, width - 2, theme));
			const head = overlay.searchable ? [` ${theme.paint('accent', '›')} ${plain(overlay.text)}${theme.match(' ')}`] : [];
			return {
				title: theme.paint('strong', plain(overlay.title)),
				body: [...head, ...(all.length === 0 ? [theme.paint('muted', ' nothing matches')] : shown)],
				bottom: all.length > space ? `${overlay.index + 1}/${all.length}` : '',
				width,
			};
		}
		case 'form': {
			const width = Math.min(most, 96);
			return {
				title: theme.paint('strong', plain(overlay.title)),
				body: formLines(overlay, width - 2, high, theme),
				bottom: `${theme.paint('strong', 'enter')} run  ${overlay.fields.length === 1 ? `${theme.paint('strong', 'tab')} complete  ${theme.paint('strong', '↑↓')} others` : `${theme.paint('strong', 'tab')} next`}  ${theme.paint('strong', 'esc')} cancel`,
				width,
			};
		}
		case 'text': {
			const width = Math.min(most, Math.max(40, ...overlay.lines.map((line) => cellWidth(line) + 4)));
			const offset = Math.min(overlay.offset, Math.max(0, overlay.lines.length - high));
			const shown = overlay.lines.slice(offset, offset + high).map((line) => (line.startsWith('# ') ? ` ${theme.paint('strong', plain(line.slice(2)))}` : ` ${plain(line)}`));
			return {title: theme.paint('strong', plain(overlay.title)), body: shown, bottom: overlay.lines.length > high ? `${offset + shown.length}/${overlay.lines.length} · esc closes` : 'esc closes', width};
		}
	}
};

/** A dialog as finished lines and where they go: the middle of the screen, never larger than it. */
export const overlayBox = (overlay: StillOverlay, room: Room, theme: Theme): Box => {
	const {title, body, bottom, width} = content(overlay, room, theme);
	const height = Math.min(room.rows, body.length + 2);
	const lines = frame(body, {width: Math.min(width, room.columns), height, title, bottom, hasFocus: true, theme});
	return {lines, left: Math.max(0, Math.floor((room.columns - width) / 2)), top: Math.max(0, Math.floor((room.rows - height) / 2))};
};
