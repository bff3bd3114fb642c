import {constants} from 'node:fs';
import {type FileHandle, link, lchown, lstat, lutimes, mkdir, open, symlink, unlink} from 'node:fs/promises';
import {posix} from 'node:path';
import process from 'node:process';
import {Failure} from '../../errors.ts';
import type {TreeEntry} from './read-tree.ts';
import {nameOnly, walkTo} from './walk.ts';

export type WriteTreeOptions = {
	/** Owners as the entries say; otherwise what is written is ours. */
	readonly keepOwners: boolean;
	readonly signal?: AbortSignal;
};

/**
Write entries below the directory `base` of a root. Every parent is walked to inside the root, so neither a link in the tree nor a `..` in a name writes anywhere
else; nothing is written through a link that is in the place of a file. What is there is replaced, but a directory never by anything else.
*/
export const writeTree = async (root: FileHandle, base: string, entries: AsyncIterable<TreeEntry>, options: WriteTreeOptions): Promise<void> => {
	const parents = createParents(root, base);
	const directories: TreeEntry[] = [];
	try {
		for await (const raw of entries) {
			options.signal?.throwIfAborted();
			const entry = {...raw, name: cleanName(raw.name)};
			if (entry.kind === 'directory') directories.push(entry);
			if (entry.name === '') continue;
			await writeEntry({root, base, parent: await parents.of(entry.name)}, entry, options);
		}
		// Deepest first and last of all: what is written into a directory changes its time, and a closed one takes nothing more.
		for (const directory of directories.reverse()) await finishDirectory(root, base, directory, options);
	} finally {
		await parents.close();
	}
};

const cleanName = (name: string): string => {
	const parts = name.split('/').filter(part => part !== '' && part !== '.');
	if (parts.includes('..')) throw new Failure('invalid', `${JSON.stringify(name)} leads out of the archive`);
	return parts.join('/');
};

/** The directories that files are written to, one kept open: entries of one directory come together. */
const createParents = (root: FileHandle, base: string) => {
	let kept: {readonly path: string; readonly handle: FileHandle} | undefined;
	return {
		async of(name: string): Promise<FileHandle> {
			const path = posix.join('/', base, posix.dirname(name));
			if (kept?.path !== path) {
				await kept?.handle.close();
				kept = undefined;
				kept = {path, handle: await openDirectory(root, path)};
			}
			return kept.handle;
		},
		close: async (): Promise<void> => kept?.handle.close(),
	};
};

