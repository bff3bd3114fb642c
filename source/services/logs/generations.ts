import {basename, dirname, join} from 'node:path';
import {listLogNames, statLog} from '../../clients/host/index.ts';
import type {LogPosition} from '../../model/log-record.ts';
import type {ReadableLogSource} from '../../model/log-source.ts';

/** One file of a log: the one being written, or one that rotation or an earlier start of the container left. */
export type Generation = {readonly path: string; readonly inode: number; readonly size: number; readonly modifiedAt: number; readonly compressed: boolean};

/** nerdctl's logger numbers backups upwards: `.1` is the newest of them. */
const numbered = (base: string, names: readonly string[]): string[] =>
	names
		.flatMap(name => {
			const match = name.startsWith(`${base}.`) ? /^(\d+)(?:\.gz)?$/.exec(name.slice(base.length + 1)) : null;
			return match === null ? [] : [{name, number: Number(match[1])}];
		})
		.toSorted((a, b) => b.number - a.number)
		.map(({name}) => name);

/** The kubelet appends a time that sorts as text; `.tmp` is one that it is still compressing. */
const stamped = (base: string, names: readonly string[]): string[] =>
	names.filter(name => name.startsWith(`${base}.`) && /^\d{8}-\d{6}(?:\.gz)?$/.test(name.slice(base.length + 1))).toSorted();

/** Each start of a CRI container has its own `N.log`, with its own rotated files. */
const criNames = (base: string, names: readonly string[]): string[] => {
	const starts = names
		.filter(name => /^\d+\.log$/.test(name))
		.map(name => Number.parseInt(name, 10))
		.toSorted((a, b) => a - b)
		.map(number => `${number}.log`);
	return (starts.length > 0 ? starts : [base]).flatMap(start => [...stamped(start, names), start]);
};

/** All files of a log that exist now, oldest first. */
export const listGenerations = async (source: ReadableLogSource): Promise<readonly Generation[]> => {
	const directory = dirname(source.path);
	const base = basename(source.path);
	const names = await listLogNames(directory);
	const ordered = source.kind === 'cri' ? criNames(base, names) : [...numbered(base, names), base];
	const found = await Promise.all(
		ordered.map(async name => {
			const path = join(directory, name);
			const stat = await statLog(path);
			return stat === undefined ? [] : [{path, ...stat, compressed: name.endsWith('.gz')}];
		}),
	);
	return found.flat();
};

/** Rotation renames a file and keeps its inode; a file that was cut short can't hold the place any more. */
export const findGeneration = (generations: readonly Generation[], {file, offset}: LogPosition): number =>
	generations.findIndex(({inode, size, compressed}) => inode === file.inode && (compressed || offset <= size));
