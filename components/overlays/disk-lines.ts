import {cellWidth, fit} from '../../source/model/cells.ts';
import {plain} from '../../source/model/sanitize.ts';
import {bytes} from '../../source/model/units.ts';
import type {Overlay} from '../../hooks/types.ts';
import {frame} from '../kit/frame.ts';
import type {Theme} from '../kit/theme.ts';

type DiskOverlay = Overlay & {readonly kind: 'disk'};

const heading = (text: string, theme: Theme): string => ` ${theme.paint('strong', text)}`;

const pruneLines = ({prunes, index}: DiskOverlay, width: number, theme: Theme): readonly string[] => {
	const titleWidth = Math.max(...prunes.map(({title}) => cellWidth(title)));
	return prunes.map(({title, does, sizeBytes}, at) => {
		const line = fit(` ${(sizeBytes === undefined ? '' : bytes(sizeBytes)).padStart(7)}  ${title.padEnd(titleWidth)}  ${does}`, width);
		return at === index ? theme.cursor(line, true) : line;
	});
};

const detailLine = (line: string, theme: Theme): string => (line.startsWith('# ') ? heading(plain(line.slice(2)), theme) : ` ${plain(line)}`);

/** The Disk screen as lines, all of them: the prunes keep their place, what is below scrolls. */
export const diskLines = (overlay: DiskOverlay, {columns, rows}: {readonly columns: number; readonly rows: number}, theme: Theme): readonly string[] => {
	const width = columns - 2;
	const high = Math.max(1, rows - 2);
	const {kinds, prunes, details} = overlay;
	const prunesHigh = prunes.length + 1;
	// On a low screen the kinds give way first: what can be done is worth more than what is.
	const kindsHigh = Math.min(kinds.length + 1, Math.max(0, high - prunesHigh - 3));
	const room = Math.max(0, high - kindsHigh - prunesHigh - 1);
	const offset = Math.min(overlay.offset, Math.max(0, details.length - room));
	const body = [
		...[...kinds.slice(0, Math.max(0, kindsHigh - 1)).map((line, at) => (at === 0 ? theme.paint('muted', ` ${plain(line)}`) : ` ${plain(line)}`)), ...(kindsHigh > 0 ? [''] : [])],
		heading('A prune would free', theme),
		...pruneLines(overlay, width, theme),
		'',
		...details.slice(offset, offset + room).map((line) => detailLine(line, theme)),
	];
	const key = (name: string, does: string): string => `${theme.paint('strong', name)} ${does}`;
	const more = details.length > room ? `  ${Math.min(details.length, offset + room)}/${details.length}` : '';
	return frame(body, {
		...{width: columns, height: rows, hasFocus: true, theme},
		title: theme.paint('strong', plain(overlay.title)),
		bottom: `${key('enter', 'prune')}  ${key('J K', 'scroll')}  ${key('r', 'measure')}  ${key('esc', 'close')}${more}`,
	});
};
