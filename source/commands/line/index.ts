import type {Writable} from 'node:stream';
import {Failure, isAbort} from '../../errors.ts';
import {didYouMean} from '../../model/suggest.ts';
import {composeWords, refusedComposeFlags} from './compose/flags.ts';
import {globalFlags, globalTable, refusedGlobals, trailingGlobals, verbIndex} from './globals.ts';
import {type LineEntry, lineCommands} from './registry.ts';
import type {GlobalFlags, LineCommand, Surroundings} from './types.ts';

export {lineCommands} from './registry.ts';
export type {GlobalFlags, LineCommand, LineContext, LineDaemon, LineHost, LineServices, LineTerminal, Surroundings} from './types.ts';

export type FoundLine = {
	readonly entry: LineEntry;
	/** As it was spelled. */
	readonly verb: string;
	readonly before: readonly string[];
	readonly after: readonly string[];
};

const byVerb = new Map(lineCommands.flatMap(entry => entry.verbs.map(verb => [verb, entry] as const)));
/** The words before the last of those that have several: `network`, `build history`. */
const groups = new Set([...byVerb.keys()].flatMap(verb => (verb.includes(' ') ? [verb.slice(0, verb.lastIndexOf(' '))] : [])));

/** The verb of a command line; undefined when there is none, or none that we know. */
export const findLine = (argv: readonly string[]): FoundLine | undefined => {
	const at = verbIndex(argv);
	if (at === undefined) return undefined;
	const {first, between, words} = wordsOf(argv, at);
	for (const [verb, after] of [
		[`${first} ${words[0] ?? ''} ${words[1] ?? ''}`, words.slice(2)],
		[`${first} ${words[0] ?? ''}`, words.slice(1)],
		[first, words],
	] as const) {
		const entry = byVerb.get(verb);
		if (entry !== undefined) return {entry, verb, before: argv.slice(0, at), after: [...between, ...after]};
	}
	return undefined;
};

/** The verb and what follows it; `compose` may have flags of its own before its sub-command. */
const wordsOf = (argv: readonly string[], at: number): {readonly first: string; readonly between: readonly string[]; readonly words: readonly string[]} => {
	const [first = '', ...words] = argv.slice(at);
	if (first !== 'compose') return {first, between: [], words};
	const {flags, rest} = composeWords(words);
	return {first, between: flags, words: rest};
};

/** Whether the command line names a verb, known or not: if not, it asks for the dashboard. */
export const hasVerb = (argv: readonly string[]): boolean => verbIndex(argv) !== undefined;

export type LineRunner = {
	readonly stdout: Writable;
	readonly stderr: Writable;
	readonly version: string;
	/** Connects and wires. What it throws is told as any other failure. */
	readonly makeContext: (flags: GlobalFlags, needs: {readonly daemon: boolean; readonly services: boolean}) => Promise<Surroundings>;
};

const interrupted = 130;

/** What a shell says of a program that wrote to a pipe which nobody reads any more: 128 and SIGPIPE. */
const unread = 141;

/** Aborts when the reader of our output has gone, as `head` does once it has its lines. */
const watchReader = (stdout: Writable): AbortSignal => {
	const gone = new AbortController();
	stdout.on('error', () => gone.abort());
	return gone.signal;
};

const aboutArity = ({arity, usage}: LineCommand, verb: string, count: number): Failure | undefined => {
	const most = arity.most ?? Number.POSITIVE_INFINITY;
	if (count >= arity.least && count <= most) return undefined;
	const wanted = arity.least === most ? `exactly ${most}` : count < arity.least ? `at least ${arity.least}` : `at most ${most}`;
	return new Failure('invalid', `"gantry ${verb}" requires ${wanted} argument${wanted.endsWith(' 1') ? '' : 's'}, and got ${count}`, {
		hint: `usage: gantry ${verb} ${usage}`,
	});
};

const unknownVerb = (argv: readonly string[]): Failure => {
	const {first, words} = wordsOf(argv, verbIndex(argv) ?? argv.length);
	const [second] = words;
	if (groups.has(first) && second !== undefined) {
		const inside = [...byVerb.keys()].filter(verb => verb.startsWith(`${first} `)).map(verb => verb.slice(first.length + 1));
		return new Failure(
			'invalid',
			`unknown subcommand ${JSON.stringify(second)} for "gantry ${first}"`,
			hinted(didYouMean(second, inside, `${first} `)),
		);
	}
	return new Failure(
		'invalid',
		`unknown subcommand ${JSON.stringify(first)} for "gantry"`,
		hinted(
			didYouMean(
				first,
				[...byVerb.keys()].filter(verb => !verb.includes(' ')),
			),
		),
	);
};

const hinted = (hint: string | undefined) => (hint === undefined ? {} : {hint});

const runFound = async ({entry, verb, before, after}: FoundLine, {stdout, version, makeContext}: LineRunner): Promise<number> => {
	const [{parseFlags}, command] = await Promise.all([import('./flags.ts'), entry.load()]);
	const leading = await parseFlags(before, globalTable, {interspersed: true, refused: refusedGlobals});
	const parsed = await parseFlags(
		after,
		{...trailingGlobals, ...command.flags},
		{interspersed: command.interspersed, refused: {...refusedGlobals, ...(verb.startsWith('compose ') ? refusedComposeFlags : {}), ...command.refused}},
	);
	if (leading.help || parsed.help) {
		const {verbHelp} = await import('./help.ts');
		stdout.write(verbHelp(command, verb));
		return 0;
	}
	const wrongArity = aboutArity(command, verb, parsed.args.length);
	if (wrongArity !== undefined) throw wrongArity;
	let surroundings: Surroundings;
	try {
		surroundings = await makeContext(globalFlags(leading.values, parsed.values), {daemon: command.needsDaemon, services: command.needsServices});
	} catch (error) {
		command.runWithoutDaemon?.({flags: parsed.values, stdout, version});
		throw error;
	}
	// Loaded by those who ask for it alone.
	if (surroundings.readonly === true && (await import('./reading-verbs.ts')).changesSomething(command.verbs[0], parsed.args))
		throw new Failure('denied', `gantry ${verb} is refused: gantry runs with --readonly`, {hint: 'config.yaml may say so too'});
	const gone = watchReader(stdout);
	const signal = AbortSignal.any([surroundings.signal, gone]);
	try {
		const code = await command.run({...surroundings, signal, args: parsed.args, flags: parsed.values, given: parsed.given});
		return gone.aborted ? unread : code;
	} catch (error) {
		if (gone.aborted && isAbort(error)) return unread;
		throw error;
	}
};

/** Runs one command line and answers its exit code: nerdctl's, 1 for anything that went wrong, a process's own for `exec`. */
export const runLine = async (argv: readonly string[], runner: LineRunner): Promise<number> => {
	try {
		const found = findLine(argv);
		if (found !== undefined) return await runFound(found, runner);
		const {first, words} = wordsOf(argv, verbIndex(argv) ?? argv.length);
		const [second] = words;
		if (groups.has(first) && (second === undefined || second === '--help' || second === '-h')) {
			const {groupHelp} = await import('./help.ts');
			runner.stdout.write(groupHelp(first, lineCommands));
			return 0;
		}
		throw unknownVerb(argv);
	} catch (error) {
		if (isAbort(error)) return interrupted;
		const {plainSentence} = await import('./failures.ts');
		runner.stderr.write(`${plainSentence(error)}\n`);
		return 1;
	}
};

/** For `gantry --help`. */
export const lineOverview = async (): Promise<string> => (await import('./help.ts')).overview(lineCommands);
