import {Failure} from '../../errors.ts';
import {fileShape} from '../../model/compose/file-shape.ts';
import {merge} from '../../model/compose/merge.ts';
import {resolvePaths} from '../../model/compose/paths.ts';
import {child, isNull, mapEntries, type Mapping, scalar, type Value, withEntry} from '../../model/compose/value.ts';
import type {Environment} from './environment.ts';
import {applyExtends} from './extends.ts';
import {applyIncludes} from './include.ts';
import {type Loading, readDocuments} from './read-documents.ts';

/** One set of files that are merged: the project's own, or those of an `include`. */
export type Part = {
	readonly files: readonly string[];
	readonly directory: string;
	readonly environment: Environment;
	/** The files whose `include` led here. */
	readonly including: readonly string[];
};

/** `environment: [NAME]` takes the value of the environment that its file was loaded with. */
const inherited = (model: Mapping, environment: Environment): Mapping => {
	const services = child(model, 'services');
	if (services?.kind !== 'map') return model;
	const filled = mapEntries(services, service => {
		const own = child(service, 'environment');
		if (own?.kind !== 'map' || service.kind !== 'map') return service;
		return withEntry(
			service,
			'environment',
			mapEntries(own, (value, name): Value => (isNull(value) && environment.has(name) ? scalar(environment.get(name), value.at) : value)),
		);
	});
	return withEntry(model, 'services', filled);
};

/** Files merged into one model with absolute paths. */
export const loadModel = async (loading: Loading, part: Part): Promise<Mapping> => {
	let model: Mapping | undefined;
	for (const file of part.files) {
		loading.signal?.throwIfAborted();
		for (const document of await readDocuments(loading, file, part.environment)) {
			const included = await applyIncludes(loading, document, {...part, including: [...part.including, file]}, loadModel);
			const extended = await applyExtends(loading, included, {file, directory: part.directory, environment: part.environment});
			model = model === undefined ? extended : (merge(model, extended, fileShape) as Mapping);
		}
	}
	if (model === undefined) throw new Failure('invalid', `${part.files.join(', ')}: there is nothing in it`);
	return inherited(resolvePaths(model, fileShape, {directory: part.directory, home: loading.home}) as Mapping, part.environment);
};
