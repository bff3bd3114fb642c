import {useSyncExternalStore} from 'react';
import {useApp} from './app-context.ts';

let last = {columns: 0, rows: 0};

/** The terminal's size, once per change. */
export const useScreenSize = (): {readonly columns: number; readonly rows: number} => {
	const {screen} = useApp();
	return useSyncExternalStore(screen.onResize, () => {
		const now = screen.size();
		if (now.columns !== last.columns || now.rows !== last.rows) last = now;
		return last;
	});
};
