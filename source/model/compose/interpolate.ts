import {Failure} from '../../errors.ts';

export type Lookup = (name: string) => string | undefined;

export type InterpolateOptions = {
	readonly lookup: Lookup;
	/** Told of a variable that has neither a value nor a default. */
	readonly onUnset?: (name: string) => void;
};

const named = /^[_a-z][_a-z0-9]*/i;

const operator = /^(:?[-+?])/;

/** How deep defaults may hold defaults: nobody writes ten, and a file must not be able to exhaust the stack. */
const deepest = 32;

/** The closing brace of what was opened before `from`; braces within belong to nested expressions. */
const closingBrace = (text: string, from: number): number => {
	let open = 1;
	for (let at = from; at < text.length; at += 1) {
		const character = text[at];
		if (character === '{') open += 1;
		else if (character === '}' && --open === 0) return at;
	}
	return -1;
};

const malformed = (text: string): Failure =>
	new Failure('invalid', `${JSON.stringify(text)} is not a valid use of a variable`, {hint: 'write $$ for a dollar sign'});

const expand = (expression: string, options: InterpolateOptions, depth: number): string => {
	const [name = ''] = named.exec(expression) ?? [];
	const rest = expression.slice(name.length);
	const [, sign] = operator.exec(rest) ?? [];
	if (name === '' || (rest !== '' && sign === undefined)) throw malformed(`\${${expression}}`);
	const value = options.lookup(name);
	if (sign === undefined) {
		if (value === undefined) options.onUnset?.(name);
		return value ?? '';
	}
	const isThere = value !== undefined && (value !== '' || !sign.startsWith(':'));
	const word = () => substitute(rest.slice(sign.length), options, depth + 1);
	if (sign.endsWith('+')) return isThere ? word() : (value ?? '');
	if (isThere) return value;
	if (sign.endsWith('-')) return word();
	const reason = word();
	throw new Failure('invalid', `the variable ${name} is required${reason === '' ? '' : `: ${reason}`}`, {
		hint: `set ${name} in the environment or in .env`,
	});
};

const substitute = (text: string, options: InterpolateOptions, depth: number): string => {
	if (depth > deepest) throw new Failure('invalid', `variables are nested more than ${deepest} deep`);
	let result = '';
	let at = 0;
	for (;;) {
		const dollar = text.indexOf('$', at);
		if (dollar < 0) return result + text.slice(at);
		result += text.slice(at, dollar);
		const next = text[dollar + 1];
		if (next === '$') {
			result += '$';
			at = dollar + 2;
		} else if (next === '{') {
			const end = closingBrace(text, dollar + 2);
			if (end < 0) throw malformed(text.slice(dollar));
			result += expand(text.slice(dollar + 2, end), options, depth);
			at = end + 1;
		} else {
			const [name] = named.exec(text.slice(dollar + 1)) ?? [];
			// A dollar sign before anything else stands for itself, as in `^\d+$`.
			result += name === undefined ? '$' : expand(name, options, depth);
			at = dollar + 1 + (name?.length ?? 0);
		}
	}
};

/**
The variables of a text put in: `$NAME`, `${NAME}`, and with `:-` `-` `:?` `?` `:+` `+` a default, a demand or an alternative, which may
hold variables themselves. The colon takes an empty value for none.
*/
export const interpolate = (text: string, options: InterpolateOptions): string => (text.includes('$') ? substitute(text, options, 0) : text);
