import {constants, type Stats} from 'node:fs';
import {type FileHandle, open, readdir, readlink} from 'node:fs/promises';
import {isMissing} from './missing.ts';
import {nameOnly} from './walk.ts';

export type TreeChange = {readonly kind: 'added' | 'changed' | 'deleted'; readonly path: string};

type Names = ReadonlySet<string>;

/** Three views of one directory: what it was, what it is, and, where the snapshotter tells, what was written. */
type Views = {readonly before: FileHandle; readonly after: FileHandle; readonly written: FileHandle | undefined};

/**
What differs between two trees, parents first. A directory is changed when something in it is, as docker has it. `written` is an overlay's upper directory: only
what is in it can differ, so the rest, which is nearly everything, is not looked at.
*/
export const treeChanges = (views: Views, signal?: AbortSignal): AsyncGenerator<TreeChange> => changesIn(views, '', signal);

const changesIn = async function* (views: Views, path: string, signal: AbortSignal | undefined): AsyncGenerator<TreeChange> {
	signal?.throwIfAborted();
	const [before, after, written] = await Promise.all([namesIn(views.before), namesIn(views.after), views.written === undefined ? undefined : namesIn(views.written)]);
	const names = [...new Set([...before, ...(written ?? after)])].filter(name => written === undefined || written.has(name) || !after.has(name)).sort();
	for (const name of names) {
		const here = `${path}/${name}`;
		if (!after.has(name)) {
			if (before.has(name)) yield {kind: 'deleted', path: here};
		} else yield* changesAt(views, name, here, before.has(name), signal);
	}
};

const changesAt = async function* (views: Views, name: string, path: string, wasThere: boolean, signal: AbortSignal | undefined): AsyncGenerator<TreeChange> {
	const opened: FileHandle[] = [];
	const openIn = async (directory: FileHandle | undefined): Promise<FileHandle | undefined> => {
		if (directory === undefined) return undefined;
		const handle = await openBelow(directory, name);
		if (handle !== undefined) opened.push(handle);
		return handle;
	};
	try {
		const after = await openIn(views.after);
		if (after === undefined) return;
		const isDirectory = (await after.stat()).isDirectory();
		const before = wasThere ? await openIn(views.before) : undefined;
		const [was, is] = [await before?.stat(), await after.stat()];
		if (before === undefined || was === undefined) {
			yield {kind: 'added', path};
			if (isDirectory) yield* addedIn(after, path, signal);
			return;
		}
		if (!isDirectory || !was.isDirectory()) {
			if (!(await isSame(views, name, was, is))) yield {kind: 'changed', path};
			if (isDirectory) yield* addedIn(after, path, signal);
			return;
		}
		let isTold = !hasSameOwner(was, is);
		if (isTold) yield {kind: 'changed', path};
		const written = await openIn(views.written);
		for await (const change of changesIn({before, after, written}, path, signal)) {
			if (!isTold) yield {kind: 'changed', path};
			isTold = true;
			yield change;
		}
	} finally {
		for (const handle of opened) await handle.close();
	}
};

/** All of a directory that was not there. */
const addedIn = async function* (directory: FileHandle, path: string, signal: AbortSignal | undefined): AsyncGenerator<TreeChange> {
	for (const name of [...(await namesIn(directory))].sort()) {
		signal?.throwIfAborted();
		const handle = await openBelow(directory, name);
		if (handle === undefined) continue;
		try {
			yield {kind: 'added', path: `${path}/${name}`};
			if ((await handle.stat()).isDirectory()) yield* addedIn(handle, `${path}/${name}`, signal);
		} finally {
			await handle.close();
		}
	}
};

const namesIn = async (directory: FileHandle): Promise<Names> => new Set(await readdir(`/proc/self/fd/${directory.fd}`));

const openBelow = async (directory: FileHandle, name: string): Promise<FileHandle | undefined> => {
	try {
		return await open(`/proc/self/fd/${directory.fd}/${name}`, nameOnly | constants.O_NOFOLLOW);
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
};

const hasSameOwner = (a: Stats, b: Stats): boolean => a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.rdev === b.rdev;

/** By what a write changes; the bytes are not compared. */
const isSame = async (views: Views, name: string, was: Stats, is: Stats): Promise<boolean> => {
	if (!hasSameOwner(was, is)) return false;
	if (is.isSymbolicLink()) return (await linkOf(views.before, name)) === (await linkOf(views.after, name));
	return was.size === is.size && was.mtimeMs === is.mtimeMs;
};

const linkOf = (directory: FileHandle, name: string): Promise<string> => readlink(`/proc/self/fd/${directory.fd}/${name}`);
