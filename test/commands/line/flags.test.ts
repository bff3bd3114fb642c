import {describe, expect, test} from 'vitest';
import type {FlagTable} from '../../../source/commands/line/flag-types.ts';
import {parseFlags} from '../../../source/commands/line/flags.ts';
import {timeOf} from '../../../source/commands/line/time-flag.ts';

const flags = {
	all: {type: 'boolean', shortFlag: 'a', help: ''},
	interactive: {type: 'boolean', shortFlag: 'i', help: ''},
	tty: {type: 'boolean', shortFlag: 't', help: ''},
	human: {type: 'boolean', default: true, help: ''},
	noTrunc: {type: 'boolean', help: ''},
	last: {type: 'number', shortFlag: 'n', default: -1, help: ''},
	format: {type: 'string', default: '', help: ''},
	env: {type: 'string', shortFlag: 'e', isMultiple: true, help: ''},
	filter: {type: 'string', shortFlag: 'f', isMultiple: true, splitsAtComma: true, help: ''},
} as const satisfies FlagTable;

const parse = (argv: readonly string[], interspersed = true) =>
	parseFlags(argv, flags, {interspersed, refused: {attach: 'because', A: 'because'}});

const untouched = {all: false, interactive: false, tty: false, human: true, noTrunc: false, last: -1, format: '', env: [], filter: []};

describe('flags as pflag reads them', () => {
	test.each([
		['nothing', [], {}, []],
		['long', ['--all', '--no-trunc'], {all: true, noTrunc: true}, []],
		['switched off', ['--human=false', '--all=0'], {human: false}, []],
		['short in a cluster', ['-ait'], {all: true, interactive: true, tty: true}, []],
		['a value behind a cluster', ['-an5'], {all: true, last: 5}, []],
		['a value after a space', ['-n', '5'], {last: 5}, []],
		['a value after an equals sign', ['-n=5', '--format=x=y'], {last: 5, format: 'x=y'}, []],
		['a negative number', ['--last', '-3'], {last: -3}, []],
		['an empty value', ['--format', ''], {format: ''}, []],
		['a value that looks like a flag', ['--format', '--all'], {format: '--all'}, []],
		['quotes that belong to the value', ['--format', '"{{.ID}}"'], {format: '"{{.ID}}"'}, []],
		['single quotes too', ["--format='x'"], {format: "'x'"}, []],
		['a number that is text', ['--format', '007'], {format: '007'}, []],
		['a line break', ['--format', 'a\nb'], {format: 'a\nb'}, []],
		['the last of two', ['--format=a', '--format=b'], {format: 'b'}, []],
		['a list', ['-e', 'A=1,2', '--env', 'B'], {env: ['A=1,2', 'B']}, []],
		['a list that splits', ['-f', 'a=1,b=2', '--filter=c=3'], {filter: ['a=1', 'b=2', 'c=3']}, []],
		['arguments among flags', ['x', '-a', 'y'], {all: true}, ['x', 'y']],
		['a lone dash is an argument', ['-'], {}, ['-']],
		['two dashes end the flags', ['-a', '--', '-i', '--', 'x'], {all: true}, ['-i', '--', 'x']],
	] as const)('%s', async (_, argv, values, args) => {
		const parsed = await parse(argv);
		expect(parsed.values).toEqual({...untouched, ...values});
		expect(parsed.args).toEqual(args);
	});

	test('after the first argument everything is its own, where the verb says so', async () => {
		expect(await parse(['-it', 'web', 'ls', '-la', '--all', '--', 'x'], false)).toMatchObject({
			values: {interactive: true, tty: true, all: false},
			args: ['web', 'ls', '-la', '--all', '--', 'x'],
		});
	});

	test('what was given is told apart from what is the default', async () => {
		expect([...(await parse(['-n', '-1', '--human'])).given]).toEqual(['last', 'human']);
		expect((await parse(['-ha'])).help).toBe(true);
	});

	test.each([
		[['--nope'], 'unknown flag: --nope'],
		[['--fromat', 'x'], 'unknown flag: --fromat — did you mean --format?'],
		[['-z'], "unknown shorthand flag: 'z' in -z"],
		[['-az'], "unknown shorthand flag: 'z' in -az"],
		[['--last'], 'flag needs an argument: --last'],
		[['-an'], "flag needs an argument: 'n' in -an"],
		[['-n', 'x'], 'invalid argument "x" for "-n, --last" flag: a whole number is needed'],
		[['-n', ''], 'invalid argument "" for "-n, --last" flag: a whole number is needed'],
		[['--all=maybe'], 'invalid argument "maybe" for "-a, --all" flag: true or false is needed'],
		[['--attach'], 'flag --attach is not supported: because'],
		[['-A'], 'flag -A is not supported: because'],
	] as const)('%s is refused', async (argv, sentence) => {
		const refuse = async () => {
			try {
				return await parse(argv);
			} catch (error) {
				const {message, hint} = error as {readonly message: string; readonly hint?: string};
				return hint === undefined ? message : `${message} — ${hint}`;
			}
		};
		expect(await refuse()).toBe(sentence);
	});
});

describe('times', () => {
	const now = Date.UTC(2024, 4, 1, 12, 0, 0);
	test.each([
		['42m', now - 42 * 60_000],
		['1h30m', now - 5_400_000],
		['1.5h', now - 5_400_000],
		['250ms', now - 250],
		['1714564800', 1_714_564_800_000],
		['1714564800.5', 1_714_564_800_500],
		['2024-05-01T12:00:00Z', now],
		['2024-05-01T14:00:00.25+02:00', now + 250],
		['2024-05-01T12:00Z', now],
		['', undefined],
	])('%s', (text, at) => {
		expect(timeOf('since', text, now)).toBe(at);
	});

	test.each(['yesterday', '12:00', '2024-13-01', '5 m'])('%s is no time', text => {
		expect(() => timeOf('since', text, now)).toThrow(`invalid value for --since: "${text}"`);
	});
});
