import {canonical} from '../../model/compose/canonical.ts';
import {fileShape} from '../../model/compose/file-shape.ts';
import {interpolateValue} from '../../model/compose/interpolate-value.ts';
import type {Mapping} from '../../model/compose/value.ts';
import type {Environment} from './environment.ts';

/** What one loading has in common, however many files it reads. */
export type Loading = {
	readonly home: string;
	readonly isInterpolated: boolean;
	/** What a file says, as it is written; every file is read and parsed once. */
	readonly parse: (file: string) => Promise<readonly Mapping[]>;
	readonly warn: (warning: string) => void;
	readonly signal: AbortSignal | undefined;
};

/** A file's documents: checked, in long form, variables filled in. */
export const readDocuments = async (loading: Loading, file: string, environment: Environment): Promise<readonly Mapping[]> => {
	const {isInterpolated, warn} = loading;
	const lookup = (name: string) => environment.get(name);
	const onUnset = (name: string) => warn(`the variable ${name} is not set, and is taken as empty`);
	return (await loading.parse(file)).map(document => {
		const filled = isInterpolated ? interpolateValue(document, '', {lookup, onUnset}) : document;
		const checked = canonical(filled, fileShape, '', {isInterpolated}) as Mapping;
		if (checked.entries.has('version')) warn(`${file}: version is of old, and not read any more`);
		return checked;
	});
};