/** Made where it is missing, as an archive need not name the directories of its files. */
const openDirectory = async (root: FileHandle, path: string, isRetry = false): Promise<FileHandle> => {
	const opened = await walkTo(root, path, async ({file, directory, name}) => {
		if (file === undefined) await mkdir(`/proc/self/fd/${directory.fd}/${name}`, {mode: 0o755});
		const found = file === undefined ? `/proc/self/fd/${directory.fd}/${name}` : `/proc/self/fd/${file.fd}`;
		return open(found, nameOnly | constants.O_DIRECTORY | (file === undefined ? constants.O_NOFOLLOW : 0)).catch((error: unknown) => {
			throw (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? new Failure('conflict', `${path} is not a directory`) : error;
		});
	});
	if (opened !== undefined) return opened;
	// Its parent is missing, or it is a link to nowhere: then it is still not found once the parent is there.
	if (isRetry) throw new Failure('conflict', `${path} is a link that leads nowhere`);
	await (await openDirectory(root, posix.dirname(path))).close();
	return openDirectory(root, path, true);
};

type Place = {readonly root: FileHandle; readonly base: string; readonly parent: FileHandle};

const writeEntry = async ({root, base, parent}: Place, entry: TreeEntry, options: WriteTreeOptions): Promise<void> => {
	const name = posix.basename(entry.name);
	const path = `/proc/self/fd/${parent.fd}/${name}`;
	const present = await lstat(path).catch(() => undefined);
	if (entry.kind === 'directory') {
		if (present?.isDirectory() === true) return;
		if (present !== undefined) await unlink(path);
		await mkdir(path, {mode: 0o700});
		return;
	}
	if (present?.isDirectory() === true) throw new Failure('conflict', `${entry.name} is a directory there, and would be replaced by something else`);
	if (entry.kind === 'file') {
		await writeFile(path, entry, present !== undefined, options);
		return;
	}
	if (present !== undefined) await unlink(path);
	switch (entry.kind) {
		case 'symlink':
			await symlink(entry.target, path);
			break;
		case 'link':
			await writeLink(root, base, entry, path);
			return;
		default:
			await makeNode(parent, name, entry);
	}
	if (options.keepOwners) await lchown(path, entry.uid, entry.gid);
	await lutimes(path, entry.modifiedAt / 1000, entry.modifiedAt / 1000);
};

/** A new file in the place of the old one; where the old one can not go, since it is mounted there, its content is replaced. */
const writeFile = async (path: string, entry: TreeEntry, isPresent: boolean, options: WriteTreeOptions): Promise<void> => {
	const {O_WRONLY, O_CREAT, O_EXCL, O_TRUNC, O_NOFOLLOW, O_NONBLOCK} = constants;
	const isGone = isPresent ? await unlink(path).then(() => true, (error: NodeJS.ErrnoException) => refuseUnless(error, 'EBUSY')) : true;
	const handle = await open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | (isGone ? O_CREAT | O_EXCL : O_TRUNC), 0o600);
	try {
		for await (const chunk of entry.content ?? []) {
			options.signal?.throwIfAborted();
			await handle.write(chunk);
		}
		// The owner first: changing it takes the set-uid bit away.
		if (options.keepOwners) await handle.chown(entry.uid, entry.gid);
		await handle.chmod(entry.mode);
		await handle.utimes(entry.modifiedAt / 1000, entry.modifiedAt / 1000);
	} finally {
		await handle.close();
	}
};

const refuseUnless = (error: NodeJS.ErrnoException, code: string): false => {
	if (error.code !== code) throw error;
	return false;
};

const writeLink = async (root: FileHandle, base: string, entry: TreeEntry, path: string): Promise<void> => {
	const target = posix.join('/', base, cleanName(entry.target));
	const made = await walkTo(
		root,
		target,
		async ({file, directory, name}) => {
			if (file === undefined) return false;
			await link(`/proc/self/fd/${directory.fd}/${name}`, path);
			return true;
		},
		{keepLink: true},
	);
	if (made !== true) throw new Failure('invalid', `${entry.name} is a link to ${entry.target}, which is not there`);
};

/** Node has no mknod(2). The child reaches the directory through our descriptors. */
const makeNode = async (parent: FileHandle, name: string, entry: TreeEntry): Promise<void> => {
	const numbers = entry.kind === 'fifo' ? ['p'] : [entry.kind === 'block-device' ? 'b' : 'c', String(entry.major), String(entry.minor)];
	await (await import('execa')).execa('mknod', ['-m', entry.mode.toString(8), '--', `/proc/${process.pid}/fd/${parent.fd}/${name}`, ...numbers]);
};

const finishDirectory = async (root: FileHandle, base: string, entry: TreeEntry, {keepOwners}: WriteTreeOptions): Promise<void> => {
	await walkTo(
		root,
		posix.join('/', base, entry.name),
		async ({file}) => {
			if (file === undefined || !(await file.stat()).isDirectory()) return;
			const handle = await open(`/proc/self/fd/${file.fd}`, constants.O_RDONLY | constants.O_DIRECTORY);
			try {
				if (keepOwners) await handle.chown(entry.uid, entry.gid);
				await handle.chmod(entry.mode);
				await handle.utimes(entry.modifiedAt / 1000, entry.modifiedAt / 1000);
			} finally {
				await handle.close();
			}
		},
		{keepLink: true},
	);
};
