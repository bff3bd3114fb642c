import {fit} from '../model/cells.ts';
import {type Hint, stack} from '../commands/index.ts';
import {countOf, rowsOf, selectedIndex} from '../store/rows/index.ts';
import type {PaneId, State} from '../store/index.ts';
import {hintLine} from '../../components/footer-line.ts';
import {countsText, headerLine, loadText, placeText} from '../../components/header-line.ts';
import {asAscii} from '../../components/kit/ascii.ts';
import {frame} from '../../components/kit/frame.ts';
import type {Theme} from '../../components/kit/theme.ts';
import {type Layout, layoutOf} from '../../components/layout.ts';
import {listLines, spaceOf} from '../../components/list/list-lines.ts';
import {numberOf, titles} from '../../components/panes.ts';

export type FirstScreen = {readonly columns: number; readonly rows: number; readonly theme: Theme; readonly hints: readonly Hint[]};

const paneLines = (state: State, pane: PaneId, width: number, height: number, theme: Theme): readonly string[] => {
	const index = selectedIndex(state, pane);
	const isCurrent = pane === state.view.pane;
	const {freshness, failure} = pane === 'images' ? state.images : pane === 'snapshotters' ? state.snapshotters : state.containers;
	return listLines({
		pane,
		number: numberOf(pane),
		title: titles[pane],
		width,
		height,
		isCurrent,
		hasFocus: state.view.focus === 'list',
		rows: rowsOf(state, pane),
		// As the window of the list will stand (hooks/use-list.ts) when its cursor came down from the top.
		top: isCurrent ? Math.max(0, index - spaceOf(pane, width, height) + 1) : 0,
		index,
		count: countOf(state, pane),
		view: state.view.panes[pane],
		freshness,
		failure,
		around: {usage: state.usage, pending: state.pending, minute: state.minute, isAll: state.scope.kind === 'all', snapshotter: state.snapshotter, theme},
	});
};

const bodyOf = (state: State, layout: Layout, theme: Theme): readonly string[] => {
	const detail = layout.detail === undefined ? [] : frame([], {...layout.detail, title: '', hasFocus: false, theme});
	const list = layout.list ?? {width: layout.columns, height: 0};
	if (layout.stack.length === 0) return [...paneLines(state, state.view.pane, list.width, list.height, theme), ...detail];
	const side = layout.stack.flatMap(({pane, height}) => paneLines(state, pane, list.width, height, theme));
	return side.map((line, index) => `${line}${detail[index] ?? ''}`);
};

/**
The dashboard's first screens as text, in the geometry and with the painters of the components, but without React: Ink takes a hundred
milliseconds to load, and what runs here can be shown meanwhile. Ink then draws the same over it.
*/
export const firstScreen = (state: State, {columns, rows, theme, hints}: FirstScreen): readonly string[] => {
	const layout = layoutOf({columns, rows, view: state.view, wanted: stack.map(({id}) => ({pane: id, rows: rowsOf(state, id).length}))});
	return [
		...(layout.hasHeader ? [headerLine(placeText(state, theme), loadText(state, theme), countsText(state), columns)] : []),
		...(layout.hasTabLine ? [fit('', columns)] : []),
		...bodyOf(state, layout, theme),
		...(layout.hasFooter ? [hintLine(hints, columns, theme)] : []),
	]
		.slice(0, rows)
		.map((line) => (theme.ascii ? asAscii(line) : line));
};
