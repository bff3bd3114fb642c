import {posix} from 'node:path';
import type {Shape} from './shape.ts';
import {mapEntries, type Value} from './value.ts';

export type PathBase = {
	/** Absolute. */
	readonly directory: string;
	/** For `~`. */
	readonly home: string;
};

/** Addresses that builders fetch from, and names of other contexts. */
const remote = /^(?:[a-z][a-z0-9+.-]*:\/\/|github\.com\/|git@|service:)/i;

export const absolutePath = (path: string, {directory, home}: PathBase): string => {
	if (path === '') return path;
	if (path === '~' || path.startsWith('~/')) return posix.join(home, path.slice(1));
	return posix.isAbsolute(path) ? path : posix.join(directory, path);
};

/** Every relative path of a value made absolute; what is absolute already stays. */
export const resolvePaths = (value: Value, shape: Shape, base: PathBase): Value => {
	if (value.tag === 'reset') return value;
	if (shape.kind === 'either') return resolvePaths(value, value.kind === 'scalar' ? shape.scalar : shape.object, base);
	if (shape.kind === 'scalar') {
		if (shape.path === undefined || value.kind !== 'scalar' || typeof value.value !== 'string') return value;
		if (shape.path === 'context' && remote.test(value.value)) return value;
		return {...value, value: absolutePath(value.value, base)};
	}
	if (shape.kind === 'list' && value.kind === 'list') return {...value, items: value.items.map(item => resolvePaths(item, shape.of, base))};
	if (shape.kind === 'map' && value.kind === 'map') return mapEntries(value, one => resolvePaths(one, shape.of, base));
	if (shape.kind === 'object' && value.kind === 'map') {
		const resolved = mapEntries(value, (one, key) => {
			const known = shape.keys[key];
			return known === undefined ? one : resolvePaths(one, known, base);
		});
		return shape.paths?.(resolved, path => absolutePath(path, base)) ?? resolved;
	}
	return value;
};
