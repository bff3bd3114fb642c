/**
What Go knows about a value and JavaScript does not.

A Go template refuses an unknown field of a struct but prints `<no value>` for a missing map key; Go's JSON keeps a struct's field order
but sorts a map's keys; a nil slice is `null` in JSON and `[]` in print. Plain objects stand for maps; `goStruct` marks the structs.
*/
const goType = Symbol('go type');
const goFields = Symbol('go fields');

export type StructOptions<Fields> = {
	/** Fields that Go leaves out of JSON while they hold their zero value (`omitempty`); templates still see them. */
	readonly omitEmpty?: ReadonlyArray<keyof Fields & string>;
	/** Other names for fields, for templates only: Go's field name where the JSON name differs. */
	readonly names?: Readonly<Record<string, keyof Fields & string>>;
	/** Fields that only templates see (`json:"-"`), and methods. */
	readonly hidden?: Readonly<Record<string, unknown>>;
};

const isZero = (value: unknown): boolean =>
	value === undefined ||
	value === null ||
	value === '' ||
	value === 0 ||
	value === false ||
	(Array.isArray(value) && value.length === 0) ||
	(typeof value === 'object' && !(value instanceof Date) && !isStruct(value) && Object.keys(value).length === 0);

/** `fields` in the order in which Go declares them; a getter among them is asked when it is read. */
export const goStruct = <Fields extends object>(type: string, fields: Fields, options: StructOptions<Fields> = {}): Fields => {
	const made = Object.defineProperties({}, Object.getOwnPropertyDescriptors(fields)) as Record<PropertyKey, unknown>;
	const hide = (key: PropertyKey, value: unknown) => Object.defineProperty(made, key, {value, enumerable: false});
	hide(goType, type);
	hide(goFields, Object.keys(fields));
	for (const key of options.omitEmpty ?? []) if (isZero(made[key])) hide(key, made[key]);
	for (const [name, key] of Object.entries(options.names ?? {})) hide(name, made[key]);
	for (const [name, value] of Object.entries(options.hidden ?? {})) hide(name, value);
	return made as Fields;
};

export const isStruct = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && goType in value;

export const structType = (value: unknown): string | undefined =>
	typeof value === 'object' && value !== null ? (value as {[goType]?: string})[goType] : undefined;

/** All fields in Go's order, those that JSON leaves out too. */
export const structValues = (struct: Readonly<Record<string, unknown>>): readonly unknown[] =>
	(struct as {readonly [goFields]?: readonly string[]})[goFields]?.map(field => struct[field]) ?? [];

/** A slice or map that Go never made: empty in templates, `null` in JSON. */
export const nilSlice: readonly never[] = Object.freeze(Object.defineProperty([], 'toJSON', {value: () => null, enumerable: false}));
export const nilMap: Readonly<Record<string, never>> = Object.freeze(
	Object.defineProperty({}, 'toJSON', {value: () => null, enumerable: false}),
);

/** The list as Go would hold it after `append`: nil when nothing was appended. */
export const sliceOf = <Item>(items: readonly Item[]): readonly Item[] => (items.length === 0 ? nilSlice : items);
