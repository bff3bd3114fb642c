import {messageOf, Failure} from '../../errors.ts';
import {interpolate, type InterpolateOptions} from './interpolate.ts';
import {fault, mapEntries, type Value} from './value.ts';

/** Variables put into every text of a value. */
export const interpolateValue = (value: Value, path: string, options: InterpolateOptions): Value => {
	if (value.kind === 'map') return mapEntries(value, (one, key) => interpolateValue(one, path === '' ? key : `${path}.${key}`, options));
	if (value.kind === 'list') return {...value, items: value.items.map((item, at) => interpolateValue(item, `${path}[${at}]`, options))};
	if (typeof value.value !== 'string' || !value.value.includes('$')) return value;
	try {
		return {...value, value: interpolate(value.value, options)};
	} catch (error) {
		throw fault(value.at, `${path}:`, messageOf(error), error instanceof Failure ? error.hint : undefined);
	}
};
