import {useRef} from 'react';
import type {Row} from '../source/store/index.ts';
import type {PaneId, PaneView} from '../source/store/index.ts';
import {countOf, rowsOf, selectedIndex, selectedRow} from '../source/store/rows/index.ts';
import {useApp} from './app-context.ts';
import {windows} from './use-pane-mouse.ts';
import {useSelect} from './use-select.ts';

export type List = {
	readonly rows: readonly Row[];
	/** −1 when there is nothing. */
	readonly index: number;
	readonly view: PaneView;
	readonly freshness: 'loading' | 'live' | 'stale';
	readonly failure: string | undefined;
};

const sliceOf = {
	containers: 'containers',
	stats: 'containers',
	projects: 'containers',
	images: 'images',
	snapshotters: 'snapshotters',
	snapshots: 'snapshots',
	networks: 'networks',
	volumes: 'volumes',
	builds: 'builds',
} as const satisfies Record<PaneId, string>;

export const useList = (pane: PaneId): List => {
	const rows = useSelect((state) => rowsOf(state, pane));
	const index = useSelect((state) => selectedIndex(state, pane));
	const view = useSelect((state) => state.view.panes[pane]);
	const freshness = useSelect((state) => state[sliceOf[pane]].freshness);
	const failure = useSelect((state) => state[sliceOf[pane]].failure);
	return {rows, index, view, freshness, failure};
};

/** Lines that the list would like. */
export const useRowCount = (pane: PaneId): number => useSelect((state) => rowsOf(state, pane).length);

/** Things that it lists. */
export const useCount = (pane: PaneId): number => useSelect((state) => countOf(state, pane));

export const useSelectedRow = (pane: PaneId): Row | undefined => useSelect((state) => selectedRow(state, pane));

/**
The first visible row of a window that follows the selection, moving as little as it must. It also tells commands how long a page is,
when this list has the keys.
*/
export const useWindow = (pane: PaneId, index: number, size: number, height: number, isCurrent: boolean): number => {
	const {commands} = useApp();
	if (isCurrent) commands.listRows = height;
	const top = useRef(0);
	const most = Math.max(0, size - height);
	if (index >= 0) {
		if (index < top.current) top.current = index;
		else if (index >= top.current + height) top.current = index - height + 1;
	}
	top.current = Math.min(Math.max(top.current, 0), most);
	windows.set(pane, top.current);
	return top.current;
};
