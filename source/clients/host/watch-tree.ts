import {type FSWatcher, watch} from 'node:fs';
import {stat} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {failing} from '../../errors.ts';

export type TreeWatch = {
	/** Absolute paths that changed since the last time, as soon as there are some and it has been quiet for a moment. */
	next(): Promise<readonly string[]>;
	stop(): void;
};

/** A program that saves writes several files; they are one change. */
const quietMs = 60;

/**
Watches directories with all that is in them, and single files through their directories, because editors write another file and rename it.
Rejects when one of them is not there or can not be watched.
*/
export const watchTree = async (paths: readonly string[], {signal}: {readonly signal: AbortSignal}): Promise<TreeWatch> => {
	const changed = new Set<string>();
	const watchers: FSWatcher[] = [];
	let wake: () => void = () => undefined;
	let isQuiet = false;
	let failure: unknown;
	let timer: NodeJS.Timeout | undefined;
	const tell = (path: string): void => {
		changed.add(path);
		isQuiet = false;
		clearTimeout(timer);
		timer = setTimeout(() => {
			isQuiet = true;
			wake();
		}, quietMs);
	};
	const stop = (): void => {
		clearTimeout(timer);
		for (const watcher of watchers) watcher.close();
	};
	const begin = async (path: string): Promise<void> => {
		try {
			const isFolder = (await stat(path)).isDirectory();
			const folder = isFolder ? path : dirname(path);
			const watcher = watch(folder, {recursive: isFolder, persistent: false}, (_event, name) => {
				if (name === null) tell(path);
				else if (isFolder || name === basename(path)) tell(join(folder, name));
			});
			watcher.on('error', error => {
				failure ??= failing(`watch ${path}`, error);
				wake();
			});
			watchers.push(watcher);
		} catch (error) {
			throw failing(`watch ${path}`, error);
		}
	};
	try {
		for (const path of new Set(paths)) await begin(path);
	} catch (error) {
		stop();
		throw error;
	}
	return {
		stop,
		next: async () => {
			const {promise, resolve} = Promise.withResolvers<void>();
			wake = resolve;
			signal.addEventListener('abort', wake, {once: true});
			if (isQuiet || signal.aborted || failure !== undefined) resolve();
			await promise;
			signal.removeEventListener('abort', wake);
			signal.throwIfAborted();
			if (failure !== undefined) throw failure as Error;
			isQuiet = false;
			const all = [...changed];
			changed.clear();
			return all;
		},
	};
};
