import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {HookContainer} from './container-state.ts';

const holderOf = (file: string): string => {
	try {
		return readFileSync(file, 'utf8').trim();
	} catch {
		return '';
	}
};

const namesIn = (directory: string): readonly string[] => {
	try {
		return readdirSync(directory);
	} catch {
		return [];
	}
};

/**
The name that the store says is this container's; undefined when it has none. nerdctl's rename changes the store and a label, while the spec, which
is all that a hook is told, keeps the old name: taken from there, a renamed container would have two names and answer to the wrong one.
*/
export const ownNameOf = ({namespace, name, id}: HookContainer, dataStore: string): string | undefined => {
	const directory = join(dataStore, 'names', namespace);
	if (name !== '' && holderOf(join(directory, name)) === id) return name;
	return namesIn(directory).find(other => holderOf(join(directory, other)) === id);
};
