import {readdir, readFile, rm, stat} from 'node:fs/promises';
import type {HostSignal} from './types.ts';
import {isIdentifier, pathIn} from './data-store.ts';
import {withLock} from './flock.ts';
import {isMissing} from './missing.ts';

/**
The name store: `names/<namespace>/<name>` holds the id. nerdctl does everything here under a lock on the directory, and so do we:
without it a container created with the same name in between would lose its name.
*/
export const releaseName = async (dataStore: string, namespace: string, name: string, id: string, options?: HostSignal): Promise<void> => {
	if (!isIdentifier(name)) return;
	const directory = pathIn(dataStore, 'names', namespace);
	const file = pathIn(directory, name);
	await unlessMissing(() =>
		withLock(
			directory,
			async () => {
				if ((await readFile(file, 'utf8')).trim() === id) await rm(file);
			},
			options,
		),
	);
};

/** The hosts store: `etchosts/<namespace>/<id>/`, under a lock on `etchosts/<namespace>`. */
export const removeHosts = async (dataStore: string, namespace: string, id: string, options?: HostSignal): Promise<void> => {
	const directory = pathIn(dataStore, 'etchosts', namespace);
	const own = pathIn(directory, id);
	await unlessMissing(async () => {
		await stat(own);
		await withLock(directory, () => rm(own, {recursive: true, force: true}), options);
	});
};

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
