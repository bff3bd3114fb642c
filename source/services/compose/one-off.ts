import type {Project} from '../../model/compose/project.ts';
import {containerName, type Requested} from '../../model/compose/request/index.ts';
import {containerRequest} from './container-request.ts';
import type {Call, ComposeDependencies, Place} from './dependencies.ts';
import {materialise, projectFolder} from './materials.ts';
import {observe} from './observe.ts';
import {withProject} from './project-lock.ts';

export type OneOffOptions = {readonly service: string; readonly containerName: string};

/** What a container of a service is to be that is no replica of it: made by `run`, for one command. What it needs is there: `up` with `oneOff` made it. */
export const oneOff = async (dependencies: ComposeDependencies, place: Place, project: Project, options: OneOffOptions, call: Call & {readonly warn: (warning: string) => void}): Promise<Requested> => {
	const {signal, warn} = call;
	const calling = signal === undefined ? {} : {signal};
	const {containers} = await observe(dependencies, place.namespace, project.name, undefined, calling);
	const containerOf = (service: string): string => containers.find(one => one.service === service && !one.isOneOff)?.name ?? containerName(project, service, 1);
	const files = await withProject(
		dependencies.dataStore,
		{namespace: place.namespace, project: project.name},
		async () => materialise(project, projectFolder(dependencies.dataStore, place.namespace, project.name)),
		{...calling, onWait: () => warn(`another program works on ${project.name}: waiting for it`)},
	);
	return containerRequest(dependencies, place, project, {...options, number: 1, isOneOff: true, containerOf, files}, calling);
};
