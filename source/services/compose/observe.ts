import type {Container, Task} from '../../model/container.ts';
import {imageOf} from '../../model/compose/hash.ts';
import type {ContainerState, Observed, ObservedContainer} from '../../model/compose/plan/index.ts';
import type {Project} from '../../model/compose/project.ts';
import {composeLabels} from '../../model/compose/request/index.ts';
import {displayName} from '../../model/grouping.ts';
import type {Call, ComposeDependencies} from './dependencies.ts';

const stateOf = (task: Task | undefined): ContainerState => {
	if (task === undefined || task.status === 'created') return 'created';
	if (task.status === 'running' || task.status === 'pausing') return 'running';
	return task.status === 'paused' ? 'paused' : 'stopped';
};

/** Of docker's label, else of the name: `<project>-<service>-<number>`. */
const numberOf = (name: string, label: string | undefined): number => {
	const number = Number(label ?? /-(\d+)$/.exec(name)?.[1]);
	return Number.isSafeInteger(number) && number > 0 ? number : 1;
};

/** A container's own words on what it is for; undefined for one of no project. */
const observedContainer = (container: Container, task: Task | undefined): (ObservedContainer & {readonly project: string}) | undefined => {
	const {namespace, id, labels} = container;
	const project = labels[composeLabels.project];
	if (project === undefined || project === '') return undefined;
	const name = displayName(container);
	return {
		project,
		namespace,
		id,
		name,
		service: labels[composeLabels.service] ?? '',
		number: numberOf(name, labels[composeLabels.number]),
		isOneOff: labels[composeLabels.oneOff]?.toLowerCase() === 'true',
		hash: labels[composeLabels.hash] ?? '',
		maker: labels[composeLabels.version] ?? '',
		state: stateOf(task),
		imageDigest: labels[composeLabels.image] ?? '',
		dependsOn: (labels[composeLabels.dependsOn] ?? '').split(',').flatMap(one => (one === '' ? [] : [one.split(':')[0] ?? one])),
	};
};

const containersByProject = async ({containerd}: ComposeDependencies, namespace: string, call: Call): Promise<ReadonlyMap<string, readonly ObservedContainer[]>> => {
	const tasks = new Map((await containerd.tasks.list(namespace, call)).map(task => [task.containerId, task]));
	const found: Array<ObservedContainer & {readonly project: string}> = [];
	for await (const batch of containerd.containers.list(namespace, call))
		for (const container of batch) {
			const observed = observedContainer(container, tasks.get(container.id));
			if (observed !== undefined) found.push(observed);
		}
	return Map.groupBy(found.sort((one, other) => (one.name < other.name ? -1 : 1)), ({project}) => project);
};

const imagesOf = async ({images}: ComposeDependencies, namespace: string, project: Project | undefined, call: Call): Promise<Observed['images']> => {
	const names = new Set(Object.entries(project?.services ?? {}).map(([name, service]) => imageOf({name: project?.name ?? ''}, name, service)));
	const found = await Promise.all([...names].map(async name => [name, (await images.find(namespace, name, call))[0]?.target.digest] as const));
	return Object.fromEntries(found.flatMap(([name, digest]) => (digest === undefined ? [] : [[name, digest]])));
};

/** One look at a namespace; what it answers says of any project everything that a plan for it depends on. */
export const look = async (dependencies: ComposeDependencies, namespace: string, call: Call = {}): Promise<(name: string, project?: Project) => Promise<Observed>> => {
	const [containers, networks, volumes] = await Promise.all([
		containersByProject(dependencies, namespace, call),
		dependencies.networks.list(namespace, call),
		dependencies.volumes.list(namespace, call),
	]);
	return async (name, project) => ({
		containers: containers.get(name) ?? [],
		images: await imagesOf(dependencies, namespace, project, call),
		networks: networks.map(network => ({
			name: network.name,
			project: network.labels[composeLabels.project] ?? '',
			key: network.labels[composeLabels.network] ?? '',
			driver: network.driver,
			isInternal: network.isInternal,
			subnets: network.subnets.map(({subnet}) => subnet),
		})),
		volumes: volumes.map(({name: volume, labels}) => ({name: volume, project: labels[composeLabels.project] ?? '', key: labels[composeLabels.volume] ?? ''})),
	});
};

/** Of one project. */
export const observe = async (dependencies: ComposeDependencies, namespace: string, name: string, project: Project | undefined, call: Call = {}): Promise<Observed> =>
	(await look(dependencies, namespace, call))(name, project);
