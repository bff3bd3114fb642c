import {recordOf, type Spec} from './docker-spec.ts';

/** What `update` changes of a container's limits; what is undefined stays as it is. */
export type ResourceUpdate = {
	readonly cpuShares?: number;
	readonly cpuQuota?: number;
	readonly cpuPeriod?: number;
	readonly cpusetCpus?: string;
	readonly cpusetMems?: string;
	readonly memoryBytes?: number;
	readonly memoryReservationBytes?: number;
	/** −1: no limit. Undefined with `memoryBytes`: twice that. */
	readonly memorySwapBytes?: number;
	/** −1: no limit. */
	readonly pids?: number;
	readonly blkioWeight?: number;
};

type Part = Readonly<Record<string, unknown>>;

const changed = (before: unknown, changes: Part): Part | undefined => {
	const said = Object.entries(changes).filter(([, value]) => value !== undefined);
	return said.length === 0 ? undefined : {...recordOf(before), ...Object.fromEntries(said)};
};

/** `linux.resources` of a spec with the changes; the parts nobody speaks of are left as they are, devices above all. */
export const updatedResources = (resources: Spec, update: ResourceUpdate): Spec => {
	const swap = update.memorySwapBytes ?? (update.memoryBytes === undefined ? undefined : update.memoryBytes * 2);
	const parts = {
		cpu: changed(resources['cpu'], {shares: update.cpuShares, quota: update.cpuQuota, period: update.cpuPeriod, cpus: update.cpusetCpus, mems: update.cpusetMems}),
		memory: changed(resources['memory'], {limit: update.memoryBytes, reservation: update.memoryReservationBytes, swap}),
		pids: changed(resources['pids'], {limit: update.pids}),
		blockIO: changed(resources['blockIO'], {weight: update.blkioWeight}),
	};
	return {...resources, ...Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined))};
};
