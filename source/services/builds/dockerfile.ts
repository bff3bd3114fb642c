import {mkdir, mkdtemp, readdir, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, dirname, join, resolve} from 'node:path';
import {couldNot, Failure, messageOf} from '../../errors.ts';
import {isRemoteContext} from '../../model/build-flags.ts';
import type {BuildRequest} from './types.ts';

export type Dockerfile = {
	/** Undefined: it is in a context that the daemon fetches. */
	readonly folder: string | undefined;
	readonly name: string | undefined;
	/** For a Dockerfile that is all there is: a folder with nothing in it. */
	readonly emptyContext?: string;
	/** Take away what was made for it. */
	forget(): Promise<void>;
};

const usualNames = ['Dockerfile', 'Containerfile'];

const nothing = async (): Promise<void> => {};

/** A folder with the one file in it, which nobody else may read: it may have been typed with a password in it. */
const writeTemporary = async (bytes: Uint8Array, isAlone: boolean): Promise<Dockerfile> => {
	const folder = await mkdtemp(join(tmpdir(), 'gantry-dockerfile-'));
	const forget = async (): Promise<void> => rm(folder, {recursive: true, force: true});
	try {
		await writeFile(join(folder, 'Dockerfile'), bytes, {mode: 0o600});
		if (!isAlone) return {folder, name: 'Dockerfile', forget};
		const emptyContext = join(folder, 'context');
		await mkdir(emptyContext);
		return {folder, name: 'Dockerfile', emptyContext, forget};
	} catch (error) {
		await forget();
		throw error;
	}
};

/** That it is a folder is said before a daemon is asked anything. */
export const checkFolder = async (path: string, what: string): Promise<void> => {
	let isFolder: boolean;
	try {
		isFolder = (await stat(path)).isDirectory();
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'ENOENT') throw new Failure('not-found', `there is no folder ${path}, which is to be ${what}`, {cause: error});
		throw couldNot('denied', `read ${path}`, messageOf(error), {cause: error});
	}

	if (!isFolder) throw new Failure('invalid', `${path} is no folder, and it is to be ${what}`);
};

const inFolder = async (path: string): Promise<Dockerfile> => {
	const folder = dirname(path);
	const name = basename(path);
	await checkFolder(folder, `where ${name} is`);
	if (!(await readdir(folder)).includes(name)) throw new Failure('not-found', `there is no Dockerfile ${path}`, {hint: 'name it with --file'});
	return {folder, name, forget: nothing};
};

/** Where the build finds its Dockerfile: nerdctl's rules. */
export const placeDockerfile = async ({context, archive, dockerfile, workingFolder}: Pick<BuildRequest, 'context' | 'archive' | 'dockerfile' | 'workingFolder'>): Promise<Dockerfile> => {
	if (dockerfile instanceof Uint8Array) return writeTemporary(dockerfile, context === '-' && archive === undefined);
	if (archive !== undefined || isRemoteContext(context)) return {folder: undefined, name: dockerfile, forget: nothing};
	if (dockerfile !== undefined) return inFolder(resolve(workingFolder, dockerfile));
	const folder = resolve(workingFolder, context);
	const names = await readdir(folder);
	const name = usualNames.find(usual => names.includes(usual));
	if (name === undefined) throw new Failure('not-found', `there is no Dockerfile in ${folder}`, {hint: 'name it with --file'});
	return {folder, name, forget: nothing};
};
