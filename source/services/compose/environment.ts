import {join, resolve} from 'node:path';
import {parseEnvFile, parseRawEnvFile} from '../../model/compose/dotenv.ts';
import type {EnvFile} from '../../model/compose/project.ts';
import {isFile, readFile} from './read-file.ts';

export type Environment = ReadonlyMap<string, string>;

export const ownEnvironment = (env: Readonly<Record<string, string | undefined>>): Environment =>
	new Map(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));

/** Files in order, the later over the earlier, and what was there before over them all. */
export const withEnvFiles = async (before: Environment, files: readonly string[], signal?: AbortSignal): Promise<Environment> => {
	const read = new Map<string, string>();
	for (const file of files) {
		const lookup = (name: string) => before.get(name) ?? read.get(name);
		for (const [name, value] of parseEnvFile(await readFile(file, signal), {file, lookup})) read.set(name, value);
	}
	return new Map([...read, ...before]);
};

/** `.env` of a directory, or what was named in its place. */
export const projectEnvironment = async (
	before: Environment,
	{directory, envFiles, cwd}: {readonly directory: string; readonly envFiles: readonly string[]; readonly cwd: string},
	signal?: AbortSignal,
): Promise<Environment> => {
	const named = envFiles.length > 0 ? envFiles : (before.get('COMPOSE_ENV_FILES') ?? '').split(',').filter(one => one !== '');
	if (named.length > 0) return withEnvFiles(before, named.map(file => resolve(cwd, file)), signal);
	const standard = join(directory, '.env');
	return (await isFile(standard)) ? withEnvFiles(before, [standard], signal) : before;
};

/** What a service's `env_file`s say; one that need not be there may be missing. A variable in them is what an earlier one says, else the project's. */
export const readEnvFiles = async (
	files: readonly EnvFile[],
	lookup: (name: string) => string | undefined,
	signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> => {
	const values = new Map<string, string>();
	for (const {path, required, format} of files) {
		if (required === false && !(await isFile(path))) continue;
		const text = await readFile(path, signal);
		const read = format === 'raw' ? parseRawEnvFile(text, {file: path}) : parseEnvFile(text, {file: path, lookup: name => values.get(name) ?? lookup(name)});
		for (const [name, value] of read) values.set(name, value);
	}
	return values;
};
