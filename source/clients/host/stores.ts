import {readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {readdir, rm} from 'node:fs/promises';
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
	const isHeld = (): boolean => readFileSync(file, 'utf8').trim() === id;
	await unlessMissing(async () => {
		if (isHeld()) await withLock(directory, async () => (isHeld() ? rmSync(file) : undefined), options);
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
			const holder = (await unlessMissing(async () => readFileSync(file, 'utf8')))?.trim() ?? '';
			if (holder === id) return;
			if (holder !== '') throw new Failure('already-exists', `The name ${name} is already used by container ${holder}`);
			const temporary = `${file}.${process.pid}`;
			try {
				writeFileSync(temporary, id, {mode: 0o600});
				renameSync(temporary, file);
			} catch (error) {
				rmSync(temporary, {force: true});
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
		statSync(own);
		const remove = async (): Promise<void> => rmSync(own, {recursive: true, force: true});
		if (await isThere(pathIn(own, 'meta.json'))) await withLock(directory, remove, options);
		else await remove();
	});
};

const isThere = async (path: string): Promise<boolean> => (await unlessMissing(async () => statSync(path))) !== undefined;

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
