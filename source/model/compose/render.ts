import type {BlkioLimit, Project, Service} from './project.ts';
import type {Plain} from './value.ts';

const byKey = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number => (one < other ? -1 : 1);

/** Sorted as docker compose prints: two runs, and two readers, give the same text. */
const sorted = (value: unknown, text: (text: string) => string): Plain => {
	if (Array.isArray(value)) return value.map(one => sorted(one, text));
	if (typeof value === 'string') return text(value);
	if (typeof value !== 'object' || value === null) return value as Plain;
	const entries = Object.entries(value).filter(([, one]) => one !== undefined).sort(byKey);
	return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one, text)]));
};

export type RenderOptions = {
	/** Whether variables were put in: then a dollar sign is one, and is doubled, since the text will be read again. */
	readonly isInterpolated: boolean;
};

/** Sizes are printed in bytes as text, which is what docker compose's own readers expect. */
const sizes = new Set(['mem_limit', 'mem_reservation', 'memswap_limit', 'mem_swappiness', 'shm_size']);

const sizesAsText = (service: Service): Readonly<Record<string, unknown>> =>
	Object.fromEntries(Object.entries(service).map(([key, value]) => [key, sizes.has(key) && typeof value === 'number' ? String(value) : value]));

const resourcesAsText = (deploy: NonNullable<Service['deploy']>): unknown => {
	const {resources} = deploy;
	if (resources === undefined) return deploy;
	const withText = (part: {readonly memory?: number} | undefined) =>
		part === undefined || part.memory === undefined ? part : {...part, memory: String(part.memory)};
	return {...deploy, resources: {...resources, limits: withText(resources.limits), reservations: withText(resources.reservations)}};
};

const hostsAsList = (hosts: NonNullable<Service['extra_hosts']>): readonly string[] =>
	Object.entries(hosts)
		.flatMap(([host, addresses]) => addresses.map(address => `${host}=${address}`))
		.sort();

const sshAsList = (keys: Readonly<Record<string, string | null>>): readonly string[] =>
	Object.entries(keys).map(([id, path]) => (path === null ? id : `${id}=${path}`));

const ratesAsText = (config: NonNullable<Service['blkio_config']>): unknown =>
	Object.fromEntries(
		Object.entries(config).map(([key, value]) => [
			key,
			key.startsWith('device_') && typeof value === 'object' ? (value as readonly BlkioLimit[]).map(({path, rate}) => ({path, rate: String(rate)})) : value,
		]),
	);

const renderService = (service: Service): Readonly<Record<string, unknown>> => {
	const {blkio_config: blkio, build, deploy, extra_hosts: hosts, volumes, ...rest} = sizesAsText(service) as Service;
	return {
		...rest,
		...(blkio === undefined ? {} : {blkio_config: ratesAsText(blkio)}),
		...(build === undefined ? {} : {build: renderBuild(build)}),
		...(deploy === undefined || deploy === null ? {} : {deploy: resourcesAsText(deploy)}),
		...(hosts === undefined ? {} : {extra_hosts: hostsAsList(hosts)}),
		...(volumes === undefined
			? {}
			: {volumes: volumes.map(volume => (volume.tmpfs?.size === undefined ? volume : {...volume, tmpfs: {...volume.tmpfs, size: String(volume.tmpfs.size)}}))}),
	};
};

const renderBuild = (build: NonNullable<Service['build']>): unknown => ({
	...build,
	...(build['extra_hosts'] === undefined ? {} : {extra_hosts: hostsAsList(build['extra_hosts'] as NonNullable<Service['extra_hosts']>)}),
	...(build['ssh'] === undefined ? {} : {ssh: sshAsList(build['ssh'] as Readonly<Record<string, string | null>>)}),
	...(typeof build['shm_size'] === 'number' ? {shm_size: String(build['shm_size'])} : {}),
});

/** A project as a compose file that means the same without any other file or variable. */
export const render = (project: Project, {isInterpolated}: RenderOptions): {readonly [key: string]: Plain} => {
	const {name, services, networks, volumes, secrets, configs, rest} = project;
	const text = (one: string): string => (isInterpolated ? one.replaceAll('$', '$$$$') : one);
	const section = (key: string, all: Readonly<Record<string, unknown>>) => (Object.keys(all).length === 0 ? {} : {[key]: sorted(all, text)});
	return {
		name,
		...section('services', Object.fromEntries(Object.entries(services).map(([key, service]) => [key, renderService(service)]))),
		...section('networks', networks),
		...section('volumes', volumes),
		...section('secrets', secrets),
		...section('configs', configs),
		...(sorted(rest, text) as {readonly [key: string]: Plain}),
	};
};
