import {Failure} from '../../errors.ts';
import {interpolate, type Lookup} from './interpolate.ts';

export type EnvFileOptions = {
	/** For messages. */
	readonly file: string;
	/** What variables within values come to before the file's own lines are asked. */
	readonly lookup: Lookup;
};

const escapes: Readonly<Record<string, string>> = {a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"', $: '$$'};

/** Shell escapes of double quotes; `\$` becomes the `$$` that interpolation reads as a dollar sign. */
const unescape = (text: string): string =>
	text.replace(/\\(?:([abfnrtv\\"$])|0([0-7]{1,3}))/g, (_, letter: string | undefined, octal: string | undefined) =>
		letter === undefined ? String.fromCharCode(Number.parseInt(octal ?? '0', 8)) : (escapes[letter] ?? letter),
	);

type Quoted = {readonly text: string; readonly end: number};

/** Only the quote itself can be escaped here; other backslashes are kept for `unescape`, or in single quotes for good. */
const readQuoted = (text: string, from: number, quote: string): Quoted | undefined => {
	let value = '';
	for (let at = from; at < text.length; at += 1) {
		const character = text.charAt(at);
		if (character === quote) return {text: value, end: at + 1};
		if (character === '\\' && text.charAt(at + 1) === quote) {
			value += quote;
			at += 1;
		} else if (character === '\\' && at + 1 < text.length) {
			value += character + text.charAt(at + 1);
			at += 1;
		} else value += character;
	}
	return undefined;
};

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length;

const keyPattern = /(?:export[ \t]+)?([\p{L}\p{N}_.\-[\]]+)[ \t]*(=|:|(?=\r?\n|$|[ \t]#))/uy;

/**
A `.env` file as docker compose reads it: comments, `export`, both kinds of quotes over several lines, variables, and names alone, which
stand for what the environment has.
*/
export const parseEnvFile = (text: string, {file, lookup}: EnvFileOptions): ReadonlyMap<string, string> => {
	const values = new Map<string, string>();
	const whole = text.replace(/^\uFEFF/, '');
	const failAt = (at: number, problem: string) => new Failure('invalid', `${file}:${lineOf(whole, at)}: ${problem}`);
	const expanded = (value: string, at: number): string => {
		try {
			return interpolate(value, {lookup: name => lookup(name) ?? values.get(name)});
		} catch (error) {
			throw failAt(at, (error as Error).message);
		}
	};
	const blank = /(?:\s+|#[^\n]*)*/y;
	for (let at = 0; ; ) {
		blank.lastIndex = at;
		blank.exec(whole);
		at = Math.max(at, blank.lastIndex);
		if (at >= whole.length) return values;
		keyPattern.lastIndex = at;
		const key = keyPattern.exec(whole);
		if (key === null) throw failAt(at, `${JSON.stringify(whole.slice(at).split('\n')[0])} is not NAME=value`);
		const [, name = '', sign] = key;
		const start = at;
		at = keyPattern.lastIndex;
		const lineEnd = whole.indexOf('\n', at) < 0 ? whole.length : whole.indexOf('\n', at);
		if (sign === '') {
			const inherited = lookup(name);
			if (inherited !== undefined) values.set(name, inherited);
			at = lineEnd;
			continue;
		}
		while (/[ \t]/.test(whole.charAt(at))) at += 1;
		const quote = whole.charAt(at);
		if (quote === '"' || quote === "'") {
			const quoted = readQuoted(whole, at + 1, quote);
			if (quoted === undefined) throw failAt(start, `the value of ${name} has no closing ${quote}`);
			values.set(name, quote === '"' ? expanded(unescape(quoted.text), start) : quoted.text);
			at = quoted.end;
			continue;
		}
		const raw = whole.slice(at, lineEnd).split(/(?:^|[ \t])#/)[0] ?? '';
		values.set(name, expanded(raw.trimEnd(), start));
		at = lineEnd;
	}
};

/** `format: raw`: everything after the first `=` is the value, with quotes, dollars and all. */
export const parseRawEnvFile = (text: string, {file}: Pick<EnvFileOptions, 'file'>): ReadonlyMap<string, string> => {
	const values = new Map<string, string>();
	for (const [index, line] of text.split(/\r?\n/).entries()) {
		if (line.trim() === '' || line.startsWith('#')) continue;
		const at = line.indexOf('=');
		if (at <= 0) throw new Failure('invalid', `${file}:${index + 1}: ${JSON.stringify(line)} is not NAME=value`);
		values.set(line.slice(0, at), line.slice(at + 1));
	}
	return values;
};
