import {Failure} from '../../errors.ts';

/** What may stay of a directory's or a file's name: small letters, digits, hyphens and underscores, neither of the last two in front. */
export const normalizeProjectName = (name: string): string =>
	name
		.toLowerCase()
		.replace(/[^a-z0-9_-]/g, '')
		.replace(/^[_-]+/, '');

/** A name that somebody typed is taken as it is, or not at all. */
export const checkedProjectName = (name: string): string => {
	if (name === '' || normalizeProjectName(name) !== name)
		throw new Failure('invalid', `${JSON.stringify(name)} can not be the name of a project`, {
			hint: 'use small letters, digits, hyphens and underscores, beginning with a letter or a digit',
		});
	return name;
};
