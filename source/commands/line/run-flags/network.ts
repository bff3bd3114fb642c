import {Failure} from '../../../errors.ts';
import type {NetworkRequest} from '../../../model/create-request.ts';
import {networkMode} from '../../../model/network-mode.ts';
import {addressOf, macOf, parseExposed, parseExtraHost, parsePorts} from '../../../model/request/index.ts';
import type {CreateFlags} from './resources.ts';

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

const refuseCombinations = (flags: CreateFlags, networks: readonly string[]): void => {
	if (flags.uts === 'host' && (flags.hostname || flags.domainname)) throw new Failure('invalid', 'conflicting options: cannot set --hostname and/or --domainname with --uts=host');
	const mode = networkMode(networks);
	if (mode.kind === 'namespace' && mode.path === '') throw new Failure('invalid', '--network=ns: names no namespace', {hint: 'write it as ns:/run/netns/NAME'});
	const isOwn = mode.kind === 'networks';
	const addresses = [...(flags.ip ? ['--ip'] : []), ...(flags.ip6 ? ['--ip6'] : []), ...(flags.macAddress ? ['--mac-address'] : [])];
	if (!isOwn && addresses.length > 0)
		throw new Failure('invalid', `conflicting options: ${addresses.join(' and ')} cannot be used with --network=${networks.join(',')}: nothing is made there that could have an address`, {
			hint: 'name a network such as bridge, or leave them out',
		});
	if (mode.kind !== 'container') return;
	const conflicts = [
		...(flags.hostname ? ['--hostname'] : []),
		...(flags.domainname ? ['--domainname'] : []),
		...(flags.publish.length > 0 || flags.publishAll ? ['-p/--publish'] : []),
		...(flags.dns.length > 0 ? ['--dns'] : []),
		...(flags.addHost.length > 0 ? ['--add-host'] : []),
	];
	if (conflicts.length > 0)
		throw new Failure('invalid', `conflicting options: the following arguments are not supported when using \`--network=container:<container>\`: ${conflicts.join(', ')}`);
};

/** On every network that it joins; in the network of somebody else it has no addresses of its own to be found by. */
const aliasesOf = (aliases: readonly string[], networks: readonly string[]): NetworkRequest['aliases'] => {
	if (aliases.length === 0) return {};
	const odd = aliases.find(alias => !/^[\w][\w.-]*$/.test(alias));
	if (odd !== undefined) throw new Failure('invalid', `${odd || 'an empty name'} is no alias`, {hint: 'letters, digits, dots, dashes and underscores'});
	if (networkMode(networks).kind !== 'networks') throw new Failure('invalid', 'conflicting options: --network-alias needs a network that is not host, none or container');
	return Object.fromEntries(networks.map(network => [network, aliases]));
};

/** Said aloud, as docker does: such a container publishes nothing, and nerdctl only lists the ports as if it did. */
export const unpublished = ({networks, ports, publishAll}: NetworkRequest): string | undefined => {
	const {kind} = networkMode(networks);
	if ((kind !== 'host' && kind !== 'none') || (ports.length === 0 && !publishAll)) return undefined;
	return `WARNING: -p/--publish is discarded with --network=${kind}: ${kind === 'host' ? 'its ports are this machine’s already' : 'there is no network to publish them on'}`;
};

export const networkOf = (flags: CreateFlags): NetworkRequest => {
	const said = unique([...flags.network, ...flags.net].filter(network => network !== ''));
	const networks = said.length === 0 ? ['bridge'] : said;
	refuseCombinations(flags, networks);
	return {
		networks,
		ports: unique(flags.publish).flatMap(parsePorts),
		publishAll: flags.publishAll,
		exposed: unique(flags.expose.flatMap(parseExposed)),
		dns: unique(flags.dns.map(text => addressOf('dns', text))),
		dnsSearch: unique(flags.dnsSearch),
		dnsOptions: unique([...flags.dnsOpt, ...flags.dnsOption]),
		extraHosts: unique(flags.addHost.map(parseExtraHost)),
		...(flags.ip ? {ip: addressOf('ip', flags.ip, 4)} : {}),
		...(flags.ip6 ? {ip6: addressOf('ip6', flags.ip6, 6)} : {}),
		...(flags.macAddress ? {macAddress: macOf(flags.macAddress)} : {}),
		aliases: aliasesOf(unique(flags.networkAlias), networks),
	};
};
