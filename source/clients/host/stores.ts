import {readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {Failure} from '../../errors.ts';
import type {HostSignal} from './types.ts';
import {isIdentifier, pathIn} from './store-path.ts';
import {withDirectoryLock, withLock} from './flock.ts';
import {hostFailure, isMissing} from './missing.ts';

/**
The name store: `names/<namespace>/<name>` holds the id. nerdctl does everything here under a lock on the directory, and so do we:
without it a container created with the same name in between would lose its name. What is another's, or nobody's any more, needs none.
*/
export const releaseName = async (dataStore: string, namespace: string, name: string, id: string, options?: HostSignal): Promise<void> => {
	if (!isIdentifier(name)) return;
	const directory = pathIn(dataStore, 'names', namespace);
	const file = pathIn(directory, name);
	const isHeld = async (): Promise<boolean> => (await readFile(file, 'utf8')).trim() === id;
	await unlessMissing(async () => {
		if (!(await isHeld())) return;
		await withLock(directory, async () => ((await isHeld()) ? rm(file) : undefined), options);
	});
};

/**
`already-exists` when another container has it; what it has been given already it keeps. An empty file is what a machine that died left: the name
is free then, as for nerdctl.
*/
export const acquireName = async (dataStore: string, namespace: string, name: string, id: string, options?: HostSignal): Promise<void> => {
	if (!isIdentifier(name)) throw new Failure('invalid', `${JSON.stringify(name)} can not be the name of a container`);
	const directory = pathIn(dataStore, 'names', namespace);
	const file = pathIn(directory, name);
	await withDirectoryLock(
		directory,
		async () => {
			const holder = (await unlessMissing(() => readFile(file, 'utf8')))?.trim() ?? '';
			if (holder === id) return;
			if (holder !== '') throw new Failure('already-exists', `The name ${name} is already used by container ${holder}`);
			const temporary = `${file}.${process.pid}`;
			try {
				await writeFile(temporary, id, {mode: 0o600});
				await rename(temporary, file);
			} catch (error) {
				await rm(temporary, {force: true});
				throw hostFailure(`write ${file}`, error);
			}
		},
		options,
	);
};

/** The hosts store: `etchosts/<namespace>/<id>/`, under a lock on `etchosts/<namespace>`; without `meta.json` it is of no concern to others. */
export const removeHosts = async (dataStore: string, namespace: string, id: string, options?: HostSignal): Promise<void> => {
	const directory = pathIn(dataStore, 'etchosts', namespace);
	const own = pathIn(directory, id);
	await unlessMissing(async () => {
		await stat(own);
		const remove = async (): Promise<void> => rm(own, {recursive: true, force: true});
		if (await isThere(pathIn(own, 'meta.json'))) await withLock(directory, remove, options);
		else await remove();
	});
};

const isThere = async (path: string): Promise<boolean> => (await unlessMissing(() => stat(path))) !== undefined;

export const listVolumes = async (dataStore: string, namespace: string): Promise<readonly string[]> =>
	(await unlessMissing(async () => {
		const entries = await readdir(pathIn(dataStore, 'volumes', namespace), {withFileTypes: true});
		return entries.filter(entry => entry.isDirectory()).map(entry => entry.name);
	})) ?? [];

export const removeVolumes = async (
	dataStore: string,
	namespace: string,
	names: readonly string[],
	options?: HostSignal,
): Promise<void> => {
	const directory = pathIn(dataStore, 'volumes', namespace);
	const removable = names.filter(isIdentifier);
	if (removable.length === 0) return;
	await unlessMissing(() =>
		withLock(
			directory,
			async () => {
				for (const name of removable) await rm(pathIn(directory, name), {recursive: true, force: true});
			},
			options,
		),
	);
};

const unlessMissing = async <T>(run: () => Promise<T>): Promise<T | undefined> => {
	try {
		return await run();
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
};
