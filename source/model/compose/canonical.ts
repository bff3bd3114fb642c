import {goDurationOf, parseBytes, parseNanoseconds} from './quantities.ts';
import type {ListShape, MapShape, ObjectShape, ScalarShape, Shape} from './shape.ts';
import {type Entry, fault, isNull, type List, type Mapping, scalar, type Value} from './value.ts';
import {nearest} from '../suggest.ts';

export type CanonicalOptions = {
	/** False with `--no-interpolate`: what holds a variable is left as it is written. */
	readonly isInterpolated: boolean;
};

const wanted: Readonly<Record<ScalarShape['type'], string>> = {
	string: 'a string',
	text: 'a string, a number or true or false',
	integer: 'a whole number',
	number: 'a number',
	boolean: 'true or false',
	bytes: 'a size such as 64m',
	duration: 'a duration such as 1m30s',
	count: 'a whole number or all',
};

const kindOf = (value: Value): string => {
	if (value.kind !== 'scalar') return value.kind === 'list' ? 'a list' : 'a mapping';
	if (value.value === undefined) return 'nothing';
	return typeof value.value === 'string' ? JSON.stringify(value.value) : String(value.value);
};

const mustBe = (value: Value, path: string, what: string, hint?: string) => fault(value.at, path, `must be ${what}, not ${kindOf(value)}`, hint);

const truths: Readonly<Record<string, boolean>> = {true: true, yes: true, y: true, on: true, false: false, no: false, n: false, off: false};

const converted = (value: string | number | boolean, type: ScalarShape['type']): string | number | boolean | undefined => {
	if (type === 'text') return String(value);
	if (type === 'string') return typeof value === 'string' ? value : undefined;
	if (type === 'boolean') return typeof value === 'boolean' ? value : typeof value === 'string' ? truths[value.toLowerCase()] : undefined;
	if (typeof value === 'boolean') return undefined;
	if (type === 'count' && value === 'all') return value;
	if (type === 'bytes') return parseBytes(String(value));
	if (type === 'duration') {
		const nanoseconds = typeof value === 'string' ? parseNanoseconds(value) : undefined;
		return nanoseconds === undefined ? undefined : goDurationOf(nanoseconds);
	}
	const amount = typeof value === 'number' ? value : value.trim() === '' ? Number.NaN : Number(value);
	if (Number.isNaN(amount)) return undefined;
	return type !== 'number' && !Number.isInteger(amount) ? undefined : amount;
};

const held = (value: Value, {isInterpolated}: CanonicalOptions): boolean =>
	!isInterpolated && value.kind === 'scalar' && typeof value.value === 'string' && value.value.includes('$');

const checkScalar = (value: Value, shape: ScalarShape, path: string): Value => {
	if (value.kind !== 'scalar' || value.value === undefined) throw mustBe(value, path, wanted[shape.type]);
	const made = converted(value.value, shape.type);
	if (made === undefined) throw mustBe(value, path, wanted[shape.type], typeof value.value === 'string' ? undefined : 'put it in quotes');
	if (shape.oneOf !== undefined && !shape.oneOf.includes(String(made))) throw mustBe(value, path, `one of ${shape.oneOf.join(', ')}`);
	if (shape.matches !== undefined && !shape.matches.pattern.test(String(made))) throw mustBe(value, path, shape.matches.says);
	return made === value.value ? value : {...value, value: made};
};

/** The last entry of each key, where the first one stood. */
export const unique = (items: readonly Value[], key: (item: Value) => string): readonly Value[] => {
	const kept = new Map<string, Value>();
	for (const item of items) kept.set(key(item), item);
	return kept.size === items.length ? items : [...kept.values()];
};

const checkList = (value: Value, shape: ListShape, path: string, options: CanonicalOptions): Value => {
	const whole = value.kind === 'scalar' && value.value !== undefined && shape.fromScalar !== undefined ? shape.fromScalar(value, path) : value;
	if (whole.kind !== 'list') throw mustBe(value, path, 'a list');
	const items = whole.items.flatMap((item, at) => {
		const here = `${path}[${at}]`;
		const spread = shape.each === undefined || held(item, options) ? [item] : shape.each(item, here);
		return spread.map(one => canonical(one, shape.of, here, options));
	});
	return {...whole, ...tagOf(value), items: shape.key === undefined ? items : unique(items, shape.key)};
};

