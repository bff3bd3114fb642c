import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {Failure, isFailure} from '../../errors.ts';
import type {ContainerRoot} from './types.ts';
import {hostFailure, isMissing} from './missing.ts';
import {nameOnly, walkTo} from './walk.ts';

/** Nothing we look for in a container is bigger; what is, was made to hurt. */
const mostBytes = 1024 * 1024;

/** The root of a process. Its files are walked to, never opened by path: see `walk.ts`. */
export const withContainerRoot = async <T>(pid: number, use: (root: ContainerRoot) => Promise<T>, proc = '/proc'): Promise<T> => {
	const handle = await open(`${proc}/${pid}/root`, nameOnly | constants.O_DIRECTORY).catch((error: unknown) => {
		throw hostFailure(`look into the files of process ${pid}`, error);
	});
	try {
		return await use({
			readText: path => withFile(handle, path, readRegularFile),
			isExecutable: async path => (await withFile(handle, path, isExecutableFile)) ?? false,
		});
	} finally {
		await handle.close();
	}
};

const withFile = async <T>(root: FileHandle, path: string, use: (file: FileHandle) => Promise<T>): Promise<T | undefined> => {
	try {
		return await walkTo(root, path, async ({file, name}) => (file === undefined || name === '' ? undefined : use(file)));
	} catch (error) {
		// A circle of links leads nowhere.
		if (isMissing(error) || isFailure(error, 'invalid') || (error as NodeJS.ErrnoException).code === 'EINVAL') return undefined;
		throw hostFailure(`look at ${path} in the container`, error);
	}
};

const readRegularFile = async (named: FileHandle): Promise<string | undefined> => {
	if (!(await named.stat()).isFile()) return undefined;
	const handle = await open(`/proc/self/fd/${named.fd}`, constants.O_RDONLY);
	try {
		const buffer = Buffer.alloc(mostBytes + 1);
		let length = 0;
		for (;;) {
			const {bytesRead} = await handle.read(buffer, length, buffer.length - length, length);
			length += bytesRead;
			if (length > mostBytes) throw new Failure('exhausted', 'The file is larger than 1 MiB');
			if (bytesRead === 0) return buffer.toString('utf8', 0, length);
		}
	} finally {
		await handle.close();
	}
};

const isExecutableFile = async (named: FileHandle): Promise<boolean> => {
	const stat = await named.stat();
	return stat.isFile() && (stat.mode & 0o111) !== 0;
};
