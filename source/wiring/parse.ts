import process from 'node:process';
import meow from 'meow';
import {lineCommands} from '../commands/line/registry.ts';
import {type DashboardFlags, dashboardFlags, help} from './flags.ts';

const verbs = (): string => {
	const words = [...new Set(lineCommands.flatMap((entry) => entry.verbs))].sort();
	const lines: string[] = [];
	for (const word of words) {
		const last = lines.at(-1);
		if (last === undefined || last.length + word.length > 76) lines.push(`    ${word}`);
		else lines[lines.length - 1] = `${last}, ${word}`;
	}
	return lines.join('\n');
};

/** The dashboard's flags, or an exit code when help or the version was all that was asked for, or a flag is unknown. */
export const parseDashboard = (argv: readonly string[], version: string): DashboardFlags | number => {
	const cli = meow(help + verbs(), {
		importMeta: import.meta,
		argv: [...argv],
		flags: dashboardFlags,
		autoHelp: false,
		autoVersion: false,
		description: false,
		pkg: {name: 'gantry', version},
	});
	const flags = cli.flags as Record<string, unknown>;
	if (flags['help'] === true) {
		process.stdout.write(`${cli.help.trimEnd()}\n`);
		return 0;
	}
	if (flags['version'] === true) {
		process.stdout.write(`gantry version ${version}\n`);
		return 0;
	}
	const known = new Set([...Object.keys(dashboardFlags), 'help', 'version']);
	const unknown = Object.keys(flags).find((name) => !known.has(name) && name.length > 1);
	if (unknown !== undefined) {
		process.stderr.write(`gantry: unknown flag: --${unknown.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} — gantry --help lists what there is\n`);
		return 1;
	}
	const text = (name: string): string | undefined => (typeof flags[name] === 'string' ? flags[name] : undefined);
	return {
		address: text('address') ?? text('host'),
		namespace: text('namespace'),
		snapshotter: text('snapshotter'),
		dataRoot: text('dataRoot'),
		cniPath: text('cniPath'),
		cniNetconfpath: text('cniNetconfpath'),
		buildkitHost: text('buildkitHost'),
		hostsDir: flags['hostsDir'] as readonly string[] | undefined,
		readonly: flags['readonly'] === true,
		once: flags['once'] === true,
		json: flags['json'] === true,
		ascii: flags['ascii'] === true,
		screenReader: flags['screenReader'] === true,
		allNamespaces: flags['allNamespaces'] === true,
	};
};
