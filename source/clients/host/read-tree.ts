import {constants, type Stats} from 'node:fs';
import {type FileHandle, open, readdir, readlink} from 'node:fs/promises';
import {isMissing} from './missing.ts';
import {nameOnly} from './walk.ts';

/** One file of a tree, as a tar archive has it. A hard link names the entry that had its content before. */
export type TreeEntry = {
	/** Relative, without a slash at either end; empty for the tree's own directory. */
	readonly name: string;
	readonly kind: 'file' | 'directory' | 'symlink' | 'link' | 'fifo' | 'character-device' | 'block-device';
	readonly mode: number;
	readonly uid: number;
	readonly gid: number;
	/** Epoch ms. */
	readonly modifiedAt: number;
	/** Of a file. */
	readonly sizeBytes: number;
	/** Of a symlink and of a link. */
	readonly target: string;
	readonly major: number;
	readonly minor: number;
	/** Must be read to its end before the next entry is asked for. */
	readonly content: AsyncIterable<Uint8Array> | undefined;
};

const chunkBytes = 256 * 1024;

const withHandle = async function* <T>(path: string, flags: number, use: (handle: FileHandle) => AsyncGenerator<T>): AsyncGenerator<T> {
	const handle = await open(path, flags);
	try {
		yield* use(handle);
	} finally {
		await handle.close();
	}
};

const below = (directory: FileHandle, name: string): string => `/proc/self/fd/${directory.fd}/${name}`;

/** glibc's makedev, backwards. */
const majorOf = (device: number): number => Math.floor(device / 256) % 4096;
const minorOf = (device: number): number => (device % 256) + Math.floor(device / 2 ** 20) * 256;

/**
A file or a directory with all that is in it, parents first, names in order. It begins at `name` in a directory that is held, and no link is
followed, so nothing that happens to the tree meanwhile can lead out of it. Sockets are left out: they mean nothing elsewhere. `as` is what the top is
called; empty to have only what is in it.
*/
export const readTree = (directory: FileHandle, name: string, as: string): AsyncGenerator<TreeEntry> => readNode(directory, name, as, new Map());

const readNode = async function* (directory: FileHandle, name: string, as: string, seen: Map<string, string>): AsyncGenerator<TreeEntry> {
	const path = name === '' ? `/proc/self/fd/${directory.fd}` : below(directory, name);
	let handle: FileHandle;
	try {
		handle = await open(path, nameOnly | (name === '' ? 0 : constants.O_NOFOLLOW));
	} catch (error) {
		// Gone since the directory was read.
		if (isMissing(error)) return;
		throw error;
	}
	try {
		const stat = await handle.stat();
		const entry = await entryOf(stat, as, async () => readlink(path));
		if (entry === undefined) return;
		const key = `${stat.dev}:${stat.ino}`;
		const first = seen.get(key);
		if (entry.kind !== 'directory' && stat.nlink > 1 && first !== undefined) {
			yield {...entry, kind: 'link', target: first, sizeBytes: 0};
			return;
		}
		if (stat.nlink > 1) seen.set(key, as);
		yield entry.kind === 'file' ? {...entry, content: contentOf(handle, stat.size)} : entry;
		if (entry.kind !== 'directory') return;
		const names = await readdir(`/proc/self/fd/${handle.fd}`);
		for (const each of names.sort()) yield* readNode(handle, each, as === '' ? each : `${as}/${each}`, seen);
	} finally {
		await handle.close();
	}
};

const entryOf = async (stat: Stats, name: string, link: () => Promise<string>): Promise<TreeEntry | undefined> => {
	const common = {name, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid, modifiedAt: stat.mtimeMs, sizeBytes: 0, target: '', major: 0, minor: 0, content: undefined};
	if (stat.isDirectory()) return {...common, kind: 'directory'};
	if (stat.isFile()) return {...common, kind: 'file', sizeBytes: stat.size};
	if (stat.isSymbolicLink()) return {...common, kind: 'symlink', target: await link()};
	if (stat.isFIFO()) return {...common, kind: 'fifo'};
	if (stat.isSocket()) return undefined;
	return {...common, kind: stat.isBlockDevice() ? 'block-device' : 'character-device', major: majorOf(stat.rdev), minor: minorOf(stat.rdev)};
};

/** Exactly as long as was said: an archive has its length before its bytes. One that shrank meanwhile ends in zeros, as tar has it. */
const contentOf = (named: FileHandle, sizeBytes: number): AsyncGenerator<Uint8Array> =>
	withHandle(`/proc/self/fd/${named.fd}`, constants.O_RDONLY | constants.O_NONBLOCK, async function* (handle) {
		for (let done = 0; done < sizeBytes; ) {
			const buffer = Buffer.alloc(Math.min(chunkBytes, sizeBytes - done));
			const {bytesRead} = await handle.read(buffer, 0, buffer.length, done);
			const length = bytesRead === 0 ? buffer.length : bytesRead;
			done += length;
			yield buffer.subarray(0, length);
		}
	});
