import {Failure} from '../../errors.ts';
import {hostLocalIpam, type IpamRange} from '../../model/cni-network.ts';
import {firstHost, formatAddress, formatNetwork, type IpAddress, type IpNetwork, isInside, lastAddress, parseAddress, parseNetwork} from '../../model/ip-network.ts';
import {checkedSubnet, freeSubnet, type UsedSubnets} from './subnets.ts';
import type {NetworkSpec} from './types.ts';

type Config = Readonly<Record<string, unknown>>;

export type Ipam = {
	readonly config: Config;
	/** The kept addresses by subnet: host-local has no place for them, so nerdctl keeps them in a label. */
	readonly auxiliary: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

type Named = {readonly name: string; readonly text: string; readonly address: IpAddress};

const addressOr = (text: string, what: string): IpAddress => {
	const address = parseAddress(text);
	if (address === undefined) throw new Failure('invalid', `${what} ${JSON.stringify(text)}`);
	return address;
};

const networkOr = (text: string, what: string): IpNetwork => {
	const network = text.includes('/') ? parseNetwork(text) : undefined;
	if (network === undefined) throw new Failure('invalid', `${what} ${JSON.stringify(text)}`);
	return network;
};

const auxiliaryOf = (pairs: readonly string[]): readonly Named[] => {
	const named = new Map<string, string>();
	for (const pair of pairs) {
		const at = pair.indexOf('=');
		const ip = at < 0 ? '' : pair.slice(at + 1);
		if (ip !== '') named.set(pair.slice(0, at), ip);
	}
	return [...named].map(([name, text]) => ({name, text, address: addressOr(text, 'invalid aux-address')}));
};

/** Hand out what a subnet contains of a list, each thing once. What is left over in the end fits no subnet. */
const takeInside = <T>(left: T[], subnet: IpNetwork, addressOf: (item: T) => IpAddress, most = Number.POSITIVE_INFINITY): readonly T[] => {
	const inside = left.filter(item => isInside(subnet, addressOf(item))).slice(0, most);
	for (const item of inside) left.splice(left.indexOf(item), 1);
	return inside;
};

/** host-local has no list of what not to give, but takes several ranges of a subnet: the kept addresses are the gaps. */
const aroundGaps = (range: IpamRange, subnet: IpNetwork, kept: readonly IpAddress[]): readonly IpamRange[] => {
	const start = range.rangeStart === undefined ? firstHost(subnet) : parseAddress(range.rangeStart)!;
	const last = range.rangeEnd === undefined ? lastAddress(subnet) : parseAddress(range.rangeEnd)!;
	// The last address of an IPv4 subnet is the broadcast one.
	const end = range.rangeEnd === undefined && subnet.family === 4 ? {...last, value: last.value - 1n} : last;
	const gaps = kept.map(({value}) => value).filter(value => value >= start.value && value <= end.value).sort((a, b) => (a < b ? -1 : 1));
	if (gaps.length === 0) return [range];
	const edges = [start.value - 1n, ...gaps, end.value + 1n];
	const text = (value: bigint): string => formatAddress({family: subnet.family, value});
	const ranges = edges
		.slice(1)
		.map((edge, at) => ({from: edges[at]! + 1n, to: edge - 1n}))
		.filter(({from, to}) => from <= to)
		.map(({from, to}) => ({subnet: range.subnet, gateway: range.gateway, rangeStart: text(from), rangeEnd: text(to)}));
	if (ranges.length === 0) throw new Failure('invalid', `aux-address reservations leave no allocatable IPs in subnet ${range.subnet}`);
	return ranges.map((each, at) => (at === 0 && range.ipRange !== undefined ? {...each, ipRange: range.ipRange} : each));
};

const rangeOf = (subnet: IpNetwork, gateway: string | undefined, ipRange: string | undefined): IpamRange => {
	const base = {subnet: formatNetwork(subnet), gateway: gateway ?? formatAddress(firstHost(subnet))};
	if (ipRange === undefined) return base;
	const network = networkOr(ipRange, 'failed to parse ip-range');
	if (!isInside(subnet, lastAddress(network))) throw new Failure('invalid', `no matching subnet ${JSON.stringify(base.subnet)} for ip-range ${JSON.stringify(ipRange)}`);
	return {...base, rangeStart: formatAddress(firstHost(network)), rangeEnd: formatAddress(lastAddress(network)), ipRange};
};

/** Subnets with what belongs into each: gateways, ranges and kept addresses are matched by where they are, not by their order. */
const hostLocal = (spec: NetworkSpec, used: UsedSubnets): Ipam => {
	const {subnets, ipv4, ipv6} = spec;
	const wanted = subnets.filter(subnet => subnet !== '').map(subnet => checkedSubnet(subnet, used)).filter(({family}) => ipv6 || family === 4);
	const needsV4 = ipv4 && !wanted.some(({family}) => family === 4);
	if (!ipv4 && wanted.some(({family}) => family === 4)) throw new Failure('invalid', '--ipv4=false conflicts with an IPv4 subnet');
	const gateways = spec.gateways.map(text => ({text, address: addressOr(text, 'failed to parse gateway')}));
	const ipRanges = spec.ipRanges.map(text => ({text, address: networkOr(text, 'failed to parse ip-range') as IpAddress}));
	const auxiliary = [...auxiliaryOf(spec.auxAddresses)];
	const kept: Record<string, Readonly<Record<string, string>>> = {};
	const sets = wanted.map(subnet => {
		const [gateway] = takeInside(gateways, subnet, ({address}) => address, 1);
		const [ipRange] = takeInside(ipRanges, subnet, ({address}) => address, 1);
		const range = rangeOf(subnet, gateway?.text, ipRange?.text);
		const mine = takeInside(auxiliary, subnet, ({address}) => address);
		for (const {name, text, address} of mine) {
			if (address.value === subnet.value || address.value === parseAddress(range.gateway)?.value)
				throw new Failure('conflict', `failed to allocate secondary ip address (${name}:${text}): Address already in use`);
		}
		if (mine.length > 0) kept[range.subnet] = Object.fromEntries(mine.map(({name, address}) => [name, formatAddress(address)]));
		return aroundGaps(range, subnet, mine.map(({address}) => address));
	});
	const strays = [...gateways.map(({text}) => `gateway ${JSON.stringify(text)}`), ...ipRanges.map(({text}) => `ip-range ${JSON.stringify(text)}`), ...auxiliary.map(({text}) => `aux-address ${text}`)];
	if (strays.length > 0) throw new Failure('invalid', `no matching subnet for ${strays[0]}`, {hint: 'say the subnet with --subnet'});
	const all = needsV4 ? [...sets, [rangeOf(freeSubnet(used), undefined, undefined)]] : sets;
	return {config: hostLocalIpam(all, spec.internal ? [] : [ipv4 ? '0.0.0.0/0' : '::/0']), auxiliary: kept};
};

type DhcpOption = {readonly type?: unknown; readonly value?: unknown; readonly fromArg?: unknown; readonly skipDefault?: unknown};

const dhcpOption = (name: string, text: string): DhcpOption => {
	try {
		return JSON.parse(text) as DhcpOption;
	} catch (error) {
		throw new Failure('invalid', `unparsable ipam option ${name} ${JSON.stringify(text)}`, {cause: error});
	}
};

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

const dhcp = ({ipamOptions}: NetworkSpec): Ipam => {
	const options = Object.entries(ipamOptions).map(([name, text]) => ({name, ...dhcpOption(name, text)}));
	const strange = options.find(({type}) => type !== 'provide' && type !== 'request');
	if (strange !== undefined) throw new Failure('invalid', 'ipam option must have a type (provide or request)');
	const hostName = {option: 'host-name', value: '', fromArg: 'NERDCTL_CNI_DHCP_HOSTNAME'};
	const provide = options.filter(({type, name}) => type === 'provide' && name !== 'host-name').map(({name, value, fromArg}) => ({option: name, value: word(value), fromArg: word(fromArg)}));
	const request = options.filter(({type}) => type === 'request').map(({name, skipDefault}) => ({skipDefault: skipDefault === true, option: name}));
	const config = {daemonSocketPath: '/run/cni/dhcp.sock', provide: [...provide, hostName], ...(request.length === 0 ? {} : {request}), type: 'dhcp'};
	return {config, auxiliary: {}};
};

export const ipamFor = (spec: NetworkSpec, used: UsedSubnets): Ipam => {
	if (spec.ipamDriver === 'default' || spec.ipamDriver === 'host-local') return hostLocal(spec, used);
	if (spec.ipamDriver === 'dhcp') return dhcp(spec);
	throw new Failure('invalid', `unsupported ipam driver ${JSON.stringify(spec.ipamDriver)}`, {hint: 'use default, host-local or dhcp'});
};
