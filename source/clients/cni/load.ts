import {mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {isFailure} from '../../errors.ts';
import {parseNetworkList} from './network-list.ts';
import type {NetworkList} from './types.ts';

const isConfiguration = (name: string): boolean => /\.(conf|conflist|json)$/.test(name);

const filesIn = (directory: string): readonly string[] => {
	try {
		return readdirSync(directory, {withFileTypes: true})
			.filter(entry => !entry.isDirectory() && isConfiguration(entry.name))
			.map(entry => join(directory, entry.name));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw error;
	}
};

export type LoadedNetworks = {
	readonly lists: readonly NetworkList[];
	/** Files that are no configuration; one broken file hides no other network. */
	readonly broken: ReadonlyArray<{readonly path: string; readonly error: unknown}>;
};

/** Those that all namespaces share, and the namespace's own. In the order of their paths, as nerdctl has them. */
export const loadNetworks = (netconfPath: string, namespace: string): LoadedNetworks => {
	const lists: NetworkList[] = [];
	const broken: Array<LoadedNetworks['broken'][number]> = [];
	for (const path of [...filesIn(netconfPath), ...(namespace === '' ? [] : filesIn(join(netconfPath, namespace)))].sort()) {
		try {
			lists.push(parseNetworkList(readFileSync(path), path));
		} catch (error) {
			if (isFailure(error, 'invalid')) broken.push({path, error});
			else if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		}
	}
	return {lists, broken};
};

/** The directories that nerdctl's lock files and a namespace's networks are in. */
export const ensureNetconfPath = (netconfPath: string, namespace: string): void =>
	void mkdirSync(join(netconfPath, namespace), {recursive: true, mode: 0o755});
