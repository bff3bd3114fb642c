import {configHash} from '../hash.ts';
import type {Project} from '../project.ts';
import {maker} from '../request/index.ts';
import type {ObservedContainer} from './types.ts';

export type Recreate = 'changed' | 'always' | 'never';

export type ReplicaPlan = {
	readonly keep: readonly ObservedContainer[];
	readonly recreate: ReadonlyArray<{readonly container: ObservedContainer; readonly because: string}>;
	readonly remove: ReadonlyArray<{readonly container: ObservedContainer; readonly because: string}>;
	/** Numbers of those that are missing. */
	readonly create: readonly number[];
};

export type ReplicaInput = {
	readonly project: Project;
	readonly name: string;
	readonly containers: readonly ObservedContainer[];
	readonly scale: number;
	readonly recreate: Recreate;
	readonly containerNameOf: (number: number) => string;
	/** Of the service's image now; undefined when it is not there, or unknown. */
	readonly imageDigest: string | undefined;
	/** Why each of them must be made anew, whatever its hash: a network or a neighbour that it is bound to changes. */
	readonly reason: string | undefined;
};

const outdated = (container: ObservedContainer, hash: string, {recreate, imageDigest, reason, containerNameOf}: ReplicaInput): string | undefined => {
	if (reason !== undefined) return reason;
	if (recreate === 'never') return undefined;
	if (recreate === 'always') return 'it was asked for';
	if (container.name !== containerNameOf(container.number)) return `it is to be called ${containerNameOf(container.number)}`;
	if (container.hash !== hash) return container.maker === maker ? 'its service has changed' : `${container.maker === '' ? 'nerdctl' : 'docker compose'} made it, and hashes otherwise`;
	if (imageDigest !== undefined && container.imageDigest !== '' && container.imageDigest !== imageDigest) return 'its image has changed';
	return undefined;
};

/** What becomes of a service's containers. Of too many, those that are out of date go first, then the highest numbers. */
export const planReplicas = (input: ReplicaInput): ReplicaPlan => {
	const {project, name, containers, scale} = input;
	const hash = containers.length === 0 ? '' : configHash(project, name);
	const judged = containers
		.map(container => ({container, because: outdated(container, hash, input)}))
		.sort((one, other) => Number(one.because !== undefined) - Number(other.because !== undefined) || one.container.number - other.container.number);
	const kept = judged.slice(0, scale);
	const used = new Set(kept.map(({container}) => container.number));
	const create: number[] = [];
	for (let number = 1; used.size < scale; number += 1) {
		if (used.has(number)) continue;
		used.add(number);
		create.push(number);
	}
	return {
		keep: kept.filter(({because}) => because === undefined).map(({container}) => container),
		recreate: kept.flatMap(({container, because}) => (because === undefined ? [] : [{container, because}])),
		remove: judged.slice(scale).map(({container}) => ({container, because: scale === 0 ? 'its service has no replicas' : `its service has ${scale} ${scale === 1 ? 'replica' : 'replicas'}`})),
		create,
	};
};

