import {mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {withLock} from '../../../clients/host/flock.ts';
import {Failure} from '../../../errors.ts';
import {formatReference, type Reference} from '../../../model/reference.ts';
import {isObject} from '../manifests.ts';

export type ListedPlatform = {
	readonly architecture: string;
	readonly os: string;
	readonly 'os.version'?: string;
	readonly 'os.features'?: readonly string[];
	readonly variant?: string;
};

/** One manifest of a list, in docker's words: nerdctl's `DockerManifestEntry`. */
export type Listed = {
	readonly Ref: string;
	readonly Descriptor: {readonly mediaType: string; readonly digest: string; readonly size: number; readonly platform?: ListedPlatform};
	/** The manifest itself as base64. */
	readonly Raw: string;
	readonly SchemaV2Manifest?: unknown;
	readonly OCIManifest?: unknown;
};

/** As nerdctl names the folder of a list and the file of a manifest. No reference has a `..` between slashes, and slashes go. */
const safeName = (reference: Reference): string => formatReference(reference).replaceAll(':', '-').replaceAll('/', '_');

export type ListStore = {
	/** In the order in which nerdctl pushes them: by file name. Empty: there is no such list. */
	read(list: Reference): Promise<readonly Listed[]>;
	find(list: Reference, manifest: Reference): Promise<Listed | undefined>;
	write(list: Reference, manifest: Reference, listed: Listed): Promise<void>;
	remove(list: Reference): Promise<void>;
};

/** Lists that are not pushed yet: `<data root>/manifests/<list>/<manifest>`, under a lock on the first folder. nerdctl shares it. */
export const openListStore = (dataRoot: string): ListStore => {
	const root = join(dataRoot, 'manifests');
	const locked = async <Result>(work: () => Promise<Result>): Promise<Result> => {
		await mkdir(root, {recursive: true, mode: 0o755});
		return withLock(root, work);
	};
	const readOne = async (path: string): Promise<Listed> => {
		try {
			const json: unknown = JSON.parse(await readFile(path, 'utf8'));
			if (isObject(json) && isObject(json['Descriptor']) && typeof json['Raw'] === 'string') return json as unknown as Listed;
		} catch (error) {
			if (!(error instanceof SyntaxError)) throw error;
		}
		throw new Failure('invalid', `${path} is no entry of a manifest list`, {
			hint: 'remove the list with gantry manifest rm, and create it again',
		});
	};
	const namesIn = async (folder: string): Promise<readonly string[]> => {
		try {
			return (await readdir(folder)).filter(name => !name.startsWith('.')).sort();
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
			throw error;
		}
	};
	return {
		read: list =>
			locked(async () => {
				const folder = join(root, safeName(list));
				return Promise.all((await namesIn(folder)).map(name => readOne(join(folder, name))));
			}),
		find: (list, manifest) =>
			locked(async () => {
				const folder = join(root, safeName(list));
				const name = safeName(manifest);
				return (await namesIn(folder)).includes(name) ? readOne(join(folder, name)) : undefined;
			}),
		write: (list, manifest, listed) =>
			locked(async () => {
				const folder = join(root, safeName(list));
				await mkdir(folder, {recursive: true, mode: 0o755});
				const path = join(folder, safeName(manifest));
				const part = join(root, `.part-${process.pid}`);
				await writeFile(part, JSON.stringify(listed), {mode: 0o644, flush: true});
				await rename(part, path);
			}),
		remove: list => locked(async () => rm(join(root, safeName(list)), {recursive: true, force: true})),
	};
};
