import {isIpText} from '../ip-network.ts';
import {findCycle} from './graph.ts';
import type {FileObject, Project, Service} from './project.ts';
import {scaleOf, serviceReference} from './project.ts';
import {fault, type Origin, type Value} from './value.ts';

/** What is wrong, and the keys that lead there. */
type Problem = {readonly keys: readonly string[]; readonly says: string; readonly hint?: string};

type Checked = Pick<Project, 'services' | 'disabled' | 'networks' | 'volumes' | 'secrets' | 'configs' | 'rest'>;

const problem = (keys: readonly string[], says: string, hint?: string): Problem => ({keys, says, ...(hint === undefined ? {} : {hint})});

const buildProblems = (name: string, {build, image, platform, provider}: Service, {secrets}: Checked): readonly Problem[] => {
	if (build === undefined) return image === undefined && provider === undefined ? [problem([name], 'needs an image or a build')] : [];
	const at = [name, 'build'];
	return [
		...(build.dockerfile !== undefined && build.dockerfile_inline !== undefined ? [problem([...at, 'dockerfile_inline'], 'can not be combined with dockerfile')] : []),
		...(platform !== undefined && (build.platforms?.length ?? 0) > 0 && !build.platforms!.includes(platform)
			? [problem([...at, 'platforms'], `must hold the service's platform ${platform}`)]
			: []),
		...(build.secrets ?? []).filter(({source}) => secrets[source] === undefined).map(({source}) => problem([...at, 'secrets'], `refers to the secret ${source}, which is not defined`)),
	];
};

const undefinedOnes = (name: string, key: string, kind: string, used: readonly string[], known: Readonly<Record<string, unknown>>): readonly Problem[] =>
	used.filter(one => !Object.hasOwn(known, one)).map(one => problem([name, key, one], `refers to the ${kind} ${one}, which is not defined`, `add ${one} to the top-level ${kind}s`));

const referenceProblems = (name: string, service: Service, project: Checked): readonly Problem[] => [
	...undefinedOnes(name, 'networks', 'network', Object.keys(service.networks ?? {}), project.networks),
	...undefinedOnes(
		name,
		'volumes',
		'volume',
		(service.volumes ?? []).flatMap(({type, source}) => (type === 'volume' && source !== undefined && source !== '' ? [source] : [])),
		project.volumes,
	),
	...undefinedOnes(name, 'secrets', 'secret', (service.secrets ?? []).map(({source}) => source), project.secrets),
	...undefinedOnes(name, 'configs', 'config', (service.configs ?? []).map(({source}) => source), project.configs),
	...undefinedOnes(name, 'models', 'model', Object.keys((service['models'] as object | undefined) ?? {}), (project.rest['models'] ?? {}) as object as Record<string, unknown>),
];

const dependencyProblems = (name: string, service: Service, {services, disabled}: Checked): readonly Problem[] => {
	const missing = (other: string, keys: readonly string[]): readonly Problem[] => {
		if (Object.hasOwn(services, other)) return [];
		if (!Object.hasOwn(disabled, other)) return [problem(keys, `refers to the service ${other}, which is not defined`)];
		const [profile] = disabled[other]?.profiles ?? [];
		return [problem(keys, `refers to the service ${other}, whose profile is not active`, profile === undefined ? undefined : `activate it: --profile ${profile}`)];
	};
	const modes = (['network_mode', 'ipc', 'pid'] as const).flatMap(key => {
		const other = serviceReference(service[key]);
		return other === undefined ? [] : missing(other, [name, key]);
	});
	const depends = Object.entries(service.depends_on ?? {}).flatMap(([other, {required}]) => (required ? missing(other, [name, 'depends_on', other]) : []));
	return [...modes, ...depends];
};

const scaleProblems = (name: string, service: Service): readonly Problem[] => {
	const {scale, deploy, container_name: own, cpus, mem_limit: memory, pids_limit: pids} = service;
	const limits = deploy?.resources?.limits;
	const distinct = (key: string, one: number | undefined, other: number | undefined, where: string) =>
		one !== undefined && other !== undefined && one !== other ? [problem([name, key], `and ${where} must be the same`)] : [];
	return [
		...distinct('scale', scale, deploy?.replicas, 'deploy.replicas'),
		...distinct('cpus', cpus, limits?.cpus, 'deploy.resources.limits.cpus'),
		...distinct('mem_limit', memory, limits?.memory, 'deploy.resources.limits.memory'),
		...distinct('pids_limit', pids, limits?.pids, 'deploy.resources.limits.pids'),
		...(scaleOf(service) < 0 ? [problem([name, scale === undefined ? 'deploy' : 'scale'], 'must not be negative')] : []),
		...(own !== undefined && scaleOf(service) > 1 ? [problem([name, 'container_name'], `can not be given to ${scaleOf(service)} containers`)] : []),
	];
};

