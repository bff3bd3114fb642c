import {type NetworkList, rangesOf, readLeases} from '../../clients/cni/index.ts';
import {firstHost, type IpAddress, type IpNetwork, isInside, lastAddress, parseAddress, parseNetwork} from '../../model/ip-network.ts';

type Range = ReturnType<typeof rangesOf>[number];

type Span = {readonly network: IpNetwork; readonly first: IpAddress; readonly last: IpAddress; readonly gateway: IpAddress | undefined};

const spanOf = ({subnet, gateway, rangeStart, rangeEnd}: Range): Span | undefined => {
	const network = parseNetwork(subnet);
	if (network === undefined) return undefined;
	const end = lastAddress(network);
	// The last address of an IPv4 subnet is the broadcast one.
	const last = parseAddress(rangeEnd) ?? (network.family === 4 ? {...end, value: end.value - 1n} : end);
	return {network, first: parseAddress(rangeStart) ?? firstHost(network), last, gateway: parseAddress(gateway) ?? firstHost(network)};
};

const isIn = ({first, last, network}: Span, address: IpAddress): boolean => isInside(network, address) && address.value >= first.value && address.value <= last.value;

const sizeOf = (span: Span): bigint => {
	const all = span.last.value - span.first.value + 1n;
	return span.gateway !== undefined && isIn(span, span.gateway) ? all - 1n : all;
};

/** Whether host-local has no address left of one of the families that it gives. */
export const isExhausted = (list: NetworkList): boolean => {
	const spans = rangesOf(list).flatMap(range => spanOf(range) ?? []);
	if (spans.length === 0) return false;
	const leases = readLeases(list).flatMap(({address}) => parseAddress(address) ?? []);
	return ([4, 6] as const).some(family => {
		const mine = spans.filter(({network}) => network.family === family);
		if (mine.length === 0) return false;
		const free = mine.reduce((sum, span) => sum + sizeOf(span), 0n) - BigInt(leases.filter(address => mine.some(span => isIn(span, address))).length);
		return free <= 0n;
	});
};
