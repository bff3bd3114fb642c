import {join} from 'node:path';
import {Failure} from '../../errors.ts';

/** nerdctl's rule for names of containers and volumes; no dot-dot and no slash can pass. */
const identifier = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

export const isIdentifier = (text: string): boolean => text.length <= 255 && identifier.test(text);

/** Join names below a store directory, refusing any that could climb out of it. */
export const pathIn = (store: string, ...names: readonly string[]): string => {
	for (const name of names) {
		if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
			throw new Failure('invalid', `${JSON.stringify(name)} can not be the name of a file`);
		}
	}
	return join(store, ...names);
};
