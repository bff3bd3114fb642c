import {closeSync, openSync, readSync} from 'node:fs';

/** So many random bytes in hex, from where Node's crypto has them as well; that takes five milliseconds to load. */
export const randomHex = (bytes: number): string => {
	const buffer = Buffer.alloc(bytes);
	const fd = openSync('/dev/urandom', 'r');
	try {
		readSync(fd, buffer);
	} finally {
		closeSync(fd);
	}

	return buffer.toString('hex');
};