const tagOf = ({tag}: Value) => (tag === undefined ? {} : {tag});

const gather = (from: List, fromList: NonNullable<MapShape['fromList']>, collects: boolean, path: string): Mapping => {
	const entries = new Map<string, Entry>();
	for (const [at, item] of from.items.entries()) {
		const here = `${path}[${at}]`;
		if (item.kind !== 'scalar' || item.value === undefined) throw mustBe(item, here, 'a string');
		const [key, value] = fromList(item, here);
		const before = entries.get(key)?.value;
		const added = collects && before?.kind === 'list' && value.kind === 'list' ? {...before, items: [...before.items, ...value.items]} : value;
		entries.set(key, {keyAt: item.at, value: added});
	}
	return {kind: 'map', at: from.at, entries};
};

const nullIn = (value: Value, shape: MapShape, path: string, options: CanonicalOptions): Value => {
	if (shape.nullIsEmpty === true && value.tag === undefined) return scalar('', value.at);
	return shape.nullHolds === true ? value : canonical(value, shape.of, path, options);
};

const checkMap = (value: Value, shape: MapShape, path: string, options: CanonicalOptions): Value => {
	const whole = value.kind === 'list' && shape.fromList !== undefined ? gather(value, shape.fromList, shape.collects === true, path) : value;
	if (whole.kind !== 'map') throw mustBe(value, path, shape.fromList === undefined ? 'a mapping' : 'a mapping or a list');
	const entries = new Map<string, Entry>();
	for (const [key, {value: one, keyAt}] of whole.entries) {
		if (shape.keys !== undefined && !shape.keys.test(key))
			throw fault(keyAt, path, `has the name ${JSON.stringify(key)}`, 'use letters, digits, dots, hyphens and underscores');
		const here = path === '' ? key : `${path}.${key}`;
		entries.set(key, {keyAt, value: isNull(one) ? nullIn(one, shape, here, options) : canonical(one, shape.of, here, options)});
	}
	return {...whole, ...tagOf(value), entries};
};

const unknownKey = (keyAt: Entry['keyAt'], key: string, shape: ObjectShape, path: string) => {
	const like = nearest(key, Object.keys(shape.keys));
	return fault(keyAt, path === '' ? key : `${path}.${key}`, 'is not a key of the Compose Specification', like === undefined ? undefined : `did you mean ${like}?`);
};

const checkObject = (value: Value, shape: ObjectShape, path: string, options: CanonicalOptions): Value => {
	const whole = value.kind === 'scalar' && value.value !== undefined && shape.fromScalar !== undefined ? shape.fromScalar(value, path) : value;
	if (whole.kind !== 'map') throw mustBe(value, path, shape.fromScalar === undefined ? 'a mapping' : 'a string or a mapping');
	const entries = new Map<string, Entry>();
	for (const [key, {value: one, keyAt}] of whole.entries) {
		const known = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
		if (known === undefined && !key.startsWith('x-')) throw unknownKey(keyAt, key, shape, path);
		entries.set(key, {keyAt, value: known === undefined ? one : canonical(one, known, path === '' ? key : `${path}.${key}`, options)});
	}
	for (const key of shape.required ?? [])
		if (!entries.has(key) && value.tag === undefined) throw fault(whole.at, path, `needs ${key}`);
	return {...whole, ...tagOf(value), entries};
};

/** Checks a value and writes it in its long form. What is wrong is told with its place and its key. */
export const canonical = (value: Value, shape: Shape, path: string, options: CanonicalOptions): Value => {
	if (shape.kind === 'any' || value.tag === 'reset' || held(value, options)) return value;
	if (isNull(value) && shape.isNullable === true) return value;
	switch (shape.kind) {
		case 'scalar':
			return checkScalar(value, shape, path);
		case 'list':
			return checkList(value, shape, path, options);
		case 'map':
			return checkMap(value, shape, path, options);
		case 'object':
			return checkObject(value, shape, path, options);
		default:
			return canonical(value, value.kind === 'scalar' ? shape.scalar : shape.object, path, options);
	}
};
