import type {Host} from '../../clients/host/types.ts';
import {createHost} from '../../clients/host/index.ts';
import {type DownOptions, type EachOptions, type ImagesOptions, type ObservedContainer, type Plan, planUp, type UpOptions} from '../../model/compose/plan/index.ts';
import type {Project} from '../../model/compose/project.ts';
import {usualUp} from '../../model/compose/usual-up.ts';
import type {Requested} from '../../model/compose/request/index.ts';
import type {BuildRequest} from '../builds/types.ts';
import {buildRequestOf} from './build-request.ts';
import type {Call, ComposeDependencies, Place} from './dependencies.ts';
import {type DownCall, down} from './down.ts';
import {each, type EachCall} from './each.ts';
import {images, type ImagesCall} from './images.ts';
import {look, observe} from './observe.ts';
import {oneOff, type OneOffOptions} from './one-off.ts';
import {type UpCall, up} from './up.ts';

export {completePath, readSource, sourceAround, sourceAt} from './read-source.ts';
export type {Place} from './dependencies.ts';
export type {EachCall} from './each.ts';
export type {ImagesCall} from './images.ts';
export type {OperationEvent} from './execute.ts';
export {load as loadProject} from './load.ts';
export type {Loaded, LoadOptions} from './types.ts';

export type ComposeService = {
	up(project: Project, options: UpOptions, call: UpCall): Promise<Plan>;
	down(name: string, options: DownOptions, call: DownCall): Promise<Plan>;
	/** One verb for containers that the project has. */
	each(name: string, options: EachOptions, call: EachCall): Promise<Plan>;
	/** One look at the namespace; what it answers tells what `up` would do to any project now. */
	look(call?: Call): Promise<(project: Project) => Promise<Plan>>;
	/** Pulls or builds the images of a project's services. */
	images(project: Project, options: ImagesOptions, call: ImagesCall): Promise<Plan>;
	/** What is to be built for a service, but for who builds it. `unsupported` for what can not be. */
	buildRequest(project: Project, service: string): Omit<BuildRequest, 'address' | 'stdout'>;
	/** What a container of `run` is to be; made with the containers service. */
	oneOff(project: Project, options: OneOffOptions, call: Call & {readonly warn: (warning: string) => void}): Promise<Requested>;
	/** Containers that say they belong to a project, one-off ones too. */
	containers(name: string, call?: Call): Promise<readonly ObservedContainer[]>;
};

/** What can be done to a project, on one daemon and in one namespace. */
export const createCompose = ({address, dataRoot, place, ...parts}: Omit<ComposeDependencies, 'dataStore'> & {readonly address: string; readonly dataRoot: string; readonly place: Place}): ComposeService => {
	const host: Pick<Host, 'dataStore'> = createHost({address, dataRoot});
	const dependencies: ComposeDependencies = {...parts, dataStore: host.dataStore()};
	return {
		up: (project, options, call) => up(dependencies, place, project, options, call),
		down: (name, options, call) => down(dependencies, place, name, options, call),
		each: (name, options, call) => each(dependencies, place, name, options, call),
		look: async call => {
			const observed = await look(dependencies, place.namespace, call);
			return async project => planUp(project, await observed(project.name, project), usualUp);
		},
		images: (project, options, call) => images(dependencies, place, project, options, call),
		buildRequest: (project, service) => buildRequestOf(project, service, place),
		oneOff: (project, options, call) => oneOff(dependencies, place, project, options, call),
		containers: async (name, call) => (await observe(dependencies, place.namespace, name, undefined, call)).containers,
	};
};
