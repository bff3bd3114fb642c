import {Failure} from '../../../errors.ts';
import {didYouMean} from '../../suggest.ts';
import type {Project} from '../project.ts';
import {dependantsOf, leavesFirst} from './dependants.ts';
import {createDraft} from './draft.ts';
import type {Action, ContainerState, Observed, ObservedContainer, Plan} from './types.ts';

/** What can be done to the containers that a project has, without a look at what its files want. */
export type EachVerb = 'start' | 'stop' | 'restart' | 'kill' | 'pause' | 'unpause' | 'remove';

export type EachOptions = {
	readonly verb: EachVerb;
	/** Undefined when its files are gone: then labels are all there is. */
	readonly project: Project | undefined;
	/** None: all of them. */
	readonly services: readonly string[];
	/** `remove`: running ones too, which are stopped before. */
	readonly stop?: boolean;
	/** `restart`: also those that their file wants restarted with the ones they depend on. */
	readonly dependants?: boolean;
};

const touched: Readonly<Record<EachVerb, readonly ContainerState[]>> = {
	start: ['created', 'stopped'],
	stop: ['running', 'paused'],
	restart: ['running', 'paused', 'stopped', 'created'],
	kill: ['running', 'paused'],
	pause: ['running'],
	unpause: ['paused'],
	remove: ['created', 'stopped'],
};

/** Whether services follow one another: what they depend on first, or last. The others are all at once. */
const direction: Readonly<Record<EachVerb, 'dependencies first' | 'dependants first' | undefined>> = {
	start: 'dependencies first',
	restart: 'dependencies first',
	stop: 'dependants first',
	kill: undefined,
	pause: undefined,
	unpause: undefined,
	remove: 'dependants first',
};

/** Replicas of the named services, of all without a name. A name that neither the files nor a container know is refused. */
export const replicasOf = (name: string, {containers}: Pick<Observed, 'containers'>, {project, services}: Pick<EachOptions, 'project' | 'services'>): readonly ObservedContainer[] => {
	const replicas = containers.filter(({isOneOff}) => !isOneOff);
	const known = new Set([...Object.keys({...project?.services, ...project?.disabled}), ...replicas.map(({service}) => service)]);
	const strange = services.find(service => !known.has(service));
	if (strange !== undefined) {
		const hint = didYouMean(strange, known);
		throw new Failure('not-found', `the project ${name} has no service ${JSON.stringify(strange)}`, hint === undefined ? {} : {hint});
	}
	return replicas.filter(({service}) => services.length === 0 || services.includes(service));
};

/** `restart: true` of a dependency: whoever says it of a service that is restarted is restarted with it, and so on. */
const drawnAlong = (services: readonly string[], project: Project | undefined): readonly string[] => {
	const drawn = new Set(services);
	for (const one of drawn)
		for (const [other, {depends_on: depends = {}}] of Object.entries(project?.services ?? {})) if (depends[one]?.restart === true) drawn.add(other);
	return [...drawn];
};

/** One verb for containers that are there, service by service where the order matters. */
export const planEach = (name: string, observed: Pick<Observed, 'containers'>, options: EachOptions): Plan => {
	const {verb, project, stop = false} = options;
	const draft = createDraft();
	const along = verb === 'restart' && options.dependants === true && options.services.length > 0 ? drawnAlong(options.services, project) : options.services;
	const all = replicasOf(name, observed, {...options, services: along});
	if (verb === 'start') {
		const without = options.services.find(service => !all.some(one => one.service === service));
		if (without !== undefined || all.length === 0)
			throw new Failure('not-found', `${without === undefined ? `the project ${name}` : `the service ${without}`} has no container to start`, {hint: 'make them with compose up or compose create'});
	}
	const chosen = all.filter(({state}) => touched[verb].includes(state) || (verb === 'remove' && stop));
	const dependants = dependantsOf(chosen, project);
	const byService = Map.groupBy(chosen, ({service}) => service);
	const leaves = leavesFirst([...byService.keys()], dependants);
	const order = direction[verb] === 'dependencies first' ? leaves.toReversed() : leaves;
	const because = (service: string): string => (options.services.length > 0 && !options.services.includes(service) ? 'it is restarted with what it depends on' : 'it was asked for');
	const done = new Map<string, readonly number[]>();
	const before = (service: string): readonly number[] => {
		if (direction[verb] === 'dependants first') return [...(dependants.get(service) ?? [])].flatMap(other => done.get(other) ?? []);
		if (direction[verb] === undefined) return [];
		return [...dependants].flatMap(([other, waiting]) => (waiting.has(service) ? (done.get(other) ?? []) : []));
	};
	const waits = new Map<string, number>();
	/** What their files want of others before they start. */
	const conditions = (service: string): readonly number[] =>
		Object.entries((verb === 'start' ? project?.services[service]?.depends_on : undefined) ?? {}).flatMap(([other, {condition, required}]) => {
			if (condition === 'service_started' || !observed.containers.some(one => one.service === other && !one.isOneOff)) return [];
			const key = `${other} ${condition} ${required}`;
			const wait = waits.get(key) ?? draft.add({kind: 'wait for', service: other, name: other, condition, isRequired: required}, required ? 'others depend on it' : 'others would like it', done.get(other) ?? []);
			waits.set(key, wait);
			return [wait];
		});
	for (const service of order) {
		const after = [...before(service), ...conditions(service)];
		const ids = (byService.get(service) ?? []).map(({number, name: own, id, state}) => {
			const about = {service, number, name: own, id};
			const stopped = verb === 'remove' && (state === 'running' || state === 'paused') ? [draft.add({kind: 'stop container', ...about}, 'it is to be removed', after)] : after;
			const kind: Action['kind'] = `${verb} container`;
			return draft.add({kind, ...about}, because(service), stopped);
		});
		done.set(service, ids);
	}
	return {project: name, operations: draft.operations, warnings: draft.warnings};
};
