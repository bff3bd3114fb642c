import type {Command, CommandScope} from './types.ts';

export type Hint = {readonly key: string; readonly label: string};

/** The keys worth showing where the focus is, most wanted first: innermost scope first, then by the order that each asks for. */
export const hintsFor = (commands: readonly Command[], keysOf: (id: string) => readonly string[], scopes: readonly CommandScope[]): readonly Hint[] => {
	const rank = ({scope}: Command) => (scope === 'global' || scope === 'list' ? 1 : scopes.indexOf(scope) / 100);
	return commands
		.filter((command) => command.hint !== undefined && scopes.includes(command.scope) && keysOf(command.id).length > 0)
		.sort((a, b) => rank(a) - rank(b) || (a.hint?.order ?? 0) - (b.hint?.order ?? 0))
		.map((command) => ({key: keysOf(command.id)[0] as string, label: command.hint?.label ?? ''}));
};
