import {useEffect} from 'react';
import type {Notice} from '../source/store/index.ts';
import {useApp} from './app-context.ts';
import {useSelect} from './use-select.ts';

const shownForMs = 6000;

/** The newest message, for as long as it takes to read it; all of them stay in the list of messages. */
export const useNotice = (): Notice | undefined => {
	const {store} = useApp();
	const notice = useSelect((state) => state.notices.at(-1));
	const minute = useSelect((state) => state.minute);
	const read = useSelect((state) => state.readNotice);
	useEffect(() => {
		if (notice === undefined || notice.tone === 'bad') return undefined;
		const timer = setTimeout(() => store.dispatch({type: 'notice-dismissed', id: notice.id}), shownForMs);
		return () => clearTimeout(timer);
	}, [notice, store]);
	// What went wrong stays until something else is said, or a minute has passed.
	return notice === undefined || notice.id <= read || (notice.tone === 'bad' && minute - notice.at > 60_000) ? undefined : notice;
};
