import {dirname, join, resolve} from 'node:path';
import {Failure} from '../../errors.ts';
import {isFile} from './read-file.ts';
import type {LoadOptions} from './types.ts';

const standard = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const overrides = ['compose.override.yml', 'compose.override.yaml', 'docker-compose.override.yml', 'docker-compose.override.yaml'];

const firstOf = async (folder: string, names: readonly string[]): Promise<string | undefined> => {
	for (const name of names) if (await isFile(join(folder, name))) return join(folder, name);
	return undefined;
};

/** The files with standard names in a directory: one, and what overrides it. */
export const filesIn = async (folder: string): Promise<readonly string[]> => {
	const found = await firstOf(folder, standard);
	if (found === undefined) return [];
	const override = await firstOf(folder, overrides);
	return override === undefined ? [found] : [found, override];
};

/** The nearest directory, from here upwards, that has a file with a standard name; with what overrides it there. */
const search = async (cwd: string): Promise<readonly string[]> => {
	for (let folder = resolve(cwd); ; folder = dirname(folder)) {
		const found = await filesIn(folder);
		if (found.length > 0) return found;
		if (dirname(folder) === folder) break;
	}
	throw new Failure('not-found', `there is no compose file in ${cwd} or above it`, {hint: `name one with -f, or add ${standard[0]}`});
};

/** The files of a project, absolute. `lookup` knows the environment and the `.env` beside the person. */
export const discover = async ({cwd, files, projectDirectory}: Pick<LoadOptions, 'cwd' | 'files' | 'projectDirectory'>, lookup: (name: string) => string | undefined): Promise<readonly string[]> => {
	const listed = lookup('COMPOSE_FILE') ?? '';
	const named = files.length > 0 ? files : listed.split(lookup('COMPOSE_PATH_SEPARATOR') ?? ':').filter(one => one !== '');
	if (named.length > 0) return named.map(one => (one === '-' ? one : resolve(cwd, one)));
	return search(projectDirectory === undefined ? cwd : resolve(cwd, projectDirectory));
};

/** Where relative paths begin: what was asked for, else beside the first file. */
export const directoryOf = ({cwd, projectDirectory}: LoadOptions, [first]: readonly string[]): string => {
	if (projectDirectory !== undefined) return resolve(cwd, projectDirectory);
	return first === undefined || first === '-' ? resolve(cwd) : dirname(first);
};
