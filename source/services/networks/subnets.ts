import {readFileSync} from 'node:fs';
import {type NetworkList, rangesOf} from '../../clients/cni/index.ts';
import {Failure} from '../../errors.ts';
import {formatNetwork, type IpNetwork, nextNetwork, overlaps, parseNetwork} from '../../model/ip-network.ts';

/** What is taken on this machine. */
export type UsedSubnets = {
	/** Of other networks, and of interfaces that are there: two of one subnet can't both be reached. */
	readonly taken: readonly IpNetwork[];
	/** What is reached through a gateway, such as a VPN's networks: left alone where there is a choice. */
	readonly routed: readonly IpNetwork[];
};

const text = (path: string): string => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		// A machine without IPv6 has no table of it.
		return '';
	}
};

/** The kernel writes IPv4 as a number in its own byte order, little-endian on everything that runs containers. */
const v4From = (hex: string): number => Buffer.from(hex, 'hex').readUInt32LE(0);

const onesIn = (mask: number): number => mask.toString(2).replaceAll('0', '').length;

/** Interfaces without a carrier are in it, which `getifaddrs` leaves out: an empty bridge is one. The default route says nothing. */
export const readRoutes = (table: string): {readonly connected: readonly IpNetwork[]; readonly routed: readonly IpNetwork[]} => {
	const rows = table
		.split('\n')
		.slice(1)
		.map(line => line.trim().split(/\s+/))
		.filter(fields => fields.length >= 8)
		.map(([, destination = '', gateway = '', , , , , mask = '']) => ({
			network: {family: 4 as const, value: BigInt(v4From(destination)), prefix: onesIn(v4From(mask))},
			isConnected: v4From(gateway) === 0,
		}))
		.filter(({network}) => network.prefix > 0);
	const networksOf = (isConnected: boolean): readonly IpNetwork[] => rows.filter(row => row.isConnected === isConnected).map(({network}) => network);
	return {connected: networksOf(true), routed: networksOf(false)};
};

/** Every address with its prefix; link-local ones are everywhere and say nothing. */
export const readAddresses6 = (table: string): readonly IpNetwork[] =>
	table.split('\n').flatMap(line => {
		const [hex = '', , prefix = ''] = line.trim().split(/\s+/);
		if (hex.length !== 32 || hex.startsWith('fe8')) return [];
		return parseNetwork(`${hex.match(/.{4}/g)!.join(':')}/${Number.parseInt(prefix, 16)}`) ?? [];
	});

export const usedSubnets = (lists: readonly NetworkList[]): UsedSubnets => {
	const {connected, routed} = readRoutes(text('/proc/net/route'));
	const configured = lists.flatMap(rangesOf).flatMap(({subnet}) => parseNetwork(subnet) ?? []);
	return {taken: [...configured, ...connected, ...readAddresses6(text('/proc/net/if_inet6'))], routed};
};

/** Where nerdctl begins to look; 10.4.0.0/24 is the default network's. Beyond 10.0.0.0/8 addresses are other people's. */
const firstCandidate = parseNetwork('10.4.1.0/24')!;
const allCandidates = parseNetwork('10.0.0.0/8')!;

const firstFree = (used: readonly IpNetwork[]): IpNetwork | undefined => {
	for (let candidate: IpNetwork | undefined = firstCandidate; candidate !== undefined && overlaps(candidate, allCandidates); candidate = nextNetwork(candidate)) {
		const network = candidate;
		if (!used.some(each => overlaps(each, network))) return network;
	}
	return undefined;
};

export const freeSubnet = ({taken, routed}: UsedSubnets): IpNetwork => {
	const found = firstFree([...taken, ...routed]) ?? firstFree(taken);
	if (found === undefined) throw new Failure('exhausted', 'There is no free subnet left below 10.4.1.0/24 and up to the end of 10.0.0.0/8', {hint: 'say one with --subnet'});
	return found;
};

/** A subnet that the user wants. */
export const checkedSubnet = (wanted: string, {taken}: UsedSubnets): IpNetwork => {
	const network = parseNetwork(wanted);
	if (network === undefined || !wanted.includes('/')) throw new Failure('invalid', `failed to parse subnet ${JSON.stringify(wanted)}`, {hint: 'write it as 10.5.0.0/16'});
	const base = parseNetwork(wanted.split('/')[0]!)!;
	if (base.value !== network.value) throw new Failure('invalid', `unexpected subnet ${JSON.stringify(wanted)}, maybe you meant ${JSON.stringify(formatNetwork(network))}?`);
	const other = taken.find(each => overlaps(each, network));
	if (other !== undefined) throw new Failure('conflict', `subnet ${wanted} overlaps with other one on this address space: ${formatNetwork(other)}`);
	return network;
};
