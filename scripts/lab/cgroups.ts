import {existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {killQuietly} from './processes.ts';

/** Where cgroup hierarchies are mounted: several on v1 and hybrid machines, one on v2. */
const hierarchies = (): readonly string[] =>
	readFileSync('/proc/self/mounts', 'utf8')
		.split('\n')
		.map(line => line.split(' '))
		.filter(fields => fields[2] === 'cgroup' || fields[2] === 'cgroup2')
		.map(fields => fields[1]!);

const withChildren = (folder: string): readonly string[] => {
	if (!existsSync(folder)) return [];
	const children = readdirSync(folder, {withFileTypes: true}).filter(entry => entry.isDirectory());
	return [...children.flatMap(child => withChildren(join(folder, child.name))), folder];
};

/** The directories of a cgroup path in every hierarchy, deepest first. */
export const cgroupFolders = (path: string): readonly string[] => hierarchies().flatMap(root => withChildren(join(root, path)));

const writeQuietly = (file: string, text: string): void => {
	if (!existsSync(file)) return;
	try {
		writeFileSync(file, text);
	} catch {
		// The group went between the look and the write.
	}
};

const pidsIn = (folder: string): readonly number[] => {
	try {
		return readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
	} catch {
		return [];
	}
};

/** Thaw first: a frozen process takes its SIGKILL only when it runs again (cgroup v1). */
export const killCgroup = (path: string): void => {
	for (const folder of cgroupFolders(path)) {
		writeQuietly(join(folder, 'freezer.state'), 'THAWED');
		writeQuietly(join(folder, 'cgroup.freeze'), '0');
		for (const pid of pidsIn(folder)) killQuietly(pid);
	}
};

/** Answers whether all of it is gone; a directory whose last process is still dying refuses, so callers poll. */
export const removeCgroup = (path: string): boolean => {
	for (const folder of cgroupFolders(path)) {
		try {
			rmdirSync(folder);
		} catch {
			// Busy: the next round gets it.
		}
	}

	return cgroupFolders(path).length === 0;
};
