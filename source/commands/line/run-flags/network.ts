import {Failure} from '../../../errors.ts';
import type {NetworkRequest} from '../../../model/create-request.ts';
import {networkMode} from '../../../model/network-mode.ts';
import {addressOf, macOf, parseExposed, parseExtraHost, parsePorts} from '../../../model/request/index.ts';
import type {CreateFlags} from './resources.ts';

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

const refuseCombinations = (flags: CreateFlags, networks: readonly string[]): void => {
	if (flags.uts === 'host' && (flags.hostname || flags.domainname)) throw new Failure('invalid', 'conflicting options: cannot set --hostname and/or --domainname with --uts=host');
	if (networkMode(networks).kind !== 'container') return;
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
