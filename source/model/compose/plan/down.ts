import {imageOf} from '../hash.ts';
import type {Project} from '../project.ts';
import {dependantsOf, leavesFirst} from './dependants.ts';
import {createDraft} from './draft.ts';
import type {Observed, ObservedContainer, Plan} from './types.ts';

export type DownOptions = {
	/** Undefined when the project's files are gone: then its labels are all there is. */
	readonly project: Project | undefined;
	readonly removeOrphans: boolean;
	readonly volumes: boolean;
	readonly images: 'none' | 'local' | 'all';
};

/** Takes a project down: containers, those that others depend on last, then networks; volumes and images where that was asked for. */
export const planDown = (name: string, observed: Observed, {project, removeOrphans, volumes, images}: DownOptions): Plan => {
	const draft = createDraft();
	const isOrphan = ({service}: ObservedContainer): boolean => project !== undefined && !Object.hasOwn(project.services, service) && !Object.hasOwn(project.disabled, service);
	const staying = removeOrphans ? [] : observed.containers.filter(isOrphan);
	const going = observed.containers.filter(container => !staying.includes(container));
	for (const {name: own, service} of staying) draft.warn(`${own} is left over: the project has no service ${service} any more; --remove-orphans removes it`);
	const dependants = dependantsOf(going, project);
	const byService = Map.groupBy(going, ({service}) => service);
	const removed = new Map<string, readonly number[]>();
	for (const service of leavesFirst([...byService.keys()], dependants)) {
		const after = [...(dependants.get(service) ?? [])].flatMap(other => removed.get(other) ?? []);
		const ids = (byService.get(service) ?? []).map(({number, name: own, id, state}) => {
			const because = 'the project is taken down';
			const stop = state === 'running' || state === 'paused' ? [draft.add({kind: 'stop container', service, number, name: own, id}, because, after)] : after;
			return draft.add({kind: 'remove container', service, number, name: own, id}, because, stop);
		});
		removed.set(service, ids);
	}
	const all = [...removed.values()].flat();
	for (const {key, name: network} of observed.networks.filter(one => one.project === name)) draft.add({kind: 'remove network', key, name: network}, 'the project is taken down', all);
	if (volumes) for (const {key, name: volume} of observed.volumes.filter(one => one.project === name)) draft.add({kind: 'remove volume', key, name: volume}, 'it was asked for', all);
	if (images !== 'none' && project !== undefined)
		for (const [service, said] of Object.entries(project.services)) {
			const image = imageOf(project, service, said);
			const isLocal = said.image === undefined;
			if (observed.images[image] !== undefined && (images === 'all' || isLocal)) draft.add({kind: 'remove image', service, name: image}, 'it was asked for', all);
		}
	return {project: name, operations: draft.operations, warnings: draft.warnings};
};
