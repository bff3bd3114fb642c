import {Failure} from '../../../errors.ts';
import type {NetworkRequest, PortRequest} from '../../create-request.ts';
import {labels} from '../../labels.ts';
import {parseExposed} from '../../request/index.ts';
import type {Attachment, Port, Project, Service} from '../project.ts';
import {serviceReference} from '../project.ts';

/** What a replica has to know of the others: the container that stands for a service whose namespace is shared. */
export type Neighbours = {readonly containerOf: (service: string) => string};

const published = ({published: text = ''}: Port, path: string): Pick<PortRequest, 'HostPort' | 'choices'> => {
	if (text === '') return {HostPort: 0};
	const [, first = '', last] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
	if (first === '') throw new Failure('invalid', `${path} has ${JSON.stringify(text)} for a port`);
	return last === undefined || last === first ? {HostPort: Number(first)} : {HostPort: 0, choices: {first: Number(first), last: Number(last)}};
};

const portOf = (port: Port, path: string): PortRequest => ({
	...published(port, path),
	ContainerPort: port.target,
	Protocol: port.protocol,
	HostIP: port.host_ip ?? '0.0.0.0',
});

/** In docker's order, which decides the interface names: the higher priority first, then by name. */
const inOrder = (networks: NonNullable<Service['networks']>): ReadonlyArray<readonly [string, Attachment]> =>
	Object.entries(networks)
		.map(([key, attachment]) => [key, attachment ?? {}] as const)
		.sort(([one, {priority: first = 0}], [other, {priority: second = 0}]) => second - first || (one < other ? -1 : 1));

const modeOf = (mode: string, {containerOf}: Neighbours): string => {
	const service = serviceReference(mode);
	if (service !== undefined) return `container:${containerOf(service)}`;
	return mode;
};

const refuseParts = (name: string, key: string, attachment: Attachment): void => {
	const part = (['link_local_ips', 'interface_name', 'driver_opts'] as const).find(one => attachment[one] !== undefined);
	if (part !== undefined) throw new Failure('unsupported', `services.${name}.networks.${key}.${part} is not supported`, {hint: 'CNI has no place for it'});
};

/** Nerdctl has one place for a static address; those of several networks go where our own hook finds them. */
type Addresses = {readonly address: Pick<NetworkRequest, 'ip' | 'ip6'>; readonly extra: Readonly<Record<string, string>>};

const addressesOf = (attached: ReadonlyArray<readonly [string, Attachment]>): Addresses => {
	const said = attached.filter(([, {ipv4_address: ip, ipv6_address: ip6}]) => ip !== undefined || ip6 !== undefined);
	if (said.length === 0) return {address: {}, extra: {}};
	if (attached.length === 1) {
		const [[, {ipv4_address: ip, ipv6_address: ip6}] = ['', {}]] = said;
		return {address: {...(ip === undefined ? {} : {ip}), ...(ip6 === undefined ? {} : {ip6})}, extra: {}};
	}
	const byNetwork = said.map(([network, {ipv4_address: ip, ipv6_address: ip6}]) => [network, {...(ip === undefined ? {} : {ip}), ...(ip6 === undefined ? {} : {ip6})}]);
	return {address: {}, extra: {[labels.networkAddresses]: JSON.stringify(Object.fromEntries(byNetwork))}};
};

export type NetworkPart = {
	readonly network: NetworkRequest;
	/** For labels and annotations alike. */
	readonly extra: Readonly<Record<string, string>>;
};

export const networkOf = (project: Project, name: string, neighbours: Neighbours): NetworkPart => {
	const service = project.services[name] ?? {};
	const attached = inOrder(service.network_mode === undefined ? (service.networks ?? {}) : {}).map(([key, attachment]) => {
		refuseParts(name, key, attachment);
		return [project.networks[key]?.name ?? key, attachment] as const;
	});
	const {address, extra} = addressesOf(attached);
	const mac = service.mac_address ?? attached.find(([, {mac_address: one}]) => one !== undefined)?.[1].mac_address;
	const names = attached.map(([network]) => network);
	return {
		extra,
		network: {
			networks: service.network_mode === undefined ? (names.length === 0 ? ['none'] : names) : [modeOf(service.network_mode, neighbours)],
			ports: (service.ports ?? []).map((port, at) => portOf(port, `services.${name}.ports[${at}]`)),
			publishAll: false,
			exposed: (service.expose ?? []).flatMap(parseExposed),
			dns: service.dns ?? [],
			dnsSearch: service.dns_search ?? [],
			dnsOptions: service.dns_opt ?? [],
			extraHosts: Object.entries(service.extra_hosts ?? {}).flatMap(([host, addresses]) => addresses.map(one => `${host}:${one}`)),
			...address,
			...(mac === undefined ? {} : {macAddress: mac}),
			aliases: Object.fromEntries(attached.map(([network, {aliases = []}]) => [network, [...new Set([name, ...aliases])]])),
		},
	};
};
