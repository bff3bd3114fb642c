import {createReadStream} from 'node:fs';
import {Failure} from '../errors.ts';

/** The bytes of a file, with what is wrong with it in words. */
export async function* readArchive(path: string): AsyncGenerator<Uint8Array> {
	try {
		yield* createReadStream(path, {highWaterMark: 1024 * 1024}) as AsyncIterable<Uint8Array>;
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'ENOENT') throw new Failure('not-found', `there is no file ${path}`, {cause: error});
		if (code === 'EACCES') throw new Failure('denied', `${path} can not be read: permission denied`, {cause: error});
		if (code === 'EISDIR') throw new Failure('invalid', `${path} is a folder`, {cause: error});
		throw error;
	}
}
