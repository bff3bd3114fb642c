import {useEffect} from 'react';
import type {DetailView} from '../source/commands/index.ts';
import {useApp} from './app-context.ts';

/** The mounted tab gives commands something to scroll and search; it takes it back when it goes. */
export const useDetailView = (view: DetailView): void => {
	const {commands} = useApp();
	useEffect(() => {
		commands.detail = view;
		return () => {
			if (commands.detail === view) commands.detail = undefined;
		};
	}, [commands, view]);
};
