import type {Stats} from 'node:fs';
import {type FileHandle, lstat, mkdir, realpath, stat} from 'node:fs/promises';
import {basename, dirname, resolve} from 'node:path';
import type {Readable} from 'node:stream';
import type {Containerd} from '../../../clients/containerd/types.ts';
import {readArchive, readTree, type TreeEntry, walkTo, withRoot, writeArchive, writeTree} from '../../../clients/host/index.ts';
import {Failure, failing, isFailure} from '../../../errors.ts';
import type {ContainerRef} from '../../../model/container.ts';
import {nameOf} from '../name.ts';
import type {Progress} from '../types.ts';
import {type OpensFiles, withFiles} from './open-files.ts';
import type {CopyIn, CopyOut} from './types.ts';

export type CopyDependencies = OpensFiles & {readonly containerd: {readonly containers: Pick<Containerd['containers'], 'get'>}};

/** What a path says about what is meant, beside where it leads. */
const saidOf = (path: string) => ({wantsDirectory: /\/\.?$/.test(path), wantsContent: /(^|\/)\.$/.test(path), name: basename(path) === '.' ? '' : basename(path)});

/** Out of a container. What is written here is ours, as `cp` would have it, not the container's users'. */
export const copyOut = async (dependencies: CopyDependencies, ref: ContainerRef, {path, to}: CopyOut, options: Progress = {}): Promise<void> => {
	let title = ref.id;
	try {
		const record = await dependencies.containerd.containers.get(ref, options);
		title = nameOf(record);
		await withFiles(
			dependencies,
			record,
			root =>
				within(root, path, async ({file, directory, name}) => {
					if (file === undefined) throw missing(path);
					const {isDirectory, said} = checkSource(await file.stat(), path);
					if (typeof to !== 'string') return writeArchive(readTree(...topOf(file, directory, name, isDirectory), said.name), to, options.signal);
					const target = await targetHere(to, isDirectory, said);
					const entries = readTree(...topOf(file, directory, name, isDirectory), target.as);
					return withRoot(target.directory, here => writeTree(here, '/', entries, {keepOwners: false, ...options}));
				}),
			options,
		);
	} catch (error) {
		throw failing(`copy ${path} out of ${title}`, readOnly(error));
	}
};

/** Into a container; owners are kept by number, as nerdctl does. */
export const copyIn = async (dependencies: CopyDependencies, ref: ContainerRef, {from, path}: CopyIn, options: Progress = {}): Promise<void> => {
	let title = ref.id;
	try {
		const record = await dependencies.containerd.containers.get(ref, options);
		title = nameOf(record);
		const source = typeof from === 'string' ? await sourceHere(from) : undefined;
		await withFiles(
			dependencies,
			record,
			async root => {
				const said = saidOf(path);
				const target = await within(root, path, async ({file, path: real}) => ({path: real, found: await file?.stat()}));
				const isDirectory = source?.isDirectory ?? true;
				const placed = placeIn(target, said, isDirectory, source?.said, path);
				if (target.found === undefined && isDirectory) await within(root, path, async place => mkdir(`/proc/self/fd/${place.directory.fd}/${place.name}`, {mode: 0o755}));
				const write = (entries: AsyncIterable<TreeEntry>) =>
					writeTree(root, placed.base, entries, {keepOwners: true, ...options});
				if (source === undefined) return write(readArchive(from as Readable));
				return withRoot(dirname(source.path), parent => write(readTree(parent, basename(source.path), placed.as)));
			},
			options,
		);
	} catch (error) {
		throw failing(`copy into ${path} of ${title}`, readOnly(error));
	}
};

/** A directory is read from itself, for it may be the root, which no directory holds. */
const topOf = (file: FileHandle, directory: FileHandle, name: string, isDirectory: boolean): [FileHandle, string] => (isDirectory ? [file, ''] : [directory, name]);

const within = async <T>(root: FileHandle, path: string, use: Parameters<typeof walkTo<T>>[2]): Promise<T> => {
	let isThere = false;
	const result = await walkTo(root, path, async place => {
		isThere = true;
		const parent = await place.directory.stat();
		if (!parent.isDirectory()) throw new Failure('invalid', `${dirname(path)} is not a directory`);
		return use(place);
	});
	if (!isThere) throw new Failure('not-found', `${dirname(path)} is not there`);
	return result as T;
};

const missing = (path: string): Failure => new Failure('not-found', `${path} is not there`);

const checkSource = (found: Pick<Stats, 'isDirectory'>, path: string) => {
	const said = saidOf(path);
	if (said.wantsDirectory && !found.isDirectory()) throw new Failure('invalid', `${path} is not a directory`);
	return {isDirectory: found.isDirectory(), said};
};

type Said = ReturnType<typeof saidOf>;
type Target = {readonly path: string; readonly found: Pick<Stats, 'isDirectory'> | undefined};

/** nerdctl's rules, which are docker's: into a directory that is there under its own name, else under the name that was given. */
const placeIn = (target: Target, said: Said, isDirectory: boolean, source: Said | undefined, asked: string): {readonly base: string; readonly as: string} => {
	const goesInside = target.found?.isDirectory() === true;
	if (isDirectory) {
		if (target.found !== undefined && !goesInside) throw new Failure('conflict', `a directory can not be copied to ${asked}, which is a file`);
		return {base: target.path, as: !goesInside || source === undefined || source.wantsContent ? '' : source.name};
	}
	if (goesInside) return {base: target.path, as: source?.name ?? ''};
	if (said.wantsDirectory) throw new Failure('not-found', `${asked} is not a directory`, {hint: 'make it first'});
	return {base: dirname(target.path), as: basename(target.path)};
};

/** Here links are followed by the kernel: it is our own machine. */
const targetHere = async (to: string, isDirectory: boolean, source: Said): Promise<{readonly directory: string; readonly as: string}> => {
	const path = resolve(to);
	const found = await unlessMissing(stat(path));
	if (found === undefined && (await unlessMissing(stat(dirname(path))))?.isDirectory() !== true) throw new Failure('not-found', `${dirname(path)} is not a directory here`);
	const placed = placeIn({path, found}, saidOf(to), isDirectory, source, to);
	if (found === undefined && isDirectory) await mkdir(path, {mode: 0o755});
	return {directory: placed.base, as: placed.as};
};

const sourceHere = async (from: string) => {
	const path = await realpath(resolve(from)).catch((error: unknown) => {
		throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? missing(from) : error;
	});
	const checked = checkSource(await lstat(path), from);
	const name = checked.said.name === '' || checked.said.name === '..' ? basename(path) : checked.said.name;
	return {path, isDirectory: checked.isDirectory, said: {...checked.said, name}};
};

const unlessMissing = async <T>(work: Promise<T>): Promise<T | undefined> => {
	try {
		return await work;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
};

const readOnly = (error: unknown): unknown =>
	!isFailure(error) && (error as NodeJS.ErrnoException).code === 'EROFS' ? new Failure('denied', 'it is read-only there', {cause: error}) : error;
