/** An address or the base of a network, as a number: arithmetic on text is where subnets go wrong. */
export type IpAddress = {readonly family: 4 | 6; readonly value: bigint};
export type IpNetwork = IpAddress & {readonly prefix: number};

const bitsOf = (family: 4 | 6): number => (family === 4 ? 32 : 128);

const parseV4 = (text: string): bigint | undefined => {
	const parts = text.split('.');
	if (parts.length !== 4 || !parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined;
	return parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
};

const groupsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));

const parseV6 = (text: string): bigint | undefined => {
	const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
	const tail = embedded === null ? undefined : parseV4(embedded[2]!);
	if (embedded !== null && tail === undefined) return undefined;
	const whole = tail === undefined ? text : `${embedded![1]}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
	const halves = whole.split('::');
	if (halves.length > 2) return undefined;
	const [head, rest] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')];
	const missing = 8 - head.length - rest.length;
	if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
	const groups = [...head, ...Array<string>(missing).fill('0'), ...rest];
	if (!groups.every(group => /^[\da-f]{1,4}$/i.test(group))) return undefined;
	return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
};

export const parseAddress = (text: string): IpAddress | undefined => {
	const v4 = parseV4(text);
	if (v4 !== undefined) return {family: 4, value: v4};
	const v6 = parseV6(text);
	return v6 === undefined ? undefined : {family: 6, value: v6};
};

const maskOf = (family: 4 | 6, prefix: number): bigint => {
	const bits = BigInt(bitsOf(family));
	return ((1n << bits) - 1n) ^ ((1n << (bits - BigInt(prefix))) - 1n);
};

/** `10.4.1.7/24` is the network 10.4.1.0/24; a bare address is a network of one. Undefined when it is neither. */
export const parseNetwork = (text: string): IpNetwork | undefined => {
	const [ip = '', length, ...more] = text.split('/');
	const address = parseAddress(ip);
	if (address === undefined || more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
	const prefix = length === undefined ? bitsOf(address.family) : Number(length);
	if (prefix > bitsOf(address.family)) return undefined;
	return {family: address.family, value: address.value & maskOf(address.family, prefix), prefix};
};

const formatV6 = (value: bigint): string => {
	const groups = Array.from({length: 8}, (_, at) => Number((value >> BigInt(112 - at * 16)) & 0xffffn).toString(16));
	const runs = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(match => match[0]);
	const longest = runs.toSorted((a, b) => b.length - a.length)[0];
	if (longest === undefined) return groups.join(':');
	const text = groups.join(':').replace(longest, '::');
	return text.replace(/:{3,}/, '::');
};

export const formatAddress = ({family, value}: IpAddress): string =>
	family === 6 ? formatV6(value) : [24n, 16n, 8n, 0n].map(shift => String((value >> shift) & 255n)).join('.');

export const formatNetwork = (network: IpNetwork): string => `${formatAddress(network)}/${network.prefix}`;

const sizeOf = ({family, prefix}: IpNetwork): bigint => 1n << BigInt(bitsOf(family) - prefix);

/** As the plugins count: the network's own address is no host's, unless it is the only one. */
export const firstHost = (network: IpNetwork): IpAddress => (sizeOf(network) === 1n ? network : {...network, value: network.value + 1n});

export const lastAddress = (network: IpNetwork): IpAddress => ({...network, value: network.value + sizeOf(network) - 1n});

export const isInside = (network: IpNetwork, {family, value}: IpAddress): boolean =>
	family === network.family && value >= network.value && value < network.value + sizeOf(network);

export const overlaps = (a: IpNetwork, b: IpNetwork): boolean => isInside(a, b) || isInside(b, a);

/** The next one of the same size; undefined at the end of all addresses. */
export const nextNetwork = (network: IpNetwork): IpNetwork | undefined => {
	const value = network.value + sizeOf(network);
	return value < 1n << BigInt(bitsOf(network.family)) ? {...network, value} : undefined;
};

export const isIpText = (text: string): boolean => parseAddress(text) !== undefined;
