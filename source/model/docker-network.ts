import {portMap, type PortMapping} from './docker-ports.ts';
import {listOf, recordOf, textOf} from './docker-spec.ts';
import {auxAddressesLabel} from './cni-network.ts';
import {goStruct, nilMap, sliceOf} from './template-struct.ts';

/** An interface inside a container, with its addresses in CIDR form. */
export type ContainerInterface = {readonly name: string; readonly mac: string; readonly addresses: readonly string[]};

/**
From nerdctl's hosts store (`etchosts/<ns>/<id>/meta.json`), which keeps what each CNI network answered. Every network's result names its
own interface inside the container: the one with a sandbox. In the order in which they were made, so that the first is the primary one.
*/
export const interfacesFromHostsMeta = (text: string | undefined): readonly ContainerInterface[] => {
	if (text === undefined) return [];
	let meta: unknown;
	try {
		meta = JSON.parse(text);
	} catch {
		// Written in place by others: half a file says nothing.
		return [];
	}
	const found = Object.values(recordOf(recordOf(meta)['Networks'])).flatMap(result => {
		const links = listOf(recordOf(result)['interfaces']).map(recordOf);
		const addresses = listOf(recordOf(result)['ips']).map(recordOf);
		return links.flatMap((link, at) =>
			textOf(link['sandbox']) === ''
				? []
				: [
						{
							name: textOf(link['name']),
							mac: textOf(link['mac']),
							addresses: addresses
								.filter(address => address['interface'] === undefined || address['interface'] === at)
								.map(address => textOf(address['address'])),
						},
					],
		);
	});
	return found.sort((a, b) => a.name.localeCompare(b.name, 'en', {numeric: true}));
};

const endpoint = ({mac, addresses}: ContainerInterface) => {
	const routable = addresses.map(address => address.split('/')).filter(([ip = '']) => !/^(127\.|169\.254\.|::1$|fe80:)/i.test(ip));
	const v4 = routable.findLast(([ip = '']) => !ip.includes(':'));
	const v6 = routable.findLast(([ip = '']) => ip.includes(':'));
	return {
		IPAddress: v4?.[0] ?? '',
		IPPrefixLen: Number(v4?.[1] ?? 0),
		GlobalIPv6Address: v6?.[0] ?? '',
		GlobalIPv6PrefixLen: Number(v6?.[1] ?? 0),
		MacAddress: mac,
	};
};

/** nerdctl can't tell which network an interface belongs to and says `unknown-eth0`; scripts that range over Networks get the same here. */
export const networkSettings = (interfaces: readonly ContainerInterface[], ports: readonly PortMapping[]) => {
	const endpoints = interfaces.map(
		link => [`unknown-${link.name}`, goStruct('*dockercompat.NetworkEndpointSettings', endpoint(link))] as const,
	);
	const primary = endpoints[0]?.[1] ?? endpoint({name: '', mac: '', addresses: []});
	return goStruct('*dockercompat.NetworkSettings', {
		Ports: interfaces.length === 0 ? {} : portMap(ports),
		GlobalIPv6Address: primary.GlobalIPv6Address,
		GlobalIPv6PrefixLen: primary.GlobalIPv6PrefixLen,
		IPAddress: primary.IPAddress,
		IPPrefixLen: primary.IPPrefixLen,
		MacAddress: primary.MacAddress,
		Networks: Object.fromEntries(endpoints),
	});
};

/** What `network inspect` is told of a network; the parts of services/networks that it shows. */
export type DescribedNetwork = {
	readonly name: string;
	/** Empty for one that nerdctl did not write. */
	readonly id: string;
	readonly path: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly config: Readonly<Record<string, unknown>>;
};

export type NetworkMember = {readonly id: string; readonly name: string; readonly mac: string; readonly addresses: readonly string[]};

type Auxiliary = Readonly<Record<string, Readonly<Record<string, string>>>>;

const auxiliaryOf = (label: string | undefined): Auxiliary => {
	try {
		return recordOf(JSON.parse(label ?? '{}')) as Auxiliary;
	} catch {
		// Anybody may write a label.
		return {};
	}
};

/** An aux-address splits a subnet into several ranges: it is one entry all the same. */
const ipamConfig = ({config, labels}: DescribedNetwork) => {
	const auxiliary = auxiliaryOf(labels[auxAddressesLabel]);
	const sets = listOf(config['plugins']).flatMap(plugin => listOf(recordOf(recordOf(plugin)['ipam'])['ranges']));
	return sets.flatMap(set => {
		const bySubnet = new Map(listOf(set).map(recordOf).toReversed().map(range => [textOf(range['subnet']), range]));
		return [...bySubnet].toReversed().map(([subnet, range]) =>
			goStruct(
				'dockercompat.IPAMConfig',
				{Subnet: subnet, Gateway: textOf(range['gateway']), IPRange: textOf(range['ipRange']), AuxiliaryAddresses: auxiliary[subnet] ?? nilMap},
				{omitEmpty: ['Subnet', 'Gateway', 'IPRange', 'AuxiliaryAddresses']},
			),
		);
	});
};

const member = ({name, mac, addresses}: NetworkMember) => {
	const routable = addresses.filter(address => !/^(127\.|169\.254\.|::1\/|fe80:)/i.test(address));
	return goStruct('dockercompat.EndpointResource', {
		Name: name,
		MacAddress: mac,
		IPv4Address: routable.findLast(address => !address.includes(':')) ?? '',
		IPv6Address: routable.findLast(address => address.includes(':')) ?? '',
	});
};

/** `network inspect`. */
export const dockerNetwork = (network: DescribedNetwork, members: readonly NetworkMember[]) => {
	const labels = Object.fromEntries(Object.entries(network.labels).filter(([key]) => key !== auxAddressesLabel));
	return goStruct(
		'*dockercompat.Network',
		{
			Name: network.name,
			Id: network.id,
			IPAM: goStruct('dockercompat.IPAM', {Config: ipamConfig(network)}, {omitEmpty: ['Config']}),
			Labels: Object.keys(network.labels).length === 0 ? nilMap : labels,
			Containers: Object.fromEntries(members.map(each => [each.id, member(each)])),
		},
		{omitEmpty: ['Id'], names: {ID: 'Id'}},
	);
};

/** Go keeps text that is JSON already as it is, where it would sort a map's keys. */
const inOrder = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(inOrder);
	if (typeof value !== 'object' || value === null) return value;
	return goStruct('json.RawMessage', Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inOrder(item)])));
};

/** `network inspect --mode=native`. */
export const nativeNetwork = ({config, id, labels, path}: DescribedNetwork, containers: readonly unknown[]) =>
	goStruct(
		'*native.Network',
		{
			CNI: inOrder(config),
			NerdctlID: id === '' ? null : id,
			NerdctlLabels: Object.keys(labels).length === 0 ? nilMap : labels,
			File: path,
			Containers: sliceOf(containers),
		},
		{omitEmpty: ['NerdctlLabels', 'File']},
	);
