import {createHash} from 'node:crypto';
import {Failure} from '../errors.ts';
import {formatNetwork, parseNetwork} from './ip-network.ts';

/** One subnet with what of it is given to containers. Field names are host-local's, `ipRange` is nerdctl's own note. */
export type IpamRange = {
	readonly subnet: string;
	readonly gateway: string;
	readonly rangeStart?: string;
	readonly rangeEnd?: string;
	readonly ipRange?: string;
};

export const defaultNetworkName = 'bridge';
export const defaultNetworkLabel = 'nerdctl/default-network';
export const auxAddressesLabel = 'nerdctl/network-aux-addresses';

/** nerdctl's: the name alone, so the same name is the same id on every machine. */
export const networkId = (name: string): string => createHash('sha256').update(name).digest('hex');

export const bridgeNameOf = (name: string): string => (name === defaultNetworkName ? 'nerdctl0' : `br-${networkId(name).slice(0, 12)}`);

type Config = Readonly<Record<string, unknown>>;

/** The text of a conflist as nerdctl writes it: two blanks, no line feed at the end. */
export const conflistText = (name: string, labels: Readonly<Record<string, string>>, plugins: readonly Config[]): string =>
	JSON.stringify(
		{
			cniVersion: '1.0.0',
			name,
			nerdctlID: networkId(name),
			...(Object.keys(labels).length === 0 ? {} : {nerdctlLabels: labels}),
			plugins,
		},
		undefined,
		2,
	);

export const hostLocalIpam = (ranges: ReadonlyArray<readonly IpamRange[]>, defaultRoutes: readonly string[]): Config => ({
	ranges,
	...(defaultRoutes.length === 0 ? {} : {routes: defaultRoutes.map(dst => ({dst}))}),
	type: 'host-local',
});

export type BridgeOptions = {
	readonly ipam: Config;
	readonly isInternal: boolean;
	readonly ipMasq: boolean;
	/** 0: the kernel's default. */
	readonly mtu: number;
	readonly ipv6: boolean;
	readonly ingressPolicy: 'same-bridge' | 'isolated';
};

/** The four plugins of a bridge: the link, published ports, who may talk to whom, and a place for sysctls. */
export const bridgePlugins = (name: string, {ipam, isInternal, ipMasq, mtu, ipv6, ingressPolicy}: BridgeOptions): readonly Config[] => [
	{
		type: 'bridge',
		bridge: bridgeNameOf(name),
		...(isInternal ? {} : {isGateway: true}),
		...(ipMasq && !isInternal ? {ipMasq: true} : {}),
		...(mtu > 0 ? {mtu} : {}),
		hairpinMode: true,
		ipam,
		...(ipv6 ? {capabilities: {ips: true}} : {}),
	},
	...(isInternal ? [] : [{type: 'portmap', capabilities: {portMappings: true}}]),
	{type: 'firewall', ingressPolicy},
	{type: 'tuning'},
];

/** nerdctl makes this network when it is first asked for, and so do we: the same text, whoever is first. `bridgeIp` is its gateway with a prefix. */
export const defaultConflistText = (bridgeIp = ''): string => {
	const network = parseNetwork(bridgeIp || '10.4.0.1/24');
	if (network === undefined || (bridgeIp !== '' && !bridgeIp.includes('/'))) throw new Failure('invalid', `${bridgeIp} is no address of a bridge`, {hint: 'write it as 10.4.0.1/24'});
	const range: IpamRange = {gateway: bridgeIp === '' ? '10.4.0.1' : bridgeIp.split('/')[0]!, subnet: formatNetwork(network)};
	return conflistText(
		defaultNetworkName,
		{[defaultNetworkLabel]: 'true'},
		bridgePlugins(defaultNetworkName, {
			ipam: hostLocalIpam([[range]], ['0.0.0.0/0']),
			...{isInternal: false, ipMasq: true, mtu: 0, ipv6: false, ingressPolicy: 'same-bridge' as const},
		}),
	);
};
