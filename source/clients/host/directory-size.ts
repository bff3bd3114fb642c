import type {Stats} from 'node:fs';
import {lstat, readdir} from 'node:fs/promises';
import {join} from 'node:path';

const blockBytes = 512;
const atOnce = 32;

/**
What a directory takes on disk, in bytes: `blocks`, for files have holes; or how much is written in its files: `lengths`. A file with several
names counts once. What is mounted inside is on another disk and is left out. Files that go meanwhile are not counted.
*/
export const directorySize = async (path: string, measure: 'blocks' | 'lengths', signal?: AbortSignal): Promise<number> => {
	const root = await lstat(path);
	const sizeOf = (stat: Stats): number => (measure === 'blocks' ? stat.blocks * blockBytes : stat.isDirectory() ? 0 : stat.size);
	const seen = new Set<number>();
	let bytes = sizeOf(root);
	const pending = [path];
	for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
		signal?.throwIfAborted();
		const names = await unlessGone(readdir(directory));
		for (let at = 0; at < (names?.length ?? 0); at += atOnce) {
			const paths = (names ?? []).slice(at, at + atOnce).map(name => join(directory, name));
			const stats = await Promise.all(paths.map(async each => unlessGone(lstat(each))));
			for (const [index, stat] of stats.entries()) {
				if (stat === undefined || stat.dev !== root.dev) continue;
				if (stat.isDirectory()) pending.push(paths[index] as string);
				else if (stat.nlink > 1) {
					if (seen.has(stat.ino)) continue;
					seen.add(stat.ino);
				}
				bytes += sizeOf(stat);
			}
		}
	}
	return bytes;
};

const unlessGone = async <T>(work: Promise<T>): Promise<T | undefined> => {
	try {
		return await work;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
};
