import {Failure} from '../../errors.ts';

/** `KEY=VALUE`, cut at the first `=`. A bare key has no value, or the one that it stands for. */
export const pairOf = (text: string, bare = ''): readonly [string, string] => {
	const at = text.indexOf('=');
	return at < 0 ? [text, bare] : [text.slice(0, at), text.slice(at + 1)];
};

export const pairsOf = (texts: readonly string[], bare = ''): Readonly<Record<string, string>> => Object.fromEntries(texts.map(text => pairOf(text, bare)));

/** Pairs of which each must have a value. */
export const strictPairsOf = (flag: string, texts: readonly string[]): Readonly<Record<string, string>> => {
	for (const text of texts) if (!/^[^=]+=/.test(text)) throw new Failure('invalid', `--${flag} is ${JSON.stringify(text)}, which has no value`, {hint: 'write it as KEY=VALUE'});
	return pairsOf(texts);
};

/** Go's ParseBool. */
export const booleanOf = (what: string, text: string): boolean => {
	if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
	if (/^(?:0|f|F|FALSE|false|False)$/.test(text)) return false;
	throw new Failure('invalid', `invalid value for ${what}: ${JSON.stringify(text)} is neither true nor false`);
};
