import {Failure} from '../../errors.ts';
import type {Volume} from '../../services/volumes/index.ts';

export type Measured = {readonly volume: Volume; readonly sizeBytes: number; readonly isUsed: boolean};
export type VolumePredicate = (measured: Measured) => boolean;

/** The longer operators first: `=` is in both of them. */
const comparisons: ReadonlyArray<readonly [string, (size: number, limit: number) => boolean]> = [
	['>=', (size, limit) => size >= limit],
	['<=', (size, limit) => size <= limit],
	['>', (size, limit) => size > limit],
	['<', (size, limit) => size < limit],
	['=', (size, limit) => size === limit],
];

const invalid = (filter: string): Failure =>
	new Failure('invalid', `invalid filter ${JSON.stringify(filter)}`, {hint: 'filters are dangling, driver, label, name, and size with >=, <=, >, < or ='});

/** Who mounts what is asked only when somebody wants to know. */
export const isUseFilter = (filter: string): boolean => filter.startsWith('dangling=');

const truths: Readonly<Record<string, boolean>> = {true: true, '1': true, false: false, '0': false};

const byUse = (filter: string, value: string): VolumePredicate => {
	const wanted = truths[value.toLowerCase()];
	if (wanted === undefined) throw invalid(filter);
	return ({isUsed}) => isUsed !== wanted;
};

export const isSizeFilter = (filter: string): boolean => filter.startsWith('size');

const bySize = (filter: string): VolumePredicate => {
	for (const [operator, compare] of comparisons) {
		const at = filter.indexOf(operator);
		if (at < 0) continue;
		const limit = filter.slice(at + operator.length);
		if (!/^[+-]?\d+$/.test(limit)) throw invalid(filter);
		return ({sizeBytes}) => compare(sizeBytes, Number(limit));
	}
	throw invalid(filter);
};

const byName = (value: string): VolumePredicate => {
	let pattern: RegExp;
	try {
		pattern = new RegExp(value, 'u');
	} catch (cause) {
		throw new Failure('invalid', `invalid filter 'name=${value}': it is not a regular expression`, {cause});
	}
	return ({volume}) => pattern.test(volume.name);
};

const byLabel = (value: string): VolumePredicate => {
	const [, key = '', wanted] = /^([^=]*)(?:=([\s\S]*))?$/.exec(value) ?? [];
	return ({volume: {labels}}) => Object.hasOwn(labels, key) && (wanted === undefined || labels[key] === wanted);
};

/** nerdctl's rule: any of the names, all of the labels, all of the sizes. `dangling` and `driver` are docker's, which nerdctl passes over; what is unknown to both is refused by name. */
export const volumeFilter = (filters: readonly string[]): VolumePredicate => {
	const names: VolumePredicate[] = [];
	const others: VolumePredicate[] = [];
	for (const filter of filters) {
		const [, kind, value = ''] = /^(name|label|dangling|driver)=([\s\S]*)$/.exec(filter) ?? [];
		if (kind === 'name') names.push(byName(value));
		else if (kind === 'label') others.push(byLabel(value));
		else if (kind === 'dangling') others.push(byUse(filter, value));
		// There is one driver.
		else if (kind === 'driver') others.push(() => value === 'local');
		else if (isSizeFilter(filter)) others.push(bySize(filter));
		else throw invalid(filter);
	}
	return measured => (names.length === 0 || names.some(matches => matches(measured))) && others.every(matches => matches(measured));
};
