/** A flag of a verb, keyed by its camelCase name; on the command line it is kebab-case. The words are meow's, which reads the flags of `gantry` itself. */
export type Flag = {
	readonly type: 'boolean' | 'string' | 'number';
	readonly shortFlag?: string;
	readonly default?: boolean | string | number;
	/** May be given again and again; the values make a list. */
	readonly isMultiple?: true;
	/** For a list: each value is itself a comma-separated list, as pflag's StringSlice is. */
	readonly splitsAtComma?: true;
	/** What stands for the value in the help. */
	readonly placeholder?: string;
	readonly help: string;
};

export type FlagTable = Readonly<Record<string, Flag>>;

type ScalarOf<One extends Flag> = One['type'] extends 'boolean' ? boolean : One['type'] extends 'number' ? number : string;

/** A boolean is never undefined, a list is never undefined; anything else is, unless it has a default. */
export type ValueOf<One extends Flag> = One extends {readonly isMultiple: true}
	? ReadonlyArray<ScalarOf<One>>
	: One extends {readonly type: 'boolean'}
		? boolean
		: One extends {readonly default: boolean | string | number}
			? ScalarOf<One>
			: ScalarOf<One> | undefined;

export type ValuesOf<Table extends FlagTable> = {readonly [Name in keyof Table]: ValueOf<Table[Name]>};

export const kebab = (name: string): string => name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
