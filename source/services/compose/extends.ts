import {dirname} from 'node:path';
import {merge} from '../../model/compose/merge.ts';
import {absolutePath, resolvePaths} from '../../model/compose/paths.ts';
import {serviceShape} from '../../model/compose/service-shape.ts';
import {child, fault, type Mapping, textOf, type Value, withEntry} from '../../model/compose/value.ts';
import type {Environment} from './environment.ts';
import {type Loading, readDocuments} from './read-documents.ts';

type Home = {readonly file: string; readonly directory: string; readonly environment: Environment};

/** A service's place while `extends` is followed: its file, and its neighbours there. */
type Place = Home & {readonly services: Mapping};

type Step = {readonly file: string; readonly service: string};

const shown = (way: readonly Step[]): string => way.map(({file, service}) => `${service} in ${file}`).join(', which extends ');

/** Another file's services; its paths are relative to itself. */
const servicesOf = async (loading: Loading, file: string, environment: Environment): Promise<Place | undefined> => {
	const directory = dirname(file);
	let services: Mapping | undefined;
	for (const document of await readDocuments(loading, file, environment)) {
		const more = child(document, 'services');
		if (more?.kind !== 'map') continue;
		const absolute = {...more, entries: new Map([...more.entries].map(([name, entry]) => [name, {...entry, value: resolvePaths(entry.value, serviceShape, {directory, home: loading.home})}]))};
		services = services === undefined ? absolute : {...services, entries: new Map([...services.entries, ...absolute.entries])};
	}
	return services === undefined ? undefined : {file, directory, environment, services};
};

const resolved = async (loading: Loading, name: string, place: Place, way: readonly Step[]): Promise<Value> => {
	const service = place.services.entries.get(name)!.value;
	const wish = child(service, 'extends');
	if (service.kind !== 'map' || wish === undefined) return service;
	const here: Step = {file: place.file, service: name};
	if (way.some(step => step.file === here.file && step.service === here.service))
		throw fault(wish.at, `services.${name}.extends`, `goes in a circle: ${shown([...way.slice(way.findIndex(step => step.file === here.file && step.service === here.service)), here])}`);
	const other = textOf(child(wish, 'service')) ?? '';
	const named = textOf(child(wish, 'file'));
	const file = named === undefined ? place.file : absolutePath(named, {directory: place.directory, home: loading.home});
	const elsewhere = named === undefined ? place : await servicesOf(loading, file, place.environment);
	if (elsewhere?.services.entries.has(other) !== true) throw fault(wish.at, `services.${name}.extends`, `refers to the service ${other}, which ${file} does not have`);
	const base = await resolved(loading, other, elsewhere, [...way, here]);
	return withEntry(merge(base, withEntry(service, 'extends', undefined), serviceShape) as Mapping, 'extends', undefined);
};

/** Every service that extends another one, with what that one says. */
export const applyExtends = async (loading: Loading, model: Mapping, home: Home): Promise<Mapping> => {
	const services = child(model, 'services');
	if (services?.kind !== 'map') return model;
	let extended = services;
	for (const [name, {value}] of services.entries)
		if (child(value, 'extends') !== undefined) extended = withEntry(extended, name, await resolved(loading, name, {...home, services}, []));
	return withEntry(model, 'services', extended);
};
