import {readFileSync} from 'node:fs';

/** The text of a small file, at once; `otherwise` when it is not there or not ours to read. */
export const textOr = (path: string, otherwise: string): string => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return otherwise;
	}
};
