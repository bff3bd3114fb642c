import {randomUUID} from 'node:crypto';
import {chmod, mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {failing} from '../../errors.ts';
import {hookLauncher} from './hook-launcher.ts';
import {hostFailure, isMissing} from './missing.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** One log driver runs for each container: V8 keeps no threads for it and a small young space, and malloc gives back what it does not need. */
const thrift = 'MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536';

/**
A shell and a JavaScript program in one file. The shell's part is a string and a comment to Node. The program is the log driver; what is asked
for as a hook is in the file beside it.

The lock on `logger-lock` says to log viewers that the logger still writes. Node has no flock, and loading child_process to run one
takes longer than all of this shell; the descriptor outlives the exec. Containerd starts us with an empty environment, so Node is named by
its absolute path; the shell has a default PATH for flock. Whatever goes wrong with the lock, the log itself must not fail for it.
*/
const launcher = (nodePath: string): string =>
	[
		'#!/bin/sh',
		`':' //; n=${quoted(nodePath)}; if [ "$1" = hook ]; then exec "$n" "$0-hook" "$@"; fi; d="$2/containers/$CONTAINER_NAMESPACE/$CONTAINER_ID"; if [ "$1" = log ] && [ -d "$d" ]; then exec 9>>"$d/logger-lock"; flock -w 5 9 || :; fi; ${thrift} exec "$n" --v8-pool-size=0 --max-semi-space-size=1 "$0" "$@"`,
		'',
	].join('\n');

const readIfThere = async (path: string): Promise<string | undefined> =>
	readFile(path, 'utf8').catch((error: unknown) => {
		if (isMissing(error)) return undefined;
		throw error;
	});

/** A file is written whole or not at all: a container being started at this moment must never see half of the program. */
const putInPlace = async (path: string, text: string): Promise<void> => {
	if ((await readIfThere(path)) === text) return;
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

/**
Put the shim where containers can name it for years: below the data root, not in the package, which an upgrade may move.
Answers its path. `bundle` is the log driver as it was built; the hook is beside it.
*/
export const installShim = async (bundle: string, dataRoot: string, nodePath = process.execPath): Promise<string> => {
	const path = join(dataRoot, 'gantry', 'gantry-shim');
	try {
		const [log, hook] = await Promise.all([readFile(bundle, 'utf8'), readFile(`${bundle}-hook`, 'utf8')]);
		// The hook first: whoever finds the others may ask for it.
		await putInPlace(`${path}-hook`, hook);
		await putInPlace(hookPathOf(path), hookLauncher(nodePath));
		await putInPlace(path, `${launcher(nodePath)}${log}`);
		return path;
	} catch (error) {
		throw failing(`install the log driver at ${path}`, hostFailure(`write ${path}`, error));
	}
};

/** The program of the hooks, beside that of the log. */
export const hookPathOf = (shimPath: string): string => join(dirname(shimPath), 'gantry-hook');

/** The URI of a task's streams: exactly one query key, because the shim passes keys in random order. */
export const logUri = (shimPath: string, dataStore: string): string => `binary://${shimPath.split('/').map(encodeURIComponent).join('/')}?log=${encodeURIComponent(dataStore)}`;
