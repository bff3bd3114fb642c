import {readFile} from 'node:fs/promises';
import {failing} from '../../errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** `NAME=value` stays; a bare `NAME` takes our own value, and is dropped when we have none. */
const resolved = (pairs: readonly string[], env: Environment): readonly string[] =>
	pairs.flatMap(pair => {
		if (pair.includes('=')) return [pair];
		const value = env[pair];
		return value === undefined ? [] : [`${pair}=${value}`];
	});

/** The lines of a file of `NAME=value`, without comments. */
export const readVariables = async (path: string): Promise<readonly string[]> => {
	try {
		const text = await readFile(path, 'utf8');
		return text
			.replace(/^\ufeff/, '')
			.split(/\r?\n/)
			.map(line => line.trimStart())
			.filter(line => line !== '' && !line.startsWith('#'));
	} catch (error) {
		throw failing(`read the variables in ${path}`, error);
	}
};

/** `--env-file` first, so that `-e` has the last word. */
export const environmentOf = async (pairs: readonly string[], files: readonly string[], env: Environment): Promise<readonly string[]> => [
	...resolved((await Promise.all(files.map(readVariables))).flat(), env),
	...resolved(pairs, env),
];
