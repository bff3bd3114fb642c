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
		aliases: {},
	};
};
