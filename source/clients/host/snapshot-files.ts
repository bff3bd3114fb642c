import {closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readlinkSync} from 'node:fs';
import {join} from 'node:path';
import {Failure} from '../../errors.ts';
import type {Mount} from '../../model/snapshot.ts';
import {hostFailure, isMissing} from './missing.ts';

const mostBytes = 1024 * 1024;
const mostLinks = 40;

/** The directories that mounting would lay over each other, the top one first; undefined when the mounts are of another kind. */
const directoriesOf = (mounts: readonly Mount[]): readonly string[] | undefined => {
	const [mount, ...more] = mounts;
	if (mount === undefined || more.length > 0) return undefined;
	if (mount.type === 'bind' || mount.type === 'rbind') return [mount.source];
	if (mount.type !== 'overlay') return undefined;
	const values = (name: string): readonly string[] => mount.options.filter(option => option.startsWith(`${name}=`)).map(option => option.slice(name.length + 1));
	// A colon of a path is escaped: such a path is not ours to read.
	const lower = values('lowerdir').join(':');
	return lower === '' || lower.includes('\\') ? undefined : [...values('upperdir'), ...lower.split(':')];
};

/**
The text of a file as a container on this snapshot would see it, without mounting: the directories of an overlay are looked through from the top down.
`unknown` when the snapshotter keeps its files otherwise; undefined when there is no such file. Symbolic links are followed by us, so that none leads out.

What is not seen is that a layer made a directory anew (an opaque one: Node can't read the attribute that says so); a file below it that a lower layer
had is then found though the container lacks it.
*/
export const readSnapshotFile = async (mounts: readonly Mount[], path: string): Promise<string | undefined | 'unknown'> => {
	const roots = directoriesOf(mounts);
	if (roots === undefined) return 'unknown';
	try {
		return lookUp(roots, path);
	} catch (error) {
		throw hostFailure(`read ${path} of the image`, error);
	}
};

const names = (path: string): string[] => path.split('/').filter(name => name !== '' && name !== '.');

const lookUp = (roots: readonly string[], path: string): string | undefined => {
	const rest = names(path);
	// For each directory on the way, the layers that have it.
	let way: Array<readonly string[]> = [roots];
	let links = 0;
	for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
		const directories = way.at(-1) ?? roots;
		if (name === '..') {
			if (way.length > 1) way.pop();
			continue;
		}
		const next: string[] = [];
		for (const directory of directories) {
			const place = join(directory, name);
			const stat = lstatIfThere(place);
			if (stat === undefined) continue;
			if (stat.isDirectory()) {
				next.push(place);
				continue;
			}
			if (next.length > 0) break;
			if (stat.isSymbolicLink()) {
				if (++links > mostLinks) return undefined;
				const target = readlinkSync(place);
				if (target.startsWith('/')) way = [roots];
				rest.unshift(...names(target));
				next.push(...(way.at(-1) ?? roots));
				way.pop();
				break;
			}
			// Else a whiteout, which is a device, or something else that is no file.
			return stat.isFile() && rest.length === 0 ? readText(place) : undefined;
		}
		if (next.length === 0) return undefined;
		way.push(next);
	}
	return undefined;
};

const lstatIfThere = (path: string): ReturnType<typeof lstatSync> => {
	try {
		return lstatSync(path);
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
};

const readText = (path: string): string => {
	const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
	try {
		if (fstatSync(fd).size > mostBytes) throw new Failure('exhausted', `${path} is larger than 1 MiB`);
		return readFileSync(fd, 'utf8');
	} finally {
		closeSync(fd);
	}
};
