import {inOrder} from '../graph.ts';
import {configHash, imageOf} from '../hash.ts';
import type {Project, Service} from '../project.ts';
import {scaleOf, serviceReference} from '../project.ts';
import {containerName} from '../request/index.ts';
import {withoutUnused} from '../select.ts';
import {createDraft, type Draft} from './draft.ts';
import {planImage} from './image.ts';
import {portClashes} from './ports.ts';
import {planReplicas, type Recreate} from './replicas.ts';
import {planResources, type Resources} from './resources.ts';
import type {Observed, ObservedContainer, Plan} from './types.ts';

export type UpOptions = {
	/** The whole project when only a part of it is meant: its other services are no orphans. */
	readonly whole?: Project;
	readonly recreate: Recreate;
	/** Replicas by service, over what the file says. */
	readonly scale: Readonly<Record<string, number>>;
	readonly removeOrphans: boolean;
	/** False: `create`. */
	readonly start: boolean;
	readonly build: boolean;
	/** An image that would have to be built is refused. */
	readonly neverBuild?: boolean;
	/** Images that came or were built just now, whatever the policies say. */
	readonly fresh?: ReadonlySet<string>;
	/** Of this service nothing is made but what a container of it needs: `run` makes that one. */
	readonly oneOff?: string;
	/** Over every service's own policy. */
	readonly pull?: 'always' | 'missing' | 'never';
};

/** What a service's operations were: later services wait for them, or are drawn along. */
type Done = {
	/** The last operations of its replicas that this plan starts. */
	readonly started: readonly number[];
	/** Some of its containers are new ones. */
	readonly isRenewed: boolean;
	/** The replica that stands for it in `network_mode: service:…`, and what makes it. */
	readonly created: readonly number[];
};

type Planning = {
	readonly project: Project;
	readonly observed: Observed;
	readonly options: UpOptions;
	readonly draft: Draft;
	readonly resources: Resources;
	readonly done: Map<string, Done>;
	/** A wait is planned once, however many wait. */
	readonly waits: Map<string, number>;
	readonly images: Map<string, number>;
};

/** Services in whose namespaces another one's containers live: these are there only while those run. */
const joins = ({network_mode: network, ipc, pid}: Service): readonly string[] => [network, ipc, pid].map(serviceReference).filter(name => name !== undefined);

/** Services whose volumes another one's containers have. */
const borrows = ({volumes_from: from = []}: Service): readonly string[] => from.filter(one => !one.startsWith('container:')).map(one => one.split(':')[0] ?? one);

const reasonOf = (service: Service, {resources, done}: Planning): string | undefined => {
	const [network] = Object.keys(service.networks ?? {}).filter(key => resources.changedNetworks.has(key));
	if (network !== undefined) return `its network ${network} is made anew`;
	const [bound] = [...joins(service), ...borrows(service)].filter(name => done.get(name)?.isRenewed === true);
	return bound === undefined ? undefined : `it lives in ${bound}, which is made anew`;
};

/** What must have happened before a service's containers start. */
const conditionsOf = (service: Service, {project, draft, done, waits}: Planning): readonly number[] =>
	Object.entries(service.depends_on ?? {})
		.filter(([name]) => Object.hasOwn(project.services, name))
		.flatMap(([name, {condition, required}]) => {
			const started = done.get(name)?.started ?? [];
			if (condition === 'service_started') return started;
			const key = `${name} ${condition} ${required}`;
			const wait =
				waits.get(key) ??
				draft.add({kind: 'wait for', service: name, name, condition, isRequired: required}, required ? 'others depend on it' : 'others would like it', started);
			waits.set(key, wait);
			return [wait];
		});

const stopAndRemove = (draft: Draft, container: ObservedContainer, because: string, after: readonly number[] = []): number => {
	const {service, number, name, id, state} = container;
	const isUp = state === 'running' || state === 'paused';
	const stop = isUp ? [draft.add({kind: 'stop container', service, number, name, id}, because, after)] : [];
	return draft.add({kind: 'remove container', service, number, name, id}, because, isUp ? stop : after);
};

