import {useSyncExternalStore} from 'react';
import type {State} from '../source/store/index.ts';
import {useApp} from './app-context.ts';

/**
A slice of the state. The selector must answer what is in the state, or something remembered on it: React compares with `Object.is`, and
a selector that builds a new object renders for ever.
*/
export const useSelect = <T>(selector: (state: State) => T): T => {
	const {store} = useApp();
	return useSyncExternalStore(store.subscribe, () => selector(store.get()));
};
