import {accessSync, readFileSync, statSync} from 'node:fs';
import {Failure} from '../errors.ts';
import type {ConfigFiles} from './types.ts';

/** Nobody writes that much by hand; a device or a log in its place must not be read to its end. */
const largestBytes = 1_048_576;

/** Read in one go: three small files before the first frame, for which loading `fs/promises` takes longer than reading them. */
export const nodeFiles: ConfigFiles = {
	async readText(path) {
		try {
			const found = statSync(path);
			if (!found.isFile()) throw new Failure('invalid', `Could not read ${path}: it is not a file`);
			if (found.size > largestBytes) throw new Failure('invalid', `Could not read ${path}: it is larger than a megabyte`);
			return readFileSync(path, 'utf8');
		} catch (error) {
			if (error instanceof Failure) throw error;
			const code = (error as NodeJS.ErrnoException).code;
			if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
			const denied = code === 'EACCES' || code === 'EPERM';
			throw new Failure(denied ? 'denied' : 'internal', `Could not read ${path}: ${denied ? 'permission denied' : (code ?? 'unknown error')}`, {
				cause: error,
				...(denied ? {hint: 'make it readable for this user'} : {}),
			});
		}
	},
	async exists(path) {
		try {
			accessSync(path);
			return true;
		} catch {
			// Whatever the reason, it is of no use as a default.
			return false;
		}
	},
};
