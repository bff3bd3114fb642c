import {Failure} from '../../errors.ts';

/** A file's text, and where its lines begin: positions stay offsets until somebody has to be told one. */
export type Source = {readonly file: string; readonly lineStarts: readonly number[]};

export type Origin = {readonly source: Source; readonly offset: number};

/** What goes with a later file's value: take the earlier one away, or replace it whole instead of merging. */
export type MergeTag = 'reset' | 'override';

type Common = {readonly at: Origin; readonly tag?: MergeTag};

/** Undefined is YAML's null. */
export type Scalar = Common & {readonly kind: 'scalar'; readonly value: string | number | boolean | undefined};

export type List = Common & {readonly kind: 'list'; readonly items: readonly Value[]};

export type Mapping = Common & {readonly kind: 'map'; readonly entries: ReadonlyMap<string, Entry>};

export type Entry = {readonly value: Value; readonly keyAt: Origin};

/** YAML as it is worked on: immutable, and every part knows where it was written. */
export type Value = Scalar | List | Mapping;

export const scalar = (value: Scalar['value'], at: Origin): Scalar => ({kind: 'scalar', value, at});

export const list = (items: readonly Value[], at: Origin): List => ({kind: 'list', items, at});

/** A map whose parts all come from one place, as a short syntax does. */
export const mapping = (entries: Readonly<Record<string, Value | Scalar['value']>>, at: Origin): Mapping => ({
	kind: 'map',
	at,
	entries: new Map(
		Object.entries(entries)
			.filter(([, value]) => value !== undefined)
			.map(([key, value]) => [key, {keyAt: at, value: typeof value === 'object' ? value : scalar(value, at)}]),
	),
});

export const isNull = (value: Value | undefined): boolean => value === undefined || (value.kind === 'scalar' && value.value === undefined);

export const child = (value: Value | undefined, ...keys: readonly string[]): Value | undefined => {
	let found = value;
	for (const key of keys) found = found?.kind === 'map' ? found.entries.get(key)?.value : undefined;
	return found;
};

export const textOf = (value: Value | undefined): string | undefined =>
	value?.kind === 'scalar' && value.value !== undefined ? String(value.value) : undefined;

/** The map with an entry put in or, with undefined, taken out. */
export const withEntry = (map: Mapping, key: string, value: Value | undefined): Mapping => {
	const entries = new Map(map.entries);
	if (value === undefined) entries.delete(key);
	else entries.set(key, {keyAt: entries.get(key)?.keyAt ?? value.at, value});
	return {...map, entries};
};

export const mapEntries = (map: Mapping, change: (value: Value, key: string) => Value): Mapping => ({
	...map,
	entries: new Map([...map.entries].map(([key, {value, keyAt}]) => [key, {keyAt, value: change(value, key)}])),
});

/** Counted from 1; the column in UTF-16 units, as editors do. */
export const positionOf = ({source, offset}: Origin): {readonly line: number; readonly column: number} => {
	let low = 0;
	let high = source.lineStarts.length;
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
		else high = middle;
	}
	return {line: low + 1, column: offset - (source.lineStarts[low] ?? 0) + 1};
};

export const lineStartsOf = (text: string): readonly number[] => {
	const starts = [0];
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
	return starts;
};

/** `compose.yaml:3:5`. */
export const placeOf = (at: Origin): string => {
	const {line, column} = positionOf(at);
	return `${at.source.file}:${line}:${column}`;
};

/** One form for everything that is wrong in a file: where, which key, what. */
export const fault = (at: Origin, path: string, problem: string, hint?: string): Failure =>
	new Failure('invalid', `${placeOf(at)}: ${path === '' ? '' : `${path} `}${problem}`, hint === undefined ? {} : {hint});

/** As JSON has it: null for YAML's null. */
export type Plain = string | number | boolean | null | readonly Plain[] | {readonly [key: string]: Plain};

export const toPlain = (value: Value): Plain => {
	if (value.kind === 'scalar') return value.value ?? null;
	if (value.kind === 'list') return value.items.map(toPlain);
	return Object.fromEntries([...value.entries].map(([key, entry]) => [key, toPlain(entry.value)]));
};
