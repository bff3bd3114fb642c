import {lstat, readdir, readlink} from 'node:fs/promises';
import {posix} from 'node:path';
import {isFailure} from '../../../errors.ts';
import {cleanPath, parsePatterns} from '../../../model/ignore-pattern.ts';
import {isGone} from './walk.ts';

const hasWildcards = (name: string): boolean => /(?:^|[^\\])(?:\\\\)*[*?[]/.test(name);

/** Within the root: what points above it points at it, as in a container. */
const within = (path: string): string => cleanPath(posix.join('/', path)).slice(1) || '.';

/** Where a link points to, from the root; undefined when it is none, or not there. */
const targetOf = async (root: string, path: string): Promise<string | undefined> => {
	const absolute = posix.join(root, path);
	try {
		if (!(await lstat(absolute)).isSymbolicLink()) return undefined;
		const target = cleanPath(await readlink(absolute));
		return within(posix.isAbsolute(target) ? target : posix.join(posix.dirname(path), target));
	} catch (error) {
		if (isGone(error)) return undefined;
		throw error;
	}
};

/** The same for every name that a wildcard in the last part of the path stands for; undefined where there is no link to follow. */
const targetsOf = async (root: string, path: string): Promise<readonly string[] | undefined> => {
	const name = posix.basename(path);
	if (!hasWildcards(name)) {
		const target = path === '.' ? undefined : await targetOf(root, path);
		return target === undefined ? undefined : [target];
	}

	const folder = posix.dirname(path);
	try {
		const [pattern] = parsePatterns([name]);
		const names = (await readdir(posix.join(root, folder))).filter(other => pattern?.matches(other));
		const targets = await Promise.all(names.map(async other => targetOf(root, posix.join(folder, other))));
		const found = targets.filter(target => target !== undefined);
		return found.length === 0 ? undefined : found;
	} catch (error) {
		// What is no pattern stands for nothing.
		if (isGone(error) || isFailure(error, 'invalid')) return undefined;
		throw error;
	}
};

/**
What has to be sent so that these paths can be read on the other side: they themselves, every link on the way and what it leads to.
Sorted, nothing below another of them; undefined when that is the whole tree.
*/
export const followLinks = async (root: string, paths: readonly string[]): Promise<readonly string[] | undefined> => {
	const found = new Set<string>();
	const follow = async (path: string): Promise<void> => {
		const parts = within(path).split('/');
		let current = '.';
		for (const [index, part] of parts.entries()) {
			current = posix.join(current, part);
			const targets = await targetsOf(root, current);
			const rest = parts.slice(index + 1).join('/');
			if ((rest === '' || targets !== undefined) && found.has(current)) return;
			if (targets !== undefined) {
				found.add(current);
				for (const target of targets) await follow(posix.join(target, rest));
				return;
			}

			if (rest === '') found.add(current);
		}
	};

	for (const path of paths) await follow(path);
	return withoutCovered([...found].sort());
};

/** Of sorted paths, those that no other one covers; undefined when one of them is the root. */
export const withoutCovered = (sorted: readonly string[]): readonly string[] | undefined => {
	const kept: string[] = [];
	for (const path of sorted) {
		if (path === '.') return undefined;
		if (!path.startsWith(`${kept.at(-1) ?? ''}/`)) kept.push(path);
	}

	return kept;
};
