import {listOf, numberOf, recordOf, stringsOf, textOf} from './docker-spec.ts';

/** An interface of a network namespace, in Go's words. */
export type NetLink = {
	readonly index: number;
	readonly mtu: number;
	readonly name: string;
	/** Empty for one that has none. */
	readonly mac: string;
	readonly flags: readonly string[];
	/** In CIDR form. */
	readonly addresses: readonly string[];
};

/** Go's names and order; `ip` does not tell IFF_RUNNING, but says NO-CARRIER of one that is up and does not run. */
const flagsOf = (said: readonly string[]): readonly string[] => {
	const has = (name: string): boolean => said.includes(name);
	const flags: ReadonlyArray<readonly [string, boolean]> = [
		['up', has('UP')],
		['broadcast', has('BROADCAST')],
		['loopback', has('LOOPBACK')],
		['pointtopoint', has('POINTOPOINT')],
		['multicast', has('MULTICAST')],
		['running', has('UP') && !has('NO-CARRIER')],
	];
	return flags.filter(([, isSet]) => isSet).map(([name]) => name);
};

/** What `ip -j address` prints; undefined when it is something else. */
export const parseLinks = (json: string): readonly NetLink[] | undefined => {
	let parsed: unknown;
	try {
		parsed = JSON.parse(json);
	} catch {
		// An `ip` that is too old to know -j.
		return undefined;
	}
	return listOf(parsed)
		.map(recordOf)
		.map(link => ({
			index: numberOf(link['ifindex']),
			mtu: numberOf(link['mtu']),
			name: textOf(link['ifname']),
			mac: /^[0:]*$/.test(textOf(link['address'])) ? '' : textOf(link['address']),
			flags: flagsOf(stringsOf(link['flags'])),
			addresses: listOf(link['addr_info'])
				.map(recordOf)
				.map(address => `${textOf(address['local'])}/${numberOf(address['prefixlen'])}`),
		}));
};

/** Those that are not the namespace's own loop, and in use. */
export const linksInUse = (links: readonly NetLink[]): readonly NetLink[] => links.filter(({flags}) => flags.includes('up') && !flags.includes('loopback'));