const planService = (name: string, planning: Planning, containers: readonly ObservedContainer[], removed: ReadonlyMap<string, number>): void => {
	const {project, observed, options, draft, resources, done} = planning;
	const service = project.services[name] ?? {};
	const image = imageOf(project, name, service);
	if (options.oneOff === name) {
		planImage(name, service, {image, isNeeded: true, isThere: observed.images[image] !== undefined, options, draft, planned: planning.images});
		conditionsOf(service, planning);
		done.set(name, {started: [], created: [], isRenewed: false});
		return;
	}
	const plan = planReplicas({
		project,
		name,
		containers,
		scale: options.scale[name] ?? scaleOf(service),
		recreate: options.recreate,
		containerNameOf: number => containerName(project, name, number),
		imageDigest: observed.images[image],
		reason: reasonOf(service, planning),
	});
	for (const {container, because} of plan.remove) if (!removed.has(container.id)) stopAndRemove(draft, container, because);
	const isNeeded = plan.create.length + plan.recreate.length > 0;
	const needs = [
		...planImage(name, service, {image, isNeeded, isThere: observed.images[image] !== undefined, options, draft, planned: planning.images}),
		...Object.keys(service.networks ?? {}).flatMap(key => resources.networks.get(key) ?? []),
		...(service.volumes ?? []).flatMap(({type, source = ''}) => (type === 'volume' ? (resources.volumes.get(source) ?? []) : [])),
		...borrows(service).flatMap(other => done.get(other)?.created ?? []),
		...joins(service).flatMap(other => done.get(other)?.started ?? []),
	];
	const conditions = options.start && (isNeeded || plan.keep.some(({state}) => state !== 'running')) ? conditionsOf(service, planning) : [];
	const started: number[] = [];
	const created: number[] = [];
	const make = (number: number, because: string, after: readonly number[]): void => {
		const made = draft.add({kind: 'create container', service: name, number, name: containerName(project, name, number)}, because, [...needs, ...after]);
		created.push(made);
		if (options.start) started.push(draft.add({kind: 'start container', service: name, number, name: containerName(project, name, number)}, 'it is new', [made, ...conditions]));
	};
	for (const {container, because} of plan.recreate) make(container.number, because, [removed.get(container.id) ?? stopAndRemove(draft, container, because)]);
	for (const number of plan.create) make(number, containers.length === 0 ? 'it is not there' : 'its service needs one more', []);
	const renewed = Object.entries(service.depends_on ?? {}).find(([other, {restart}]) => restart === true && done.get(other)?.isRenewed === true)?.[0];
	for (const container of options.start ? plan.keep : []) {
		const {id, number, state, name: own} = container;
		if (state !== 'running') started.push(draft.add({kind: 'start container', service: name, number, name: own, id}, `it is ${state}`, conditions));
		else if (renewed !== undefined) started.push(draft.add({kind: 'restart container', service: name, number, name: own, id}, `${renewed} was made anew`, done.get(renewed)?.started ?? []));
	}
	done.set(name, {started, created, isRenewed: plan.recreate.length > 0});
};

/** A network that changes is taken away and made again, once nobody is on it. */
const replaceNetworks = (planning: Planning, byService: ReadonlyMap<string, readonly ObservedContainer[]>): ReadonlyMap<string, number> => {
	const {project, resources, draft} = planning;
	const removed = new Map<string, number>();
	for (const [key, difference] of resources.changedNetworks) {
		const users = Object.entries(project.services).filter(([, {networks}]) => Object.hasOwn(networks ?? {}, key)).map(([name]) => name);
		for (const container of users.flatMap(name => byService.get(name) ?? []))
			if (!removed.has(container.id)) removed.set(container.id, stopAndRemove(draft, container, `its network ${key} is made anew`));
		const name = project.networks[key]?.name ?? key;
		const gone = draft.add({kind: 'remove network', key, name}, difference, [...removed.values()]);
		resources.networks.set(key, draft.add({kind: 'create network', key, name}, difference, [gone]));
	}
	return removed;
};

/** A service that was renamed leaves containers behind that are what the new one's would be. */
const newNames = (project: Project, byService: ReadonlyMap<string, unknown>): ReadonlyMap<string, string> =>
	new Map(Object.keys(project.services).filter(name => !byService.has(name)).map(name => [configHash(project, name), name]));

const planOrphans = ({project, observed, options, draft}: Planning, byService: ReadonlyMap<string, unknown>): void => {
	const whole = options.whole ?? project;
	const orphans = observed.containers.filter(({service, isOneOff}) => !isOneOff && !Object.hasOwn(whole.services, service) && !Object.hasOwn(whole.disabled, service));
	const renames = orphans.length === 0 ? undefined : newNames(project, byService);
	for (const orphan of orphans) {
		const renamed = renames?.get(orphan.hash);
		const because = renamed === undefined ? `the project has no service ${orphan.service} any more` : `its service ${orphan.service} is called ${renamed} now`;
		if (options.removeOrphans) stopAndRemove(draft, orphan, because);
		else draft.warn(`${orphan.name} is left over: ${because}; --remove-orphans removes it`);
	}
};

/** From what a project says and what is there: what has to be done, in an order in which it can be, each part with its reason. */
export const planUp = (wanted: Project, observed: Observed, options: UpOptions): Plan => {
	const project = withoutUnused(wanted);
	const draft = createDraft();
	const byService = Map.groupBy(
		observed.containers.filter(({isOneOff}) => !isOneOff),
		({service}) => service,
	);
	const found = planResources(project, observed, draft);
	// For the sake of one command nobody's network is taken away.
	const resources = options.oneOff === undefined ? found : {...found, changedNetworks: new Map<string, string>()};
	const planning: Planning = {project, observed, options, draft, resources, done: new Map(), waits: new Map(), images: new Map()};
	for (const clash of portClashes(project, name => options.scale[name] ?? scaleOf(project.services[name] ?? {}))) draft.warn(clash);
	planOrphans(planning, byService);
	const removed = replaceNetworks(planning, byService);
	for (const name of inOrder(project.services)) planService(name, planning, byService.get(name) ?? [], removed);
	return {project: project.name, operations: draft.operations, warnings: draft.warnings};
};
