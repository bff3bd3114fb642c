import {Failure} from '../../../errors.ts';
import {plain} from '../../../model/sanitize.ts';

const slash = 0x2f;
const here = Buffer.from('.');
const above = Buffer.from('..');

const partsOf = (path: Buffer): readonly Buffer[] => {
	const parts: Buffer[] = [];
	let start = 0;
	for (let end = path.indexOf(slash); end >= 0; end = path.indexOf(slash, start)) {
		parts.push(path.subarray(start, end));
		start = end + 1;
	}

	return [...parts, path.subarray(start)];
};

/** Below the folder and nowhere else: a daemon that builds what strangers wrote is not to be trusted with our file system. */
export const isSafePath = (path: Buffer): boolean => !path.includes(0) && partsOf(path).every(part => part.length > 0 && !part.equals(here) && !part.equals(above));

/** Any bytes, one to one. */
const keyOf = (path: Buffer): string => path.toString('latin1');

export type Paths = {
	/** Throws unless it is new and every folder on the way to it came before as a folder: a link on the way would lead out. */
	take(path: Buffer, isFolder: boolean): void;
	/** Throws unless it is a file that came before. */
	known(path: Buffer): void;
};

export const createPaths = (): Paths => {
	const folders = new Set<string>();
	const others = new Set<string>();
	const refuse = (path: Buffer, why: string): Failure => new Failure('invalid', `the build sent ${JSON.stringify(plain(path.toString()))}, ${why}`);
	return {
		take: (path, isFolder) => {
			if (!isSafePath(path)) throw refuse(path, 'which is no path within a folder');
			const key = keyOf(path);
			if (folders.has(key) || others.has(key)) throw refuse(path, 'for the second time');
			const end = key.lastIndexOf('/');
			if (end > 0 && !folders.has(key.slice(0, end))) throw refuse(path, 'whose folder it did not send');
			(isFolder ? folders : others).add(key);
		},
		known: path => {
			if (!others.has(keyOf(path))) throw refuse(path, 'as another name of a file that it did not send');
		},
	};
};
