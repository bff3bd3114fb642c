import type {Observed, ObservedContainer, Plan} from '../../../source/model/compose/plan/index.ts';
import {configHash} from '../../../source/model/compose/hash.ts';
import type {Project} from '../../../source/model/compose/project.ts';
import {maker} from '../../../source/model/compose/request/index.ts';

export const nothing: Observed = {containers: [], networks: [], volumes: [], images: {}};

/** A running container of a service as its file says it should be. */
export const running = (project: Project, service: string, more: Partial<ObservedContainer> = {}): ObservedContainer => ({
	namespace: 'default',
	id: `id-of-${service}-${more.number ?? 1}`,
	name: project.services[service]?.container_name ?? `${project.name}-${service}-${more.number ?? 1}`,
	service,
	number: 1,
	isOneOff: false,
	hash: configHash(project, service),
	maker,
	state: 'running',
	imageDigest: '',
	dependsOn: Object.keys(project.services[service]?.depends_on ?? {}),
	...more,
});

/** The machine after everything in a plan was done: what the next look at it would see. */
export const after = (plan: Plan, before: Observed, project: Project): Observed => {
	let {containers, networks, volumes, images} = before;
	for (const {action} of plan.operations) {
		if (action.kind === 'create container') containers = [...containers, running(project, action.service, {number: action.number, state: 'created', id: `new-${action.name}`})];
		else if (action.kind === 'start container') containers = containers.map(one => (one.name === action.name ? {...one, state: 'running'} : one));
		else if (action.kind === 'stop container') containers = containers.map(one => (one.id === action.id ? {...one, state: 'stopped'} : one));
		else if (action.kind === 'remove container') containers = containers.filter(({id}) => id !== action.id);
		else if (action.kind === 'create network') {
			const {driver = 'bridge', internal = false, ipam} = project.networks[action.key]!;
			const subnets = (ipam?.config ?? []).flatMap(({subnet}) => subnet ?? []);
			networks = [...networks, {name: action.name, key: action.key, project: project.name, driver, isInternal: internal, subnets}];
		} else if (action.kind === 'remove network') networks = networks.filter(({name}) => name !== action.name);
		else if (action.kind === 'create volume') volumes = [...volumes, {name: action.name, key: action.key, project: project.name}];
		else if (action.kind === 'remove volume') volumes = volumes.filter(({name}) => name !== action.name);
		else if (action.kind === 'pull image' || action.kind === 'build image') images = {...images, [action.name]: 'sha256:1'};
	}
	return {containers, networks, volumes, images};
};
