import {readFile} from 'node:fs/promises';
import {imageOf} from '../../model/compose/hash.ts';
import type {Project} from '../../model/compose/project.ts';
import {type FilePaths, profilesOf, type Requested, requestOf} from '../../model/compose/request/index.ts';
import type {Call, ComposeDependencies, Place} from './dependencies.ts';

export type ContainerWish = {
	readonly service: string;
	readonly number: number;
	readonly isOneOff: boolean;
	readonly containerName: string;
	readonly files: FilePaths;
	/** The container that stands for a service whose namespaces are shared. */
	readonly containerOf: (service: string) => string;
	/** Of the image when somebody has looked already. */
	readonly imageDigest?: string | undefined;
};

/** What one container of a service is to be, with what has to be read for it: profiles, and which image its name means now. */
export const containerRequest = async (dependencies: ComposeDependencies, place: Place, project: Project, wish: ContainerWish, call: Call): Promise<Requested> => {
	const service = project.services[wish.service] ?? {};
	const profiles = await Promise.all(profilesOf(service).map(async path => [path, await readFile(path, 'utf8')] as const));
	const [found] = await dependencies.images.find(place.namespace, imageOf(project, wish.service, service), call);
	const imageDigest = found?.target.digest ?? wish.imageDigest;
	const {service: name, number, isOneOff, containerName, containerOf, files} = wish;
	return requestOf(project, name, {...place, number, isOneOff, containerName, containerOf, files, profiles: Object.fromEntries(profiles), ...(imageDigest === undefined ? {} : {imageDigest})});
};
