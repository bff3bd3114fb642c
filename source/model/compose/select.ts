import {Failure} from '../../errors.ts';
import {nearest} from '../suggest.ts';
import type {Project, Service} from './project.ts';

const isActive = ({profiles = []}: Service, active: ReadonlySet<string>): boolean =>
	profiles.length === 0 || active.has('*') || profiles.some(profile => active.has(profile));

/** Parts services into those of the active profiles and the others; `*` activates all. A service that is asked for by name is active. */
export const byProfile = (
	services: Readonly<Record<string, Service>>,
	{profiles, named}: {readonly profiles: readonly string[]; readonly named: readonly string[]},
): Pick<Project, 'services' | 'disabled'> => {
	const active = new Set([...profiles, ...named.flatMap(name => services[name]?.profiles ?? [])]);
	const parts = Object.entries(services).map(entry => [entry, isActive(entry[1], active)] as const);
	const of = (wanted: boolean) => Object.fromEntries(parts.filter(([, is]) => is === wanted).map(([entry]) => entry));
	return {services: of(true), disabled: of(false)};
};

/** Networks, volumes, secrets and configs that no service of the project uses are left out: nobody has to make them. */
export const withoutUnused = (project: Project): Project => {
	const services = Object.values(project.services);
	const kept = <One>(all: Readonly<Record<string, One>>, used: readonly string[]): Readonly<Record<string, One>> =>
		Object.fromEntries(Object.entries(all).filter(([key]) => used.includes(key)));
	return {
		...project,
		networks: kept(project.networks, services.flatMap(({networks}) => Object.keys(networks ?? {}))),
		volumes: kept(project.volumes, services.flatMap(({volumes}) => (volumes ?? []).flatMap(({type, source}) => (type === 'volume' && source !== undefined ? [source] : [])))),
		secrets: kept(project.secrets, services.flatMap(({secrets, build}) => [...(secrets ?? []), ...(build?.secrets ?? [])].map(({source}) => source))),
		configs: kept(project.configs, services.flatMap(({configs}) => (configs ?? []).map(({source}) => source))),
	};
};

/** What `up web` is about: the named services and, with `dependencies`, what they depend on. No name at all means everything. */
export const select = (project: Project, named: readonly string[], {dependencies}: {readonly dependencies: boolean}): Project => {
	if (named.length === 0) return project;
	const wanted = new Set<string>();
	const take = (name: string): void => {
		if (wanted.has(name)) return;
		wanted.add(name);
		const depends = Object.keys(project.services[name]?.depends_on ?? {});
		if (dependencies) for (const other of depends) if (Object.hasOwn(project.services, other)) take(other);
	};
	for (const name of named) {
		if (!Object.hasOwn(project.services, name)) {
			const meant = nearest(name, Object.keys(project.services));
			throw new Failure('not-found', `the project ${project.name} has no service ${JSON.stringify(name)}`, meant === undefined ? {} : {hint: `did you mean ${meant}?`});
		}
		take(name);
	}
	const all = {...project.disabled, ...project.services};
	const of = (is: boolean) => Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(name) === is));
	return {...project, services: of(true), disabled: of(false)};
};
