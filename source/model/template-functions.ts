import {compare, goJson, goPrint, goQuote, isTruthy} from './template-values.ts';

export type TemplateFunction = (...parameters: readonly unknown[]) => unknown;

const textOf = (name: string, value: unknown): string => {
	if (typeof value !== 'string') throw new TypeError(`${name} wants text and got ${typeof value}`);
	return value;
};

const numberOf = (name: string, value: unknown): number => {
	if (typeof value !== 'number') throw new TypeError(`${name} wants a number and got ${typeof value}`);
	return value;
};

const join = (items: unknown, separator: unknown): string => {
	const between = textOf('join', separator);
	if (items === undefined || items === null) return '';
	if (Array.isArray(items)) return items.map(goPrint).join(between);
	if (typeof items === 'object') return Object.values(items).map(goPrint).sort().join(between);
	throw new TypeError(`join wants a list and got ${typeof items}`);
};

const title = (text: unknown): string =>
	textOf('title', text).replace(/(^|[^\p{L}\p{N}_'])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());

const padded = (text: unknown, before: unknown, after: unknown): string => {
	const source = textOf('pad', text);
	return source === '' ? source : ' '.repeat(numberOf('pad', before)) + source + ' '.repeat(numberOf('pad', after));
};

const length = (value: unknown): number => {
	if (value === null || value === undefined) return 0;
	if (typeof value === 'string') return new TextEncoder().encode(value).length;
	if (Array.isArray(value)) return value.length;
	if (typeof value === 'object') return Object.keys(value).length;
	throw new TypeError(`len of type ${typeof value}`);
};

const index = (value: unknown, ...keys: readonly unknown[]): unknown =>
	keys.reduce((at, key) => {
		if (Array.isArray(at) || typeof at === 'string') {
			const position = numberOf('index', key);
			if (position < 0 || position >= at.length) throw new RangeError(`index out of range: ${position}`);
			return typeof at === 'string' ? at.charCodeAt(position) : at[position];
		}
		if (typeof at !== 'object' || at === null)
			throw new TypeError(`can't index item of type ${at === null || at === undefined ? 'nil' : typeof at}`);
		// Go answers a map's zero value for a missing key; every map we offer holds text.
		return Object.hasOwn(at, String(key)) ? (at as Record<string, unknown>)[String(key)] : '';
	}, value);

const slice = (value: unknown, ...bounds: readonly unknown[]): unknown => {
	if (typeof value !== 'string' && !Array.isArray(value)) throw new TypeError(`can't slice item of type ${typeof value}`);
	const [from = 0, to = value.length] = bounds.map(bound => numberOf('slice', bound));
	if (from < 0 || to > value.length || from > to) throw new RangeError(`index out of range: ${to}`);
	return value.slice(from, to);
};

const quoted = (value: unknown): string => (typeof value === 'number' ? `'${String.fromCodePoint(value)}'` : goQuote(goPrint(value)));

const verb = (letter: string, precision: number | undefined, value: unknown): string => {
	switch (letter) {
		case 'd':
			return typeof value === 'number' ? String(Math.trunc(value)) : `%!d(${typeof value}=${goPrint(value)})`;
		case 'f':
			return typeof value === 'number' ? value.toFixed(precision ?? 6) : `%!f(${typeof value}=${goPrint(value)})`;
		case 'x':
			return typeof value === 'number' ? value.toString(16) : Buffer.from(goPrint(value)).toString('hex');
		case 'q':
			return quoted(value);
		case 't':
		case 'v':
		case 's': {
			const text = goPrint(value);
			return precision === undefined ? text : [...text].slice(0, precision).join('');
		}
		default:
			return `%!${letter}(${typeof value}=${goPrint(value)})`;
	}
};

const printf = (format: unknown, ...values: readonly unknown[]): string => {
	let next = 0;
	const text = textOf('printf', format).replace(
		/%([-+0]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g,
		(_, flags: string, width: string | undefined, precision: string | undefined, letter: string) => {
			if (letter === '%') return '%';
			if (next >= values.length) return `%!${letter}(MISSING)`;
			const shown = verb(letter, precision === undefined ? undefined : Number(precision), values[next++]);
			const wide = Number(width ?? 0);
			if (flags.includes('-')) return shown.padEnd(wide);
			return shown.padStart(wide, flags.includes('0') && letter !== 's' ? '0' : ' ');
		},
	);
	return next < values.length
		? `${text}%!(EXTRA ${values
				.slice(next)
				.map(value => `${typeof value}=${goPrint(value)}`)
				.join(', ')})`
		: text;
};

/** Go's `fmt.Sprint`: a space between two operands when neither is text. */
const print = (...values: readonly unknown[]): string =>
	values.reduce<string>(
		(text, value, at) => text + (at > 0 && typeof value !== 'string' && typeof values[at - 1] !== 'string' ? ' ' : '') + goPrint(value),
		'',
	);

const entities: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;'};

const ordered =
	(name: string, holds: (order: number) => boolean): TemplateFunction =>
	(a, b) => {
		const order = compare(a, b);
		if (order === undefined) throw new TypeError(`${name}: incompatible types for comparison`);
		return holds(order);
	};

const equal: TemplateFunction = (first, ...others) => {
	if (others.length === 0) throw new TypeError('eq: missing argument for comparison');
	return others.some(other => {
		if (first === undefined || first === null || other === undefined || other === null) return first === other;
		const order = compare(first, other);
		if (order === undefined) throw new TypeError('eq: incompatible types for comparison');
		return order === 0;
	});
};

/** Go's built-in functions and docker's, as `nerdctl --format` has them. `and` and `or` are the evaluator's: they stop early. */
export const templateFunctions: Readonly<Record<string, TemplateFunction>> = {
	json: value => goJson(value),
	split: (text, separator) => textOf('split', text).split(textOf('split', separator)),
	join,
	title,
	lower: text => textOf('lower', text).toLowerCase(),
	upper: text => textOf('upper', text).toUpperCase(),
	pad: padded,
	truncate: (text, limit) => textOf('truncate', text).slice(0, numberOf('truncate', limit)),
	len: length,
	index,
	slice,
	print,
	println: (...values) => `${values.map(goPrint).join(' ')}\n`,
	printf,
	html: (...values) => print(...values).replace(/[&<>"']/g, character => entities[character] ?? character),
	urlquery: (...values) => encodeURIComponent(print(...values)).replaceAll('%20', '+'),
	eq: equal,
	ne: (a, b) => !equal(a, b),
	lt: ordered('lt', order => order < 0),
	le: ordered('le', order => order <= 0),
	gt: ordered('gt', order => order > 0),
	ge: ordered('ge', order => order >= 0),
	not: value => !isTruthy(value),
};

const first: TemplateFunction = value => value;

/** For the header line of `table …`: a column's name is never split, joined or changed in case; padding stays, since it aligns. */
export const headerFunctions: Readonly<Record<string, TemplateFunction>> = {
	...templateFunctions,
	json: first,
	split: first,
	join: first,
	title: first,
	lower: first,
	upper: first,
	truncate: first,
};
