import {closeSync, constants, existsSync, fchmodSync, fstatSync, ftruncateSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync} from 'node:fs';
import {aliasLines, type HostsAliases, type HostsEntry, type HostsMeta, hostsFile, ownName, storedName} from '../../model/hosts-file.ts';
import {pathIn} from './store-path.ts';
import {withDirectoryLock} from './flock.ts';
import {textOr} from './text-or.ts';
import type {HostSignal} from './types.ts';

type Found = HostsEntry & {readonly directory: string};

const readJson = (path: string): unknown => {
	try {
		return JSON.parse(readFileSync(path, 'utf8'));
	} catch {
		// Not there, or torn: a container that we know nothing of gets no line.
		return undefined;
	}
};

const writeAt = (fd: number, bytes: Buffer, from: number, to: number): void => {
	for (let at = from; at < to; ) at += writeSync(fd, bytes, at, to - at, at);
};

/**
The file is mounted into the container: a new one in its place would never be seen there. What makes it longer is written first: on a full disk that
fails, and what was there before is there still.
*/
const writeInPlace = (path: string, text: string): void => {
	const bytes = Buffer.from(text);
	const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
	try {
		const {size} = fstatSync(fd);
		try {
			writeAt(fd, bytes, size, bytes.length);
		} catch (error) {
			ftruncateSync(fd, size);
			throw error;
		}
		writeAt(fd, bytes, 0, Math.min(size, bytes.length));
		ftruncateSync(fd, bytes.length);
		fchmodSync(fd, 0o644);
	} finally {
		closeSync(fd);
	}
};

const writeWhole = (path: string, value: unknown): void => {
	const temporary = `${path}.${process.pid}`;
	writeFileSync(temporary, JSON.stringify(value), {mode: 0o600});
	renameSync(temporary, path);
};

const isMeta = (value: unknown): value is HostsMeta =>
	typeof value === 'object' && value !== null && ['ID', 'Hostname', 'Name', 'Domainname'].every(key => typeof (value as Record<string, unknown>)[key] === 'string');

const readEntry = (directory: string): HostsEntry | undefined => {
	const meta = readJson(`${directory}/meta.json`);
	return isMeta(meta) ? {meta: {...meta, Name: ownName(meta.Name)}, aliases: (readJson(`${directory}/aliases.json`) ?? {}) as HostsAliases} : undefined;
};

const readEntries = (store: string): readonly Found[] =>
	readdirSync(store)
		.sort()
		.flatMap(id => {
			const directory = pathIn(store, id);
			const entry = readEntry(directory);
			return entry === undefined ? [] : [{directory, ...entry}];
		});

/** One container after the other: a file that can not be written must not keep the others from learning. */
const rewriteAll = (store: string): void => {
	const entries = readEntries(store);
	for (const {directory, meta} of entries) {
		try {
			const path = `${directory}/hosts`;
			const written = textOr(`${directory}/alias-lines`, '').split('\n').filter(Boolean);
			const lines = aliasLines(meta, entries);
			const current = textOr(path, '');
			const next = hostsFile(current, meta, entries, written);
			if (next !== current) writeInPlace(path, next);
			if (lines.join('\n') !== written.join('\n')) writeFileSync(`${directory}/alias-lines`, lines.join('\n'), {mode: 0o600});
		} catch {
			// Its container keeps the names that it has.
		}
	}
};

const storeOf = (dataStore: string, namespace: string): string => pathIn(dataStore, 'etchosts', namespace);

/** A container has these addresses from now on: told to it and to everybody on its networks. */
export const acquireHosts = async (dataStore: string, namespace: string, meta: HostsMeta, aliases: HostsAliases, options?: HostSignal): Promise<void> => {
	const store = storeOf(dataStore, namespace);
	await withDirectoryLock(
		store,
		async () => {
			const directory = pathIn(store, meta.ID);
			mkdirSync(directory, {recursive: true, mode: 0o700});
			if (!existsSync(`${directory}/hosts`)) writeInPlace(`${directory}/hosts`, '');
			if (Object.keys(aliases).length > 0) writeWhole(`${directory}/aliases.json`, aliases);
			else rmSync(`${directory}/aliases.json`, {force: true});
			writeWhole(`${directory}/meta.json`, {...meta, Name: storedName(meta, aliases)});
			rewriteAll(store);
		},
		options,
	);
};

/** Its addresses are nobody's now. The file itself stays for its next start. */
export const releaseHosts = async (dataStore: string, namespace: string, id: string, options?: HostSignal): Promise<void> => {
	const store = storeOf(dataStore, namespace);
	if (!existsSync(`${pathIn(store, id)}/meta.json`)) return;
	await withDirectoryLock(
		store,
		async () => {
			rmSync(`${pathIn(store, id)}/meta.json`, {force: true});
			rewriteAll(store);
		},
		options,
	);
};

/** The container is called otherwise from now on. Undone only by another call: nothing here fails half-way that a later rewrite would not mend. */
export const renameHosts = async (dataStore: string, namespace: string, id: string, name: string, options?: HostSignal): Promise<void> => {
	const store = storeOf(dataStore, namespace);
	const path = `${pathIn(store, id)}/meta.json`;
	if (!existsSync(path)) return;
	await withDirectoryLock(
		store,
		async () => {
			const entry = readEntry(pathIn(store, id));
			if (entry === undefined) return;
			const meta = {...entry.meta, Name: name};
			writeWhole(path, {...meta, Name: storedName(meta, entry.aliases)});
			rewriteAll(store);
		},
		options,
	);
};

/** What the store knows of one container; undefined while it has no addresses. */
export const readHosts = (dataStore: string, namespace: string, id: string): HostsEntry | undefined => readEntry(pathIn(storeOf(dataStore, namespace), id));
