import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {kebab} from '../../../source/commands/line/flag-types.ts';
import {globalTable, trailingGlobals} from '../../../source/commands/line/globals.ts';
import {findLine, hasVerb, lineCommands, lineOverview, runLine} from '../../../source/commands/line/index.ts';
import {nearest} from '../../../source/model/suggest.ts';
import {Sink} from './surroundings.ts';

const untouchable = async (): Promise<never> => {
	throw new Error('nothing may be connected for this');
};

const run = async (argv: readonly string[]) => {
	const [stdout, stderr] = [new Sink(), new Sink()];
	const code = await runLine(argv, {stdout, stderr, version: '0.1.0', makeContext: untouchable});
	return {code, out: stdout.text, err: stderr.text};
};

describe('the verbs', () => {
	test.each(lineCommands.map(entry => [entry.verbs[0], entry] as const))('%s is what its module says', async (_, entry) => {
		const command = await entry.load();
		expect(command.verbs).toEqual(entry.verbs);
		expect(command.summary).toBe(entry.summary);
		expect(Object.values(command.flags).every(({help}) => help !== '')).toBe(true);
	});

	test.each(lineCommands.map(entry => [entry.verbs[0], entry] as const))(
		'%s has no flag twice and hides no global one',
		async (_, entry) => {
			const {flags, refused} = await entry.load();
			const shorts = Object.values(flags).flatMap(({shortFlag}) => (shortFlag === undefined ? [] : [shortFlag]));
			expect(new Set(shorts).size).toBe(shorts.length);
			expect(Object.keys(flags).filter(name => name in trailingGlobals)).toEqual([]);
			const known = new Set([...Object.keys(flags).map(kebab), ...shorts]);
			expect(Object.keys(refused).filter(name => known.has(name))).toEqual([]);
		},
	);

	test('no spelling is taken twice', () => {
		const all = lineCommands.flatMap(({verbs}) => verbs);
		expect(new Set(all).size).toBe(all.length);
	});

	test('the README names each of them', () => {
		const table = /### Verbs(.*?)### Keys/s.exec(readFileSync(new URL('../../../README.md', import.meta.url), 'utf8'))?.[1] ?? '';
		const named = new Set(Array.from(table.matchAll(/`([^`]+)`/g), ([, verb]) => verb));
		expect(lineCommands.flatMap(({verbs: [verb = '']}) => (named.has(verb) ? [] : [verb]))).toEqual([]);
	});

	test.each([
		[['ps', '-a'], 'ps', [], ['-a']],
		[['container', 'ls', '-q'], 'container ls', [], ['-q']],
		[['-n', 'k8s.io', 'image', 'ls'], 'image ls', ['-n', 'k8s.io'], []],
		[['--namespace=x', '-a', '/sock', 'ns', 'ls'], 'ns ls', ['--namespace=x', '-a', '/sock'], []],
		[['exec', '-it', 'web', 'ls', '-la'], 'exec', [], ['-it', 'web', 'ls', '-la']],
	] as const)('%j is found', (argv, verb, before, after) => {
		expect(findLine(argv)).toMatchObject({verb, before, after});
	});

	test.each([[[]], [['--once', '--json']], [['-n', 'k8s.io']], [['--address', 'ps']], [['--buildkit-host', 'unix:///b.sock']], [['--', 'ps']]] as const)(
		'%j asks for the dashboard',
		argv => {
			expect(hasVerb(argv)).toBe(false);
			expect(findLine(argv)).toBeUndefined();
		},
	);
});

describe('what is wrong with a command line is told before anything is connected', () => {
	test.each([
		[['pss'], 'unknown subcommand "pss" for "gantry" — did you mean ps?\n'],
		[['xyzzy'], 'unknown subcommand "xyzzy" for "gantry"\n'],
		[['container', 'lss'], 'unknown subcommand "lss" for "gantry container" — did you mean container ls?\n'],
		[['stop'], '"gantry stop" requires at least 1 argument, and got 0 — usage: gantry stop [flags] CONTAINER [CONTAINER, ...]\n'],
		[['ps', 'x'], '"gantry ps" requires exactly 0 arguments, and got 1 — usage: gantry ps [flags]\n'],
		[['images', 'a', 'b'], '"gantry images" requires at most 1 argument, and got 2 — usage: gantry images [flags] [REPOSITORY[:TAG]]\n'],
		[['stop', '--tme', '3', 'x'], 'unknown flag: --tme — did you mean --time?\n'],
		[['--debug', 'ps'], 'flag --debug is not supported: failures are told whole already\n'],
		[['--host-gateway-ip', '10.0.0.1', 'ps'], 'flag --host-gateway-ip is not supported: set it in nerdctl.toml, or use nerdctl for this one call\n'],
		[['--fuzz', 'ps'], 'unknown flag: --fuzz\n'],
		[['--buildkit-host', 'unix:///b.sock', 'ps'], 'unknown flag: --buildkit-host\n'],
		[['start', '--checkpoint', 'x', 'web'], 'flag --checkpoint is not supported: checkpoints are not supported\n'],
	] as const)('%j', async (argv, err) => {
		expect(await run(argv)).toEqual({code: 1, out: '', err});
	});

	test('help needs no daemon either', async () => {
		const {code, out, err} = await run(['rm', '--help']);
		expect({code, err}).toEqual({code: 0, err: ''});
		expect(out).toBe(`Remove one or more containers

Usage: gantry rm [flags] CONTAINER [CONTAINER, ...]

Aliases: remove, container rm, container remove

Flags:
  -f, --force     Force the removal of a running, paused or unknown container (uses SIGKILL)
  -v, --volumes   Remove anonymous volumes of the container too

See also 'gantry --help' for the flags that go with every command.
`);
	});

	test('a group alone lists what is in it', async () => {
		const {code, out} = await run(['namespace']);
		expect(code).toBe(0);
		expect(out).toContain('Usage: gantry namespace COMMAND');
		expect(out).toMatch(/^ {2}create +Create a new namespace$/m);
	});

	test('the overview names every verb and every global flag', async () => {
		const text = await lineOverview();
		for (const {verbs, summary} of lineCommands)
			expect(text).toMatch(new RegExp(`^  ${verbs[0]} +${summary.replaceAll(/[()]/g, '\\$&')}$`, 'm'));
		for (const name of Object.keys(globalTable)) expect(text).toContain(`--${kebab(name)}`);
	});
});

test.each([
	['fromat', ['format', 'filter'], 'format'],
	['imgaes', ['images', 'image'], 'images'],
	['qq', ['ps', 'rm'], undefined],
	['formats', ['format'], 'format'],
	['all', ['all'], 'all'],
] as const)('%s is nearest to one of %j', (word, known, meant) => {
	expect(nearest(word, known)).toBe(meant);
});
