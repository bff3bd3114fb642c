import {constants} from 'node:fs';
import {type FileHandle, open, readlink} from 'node:fs/promises';
import {Failure} from '../../errors.ts';
import {isMissing} from './missing.ts';

/** open(2) flags that Node leaves out: a descriptor that only names a file. Opening it blocks on nothing and runs no driver. */
export const nameOnly = 0o10000000;
const closeOnExec = 0o2000000;

/** What the kernel itself allows before ELOOP. */
const mostLinks = 40;

/** Where a path leads inside a root. */
export type Place = {
	/** It, as a name-only descriptor; undefined when there is nothing of its last name. */
	readonly file: FileHandle | undefined;
	/** The directory that holds it, or would: a name-only descriptor; the root itself for `/`. */
	readonly directory: FileHandle;
	/** The last name, empty for the root. */
	readonly name: string;
	/** From the root, without any link: `/var/lib/x`. */
	readonly path: string;
};

const names = (path: string): string[] => path.split('/').filter((name) => name !== '' && name !== '.');

/**
Walk from a root one name at a time, for the duration of `use`. Undefined when a directory on the way is missing or is none.

Whoever owns the files may change them while we look, so checking a path and then opening it would be a way out of the root. Each step opens one
name below a directory descriptor without following links (`/proc/self/fd/N/name` is our openat), and a symbolic link is followed by us: an
absolute one starts again at the root, `..` stops there. With `keepLink` a link at the very end is not followed.
*/
export const walkTo = async <T>(root: FileHandle, path: string, use: (place: Place) => Promise<T>, {keepLink = false}: {readonly keepLink?: boolean} = {}): Promise<T | undefined> => {
	// The way from the root down to where we are, so that `..` needs no trust in whoever owns the files.
	const way: Array<{readonly handle: FileHandle; readonly name: string}> = [];
	const rest = names(path);
	let links = 0;
	const at = (): FileHandle => way.at(-1)?.handle ?? root;
	const pathOf = (last: readonly string[]): string => `/${[...way.map(({name}) => name), ...last].join('/')}`;
	const close = async (): Promise<void> => {
		for (const {handle} of way.splice(0)) await handle.close();
	};
	try {
		for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
			if (name === '..') {
				await way.pop()?.handle.close();
				continue;
			}
			const parent = at();
			const handle = await openBelow(parent, name);
			if (handle === undefined) return rest.length > 0 ? undefined : await use({file: undefined, directory: parent, name, path: pathOf([name])});
			way.push({handle, name});
			if (!(await handle.stat()).isSymbolicLink() || (keepLink && rest.length === 0)) continue;
			if (++links > mostLinks) throw new Failure('invalid', `${path} is a circle of symbolic links`);
			const target = await readlink(`/proc/self/fd/${parent.fd}/${name}`);
			await way.pop()?.handle.close();
			if (target.startsWith('/')) await close();
			rest.unshift(...names(target));
		}
		return await use({file: at(), directory: way.at(-2)?.handle ?? root, name: way.at(-1)?.name ?? '', path: pathOf([])});
	} finally {
		await close();
	}
};

const openBelow = async (directory: FileHandle, name: string): Promise<FileHandle | undefined> => {
	try {
		return await open(`/proc/self/fd/${directory.fd}/${name}`, nameOnly | constants.O_NOFOLLOW | closeOnExec);
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
};

/** A directory to begin a walk at. */
export const withRoot = async <T>(path: string, use: (root: FileHandle) => Promise<T>): Promise<T> => {
	const handle = await open(path, nameOnly | constants.O_DIRECTORY);
	try {
		return await use(handle);
	} finally {
		await handle.close();
	}
};
