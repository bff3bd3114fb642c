import type {List, Mapping, Scalar, Value} from './value.ts';

/**
The grammar of compose files as data: from one table a file is checked, its short syntax made long, files are merged and paths made
absolute. The words and rules are the Compose Specification's.
*/
export type Shape = ScalarShape | ListShape | MapShape | ObjectShape | EitherShape | {readonly kind: 'any'};

export type ScalarType =
	/** Text in the file too: a number there is a mistake, as in `image: 5`. */
	| 'string'
	/** Any scalar, as text. */
	| 'text'
	| 'integer'
	| 'number'
	| 'boolean'
	/** `64m`, `1.5gb`; a number of bytes from then on. */
	| 'bytes'
	/** `1m30s`; in Go's spelling from then on. */
	| 'duration'
	/** A number, or `all`. */
	| 'count';

export type ScalarShape = {
	readonly kind: 'scalar';
	readonly type: ScalarType;
	readonly isNullable?: true;
	readonly oneOf?: readonly string[];
	readonly matches?: {readonly pattern: RegExp; readonly says: string};
	/** How a relative one becomes absolute: against the project's directory, unless it is the address of something remote. */
	readonly path?: 'file' | 'context';
};

export type ListShape = {
	readonly kind: 'list';
	readonly of: Shape;
	/** A scalar in place of the list. */
	readonly fromScalar?: (value: Scalar, path: string) => List;
	/** One entry as written, as the entries it stands for. */
	readonly each?: (item: Value, path: string) => readonly Value[];
	/** Of entries with the same key the last one holds, in the place of the first. */
	readonly key?: (item: Value) => string;
	readonly merge?: 'replace';
	readonly isNullable?: true;
};

export type MapShape = {
	readonly kind: 'map';
	readonly of: Shape;
	readonly keys?: RegExp;
	/** An entry of a list in place of the map. */
	readonly fromList?: (item: Scalar, path: string) => readonly [string, Value];
	/** Where an entry may come again and its values add up, as in `extra_hosts`. */
	readonly collects?: true;
	/** A value of null says something: the later file's null holds. */
	readonly nullHolds?: true;
	/** A value of null is an empty text. */
	readonly nullIsEmpty?: true;
	readonly isNullable?: true;
};

export type ObjectShape = {
	readonly kind: 'object';
	readonly keys: Readonly<Record<string, Shape>>;
	readonly required?: readonly string[];
	readonly isNullable?: true;
	readonly fromScalar?: (value: Scalar, path: string) => Value;
	/** True when the later file's object is to stand alone. */
	readonly replaces?: (base: Mapping, over: Mapping) => boolean;
	/** Paths that are paths only under a condition. */
	readonly paths?: (map: Mapping, absolute: (path: string) => string) => Mapping;
};

export type EitherShape = {readonly kind: 'either'; readonly scalar: ScalarShape; readonly object: ObjectShape; readonly isNullable?: true};

export const string = {kind: 'scalar', type: 'string'} as const satisfies Shape;
export const text = {kind: 'scalar', type: 'text'} as const satisfies Shape;
export const integer = {kind: 'scalar', type: 'integer'} as const satisfies Shape;
export const number = {kind: 'scalar', type: 'number'} as const satisfies Shape;
export const boolean = {kind: 'scalar', type: 'boolean'} as const satisfies Shape;
export const bytes = {kind: 'scalar', type: 'bytes'} as const satisfies Shape;
export const count = {kind: 'scalar', type: 'count'} as const satisfies Shape;
export const duration = {kind: 'scalar', type: 'duration'} as const satisfies Shape;
export const file = {kind: 'scalar', type: 'string', path: 'file'} as const satisfies Shape;
export const any = {kind: 'any'} as const satisfies Shape;

export const oneOf = (...allowed: readonly string[]): ScalarShape => ({kind: 'scalar', type: 'string', oneOf: allowed});

export const list = (of: Shape, more: Omit<ListShape, 'kind' | 'of'> = {}): ListShape => ({kind: 'list', of, ...more});

export const map = (of: Shape, more: Omit<MapShape, 'kind' | 'of'> = {}): MapShape => ({kind: 'map', of, ...more});

export const object = (keys: Readonly<Record<string, Shape>>, more: Omit<ObjectShape, 'kind' | 'keys'> = {}): ObjectShape => ({
	kind: 'object',
	keys,
	...more,
});

export const nullable = <One extends Exclude<Shape, {kind: 'any'}>>(shape: One): One => ({...shape, isNullable: true});
