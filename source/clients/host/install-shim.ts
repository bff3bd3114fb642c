import {createHash, randomUUID} from 'node:crypto';
import {readFileSync, statSync} from 'node:fs';
import {chmod, mkdir, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {failing} from '../../errors.ts';
import {makeFifos} from './fifo.ts';
import {hookLauncher} from './hook-launcher.ts';
import {hostFailure, isMissing} from './missing.ts';
import {launcher} from './shim-launcher.ts';

const readIfThere = (path: string): string | undefined => {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
};

/** A file is written whole or not at all: a container being started at this moment must never see half of the program. */
const putInPlace = async (path: string, text: string): Promise<void> => {
	if (readIfThere(path) === text) return;
	await mkdir(dirname(path), {recursive: true, mode: 0o755});
	// Two containers may be made at once, by this process too.
	const temporary = `${path}.${randomUUID()}`;
	try {
		await writeFile(temporary, text, {flush: true});
		await chmod(temporary, 0o755);
		await rename(temporary, path);
	} catch (error) {
		await rm(temporary, {force: true});
		throw error;
	}
};

/** Where the shells of this version of the shim meet their keeper. Another version has a keeper of its own. */
const makeKeeperPlace = async (place: string): Promise<void> => {
	const requests = join(place, 'requests');
	if (statSync(requests, {throwIfNoEntry: false})?.isFIFO() === true) return;
	for (const name of ['open', 'held']) await mkdir(join(place, name), {recursive: true, mode: 0o700});
	// On a full disk a shell can open them, but not make them.
	for (const name of ['lock', 'trouble']) await writeFile(join(place, name), '', {mode: 0o600, flag: 'a'});
	const temporary = join(place, randomUUID());
	await makeFifos([temporary]);
	await rename(temporary, requests);
};

/** Of this very shim, if it is there already: to hash what can be compared takes longer. */
const versionThere = (path: string, nodePath: string, log: string): string | undefined => {
	const there = readIfThere(path);
	const version = /\/keeper-([\da-f]{12})$/m.exec(there ?? '')?.[1];
	return version !== undefined && there === `${launcher(nodePath, version)}${log}` ? version : undefined;
};

/** Everything that has to do with an installed shim, as it is now. */
const stampOf = (paths: readonly string[]): string =>
	paths.map(path => {
		const {ino, mtimeMs, size} = statSync(path, {throwIfNoEntry: false}) ?? {};
		return `${ino} ${mtimeMs} ${size}`;
	}).join();

/** Where this process has seen to it, with its stamp then: many containers at once need it looked at once. */
const known = new Map<string, {readonly paths: readonly string[]; readonly stamp: string}>();

/**
Put the shim where containers can name it for years: below the data root, not in the package, which an upgrade may move.
Answers its path. `bundle` is the log driver as it was built; the hook is beside it.
*/
export const installShim = async (bundle: string, dataRoot: string, nodePath = process.execPath): Promise<string> => {
	const path = join(dataRoot, 'gantry', 'gantry-shim');
	const key = [bundle, path, nodePath].join('\n');
	const seen = known.get(key);
	if (seen !== undefined && seen.stamp === stampOf(seen.paths)) return path;
	try {
		const [log, hook] = [readFileSync(bundle, 'utf8'), readFileSync(`${bundle}-hook`, 'utf8')];
		// The hook first: whoever finds the others may ask for it.
		await putInPlace(`${path}-hook`, hook);
		await putInPlace(hookPathOf(path), hookLauncher(nodePath));
		const version = versionThere(path, nodePath, log) ?? createHash('sha256').update(log).update(launcher(nodePath, '')).digest('hex').slice(0, 12);
		const keeper = join(dirname(path), `keeper-${version}`);
		await makeKeeperPlace(keeper);
		await putInPlace(path, `${launcher(nodePath, version)}${log}`);
		const paths = [bundle, `${bundle}-hook`, `${path}-hook`, hookPathOf(path), join(keeper, 'requests'), path];
		known.set(key, {paths, stamp: stampOf(paths)});
		return path;
	} catch (error) {
		throw failing(`install the log driver at ${path}`, hostFailure(`write ${path}`, error));
	}
};

/** The program of the hooks, beside that of the log. */
export const hookPathOf = (shimPath: string): string => join(dirname(shimPath), 'gantry-hook');

/** The URI of a task's streams: exactly one query key, because the shim passes keys in random order. */
export const logUri = (shimPath: string, dataStore: string): string => `binary://${shimPath.split('/').map(encodeURIComponent).join('/')}?log=${encodeURIComponent(dataStore)}`;
