import {readdirSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {isIpText} from '../../model/ip-network.ts';
import {ipamOf} from './runtime-conf.ts';
import type {NetworkList} from './types.ts';

/** Where host-local keeps its leases unless a network says otherwise. */
const defaultDataDir = '/var/lib/cni/networks';

export type Lease = {readonly path: string; readonly address: string; readonly containerId: string; readonly ifName: string};

/** Undefined for a network whose addresses host-local does not give. */
export const leaseDirectory = (list: NetworkList): string | undefined => {
	const ipam = ipamOf(list);
	if (ipam?.type !== 'host-local') return undefined;
	return join(typeof ipam.dataDir === 'string' && ipam.dataDir !== '' ? ipam.dataDir : defaultDataDir, list.name);
};

/** A file per address; in it the container's id, and since CNI 0.3 the interface on a second line. Colons of IPv6 are kept. */
export const readLeases = (list: NetworkList): readonly Lease[] => {
	const directory = leaseDirectory(list);
	if (directory === undefined) return [];
	let names: readonly string[];
	try {
		names = readdirSync(directory);
	} catch {
		// Nobody ever had an address here.
		return [];
	}
	return names.filter(isIpText).flatMap(address => {
		const path = join(directory, address);
		try {
			const [containerId = '', ifName = ''] = readFileSync(path, 'utf8').trim().split(/\r?\n/);
			return [{path, address, containerId, ifName}];
		} catch {
			// Given back this moment.
			return [];
		}
	});
};

export const removeLease = ({path}: Lease): void => rmSync(path, {force: true});
