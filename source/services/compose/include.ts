import {dirname, join} from 'node:path';
import {absolutePath} from '../../model/compose/paths.ts';
import {child, fault, isNull, type Mapping, placeOf, textOf, toPlain, type Value, withEntry} from '../../model/compose/value.ts';
import {withEnvFiles} from './environment.ts';
import type {Part} from './load-model.ts';
import type {Loading} from './read-documents.ts';
import {isFile} from './read-file.ts';

type LoadPart = (loading: Loading, part: Part) => Promise<Mapping>;

const sections = ['services', 'networks', 'volumes', 'secrets', 'configs', 'models'];

const textsOf = (value: Value | undefined): readonly string[] => (value?.kind === 'list' ? value.items.flatMap(item => textOf(item) ?? []) : []);

/** The same words count as the same thing; two that differ are a conflict which nobody but the author can decide. */
const joined = (model: Mapping, included: Mapping, wish: Value): Mapping => {
	let whole = model;
	for (const section of sections) {
		const theirs = child(included, section);
		if (theirs?.kind !== 'map') continue;
		const own = child(whole, section);
		let both: Mapping = own?.kind === 'map' ? own : {kind: 'map', at: theirs.at, entries: new Map()};
		for (const [name, {value}] of theirs.entries) {
			const before = both.entries.get(name);
			if (before !== undefined && JSON.stringify(toPlain(before.value)) !== JSON.stringify(toPlain(value)))
				throw fault(wish.at, 'include', `brings ${section}.${name} of ${placeOf(value.at)}, which ${placeOf(before.keyAt)} defines too`, 'override it in a later file instead');
			both = withEntry(both, name, value);
		}
		whole = withEntry(whole, section, both);
	}
	return whole;
};

const partOf = async (loading: Loading, wish: Value, from: Part): Promise<Part> => {
	const base = {directory: from.directory, home: loading.home};
	const files = textsOf(child(wish, 'path')).map(path => absolutePath(path, base));
	const [main] = files;
	if (main === undefined) throw fault(wish.at, 'include', 'needs a path');
	if (from.including.includes(main)) throw fault(wish.at, 'include', `goes in a circle: ${[...from.including.slice(from.including.indexOf(main)), main].join(' → ')}`);
	const directory = textOf(child(wish, 'project_directory'));
	const home = directory === undefined ? dirname(main) : absolutePath(directory, base);
	const named = textsOf(child(wish, 'env_file')).filter(file => file !== '/dev/null').map(file => absolutePath(file, base));
	const standard = join(home, '.env');
	const envFiles = child(wish, 'env_file') === undefined && (await isFile(standard)) ? [standard] : named;
	return {files, directory: home, environment: await withEnvFiles(from.environment, envFiles, loading.signal), including: from.including};
};

/** The parts that a file includes, each loaded from its own directory with its own environment, put beside what the file says itself. */
export const applyIncludes = async (loading: Loading, model: Mapping, from: Part, load: LoadPart): Promise<Mapping> => {
	const wishes = child(model, 'include');
	let whole = withEntry(model, 'include', undefined);
	if (wishes?.kind !== 'list' || isNull(wishes)) return whole;
	for (const wish of wishes.items) whole = joined(whole, await load(loading, await partOf(loading, wish, from)), wish);
	return whole;
};
