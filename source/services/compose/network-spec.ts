import {Failure} from '../../errors.ts';
import type {Network} from '../../model/compose/project.ts';
import type {NetworkSpec} from '../networks/types.ts';

const drivers: Readonly<Record<string, string>> = {default: 'bridge', bridge: 'bridge', macvlan: 'macvlan', ipvlan: 'ipvlan'};

/** A network of a project as the networks service makes it. */
export const networkSpecOf = (name: string, network: Network, labels: Readonly<Record<string, string>>): NetworkSpec => {
	const driver = drivers[network.driver ?? 'bridge'];
	if (driver === undefined) throw new Failure('unsupported', `the driver ${network.driver} of the network ${name} is not supported`, {hint: 'it is bridge, macvlan or ipvlan'});
	const pools = network.ipam?.config ?? [];
	const ipamDriver = network.ipam?.driver ?? 'default';
	return {
		name,
		driver,
		options: network.driver_opts ?? {},
		ipamDriver,
		ipamOptions: network.ipam?.options ?? {},
		subnets: pools.flatMap(({subnet}) => subnet ?? []),
		gateways: pools.flatMap(({gateway}) => gateway ?? []),
		ipRanges: pools.flatMap(({ip_range: range}) => range ?? []),
		auxAddresses: pools.flatMap(({aux_addresses: all = {}}) => Object.entries(all).map(([host, address]) => `${host}=${address}`)),
		labels,
		ipv4: true,
		ipv6: network.enable_ipv6 === true,
		internal: network.internal === true,
	};
};
