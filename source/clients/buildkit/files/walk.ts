import {type BigIntStats, lstatSync} from 'node:fs';
import {lstat, readdir, readlink} from 'node:fs/promises';
import {failing} from '../../../errors.ts';
import type {FilterState, TreeFilter} from '../../../model/ignore-pattern.ts';
import type {Stat} from '../../../protocol/generated/buildkit-fsutil.ts';
import {createPace, type Pace} from './pace.ts';
import {toStat} from './stat.ts';

const separator = Buffer.from('/');

/** Of one folder, so many are asked for together. */
const batchSize = 64;

type Entry = {readonly path: Buffer; readonly text: string; readonly stats: BigIntStats};

type Folder = {readonly entry: Entry; isSent: boolean};

export const below = (folder: Buffer, name: Buffer): Buffer => (folder.length === 0 ? name : Buffer.concat([folder, separator, name]));

const hasCode = (error: unknown, ...codes: readonly string[]): boolean => codes.includes(String((error as NodeJS.ErrnoException | undefined)?.code));

/** It went away between two looks. */
export const isGone = (error: unknown): boolean => hasCode(error, 'ENOENT', 'ENOTDIR');

const isDenied = (error: unknown): boolean => hasCode(error, 'EACCES', 'EPERM');

const statAtOnce = (path: Buffer, pace: Pace): BigIntStats | undefined => pace.atOnce(() => lstatSync(path, {bigint: true, throwIfNoEntry: false}));

const statOrGone = async (path: Buffer): Promise<BigIntStats | undefined> => {
	try {
		return await lstat(path, {bigint: true});
	} catch (error) {
		if (isGone(error)) return undefined;
		throw error;
	}
};

/**
Everything under `root` that the filter keeps, folders before what is in them, names in the order of their bytes: the daemon refuses any
other order. Paths are bytes, because names need not be text; patterns see what UTF-8 makes of them. A folder that is left out is
still sent when something in it is kept. What vanishes meanwhile is left out.
*/
export const walkTree = async function* (root: string, filter: TreeFilter, signal?: AbortSignal): AsyncGenerator<Stat> {
	const pace = createPace();
	const rootBytes = Buffer.from(root);
	const firstPaths = new Map<string, Buffer>();
	const absolute = (path: Buffer): Buffer => below(rootBytes, path);

	const statOf = async ({path, stats}: Entry): Promise<Stat | undefined> => {
		if (stats.isSymbolicLink()) {
			try {
				return toStat(path, stats, {target: await readlink(absolute(path), {encoding: 'buffer'})});
			} catch (error) {
				if (isGone(error) || hasCode(error, 'EINVAL')) return undefined;
				throw error;
			}
		}

		if (!stats.isFile() || stats.nlink === 1n) return toStat(path, stats, undefined);
		const key = `${stats.dev} ${stats.ino}`;
		const first = firstPaths.get(key);
		if (first === undefined) firstPaths.set(key, path);
		return toStat(path, stats, first === undefined ? undefined : {sameAs: first});
	};

	const namesIn = async (folder: Buffer, isWanted: boolean): Promise<readonly Buffer[]> => {
		try {
			return (await readdir(absolute(folder), {encoding: 'buffer'})).sort(Buffer.compare);
		} catch (error) {
			// What nobody wants may be closed to us.
			if (isGone(error) || (isDenied(error) && !isWanted)) return [];
			throw failing(`read the folder ${absolute(folder).toString()}`, error);
		}
	};

	const walk = async function* (folder: Buffer, isWanted: boolean, parents: readonly Folder[], state: FilterState | undefined): AsyncGenerator<Stat> {
		const names = await namesIn(folder, isWanted);
		for (let start = 0; start < names.length; start += batchSize) {
			signal?.throwIfAborted();
			const paths = names.slice(start, start + batchSize).map(name => below(folder, name));
			const found = await Promise.all(paths.map(path => (pace.isQuick() ? statAtOnce(absolute(path), pace) : statOrGone(absolute(path)))));
			await pace.breathe();
			for (const [index, path] of paths.entries()) {
				const stats = found[index];
				if (stats === undefined) continue;
				const entry = {path, text: path.toString(), stats};
				const visit = filter.visit(entry.text, stats.isDirectory(), state);
				const own = {entry, isSent: false};
				if (visit.isKept) {
					const stat = await statOf(entry);
					if (stat === undefined) continue;
					for (const parent of parents) {
						if (!parent.isSent) yield toStat(parent.entry.path, parent.entry.stats, undefined);
						parent.isSent = true;
					}

					own.isSent = true;
					yield stat;
				}

				if (visit.isEntered) yield* walk(path, visit.isKept, [...parents, own], visit.state);
			}
		}
	};

	yield* walk(Buffer.alloc(0), true, [], undefined);
};
