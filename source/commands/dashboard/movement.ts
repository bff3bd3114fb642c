import {rowsOf, selectedIndex} from '../../store/rows/index.ts';
import type {Command, Context} from '../types.ts';

/** Select the row at an index, clamped; remembers the index so that a row that vanishes hands the selection to its neighbour. */
export const selectAt = ({store}: Pick<Context, 'store'>, index: number): void => {
	const {pane} = store.get().view;
	const rows = rowsOf(store.get(), pane);
	const target = Math.min(Math.max(index, 0), rows.length - 1);
	const row = rows[target];
	if (row !== undefined) store.dispatch({type: 'pane-changed', pane, change: {selected: row.key, index: target}});
};

const moveBy = (context: Context, rows: number): void => {
	const state = context.store.get();
	if (state.view.focus === 'detail' && context.detail !== undefined) context.detail.scrollBy(rows);
	else selectAt(context, selectedIndex(state, state.view.pane) + rows);
};

const pageOf = (context: Context): number => {
	const isDetail = context.store.get().view.focus === 'detail' && context.detail !== undefined;
	return Math.max(1, (isDetail ? (context.detail?.pageRows() ?? 1) : context.listRows) - 1);
};

const toEnd = (context: Context, end: 'home' | 'end'): void => {
	const state = context.store.get();
	if (state.view.focus === 'detail' && context.detail !== undefined) {
		if (end === 'home') context.detail.toHome();
		else context.detail.toEnd();
	} else selectAt(context, end === 'home' ? 0 : rowsOf(state, state.view.pane).length - 1);
};

const movement = (id: string, title: string, keys: readonly string[], run: (context: Context) => void): Command => ({
	id,
	title,
	scope: 'global',
	keys,
	isMovement: true,
	run,
});

/** None of these ever changes anything but what is looked at: no destructive key sits on a scroll key. */
export const movements: readonly Command[] = [
	movement('move.down', 'Down', ['j', 'down'], (context) => moveBy(context, 1)),
	movement('move.up', 'Up', ['k', 'up'], (context) => moveBy(context, -1)),
	movement('move.half-down', 'Half a page down', ['ctrl-d'], (context) => moveBy(context, Math.ceil(pageOf(context) / 2))),
	movement('move.half-up', 'Half a page up', ['ctrl-u'], (context) => moveBy(context, -Math.ceil(pageOf(context) / 2))),
	movement('move.page-down', 'A page down', ['ctrl-f', 'pagedown'], (context) => moveBy(context, pageOf(context))),
	movement('move.page-up', 'A page up', ['ctrl-b', 'pageup'], (context) => moveBy(context, -pageOf(context))),
	movement('move.home', 'To the top', ['g', 'home'], (context) => toEnd(context, 'home')),
	movement('move.end', 'To the bottom', ['G', 'end'], (context) => toEnd(context, 'end')),
	movement('detail.down', 'Scroll the detail down', ['J'], ({detail}) => detail?.scrollBy(1)),
	movement('detail.up', 'Scroll the detail up', ['K'], ({detail}) => detail?.scrollBy(-1)),
	movement('detail.right', 'Scroll the detail right', ['L'], ({detail}) => detail?.scrollX?.(8)),
	movement('detail.left', 'Scroll the detail left', ['H'], ({detail}) => detail?.scrollX?.(-8)),
];

