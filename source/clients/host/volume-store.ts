import {watch} from 'node:fs';
import {mkdir, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {Failure} from '../../errors.ts';
import {isIdentifier, pathIn} from './data-store.ts';
import {holdLock} from './flock.ts';
import {hostFailure, isMissing} from './missing.ts';
import type {HostSignal, VolumeRecord} from './types.ts';

/*
nerdctl's volume store: `volumes/<namespace>/<name>/volume.json` with the labels, `_data` beside it, everything that changes something under
a lock on `volumes/<namespace>`. A volume without a readable `volume.json` has no labels and is still a volume: its data is somebody's.
*/

const storeOf = (dataStore: string, namespace: string): string => pathIn(dataStore, 'volumes', namespace);

/** Everybody else who makes or removes volumes of the namespace waits. */
export const holdVolumes = async (dataStore: string, namespace: string, options?: HostSignal): Promise<() => Promise<void>> => {
	const store = storeOf(dataStore, namespace);
	await mkdir(store, {recursive: true, mode: 0o700});
	return holdLock(store, options);
};

export const readVolume = async (dataStore: string, namespace: string, name: string): Promise<VolumeRecord | undefined> => {
	if (!isIdentifier(name)) return undefined;
	const directory = pathIn(storeOf(dataStore, namespace), name);
	try {
		const info = await stat(directory);
		if (!info.isDirectory()) return undefined;
		return {name, path: pathIn(directory, '_data'), labels: await readLabels(pathIn(directory, 'volume.json')), createdAt: Math.round(info.birthtimeMs || info.mtimeMs)};
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
};

export const readVolumes = async (dataStore: string, namespace: string): Promise<readonly VolumeRecord[]> => {
	let names: readonly string[];
	try {
		names = await readdir(storeOf(dataStore, namespace));
	} catch (error) {
		if (isMissing(error)) return [];
		throw error;
	}
	const records = await Promise.all([...names].sort().map(async name => readVolume(dataStore, namespace, name)));
	return records.filter(record => record !== undefined);
};

const readLabels = async (file: string): Promise<Readonly<Record<string, string>>> => {
	try {
		const record: unknown = JSON.parse(await readFile(file, 'utf8'));
		const labels = (record as {readonly labels?: unknown} | null)?.labels;
		if (typeof labels !== 'object' || labels === null) return {};
		return Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
	} catch (error) {
		if (isMissing(error) || error instanceof SyntaxError) return {};
		throw error;
	}
};

/** Told when a volume was made or removed, whoever did it; the kernel tells, so that waiting costs nothing. Where there are none yet nothing is told. */
export const watchVolumes = (dataStore: string, namespace: string, onChange: () => void): (() => void) => {
	try {
		const watcher = watch(storeOf(dataStore, namespace), {persistent: false}, onChange);
		watcher.on('error', () => watcher.close());
		return () => watcher.close();
	} catch (error) {
		if (isMissing(error)) return () => undefined;
		throw error;
	}
};

/** Call it while holding the volumes. One that is there is answered as it is. */
export const makeVolume = async (
	dataStore: string,
	namespace: string,
	name: string,
	labels: Readonly<Record<string, string>>,
): Promise<{readonly record: VolumeRecord; readonly made: boolean}> => {
	if (!isIdentifier(name) || name.length < 2) {
		throw new Failure('invalid', `${JSON.stringify(name)} can not be the name of a volume`, {
			hint: 'use at least two of letters, digits, _ . and -, the first a letter or digit',
		});
	}
	const directory = pathIn(storeOf(dataStore, namespace), name);
	const existing = await readVolume(dataStore, namespace, name);
	try {
		await mkdir(directory, {recursive: true, mode: 0o700});
		const file = pathIn(directory, 'volume.json');
		// A directory without it was left by a crash between the two; nerdctl would not list it.
		if (!(await exists(file))) {
			await writeFile(`${file}.new`, JSON.stringify({labels: Object.keys(labels).length === 0 ? null : labels}, undefined, 4), {mode: 0o600, flush: true});
			await rename(`${file}.new`, file);
		}
		await mkdir(pathIn(directory, '_data'), {recursive: true, mode: 0o700});
		const record = await readVolume(dataStore, namespace, name);
		if (record === undefined) throw new Failure('conflict', `volume ${name} was removed while it was being made`);
		return {record, made: existing === undefined};
	} catch (error) {
		if (existing === undefined) await rm(directory, {recursive: true, force: true});
		throw hostFailure(`make ${directory}`, error);
	}
};

/** Call it while holding the volumes. */
export const dropVolume = async (dataStore: string, namespace: string, name: string): Promise<void> => {
	if (isIdentifier(name)) await rm(pathIn(storeOf(dataStore, namespace), name), {recursive: true, force: true});
};

const exists = async (path: string): Promise<boolean> => {
	try {
		await stat(path);
		return true;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
};
