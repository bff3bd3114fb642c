import {readdir} from 'node:fs/promises';
import {isAbsolute, join, resolve} from 'node:path';
import {Failure, isFailure, failing} from '../../errors.ts';
import type {ProjectSource} from '../../model/compose/project-source.ts';
import type {Call} from './dependencies.ts';
import {discover, filesIn} from './discover.ts';
import {load} from './load.ts';
import {isFile} from './read-file.ts';
import type {Loaded, LoadOptions} from './types.ts';

type Env = LoadOptions['env'];

/** What a shell says about the project that its person stands in means nothing for all the others. */
const foreign = new Set(['COMPOSE_FILE', 'COMPOSE_PROJECT_NAME', 'COMPOSE_PATH_SEPARATOR', 'COMPOSE_PROFILES']);

const options = (env: Env, home: string, {directory, files, name, services}: ProjectSource, {signal}: Call): LoadOptions => ({
	cwd: directory,
	home,
	env: Object.fromEntries(Object.entries(env).filter(([variable]) => !foreign.has(variable))),
	files,
	...(name === undefined ? {} : {projectName: name}),
	projectDirectory: directory,
	profiles: [],
	envFiles: [],
	services,
	interpolate: true,
	readStdin: async () => '',
	...(signal === undefined ? {} : {signal}),
});

/** Reads a project from where it is written down. */
export const readSource = async (where: {readonly env: Env; readonly home: string}, source: ProjectSource, call: Call = {}): Promise<Loaded> => load(options(where.env, where.home, source, call));

type Place = Pick<ProjectSource, 'directory' | 'files'>;

/** The project that a person stands in: `COMPOSE_FILE`, else the standard names here and above. Undefined: none. */
export const sourceAround = async (env: Env, cwd: string): Promise<Place | undefined> => {
	try {
		const files = await discover({cwd, files: []}, (name) => env[name]);
		const [first] = files;
		return first === undefined || first === '-' ? undefined : {directory: join(first, '..'), files};
	} catch (error) {
		if (isFailure(error, 'not-found')) return undefined;
		throw error;
	}
};

/** What somebody typed: a directory with a compose file, or the file itself. */
export const sourceAt = async (typed: string, {cwd, home}: {readonly cwd: string; readonly home: string}): Promise<Place> => {
	const path = resolve(cwd, typed === '~' || typed.startsWith('~/') ? join(home, typed.slice(1)) : typed);
	if (await isFile(path)) return {directory: join(path, '..'), files: [path]};
	const files = await filesIn(path);
	if (files.length > 0) return {directory: path, files};
	await readdir(path).catch((error: unknown) => {
		throw failing(`look for a project in ${path}`, (error as {code?: string}).code === 'ENOENT' ? new Failure('not-found', 'it is not there') : error);
	});
	throw new Failure('not-found', `there is no compose file in ${path}`, {hint: 'name the file itself if it has another name than compose.yaml'});
};

/** Where to go on when a path is typed: directories, and files that may be a project's. */
export const completePath = async (typed: string, {cwd, home}: {readonly cwd: string; readonly home: string}): Promise<readonly string[]> => {
	const lead = typed.slice(0, typed.lastIndexOf('/') + 1);
	const folder = lead.startsWith('~/') ? join(home, lead.slice(2)) : isAbsolute(lead) ? lead : resolve(cwd, lead);
	const entries = await readdir(folder, {withFileTypes: true}).catch(() => []);
	return entries
		.filter((entry) => (entry.isDirectory() ? !entry.name.startsWith('.') : /\.ya?ml$/.test(entry.name)))
		.map((entry) => `${lead}${entry.name}${entry.isDirectory() ? '/' : ''}`)
		.filter((path) => path.startsWith(typed) && path !== typed)
		.sort()
		.slice(0, 50);
};
