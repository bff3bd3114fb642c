import {posix} from 'node:path';
import type {Dependency, FileObject, Mount, Network, Port, Service, Volume} from './project.ts';
import {serviceReference} from './project.ts';
import type {Plain} from './value.ts';

type Section = Readonly<Record<string, Plain>>;

const section = (model: Section, key: string): Readonly<Record<string, Section | null>> => (model[key] ?? {}) as Readonly<Record<string, Section | null>>;

const without = (from: Section, ...keys: readonly string[]): Section => Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));

/** A resource is called what it says, else `project_key`; one that is external, its key. */
const resources = (model: Section, kind: string, project: string): Readonly<Record<string, Section>> =>
	Object.fromEntries(
		Object.entries(section(model, kind)).map(([key, said]) => {
			const resource = said ?? {};
			const external = resource['external'];
			const isExternal = external === true || (typeof external === 'object' && external !== null);
			const old = isExternal && typeof external === 'object' ? (external as Section)['name'] : undefined;
			const name = resource['name'] ?? old ?? (isExternal ? key : `${project}_${key}`);
			return [key, {name, ...without(resource, 'name', 'external'), ...(isExternal ? {external: true} : {})}];
		}),
	);

/** Services that another one can not be without, though it says so elsewhere than in `depends_on`. */
const implied = (service: Service): Readonly<Record<string, Dependency>> => {
	const started: Dependency = {condition: 'service_started', restart: true, required: true};
	const shared = [service.network_mode, service.ipc, service.pid, service.uts, service.cgroup].map(serviceReference).filter(one => one !== undefined);
	const linked = (service.links ?? []).map(link => link.split(':')[0] ?? link);
	const mounted = (service.volumes_from ?? []).filter(from => !from.startsWith('container:')).map(from => from.split(':')[0] ?? from);
	return Object.fromEntries([
		...mounted.map(name => [name, {...started, restart: false}] as const),
		...[...linked, ...shared].map(name => [name, started] as const),
	]);
};

const dependencies = (service: Service): Service['depends_on'] => {
	const said = Object.entries(service.depends_on ?? {}).map(([name, dependency]) => [name, {...dependency, required: dependency.required ?? true}] as const);
	const all = {...implied(service), ...Object.fromEntries(said)};
	return Object.keys(all).length === 0 ? undefined : all;
};

const buildOf = (build: NonNullable<Service['build']>, lookup: (name: string) => string | undefined): Service['build'] => {
	const args = Object.entries(build.args ?? {}).flatMap(([name, said]) => {
		const value = said ?? lookup(name);
		return value === undefined ? [] : [[name, value] as const];
	});
	return {
		...build,
		context: build.context ?? '.',
		...(build.dockerfile === undefined && build.dockerfile_inline === undefined ? {dockerfile: 'Dockerfile'} : {}),
		...(build.args === undefined ? {} : {args: Object.fromEntries(args)}),
	};
};

const portOf = (port: Port): Port => ({...port, mode: port.mode ?? 'ingress', protocol: port.protocol ?? 'tcp'});

const mountOf = (mount: Mount): Mount => ({...mount, target: posix.normalize(mount.target).replace(/(.)\/$/, '$1')});

/** What holds a variable that is not to be put in is still the text that it was. */
const each = <One>(items: readonly One[], change: (item: One) => One): readonly One[] => items.map(item => (typeof item === 'string' ? item : change(item)));

const present = <Value>(value: Value | undefined, made: (value: Value) => unknown, key: string) => (value === undefined ? {} : {[key]: made(value)});

const networksOf = (service: Service): Service['networks'] => {
	if (service.network_mode !== undefined || service.provider !== undefined) return service.networks;
	const said = service.networks ?? {};
	return Object.keys(said).length === 0 ? {default: null} : said;
};

const serviceOf = (said: Section | null, lookup: (name: string) => string | undefined): Service => {
	const service = (said ?? {}) as Service;
	const networks = networksOf(service);
	const depends = dependencies(service);
	return {
		...service,
		...present(service.build, build => buildOf(build, lookup), 'build'),
		...present(service.ports, ports => each(ports, portOf), 'ports'),
		...present(service.volumes, volumes => each(volumes, mountOf), 'volumes'),
		...present(service.secrets, secrets => each(secrets, one => ({...one, target: one.target ?? `/run/secrets/${one.source}`})), 'secrets'),
		...(service.pull_policy === 'if_not_present' ? {pull_policy: 'missing'} : {}),
		...(networks === undefined || networks === null ? {} : {networks}),
		...(depends === undefined ? {} : {depends_on: depends}),
	};
};

export type Normalized = {
	readonly services: Readonly<Record<string, Service>>;
	readonly networks: Readonly<Record<string, Network>>;
	readonly volumes: Readonly<Record<string, Volume>>;
	readonly secrets: Readonly<Record<string, FileObject>>;
	readonly configs: Readonly<Record<string, FileObject>>;
	readonly rest: Readonly<Record<string, Plain>>;
};

/** What a file leaves unsaid, said: names, the default network, dependencies, and the standard values that others rely on. */
export const normalize = (model: Section, project: string, lookup: (name: string) => string | undefined): Normalized => {
	const services = Object.fromEntries(Object.entries(section(model, 'services')).map(([name, service]) => [name, serviceOf(service, lookup)]));
	const usesDefault = Object.values(services).some(({networks}) => networks !== undefined && networks !== null && Object.hasOwn(networks, 'default'));
	const networks = usesDefault ? {...model, networks: {default: null, ...section(model, 'networks')}} : model;
	return {
		services,
		networks: resources(networks, 'networks', project) as unknown as Normalized['networks'],
		volumes: resources(model, 'volumes', project) as unknown as Normalized['volumes'],
		secrets: resources(model, 'secrets', project) as unknown as Normalized['secrets'],
		configs: resources(model, 'configs', project) as unknown as Normalized['configs'],
		rest: without(model, 'services', 'networks', 'volumes', 'secrets', 'configs', 'name', 'version', 'include'),
	};
};
