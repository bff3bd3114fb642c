import {renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

/** As nerdctl's `lifecycle.json` has it; `started_at` is RFC 3339. */
export type LifecycleFile = {readonly started_at: string; readonly create_error: boolean};

/**
nerdctl takes a lock on the directory to write this; whole files by rename need none. Whoever starts a container writes it before the hook of
that start can run, so the hook has the last word.
*/
export const writeLifecycle = (stateDir: string, lifecycle: LifecycleFile): void => {
	const file = join(stateDir, 'lifecycle.json');
	const temporary = `${file}.${process.pid}`;
	try {
		writeFileSync(temporary, JSON.stringify(lifecycle), {mode: 0o600});
		renameSync(temporary, file);
	} catch (error) {
		rmSync(temporary, {force: true});
		throw error;
	}
};

/**
Our containers have hooks only when there is something to do at a start, while `inspect`, nerdctl's too, wants to know of every container when
that was. That it can't be written down must not keep one from running.
*/
export const tellStart = (stateDir: string): void => {
	try {
		writeLifecycle(stateDir, {started_at: new Date().toISOString(), create_error: false});
	} catch {
		// A full disk, or a directory that somebody removed.
	}
};
