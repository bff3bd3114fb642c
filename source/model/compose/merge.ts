import {unique} from './canonical.ts';
import type {MapShape, ObjectShape, Shape} from './shape.ts';
import {type Entry, fault, isNull, type Mapping, type Value} from './value.ts';

const mergeEntries = (base: Mapping, over: Mapping, each: (key: string, base: Value, over: Value) => Value): Mapping => {
	const entries = new Map<string, Entry>(base.entries);
	for (const [key, {value, keyAt}] of over.entries) {
		const before = entries.get(key)?.value;
		entries.set(key, {keyAt, value: before === undefined ? value : each(key, before, value)});
	}
	return {...base, entries};
};

const mergeMaps = (base: Mapping, over: Mapping, shape: MapShape | ObjectShape): Value => {
	if (shape.kind === 'object') {
		if (shape.replaces?.(base, over) === true) return over;
		return mergeEntries(base, over, (key, before, after) => merge(before, after, shape.keys[key] ?? {kind: 'any'}));
	}
	return mergeEntries(base, over, (_, before, after) => (shape.nullHolds === true && isNull(after) ? after : merge(before, after, shape.of)));
};

/** What has no shape, such as `x-…`: maps into maps, lists behind lists. */
const mergeFreely = (base: Value, over: Value): Value => {
	if (base.kind === 'map' && over.kind === 'map') return mergeEntries(base, over, (_, before, after) => merge(before, after, {kind: 'any'}));
	if (base.kind === 'list' && over.kind === 'list') return {...base, items: [...base.items, ...over.items]};
	return over;
};

/** The pair of `subnet`s says which pools are the same one. */
export const subnetOf = (value: Value): string => {
	const subnet = value.kind === 'map' ? value.entries.get('subnet')?.value : undefined;
	return subnet?.kind === 'scalar' ? String(subnet.value) : '';
};

/**
A later file's value put over an earlier one's; both are in their long form. `!reset` and `!override` stay on what they tagged until `settle`:
a service that extends another passes them on to what its own file is merged into.
*/
export const merge = (base: Value, over: Value, shape: Shape): Value => {
	if (over.tag !== undefined || base.tag === 'reset') return over;
	if (shape.kind === 'either') return base.kind === 'map' && over.kind === 'map' ? mergeMaps(base, over, shape.object) : over;
	if (shape.kind === 'list' && shape.merge === 'replace') return over;
	if (isNull(over)) return base;
	if (isNull(base)) return over;
	if (shape.kind === 'any') return mergeFreely(base, over);
	if (shape.kind === 'list' && base.kind === 'list' && over.kind === 'list') {
		const items = [...base.items, ...over.items];
		return {...base, items: shape.key === undefined ? items : unique(items, shape.key)};
	}
	if ((shape.kind === 'map' || shape.kind === 'object') && base.kind === 'map' && over.kind === 'map') return mergeMaps(base, over, shape);
	if (base.kind !== over.kind) throw fault(over.at, '', 'can not be merged with what an earlier file says, which is of another kind');
	return over;
};

/** The tags have done their work: what was reset is gone. */
export const settle = (value: Value): Value => {
	if (value.kind === 'scalar') return value.tag === undefined ? value : {kind: 'scalar', value: value.value, at: value.at};
	if (value.kind === 'list') return {kind: 'list', at: value.at, items: value.items.filter(({tag}) => tag !== 'reset').map(settle)};
	const kept = [...value.entries].filter(([, entry]) => entry.value.tag !== 'reset');
	return {kind: 'map', at: value.at, entries: new Map(kept.map(([key, {keyAt, value: one}]) => [key, {keyAt, value: settle(one)}]))};
};
