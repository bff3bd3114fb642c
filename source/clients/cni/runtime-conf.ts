import type {PortMapping} from '../../model/docker-ports.ts';
import {isInside, parseAddress, parseNetwork} from '../../model/ip-network.ts';
import type {NetworkList, PluginConfig, RuntimeConf} from './types.ts';

/** What a container asks of its networks. */
export type Endpoint = {
	readonly cniId: string;
	/** Told to DHCP servers. */
	readonly hostname: string;
	readonly ports: readonly PortMapping[];
	/** nerdctl's: one for all networks; the network whose subnet it is in is meant. */
	readonly ip: string;
	readonly ip6: string;
	readonly mac: string;
	/** By network; they come before the one for all. */
	readonly addresses: Readonly<Record<string, NetworkAddresses>>;
};

export type NetworkAddresses = {readonly ip?: string; readonly ip6?: string};

type Ipam = {readonly type?: unknown; readonly subnet?: unknown; readonly gateway?: unknown; readonly ranges?: unknown; readonly dataDir?: unknown};

export const ipamOf = ({plugins}: NetworkList): Ipam | undefined => plugins.map(({ipam}) => ipam as Ipam | undefined).find(ipam => typeof ipam === 'object' && ipam !== null);

export type ListedRange = {readonly subnet: string; readonly gateway: string; readonly ipRange: string; readonly rangeStart: string; readonly rangeEnd: string};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** host-local takes one subnet, or sets of ranges. */
export const rangesOf = (list: NetworkList): readonly ListedRange[] => {
	const ipam = ipamOf(list);
	const sets = [ipam?.subnet === undefined ? [] : [ipam], ipam?.ranges ?? []].flat(3);
	return sets
		.filter((range): range is Readonly<Record<string, unknown>> => typeof range === 'object' && range !== null)
		.map(range => ({
			subnet: text(range['subnet']),
			gateway: text(range['gateway']),
			ipRange: text(range['ipRange']),
			rangeStart: text(range['rangeStart']),
			rangeEnd: text(range['rangeEnd']),
		}));
};

const hasCapability = (name: string) => ({capabilities}: PluginConfig): boolean => capabilities?.[name] === true;

/** The list that an address belongs to; the first one when no range tells. */
const homeOf = (lists: readonly NetworkList[], address: string): NetworkList | undefined => {
	const wanted = parseAddress(address);
	if (wanted === undefined) return undefined;
	const fits = (list: NetworkList): boolean =>
		rangesOf(list).some(({subnet}) => {
			const network = parseNetwork(subnet);
			return network !== undefined && isInside(network, wanted);
		});
	return lists.find(fits) ?? lists[0];
};

/** As the portmap plugin documents them; Go reads nerdctl's capitals all the same. */
const documented = ({HostPort, ContainerPort, Protocol, HostIP}: PortMapping) => ({hostPort: HostPort, containerPort: ContainerPort, protocol: Protocol, hostIP: HostIP});

/**
How a container is to be attached to each of its networks, in their order. nerdctl asks every network for the same address and publishes every
port on each of them; an address is in one subnet only, and a port leads to one address, so here the first that can has it.
*/
export const runtimeConfs = (endpoint: Endpoint, lists: readonly NetworkList[], netns: string, ifNames: readonly string[] = []): readonly RuntimeConf[] => {
	const {cniId, hostname, ports, mac, addresses} = endpoint;
	const publisher = ports.length === 0 ? undefined : lists.find(({plugins}) => plugins.some(hasCapability('portMappings')));
	const [home4, home6] = [homeOf(lists, endpoint.ip), homeOf(lists, endpoint.ip6)];
	return lists.map((list, at) => {
		const ip = addresses[list.name]?.ip || (list === home4 ? endpoint.ip : '');
		const ip6 = addresses[list.name]?.ip6 || (list === home6 ? endpoint.ip6 : '');
		return {
			containerId: cniId,
			netns,
			ifName: ifNames[at] ?? `eth${at}`,
			args: [
				['IgnoreUnknown', '1'],
				...(hostname === '' ? [] : [['NERDCTL_CNI_DHCP_HOSTNAME', hostname] as const]),
				...(ip === '' ? [] : [['IP', ip] as const]),
				...(mac !== '' && at === 0 ? [['MAC', mac] as const] : []),
			],
			capabilityArgs: {
				...(list === publisher ? {portMappings: ports.map(documented)} : {}),
				...(ip6 === '' ? {} : {ips: [ip6]}),
			},
		};
	});
};
