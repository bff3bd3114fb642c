import {useMemo} from 'react';
import {type Command, scopesOf} from '../source/commands/index.ts';
import type {State} from '../source/store/index.ts';
import {useApp} from './app-context.ts';
import {useSelect} from './use-select.ts';

export type Hint = {readonly key: string; readonly label: string};

const scopeKey = (state: State): string => scopesOf(state).join(' ');

/** The keys worth showing where the focus is, most wanted first: innermost scope first, then by the order that each asks for. */
export const useHints = (): readonly Hint[] => {
	const {commands} = useApp();
	const scopes = useSelect(scopeKey);
	return useMemo(() => {
		const order = scopes.split(' ');
		const rank = (command: Command) => (command.scope === 'global' || command.scope === 'list' ? 1 : order.indexOf(command.scope) / 100);
		return commands.commands
			.filter((command) => command.hint !== undefined && order.includes(command.scope) && commands.keysOf(command.id).length > 0)
			.sort((a, b) => rank(a) - rank(b) || (a.hint?.order ?? 0) - (b.hint?.order ?? 0))
			.map((command) => ({key: commands.keysOf(command.id)[0] as string, label: command.hint?.label ?? ''}));
	}, [scopes, commands]);
};
