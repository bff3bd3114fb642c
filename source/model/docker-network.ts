import {portMap, type PortMapping} from './docker-ports.ts';
import {listOf, recordOf, textOf} from './docker-spec.ts';
import {goStruct} from './template-struct.ts';

/** An interface inside a container, with its addresses in CIDR form. */
export type ContainerInterface = {readonly name: string; readonly mac: string; readonly addresses: readonly string[]};

/**
From nerdctl's hosts store (`etchosts/<ns>/<id>/meta.json`), which keeps what each CNI network answered. Every network's result names its
own interface inside the container: the one with a sandbox.
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
	return Object.values(recordOf(recordOf(meta)['Networks'])).flatMap(result => {
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
