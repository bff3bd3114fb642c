import {constants, type FSWatcher, watch} from 'node:fs';
import {type FileHandle, open, readdir, rename, rm, stat} from 'node:fs/promises';
import {dirname} from 'node:path';
import {createGunzip} from 'node:zlib';
import {Failure} from '../../errors.ts';
import {hostFailure, isMissing} from './missing.ts';

export type LogFileStat = {readonly inode: number; readonly size: number; readonly modifiedAt: number};

/** A log file held open: it can be read to its end after it was renamed or removed. */
export type OpenLog = {
	readonly path: string;
	readonly inode: number;
	/** Bytes read into the buffer; 0 at the end. */
	read(buffer: Uint8Array, length: number, offset: number): Promise<number>;
	stat(): Promise<LogFileStat>;
	close(): Promise<void>;
};

const statOf = ({ino, size, mtimeMs}: {ino: number; size: number; mtimeMs: number}): LogFileStat => ({inode: ino, size, modifiedAt: mtimeMs});

/** Undefined when there is no such file. */
export const statLog = async (path: string): Promise<LogFileStat | undefined> => {
	try {
		const found = await stat(path);
		return found.isFile() ? statOf(found) : undefined;
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw hostFailure(`look at ${path}`, error);
	}
};

const opened = (path: string, inode: number, handle: FileHandle): OpenLog => ({
	path,
	inode,
	read: async (buffer, length, offset) => (await handle.read(buffer, 0, length, offset)).bytesRead,
	stat: async () => statOf(await handle.stat()),
	close: async () => handle.close(),
});

/** Opening a FIFO would steal another reader's output, so anything but a regular file is refused. */
export const openLog = async (path: string): Promise<OpenLog> => {
	let handle: FileHandle;
	try {
		// A FIFO would block the open for ever.
		handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
	} catch (error) {
		throw hostFailure(`read ${path}`, error);
	}
	const found = await handle.stat();
	if (found.isFile()) return opened(path, found.ino, handle);
	await handle.close();
	throw new Failure('invalid', `Could not read ${path}: it is not a regular file`);
};

/** Names in a directory; none when it is gone. */
export const listLogNames = async (directory: string): Promise<readonly string[]> => {
	try {
		return await readdir(directory);
	} catch (error) {
		if (isMissing(error)) return [];
		throw hostFailure(`list ${directory}`, error);
	}
};

/** The bytes of a compressed rotated file, from its beginning. */
export async function* readCompressed(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
	const handle = await open(path, constants.O_RDONLY).catch((error: unknown) => {
		throw hostFailure(`read ${path}`, error);
	});
	const unpacked = handle.createReadStream().pipe(createGunzip());
	try {
		for await (const chunk of unpacked) {
			signal?.throwIfAborted();
			yield chunk as Buffer;
		}
	} finally {
		unpacked.destroy();
		await handle.close().catch(() => undefined);
	}
}

/**
One change somewhere in a directory, or nothing where the kernel or the file system has no such news. Only the first event counts:
a logger that writes 50,000 lines a second would otherwise wake us as often.
*/
export const onceChanged = (directory: string, changed: () => void): (() => void) => {
	let watcher: FSWatcher | undefined;
	const close = (): void => {
		watcher?.close();
		watcher = undefined;
	};
	try {
		watcher = watch(directory, {persistent: false}, () => {
			close();
			changed();
		});
		watcher.on('error', close);
	} catch {
		// The directory is gone or inotify is exhausted: the caller's idle check finds changes a little later.
	}
	return close;
};

/** Write a file whole or not at all. Answers the number of bytes. */
export const writeWhole = async (path: string, pieces: AsyncIterable<string>): Promise<number> => {
	const temporary = `${path}.${process.pid}.partial`;
	let handle: FileHandle;
	try {
		handle = await open(temporary, 'wx', 0o600);
	} catch (error) {
		throw hostFailure(`write ${path}`, error);
	}
	let bytes = 0;
	try {
		for await (const piece of pieces) bytes += (await handle.write(piece)).bytesWritten;
		await handle.sync();
		await handle.close();
		await rename(temporary, path);
		const directory = await open(dirname(path));
		await directory.sync().finally(async () => directory.close());
		return bytes;
	} catch (error) {
		await handle.close().catch(() => undefined);
		await rm(temporary, {force: true});
		throw hostFailure(`write ${path}`, error);
	}
};
