import {Failure} from '../../errors.ts';
import {type Flag, type FlagTable, kebab} from './flag-types.ts';
import {didYouMean} from '../../model/suggest.ts';

export type Parsed = {
	readonly values: Readonly<Record<string, unknown>>;
	readonly args: readonly string[];
	/** The flags that were given, whatever their value: a default and the same value said aloud are not the same wish. */
	readonly given: ReadonlySet<string>;
	readonly help: boolean;
};

export type ParseOptions = {
	/** False: the first argument that is no flag ends the flags, so that `exec web ls -la` keeps its `-la`. */
	readonly interspersed: boolean;
	/** Flags that nerdctl has and we do not, with the reason: refused by name. */
	readonly refused?: Readonly<Record<string, string>>;
};

type Given = {readonly name: string; readonly value: string};

const invalid = (message: string, hint?: string): Failure => new Failure('invalid', message, hint === undefined ? {} : {hint});

const shown = (name: string, flag: Flag): string =>
	flag.shortFlag === undefined ? `--${kebab(name)}` : `-${flag.shortFlag}, --${kebab(name)}`;

const checked = (name: string, flag: Flag, value: string): Given => {
	const problem =
		flag.type === 'number' && !/^[-+]?\d+$/.test(value)
			? 'a whole number is needed'
			: flag.type === 'boolean' && !/^(?:true|false|1|0|t|f)$/i.test(value)
				? 'true or false is needed'
				: undefined;
	if (problem !== undefined) throw invalid(`invalid argument ${JSON.stringify(value)} for "${shown(name, flag)}" flag: ${problem}`);
	return {name, value: flag.type === 'boolean' ? String(/^(?:true|1|t)$/i.test(value)) : value};
};

/**
The command line as pflag reads it, which is what nerdctl users type: `-it`, `-n5`, `-n 5`, `-n=5`, `--tail 5`, `--tail=5`, `--all=false`, `--`.
meow's parser can't stop at the first argument, reads `--no-x` as the opposite of `--x`, takes a flag's missing value from nowhere and costs more
to load than an ordinary verb takes.
*/
const scan = (argv: readonly string[], flags: FlagTable, {interspersed, refused = {}}: ParseOptions) => {
	const byLong = new Map(Object.keys(flags).map(name => [kebab(name), name]));
	const byShort = new Map(
		Object.entries(flags).flatMap(([name, flag]) => (flag.shortFlag === undefined ? [] : [[flag.shortFlag, name] as const])),
	);
	const given: Given[] = [];
	const args: string[] = [];
	let help = false;

	const longFlag = (token: string, at: number): number => {
		const [, word = '', inline] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(token) ?? [];
		const name = byLong.get(word);
		const flag = name === undefined ? undefined : flags[name];
		if (name === undefined || flag === undefined) {
			if (word === 'help') {
				help = true;
				return at;
			}
			if (Object.hasOwn(refused, word)) throw invalid(`flag --${word} is not supported: ${refused[word]}`);
			throw invalid(`unknown flag: --${word}`, didYouMean(word, byLong.keys(), '--'));
		}
		if (inline !== undefined) {
			given.push(checked(name, flag, inline));
			return at;
		}
		if (flag.type === 'boolean') {
			given.push({name, value: 'true'});
			return at;
		}
		const value = argv[at + 1];
		if (value === undefined) throw invalid(`flag needs an argument: --${word}`);
		given.push(checked(name, flag, value));
		return at + 1;
	};

	const shortFlags = (token: string, at: number): number => {
		for (let position = 1; position < token.length; position++) {
			const letter = token[position] ?? '';
			const name = byShort.get(letter);
			const flag = name === undefined ? undefined : flags[name];
			if (name === undefined || flag === undefined) {
				if (letter === 'h') {
					help = true;
					continue;
				}
				const reason = refused[letter];
				if (reason !== undefined) throw invalid(`flag -${letter} is not supported: ${reason}`);
				throw invalid(`unknown shorthand flag: ${JSON.stringify(letter).replaceAll('"', "'")} in ${token}`);
			}
			const rest = token.slice(position + 1);
			if (flag.type === 'boolean' && !rest.startsWith('=')) {
				given.push({name, value: 'true'});
				continue;
			}
			if (rest !== '') {
				given.push(checked(name, flag, rest.startsWith('=') ? rest.slice(1) : rest));
				return at;
			}
			const value = argv[at + 1];
			if (value === undefined) throw invalid(`flag needs an argument: '${letter}' in ${token}`);
			given.push(checked(name, flag, value));
			return at + 1;
		}
		return at;
	};

	for (let at = 0; at < argv.length; at++) {
		const token = argv[at] ?? '';
		if (token === '--') {
			args.push(...argv.slice(at + 1));
			break;
		}
		if (token.startsWith('--')) at = longFlag(token, at);
		else if (token.startsWith('-') && token.length > 1) at = shortFlags(token, at);
		else {
			args.push(token);
			if (interspersed) continue;
			args.push(...argv.slice(at + 1));
			break;
		}
	}
	return {given, args, help};
};

const absent = ({default: standard, isMultiple, type}: Flag): unknown =>
	standard ?? (isMultiple === true ? [] : type === 'boolean' ? false : undefined);

const typedValue = (value: string, {type}: Flag): unknown => (type === 'boolean' ? value === 'true' : type === 'number' ? Number(value) : value);

/** pflag's StringSlice: commas divide it, and nothing is no element. */
const partsOf = (value: string, {splitsAtComma}: Flag): readonly string[] => (splitsAtComma !== true ? [value] : value === '' ? [] : value.split(','));

/** A list has all values that were given, anything else the last, as pflag has it. */
const valueOf = (given: readonly Given[] | undefined, flag: Flag): unknown => {
	if (given === undefined) return absent(flag);
	if (flag.isMultiple === true) return given.flatMap(({value}) => partsOf(value, flag)).map(part => typedValue(part, flag));
	return typedValue(given.at(-1)?.value ?? '', flag);
};

/** Rejects with `invalid` in cobra's words, with the nearest spelling. */
export const parseFlags = async (argv: readonly string[], flags: FlagTable, options: ParseOptions): Promise<Parsed> => {
	const {given, args, help} = scan(argv, flags, options);
	const byName = Map.groupBy(given, ({name}) => name);
	const values = Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, valueOf(byName.get(name), flag)]));
	return {values, args, given: new Set(byName.keys()), help};
};
