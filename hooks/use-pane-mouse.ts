import {useCallback, useRef} from 'react';
import {selectAt} from '../source/commands/index.ts';
import type {MouseEvent} from '../source/commands/keymap/index.ts';
import type {PaneId} from '../source/store/index.ts';
import {rowsOf, selectedIndex} from '../source/store/rows/index.ts';
import {useApp} from './app-context.ts';

/** A part of the screen that the mouse can act on, in cells from the top left corner. */
export type Region = {
	readonly left: number;
	readonly top: number;
	readonly width: number;
	readonly height: number;
	readonly target: {readonly kind: 'list'; readonly pane: PaneId; readonly firstRow: number} | {readonly kind: 'detail'} | {readonly kind: 'tab'; readonly pane: PaneId};
};

/** The visible window of each list, so that a click knows which row it hit. Written by the lists as they draw. */
export const windows = new Map<PaneId, number>();

const linesPerNotch = 3;

/** Click selects, a second click opens, the wheel scrolls what is under it. */
export const usePaneMouse = (regions: readonly Region[]): ((event: MouseEvent) => void) => {
	const {commands, store} = useApp();
	const now = useRef(regions);
	now.current = regions;
	return useCallback(
		(event) => {
			const hit = now.current.find(({left, top, width, height}) => event.x >= left && event.x < left + width && event.y >= top && event.y < top + height);
			if (hit === undefined) return;
			const {target} = hit;
			if (event.kind === 'wheel') {
				const step = event.button === 'wheel-up' ? -linesPerNotch : linesPerNotch;
				if (target.kind === 'detail') commands.detail?.scrollBy(step);
				else if (target.kind === 'list' && store.get().view.pane === target.pane) selectAt(commands, selectedIndex(store.get(), target.pane) + Math.sign(step));
				return;
			}
			if (event.kind !== 'press' || event.button !== 'left') return;
			if (target.kind === 'detail') {
				store.dispatch({type: 'view-changed', change: {focus: 'detail'}});
				return;
			}
			if (store.get().view.pane !== target.pane || store.get().view.focus !== 'list') store.dispatch({type: 'view-changed', change: {pane: target.pane, focus: 'list'}});
			if (target.kind === 'tab') return;
			const index = (windows.get(target.pane) ?? 0) + event.y - hit.top - target.firstRow;
			const rows = rowsOf(store.get(), target.pane);
			const isAgain = index === selectedIndex(store.get(), target.pane) && rows[index]?.key === store.get().view.panes[target.pane].selected;
			if (index < 0 || index >= rows.length) return;
			selectAt(commands, index);
			const open = isAgain ? commands.commands.find(({id}) => id === 'row.open') : undefined;
			if (open !== undefined) void commands.run(open);
		},
		[commands, store],
	);
};
