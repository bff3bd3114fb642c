import {existsSync} from 'node:fs';
import {cachedAttachments} from '../../clients/cni/index.ts';
import type {NetworkFiles} from '../../clients/host/network-files.ts';
import {Failure} from '../../errors.ts';
import type {PortRequest} from '../../model/create-request.ts';
import type {PortMapping} from '../../model/docker-ports.ts';
import {parseAddress} from '../../model/ip-network.ts';
import {collide, holderOf, liveSockets} from './sockets.ts';
import type {CallSignal} from './types.ts';

/** docker's and nerdctl's range. */
const firstPort = 49_153;
const lastPort = 60_999;

type Published = {readonly containerId: string; readonly hostIp: string; readonly hostPort: number; readonly protocol: string};

const field = (mapping: unknown, ...names: readonly string[]): unknown => {
	const entries = Object.entries((mapping ?? {}) as Readonly<Record<string, unknown>>);
	return entries.find(([key]) => names.includes(key.toLowerCase()))?.[1];
};

/** What is published now by anybody who uses CNI: nerdctl, ctr, a kubelet's host ports. Attachments of dead namespaces publish nothing. */
const published = (): readonly Published[] =>
	cachedAttachments({})
		.filter(({netns}) => netns !== '' && existsSync(netns))
		.flatMap(({containerId, capabilityArgs}) => {
			const mappings = capabilityArgs['portMappings'];
			return (Array.isArray(mappings) ? mappings : []).map(mapping => ({
				containerId,
				hostIp: String(field(mapping, 'hostip') ?? ''),
				hostPort: Number(field(mapping, 'hostport')),
				protocol: String(field(mapping, 'protocol') || 'tcp').toLowerCase(),
			}));
		});

const sameAddress = (a: string, b: string): boolean => {
	const address = parseAddress(b === '' ? '0.0.0.0' : b);
	return address === undefined || collide(a, address);
};

/** The name that the container goes by, as its hosts file has it; `<namespace>-<id>` is all that CNI knows. */
const containerName = (files: Pick<NetworkFiles, 'readHosts'>, containerId: string): string => {
	const [, namespace, id] = /^(.+)-([\da-f]{64})$/.exec(containerId) ?? [];
	if (namespace === undefined || id === undefined) return containerId.slice(0, 12);
	const name = files.readHosts({namespace, id})?.meta.Name;
	return name === undefined || name === '' ? id.slice(0, 12) : name;
};

const taken = (mapping: PortMapping, holder: string): Failure =>
	new Failure('conflict', `port ${mapping.HostPort}/${mapping.Protocol} of ${mapping.HostIP || '0.0.0.0'} is already in use by ${holder}`, {
		hint: 'publish another port, or stop what holds this one',
	});

const check = async (mapping: PortMapping, live: readonly Published[], files: Pick<NetworkFiles, 'readHosts'>): Promise<void> => {
	const {HostIP, HostPort, Protocol} = mapping;
	const container = live.find(each => each.hostPort === HostPort && each.protocol === Protocol && sameAddress(HostIP, each.hostIp));
	if (container !== undefined) throw taken(mapping, `container ${containerName(files, container.containerId)}`);
	const socket = liveSockets(Protocol).find(each => each.port === HostPort && collide(HostIP, each.address));
	if (socket !== undefined) throw taken(mapping, (await holderOf(socket)) ?? 'another process of this machine');
};

/** Begins anywhere: nerdctl, who may choose at the same time, takes the first free one. Of choices it is the first, as Docker has it. */
const freePort = ({choices, ContainerPort, Protocol}: PortRequest, used: ReadonlySet<number>): number => {
	const {first, last} = choices ?? {first: firstPort, last: lastPort};
	const count = last - first + 1;
	const start = choices === undefined ? Math.floor(Math.random() * count) : 0;
	for (let step = 0; step < count; step++) {
		const port = first + ((start + step) % count);
		if (!used.has(port)) return port;
	}
	throw new Failure('exhausted', `There is no free port for ${ContainerPort}/${Protocol} between ${first} and ${last}`);
};

const refuseTwice = (mappings: readonly PortMapping[]): void => {
	for (const [at, mapping] of mappings.entries()) {
		const same = mappings.slice(0, at).some(each => mapping.HostPort !== 0 && each.HostPort === mapping.HostPort && each.Protocol === mapping.Protocol && sameAddress(mapping.HostIP, each.HostIP));
		if (same) throw new Failure('invalid', `port ${mapping.HostPort}/${mapping.Protocol} is published twice`);
	}
};

export type ChooseOptions = CallSignal & {readonly keep?: (ports: readonly PortMapping[]) => Promise<unknown>};

export const choosePorts = async (
	files: Pick<NetworkFiles, 'readHosts' | 'allPorts' | 'withPortsLock'>,
	wanted: readonly PortRequest[],
	{signal, keep = async () => undefined}: ChooseOptions = {},
): Promise<readonly PortMapping[]> => {
	if (wanted.length === 0) return wanted;
	refuseTwice(wanted);
	const live = published();
	for (const mapping of wanted) {
		signal?.throwIfAborted();
		if (mapping.HostPort !== 0) await check(mapping, live, files);
	}
	if (wanted.every(({HostPort}) => HostPort !== 0)) {
		await keep(wanted);
		return wanted;
	}
	return files.withPortsLock(
		async () => {
			const chosen = chooseFree(wanted, await usedPorts(files, wanted));
			await keep(chosen);
			return chosen;
		},
		signal === undefined ? {} : {signal},
	);
};

/** Also those of containers that do not run, or not yet: they will want them. */
const usedPorts = async (files: Pick<NetworkFiles, 'allPorts'>, wanted: readonly PortRequest[]): Promise<Set<number>> => {
	const reserved = (await files.allPorts()).flatMap(({ports}) => ports.map(({HostPort}) => HostPort));
	const used = new Set([...reserved, ...published().map(({hostPort}) => hostPort), ...wanted.map(({HostPort}) => HostPort)]);
	for (const protocol of new Set(wanted.map(({Protocol}) => Protocol))) for (const {port} of liveSockets(protocol)) used.add(port);
	return used;
};

const chooseFree = (wanted: readonly PortRequest[], used: Set<number>): readonly PortMapping[] =>
	wanted.map(mapping => {
		if (mapping.HostPort !== 0) return mapping;
		const {choices: _, ...rest} = mapping;
		const HostPort = freePort(mapping, used);
		used.add(HostPort);
		return {...rest, HostPort};
	});
