import {constants} from 'node:fs';
import {type FileHandle, open, readlink} from 'node:fs/promises';
import {Failure} from '../../errors.ts';
import type {ContainerRoot} from './types.ts';
import {hostFailure, isMissing} from './missing.ts';

/** open(2) flags that Node leaves out: a descriptor that only names a file. Opening it blocks on nothing and runs no driver. */
const nameOnly = 0o10000000;
const closeOnExec = 0o2000000;

/** What the kernel itself allows before ELOOP. */
const mostLinks = 40;

/** Nothing we look for in a container is bigger; what is, was made to hurt. */
const mostBytes = 1024 * 1024;

/**
The root of a process, walked one name at a time.

The container may change its files while we look, so checking a path and then opening it would be a way out of the container.
Each step opens one name below a directory descriptor without following links (`/proc/self/fd/N/name` is our openat), and a
symbolic link is followed by us: an absolute one starts again at the container's root, `..` stops there.
*/
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
	// The way from the root down to where we are, so that `..` needs no trust in the container.
	const way: FileHandle[] = [];
	const rest = names(path);
	let links = 0;
	const close = async (): Promise<void> => {
		for (const handle of way.splice(0)) await handle.close();
	};
	try {
		for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
			if (name === '..') {
				await way.pop()?.close();
				continue;
			}
			const parent = way.at(-1) ?? root;
			const step = await open(`/proc/self/fd/${parent.fd}/${name}`, nameOnly | constants.O_NOFOLLOW | closeOnExec);
			way.push(step);
			if (!(await step.stat()).isSymbolicLink()) continue;
			if (++links > mostLinks) return undefined;
			const target = await readlink(`/proc/self/fd/${parent.fd}/${name}`);
			await way.pop()?.close();
			if (target.startsWith('/')) await close();
			rest.unshift(...names(target));
		}
		const file = way.at(-1);
		return file === undefined ? undefined : await use(file);
	} catch (error) {
		if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'EINVAL') return undefined;
		throw hostFailure(`look at ${path} in the container`, error);
	} finally {
		await close();
	}
};

const names = (path: string): string[] => path.split('/').filter(name => name !== '' && name !== '.');

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
