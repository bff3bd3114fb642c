import {useMemo} from 'react';
import {type CommandScope, type Hint, hintsFor, scopesOf} from '../source/commands/index.ts';
import type {State} from '../source/store/index.ts';
import {useApp} from './app-context.ts';
import {useSelect} from './use-select.ts';

const scopeKey = (state: State): string => scopesOf(state).join(' ');

/** The hints of where the focus is; made anew only when that changes. */
export const useHints = (): readonly Hint[] => {
	const {commands} = useApp();
	const scopes = useSelect(scopeKey);
	return useMemo(() => hintsFor(commands.commands, commands.keysOf, scopes.split(' ') as CommandScope[]), [scopes, commands]);
};
