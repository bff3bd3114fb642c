import {createHash} from 'node:crypto';
import {dependenciesOf} from './graph.ts';
import type {Action, Plan} from './plan/index.ts';
import {type Project, scaleOf} from './project.ts';

/** What `up` would do to a service, and what its file says of it. */
export type ServiceDrift = {
	/** Empty: nothing. */
	readonly words: string;
	readonly replicas: number;
	readonly isBuilt: boolean;
	readonly dependsOn: readonly string[];
};

/** How a project stands to its files. */
export type Drift = {
	/** `none`: no files are known; `refused`: they can be read, but not be brought up as things are. */
	readonly status: 'same' | 'differs' | 'none' | 'gone' | 'broken' | 'refused';
	/** For a column. */
	readonly words: string;
	/** The whole of it: a failure's sentence; empty when there is nothing to say. */
	readonly reason: string;
	readonly services: Readonly<Record<string, ServiceDrift>>;
	/** Another one when the project as it is written means something else; empty when it can not be read. */
	readonly stamp: string;
};

const order = ['build', 'pull', 'create', 'remake', 'start', 'restart', 'remove'] as const;

type Verb = (typeof order)[number];

/** One verb per container: stopped, removed and made again is made anew. */
const verbOf = (kinds: ReadonlySet<Action['kind']>): Verb | undefined => {
	if (kinds.has('create container')) return kinds.has('remove container') ? 'remake' : 'create';
	if (kinds.has('remove container')) return 'remove';
	if (kinds.has('restart container')) return 'restart';
	if (kinds.has('start container')) return 'start';
	if (kinds.has('build image')) return 'build';
	return kinds.has('pull image') ? 'pull' : undefined;
};

const counted = (actions: readonly Action[]): string => {
	const byName = new Map<string, Set<Action['kind']>>();
	for (const {kind, name} of actions) byName.set(name, (byName.get(name) ?? new Set()).add(kind));
	const verbs = [...byName.values()].map(verbOf);
	const counts = order.map((verb) => [verb, verbs.filter((one) => one === verb).length] as const).filter(([, count]) => count > 0);
	if (counts.length > 0) return counts.map(([verb, count]) => `${verb} ${count}`).join(', ');
	// Only networks and volumes are left; what waits does nothing.
	const others = actions.filter(({kind}) => kind !== 'wait for');
	return others.length === 0 ? '' : `${others[0]?.kind ?? ''}${others.length === 1 ? '' : ` and ${others.length - 1} more`}`;
};

const stampOf = ({environment: _, ...project}: Project): string => createHash('sha256').update(JSON.stringify(project)).digest('hex').slice(0, 16);

/** A plan of `up` in a few words: of the whole project, and service by service. */
export const driftOf = (project: Project, {operations}: Plan): Drift => {
	const actions = operations.map(({action}) => action);
	const words = counted(actions);
	const services = Object.entries(project.services).map(([name, service]): readonly [string, ServiceDrift] => [
		name,
		{
			words: counted(actions.filter((action) => 'service' in action && action.service === name)),
			replicas: scaleOf(service),
			isBuilt: service.build !== undefined,
			dependsOn: dependenciesOf(project.services, name).map(([other]) => other),
		},
	]);
	return {status: words === '' ? 'same' : 'differs', words: words === '' ? 'up to date' : words, reason: '', services: Object.fromEntries(services), stamp: stampOf(project)};
};

/** A project about whose files nothing can be said but this. */
export const noDrift = (status: Exclude<Drift['status'], 'same' | 'differs'>, reason: string): Drift => ({
	status,
	words: {none: 'no file known', gone: 'file is gone', broken: 'file is broken', refused: 'can not go up'}[status],
	reason,
	services: {},
	stamp: '',
});
