import {coloursOf, logPrefix, shortName} from '../../../model/compose/log-prefix.ts';
import {coloured, plain} from '../../../model/sanitize.ts';
import {type Printer, stamp} from '../logs.ts';
import {write} from '../output.ts';
import type {Surroundings} from '../types.ts';

export type LogLook = {readonly prefix: boolean; readonly colour: boolean; readonly timestamps: boolean};

export const logLookFlags = {
	noColor: {type: 'boolean', help: 'Without colours, which only a terminal gets'},
	noLogPrefix: {type: 'boolean', help: "Without the containers' names"},
} as const;

export type LogPrinter = {
	/** Those that will come, so that the column is as wide from the first line on, whoever speaks first. */
	expect(names: readonly string[]): void;
	/** Of one container; new names widen the column from then on. */
	of(name: string): Printer;
	/** A line of our own about a container. */
	say(name: string, text: string): Promise<void>;
};

/** More of a line in pieces is not held back; its pieces are lines then. */
const longestLine = 1024 * 1024;

/** Lines of many containers, never mixed within a line: stdout's to stdout, stderr's to stderr. `project` shortens the names. */
export const createLogPrinter = ({stdout, stderr, terminal, env}: Pick<Surroundings, 'stdout' | 'stderr' | 'terminal' | 'env'>, project: string, {prefix, colour, timestamps}: LogLook): LogPrinter => {
	const names: string[] = [];
	let width = 0;
	let palette = coloursOf([]);
	const isColoured = colour && terminal.isTTY && (env['NO_COLOR'] ?? '') === '';
	const shown = (name: string): string => (terminal.isTTY ? plain(shortName(project, name)) : shortName(project, name));
	const know = (name: string): void => {
		if (names.includes(name)) return;
		names.push(name);
		width = Math.max(width, shown(name).length);
		palette = coloursOf(names);
	};
	const prefixOf = (name: string): string => (prefix ? logPrefix(shown(name), width, isColoured ? palette.get(name) : undefined) : '');
	return {
		expect: expected => {
			for (const name of expected) know(name);
		},
		of: name => {
			know(name);
			const held = {stdout: '', stderr: ''};
			return async records => {
				const text = {stdout: '', stderr: ''};
				for (const record of records) {
					if (record.notice === true) continue;
					const {stream} = record;
					if (held[stream] === '') held[stream] = timestamps ? stamp(record) : '';
					held[stream] += record.text;
					if (record.partial === true && held[stream].length < longestLine) continue;
					text[stream] += `${prefixOf(name)}${terminal.isTTY ? coloured(held[stream]) : held[stream]}\n`;
					held[stream] = '';
				}
				await write(stdout, text.stdout);
				await write(stderr, text.stderr);
			};
		},
		say: async (name, text) => {
			know(name);
			await write(stdout, `${shown(name)} ${text}\n`);
		},
	};
};
