import {randomBytes} from 'node:crypto';
import {createWriteStream} from 'node:fs';
import {open, rename, rm, stat} from 'node:fs/promises';
import {dirname} from 'node:path';
import type {Writable} from 'node:stream';
import {Failure} from '../../../errors.ts';

const isRegularOrNew = async (path: string): Promise<boolean> => {
	try {
		return (await stat(path)).isFile();
	} catch {
		return true;
	}
};

const close = async (stream: Writable): Promise<void> =>
	new Promise((resolve, reject) => {
		stream.once('error', reject);
		stream.end(resolve);
	});

const words: Readonly<Record<string, string>> = {
	ENOSPC: 'no space is left on the device',
	EACCES: 'permission denied',
	ENOENT: `there is no such folder`,
	EROFS: 'the file system is read-only',
	EISDIR: 'it is a folder',
	EDQUOT: 'the quota is used up',
};

/** The path has the whole file or what it had before. A device or a pipe is written as it is. */
export const writeWholeFile = async <Result>(path: string, write: (output: Writable) => Promise<Result>): Promise<Result> => {
	const isPlain = await isRegularOrNew(path);
	const place = isPlain ? `${path}.${randomBytes(4).toString('hex')}.part` : path;
	try {
		const stream = createWriteStream(place, {flags: isPlain ? 'wx' : 'w', highWaterMark: 1024 * 1024});
		const failed = new Promise<never>((_, reject) => {
			stream.once('error', reject);
		});
		failed.catch(() => undefined);
		const result = await Promise.race([write(stream), failed]);
		await close(stream);
		if (!isPlain) return result;
		const file = await open(place, 'r+');
		try {
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(place, path);
		const folder = await open(dirname(path), 'r');
		try {
			await folder.sync();
		} finally {
			await folder.close();
		}
		return result;
	} catch (error) {
		if (isPlain) await rm(place, {force: true});
		const {code = ''} = error as NodeJS.ErrnoException;
		const why = words[code];
		if (why === undefined) throw error;
		throw new Failure(code === 'ENOSPC' || code === 'EDQUOT' ? 'exhausted' : 'invalid', `${path} can not be written: ${why}`, {
			cause: error,
		});
	}
};
