import {Failure} from '../../../errors.ts';
import type {Network, Project} from '../project.ts';
import type {Draft} from './draft.ts';
import type {Observed, ObservedNetwork} from './types.ts';

/** What is to be made or was changed, by the project's key: those who use it wait for the operation, or must be made anew. */
export type Resources = {
	/** Grows when a changed one is made anew. */
	readonly networks: Map<string, number>;
	readonly volumes: ReadonlyMap<string, number>;
	/** Networks that differ from what the file says, with the difference. */
	readonly changedNetworks: ReadonlyMap<string, string>;
};

const differenceOf = (wanted: Network, there: ObservedNetwork): string | undefined => {
	const driver = wanted.driver === undefined || wanted.driver === 'default' ? 'bridge' : wanted.driver;
	if (there.driver !== '' && driver !== there.driver) return `its driver is ${there.driver} and should be ${driver}`;
	if ((wanted.internal === true) !== there.isInternal) return there.isInternal ? 'it is internal and should not be' : 'it should be internal';
	const subnets = (wanted.ipam?.config ?? []).flatMap(({subnet}) => subnet ?? []);
	const missing = subnets.find(subnet => !there.subnets.includes(subnet));
	return missing === undefined ? undefined : `it has ${there.subnets.join(' and ')}, and should have ${missing}`;
};

const missing = (kind: string, name: string): Failure => new Failure('not-found', `the ${kind} ${name} is external, and it is not there`, {hint: `create it: gantry ${kind} create ${name}`});

const foreign = (project: Project, {name, project: owner}: ObservedNetwork): Failure =>
	new Failure('conflict', owner === '' ? `the network ${name} is there, and no project made it` : `the network ${name} belongs to the project ${owner}`, {
		hint: `say that it is external, or give the network of ${project.name} another name`,
	});

/** Networks and volumes that the services use. A volume is never taken away because it changed: its data is somebody's. */
export const planResources = (project: Project, observed: Observed, draft: Draft): Resources => {
	const networks = new Map<string, number>();
	const volumes = new Map<string, number>();
	const changedNetworks = new Map<string, string>();
	const networksByName = new Map(observed.networks.map(network => [network.name, network]));
	for (const [key, network] of Object.entries(project.networks)) {
		const there = networksByName.get(network.name);
		if (network.external === true) {
			if (there === undefined) throw missing('network', network.name);
			continue;
		}
		if (there === undefined) networks.set(key, draft.add({kind: 'create network', key, name: network.name}, 'it is not there'));
		else if (there.project !== project.name) throw foreign(project, there);
		else {
			const difference = differenceOf(network, there);
			if (difference !== undefined) changedNetworks.set(key, difference);
		}
	}
	const volumesByName = new Map(observed.volumes.map(volume => [volume.name, volume]));
	for (const [key, volume] of Object.entries(project.volumes)) {
		const there = volumesByName.get(volume.name);
		if (volume.external === true) {
			if (there === undefined) throw missing('volume', volume.name);
			continue;
		}
		if (volume.driver !== undefined && volume.driver !== 'local' && volume.driver !== 'default')
			throw new Failure('unsupported', `volumes.${key}.driver ${volume.driver} is not supported`, {hint: 'volumes are directories of this machine: leave the driver out'});
		if (Object.keys(volume.driver_opts ?? {}).length > 0) throw new Failure('unsupported', `volumes.${key}.driver_opts is not supported`, {hint: 'mount the directory itself'});
		if (there === undefined) volumes.set(key, draft.add({kind: 'create volume', key, name: volume.name}, 'it is not there'));
		else if (there.project !== project.name)
			draft.warn(there.project === '' ? `the volume ${volume.name} is there already, and no project made it; it is used as it is` : `the volume ${volume.name} belongs to the project ${there.project}; it is used as it is`);
	}
	return {networks, volumes, changedNetworks};
};
