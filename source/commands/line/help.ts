import {type Flag, type FlagTable, kebab} from './flag-types.ts';
import {globalTable} from './globals.ts';
import {tabulate} from './tabs.ts';
import type {LineCommand} from './types.ts';

const program = 'gantry';

const flagLine = ([name, flag]: [string, Flag]): readonly [string, string] => {
	const short = flag.shortFlag === undefined ? '    ' : `-${flag.shortFlag}, `;
	const value = flag.type === 'boolean' ? '' : ` ${flag.placeholder ?? flag.type}`;
	const standard = flag.default === undefined || flag.default === '' ? '' : ` (default ${flag.default})`;
	return [`  ${short}--${kebab(name)}${value}`, flag.help + standard];
};

const flagLines = (table: FlagTable): string => tabulate(Object.entries(table).map(flagLine), {minimum: 4, padding: 3});

export const verbHelp = (command: LineCommand, verb: string): string => {
	const others = command.verbs.filter(name => name !== verb);
	return [
		command.summary,
		`Usage: ${program} ${verb} ${command.usage}`,
		...(others.length === 0 ? [] : [`Aliases: ${others.join(', ')}`]),
		...(Object.keys(command.flags).length === 0 ? [] : [`Flags:\n${flagLines(command.flags).trimEnd()}`]),
		`See also '${program} --help' for the flags that go with every command.\n`,
	].join('\n\n');
};

type Listed = {readonly verbs: readonly string[]; readonly summary: string};

const verbLines = (entries: ReadonlyArray<readonly [string, string]>): string =>
	tabulate(
		entries.map(([verb, summary]) => [`  ${verb}`, summary]),
		{minimum: 4, padding: 3},
	).trimEnd();

/** `gantry container`: what the group has. */
export const groupHelp = (group: string, entries: readonly Listed[]): string => {
	const inside = entries.flatMap(({verbs, summary}) => {
		const verb = verbs.find(name => name.startsWith(`${group} `));
		return verb === undefined ? [] : [[verb.slice(group.length + 1), summary] as const];
	});
	return `Usage: ${program} ${group} COMMAND\n\nCommands:\n${verbLines(inside)}\n`;
};

/** Everything the command line can do, for `gantry --help`. */
export const overview = (entries: readonly Listed[]): string =>
	[
		`Usage: ${program} [flags]              open the dashboard\n       ${program} [flags] COMMAND ...  one thing, as nerdctl would`,
		`Commands:\n${verbLines(entries.map(({verbs, summary}) => [verbs[0] ?? '', summary]))}`,
		`Flags with every command:\n${flagLines(globalTable).trimEnd()}`,
		`'${program} COMMAND --help' tells more.\n`,
	].join('\n\n');
