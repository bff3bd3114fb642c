import {failing, Failure} from '../../errors.ts';
import {imageOf} from '../../model/compose/hash.ts';
import type {Action, Observed, Operation} from '../../model/compose/plan/index.ts';
import type {Project} from '../../model/compose/project.ts';
import {containerName, type FilePaths, networkLabelsOf, volumeLabelsOf} from '../../model/compose/request/index.ts';
import {containerRequest} from './container-request.ts';
import {buildRequestOf} from './build-request.ts';
import type {Call, ComposeDependencies, Place} from './dependencies.ts';
import {networkSpecOf} from './network-spec.ts';
import {waitCompleted, waitHealthy} from './wait-for.ts';

export type Performing = {
	readonly place: Place;
	/** Undefined when a project is taken down whose files are gone. */
	readonly project: Project | undefined;
	readonly observed: Observed;
	readonly files: FilePaths;
	readonly timeoutMs?: number;
	readonly removeVolumes: boolean;
	/** By number; KILL unless said. */
	readonly killSignal?: number;
	readonly pull?: 'always' | 'missing' | 'never';
	readonly warn: (warning: string) => void;
};

type Containers = Map<string, {readonly id: string; readonly service: string}>;

const projectOf = ({project}: Performing): Project => {
	if (project === undefined) throw new Failure('internal', 'a project without files can only be taken down');
	return project;
};

const createContainer = async (dependencies: ComposeDependencies, performing: Performing, containers: Containers, action: Extract<Action, {kind: 'create container'}>, call: Call): Promise<void> => {
	const {place, files, observed, warn} = performing;
	const project = projectOf(performing);
	const containerOf = (name: string): string => [...containers].find(([, one]) => one.service === name)?.[0] ?? containerName(project, name, 1);
	const imageDigest = observed.images[imageOf(project, action.service, project.services[action.service] ?? {})];
	const wish = {service: action.service, number: action.number, isOneOff: false, containerName: action.name, containerOf, files, imageDigest};
	const {request, warnings} = await containerRequest(dependencies, place, project, wish, call);
	for (const warning of warnings) warn(warning);
	const {id} = await dependencies.containers.create(request, call);
	containers.set(action.name, {id, service: action.service});
};

const waitFor = async (dependencies: ComposeDependencies, {place, warn}: Performing, containers: Containers, {service, condition, isRequired}: Extract<Action, {kind: 'wait for'}>, signal: AbortSignal): Promise<void> => {
	const replicas = [...containers].filter(([, one]) => one.service === service);
	const wait = condition === 'service_healthy' ? waitHealthy : waitCompleted;
	try {
		if (replicas.length === 0) throw new Failure('not-found', `${service} has no container to wait for`);
		await Promise.all(replicas.map(([name, {id}]) => wait(dependencies, {name, ref: {namespace: place.namespace, id}}, signal)));
	} catch (error) {
		if (isRequired || !(error instanceof Failure)) throw error;
		warn(`${error.message}; nobody requires it`);
	}
};

/** What may take long and can be left at any point. The others are short, and left half-way they would leave halves behind. */
const lasting: ReadonlySet<Action['kind']> = new Set(['pull image', 'build image', 'stop container', 'wait for']);

/** Says what an abort finds running and does not end, if there is such a thing. */
export const tellerOfInterruption = (warn: (warning: string) => void) => (running: readonly Operation[]): void => {
	const finished = running.filter(({action}) => !lasting.has(action.kind)).map(({action}) => `${action.kind} ${action.name}`);
	if (finished.length > 0) warn(`interrupted: nothing new begins, and what can not be left half-way is being finished: ${finished.join(', ')}`);
};

/** Does single operations of a plan. It decides nothing: that was the plan's. */
export const createPerformer = (dependencies: ComposeDependencies, performing: Performing) => {
	const {place, observed, timeoutMs, removeVolumes, killSignal = 9} = performing;
	const {namespace, snapshotter} = place;
	const {containers: service, networks, volumes, images} = dependencies;
	const containers: Containers = new Map(observed.containers.filter(({isOneOff}) => !isOneOff).map(({name, id, service: owner}) => [name, {id, service: owner}]));
	const stopping = timeoutMs === undefined ? {} : {timeoutMs};
	const perform = async ({action}: Operation, signal: AbortSignal): Promise<void> => {
		const call = lasting.has(action.kind) ? {signal} : {};
		switch (action.kind) {
			case 'create network': {
				const project = projectOf(performing);
				return void (await networks.create(namespace, networkSpecOf(action.name, project.networks[action.key] ?? {name: action.name}, networkLabelsOf(project, action.key)), call));
			}
			case 'remove network':
				return networks.remove(namespace, action.name, call);
			case 'create volume':
				return void (await volumes.create(namespace, {name: action.name, labels: volumeLabelsOf(projectOf(performing), action.key)}, call));
			case 'remove volume':
				return volumes.remove(namespace, action.name, call);
			case 'pull image': {
				const {platform} = performing.project?.services[action.service] ?? {};
				return void (await images.ensure({namespace, snapshotter, reference: action.name, pull: 'always', ...(platform === undefined ? {} : {platform})}, call));
			}
			case 'build image':
				return dependencies.build(buildRequestOf(projectOf(performing), action.service, place), call);
			case 'remove image': {
				for (const image of await images.find(namespace, action.name, call)) await images.remove(image, call);
				return;
			}
			case 'create container':
				return createContainer(dependencies, performing, containers, action, call);
			case 'start container': {
				const id = action.id ?? containers.get(action.name)?.id;
				if (id === undefined) throw new Failure('internal', `${action.name} was not made`);
				return service.start({namespace, id}, call);
			}
			case 'stop container':
				return service.stop({namespace, id: action.id}, {...call, ...stopping});
			case 'restart container':
				return service.restart({namespace, id: action.id}, {...call, ...stopping});
			case 'kill container':
				return service.kill({namespace, id: action.id}, killSignal, call);
			case 'pause container':
				return service.pause({namespace, id: action.id}, call);
			case 'unpause container':
				return service.unpause({namespace, id: action.id}, call);
			case 'remove container':
				await service.remove({namespace, id: action.id}, {...call, force: true, volumes: removeVolumes});
				containers.delete(action.name);
				return;
			default:
				return waitFor(dependencies, performing, containers, action, signal);
		}
	};
	return async (operation: Operation, signal: AbortSignal): Promise<void> => {
		const {action} = operation;
		try {
			await perform(operation, signal);
		} catch (error) {
			throw action.kind === 'wait for' ? error : failing(`${action.kind} ${action.name}`, error);
		}
	};
};