const mountProblems = (name: string, service: Service): readonly Problem[] => {
	const taken = new Map<string, string>();
	const targets = [
		...(service.tmpfs ?? []).map(line => ({key: 'tmpfs', target: line.split(':')[0] ?? line})),
		...(service.volumes ?? []).map(({target}) => ({key: 'volumes', target})),
	];
	const twice = targets.flatMap(({key, target}) => {
		const before = taken.get(target);
		taken.set(target, key);
		return before === undefined ? [] : [problem([name, key], `mounts ${target}, which ${before} mounts too`)];
	});
	const sourceless = (service.volumes ?? []).filter(({type, source}) => type === 'bind' && (source ?? '') === '').map(({target}) => problem([name, 'volumes'], `has a bind mount on ${target} without a source`));
	return [...twice, ...sourceless];
};

const otherProblems = (name: string, service: Service, isDeclared: (...keys: readonly string[]) => boolean): readonly Problem[] => {
	const {healthcheck, network_mode: mode, ports, develop} = service;
	const [first] = healthcheck?.test ?? [];
	return [
		...(mode !== undefined && isDeclared('services', name, 'networks') ? [problem([name, 'network_mode'], 'can not be combined with networks')] : []),
		...(first !== undefined && !['CMD', 'CMD-SHELL', 'NONE'].includes(first) ? [problem([name, 'healthcheck', 'test'], 'must begin with CMD, CMD-SHELL or NONE')] : []),
		...(ports ?? []).filter(({host_ip: ip}) => ip !== undefined && !isIpText(ip)).map(({host_ip: ip}) => problem([name, 'ports'], `has ${JSON.stringify(ip)} for an address`)),
		...(develop?.watch ?? [])
			.filter(({target, action}) => target === undefined && action !== 'rebuild' && action !== 'restart')
			.map(({action}) => problem([name, 'develop', 'watch'], `needs a target for the action ${String(action)}`)),
	];
};

const sameNames = (services: Checked['services']): readonly Problem[] => {
	const owners = new Map<string, string>();
	return Object.entries(services).flatMap(([name, {container_name: own}]) => {
		if (own === undefined) return [];
		const before = owners.get(own);
		owners.set(own, name);
		return before === undefined ? [] : [problem([name, 'container_name'], `is ${own}, as that of the service ${before}`)];
	});
};

const fileProblems = (kind: 'secrets' | 'configs', all: Readonly<Record<string, FileObject>>): readonly Problem[] => {
	const keys = kind === 'secrets' ? (['file', 'environment'] as const) : (['file', 'environment', 'content'] as const);
	return Object.entries(all).flatMap(([name, one]) => {
		const given = keys.filter(key => one[key] !== undefined);
		if (given.length > 1) return [problem([kind, name], `can not have both ${given.join(' and ')}`)];
		return given.length === 0 && one.external !== true && one.driver === undefined ? [problem([kind, name], `needs one of ${keys.join(', ')}`)] : [];
	});
};

/** An external one is somebody else's to describe. */
const externalProblems = ({volumes}: Checked): readonly Problem[] =>
	Object.entries(volumes).flatMap(([name, one]) => {
		const besides = Object.keys(one).find(key => !['name', 'external'].includes(key) && !key.startsWith('x-'));
		return one.external === true && besides !== undefined ? [problem(['volumes', name, besides], 'can not be said of what is external')] : [];
	});

const deepestAt = (tree: Value, keys: readonly string[]): Origin => {
	let value: Value | undefined = tree;
	let {at} = tree;
	for (const key of keys) {
		const entry: {readonly value: Value; readonly keyAt: Origin} | undefined = value?.kind === 'map' ? value.entries.get(key) : undefined;
		if (entry === undefined) break;
		at = entry.keyAt;
		value = entry.value;
	}
	return at;
};

const cycleProblems = (services: Checked['services']): readonly Problem[] => {
	const cycle = findCycle(services);
	return cycle === undefined ? [] : [problem([cycle[0] ?? '', 'depends_on'], `goes in a circle: ${cycle.join(' → ')}`)];
};

/** Throws what is wrong between the parts of a project; the tree says where each was written. */
export const checkConsistency = (project: Checked, tree: Value): void => {
	const isDeclared = (...keys: readonly string[]): boolean => {
		let value: Value | undefined = tree;
		for (const key of keys) value = value?.kind === 'map' ? value.entries.get(key)?.value : undefined;
		return value !== undefined;
	};
	const inServices = Object.entries(project.services).flatMap(([name, service]) => [
		...buildProblems(name, service, project),
		...referenceProblems(name, service, project),
		...dependencyProblems(name, service, project),
		...scaleProblems(name, service),
		...mountProblems(name, service),
		...otherProblems(name, service, isDeclared),
	]);
	const [first] = [
		...[...inServices, ...sameNames(project.services), ...cycleProblems(project.services)].map(one => ({...one, keys: ['services', ...one.keys]})),
		...fileProblems('secrets', project.secrets),
		...fileProblems('configs', project.configs),
		...externalProblems(project),
	];
	if (first !== undefined) throw fault(deepestAt(tree, first.keys), pathOf(first.keys, tree), first.says, first.hint);
};

/** As far as the keys exist: what a key is missing is said of the one above it. */
const pathOf = (keys: readonly string[], tree: Value): string => {
	let value: Value | undefined = tree;
	const path: string[] = [];
	for (const key of keys) {
		value = value?.kind === 'map' ? value.entries.get(key)?.value : undefined;
		if (value === undefined && path.length > 1) break;
		path.push(key);
	}
	return path.join('.');
};
