import {Failure} from '../errors.ts';

/** What `--network` comes down to, and the label `nerdctl/networks` says. */
export type NetworkMode =
	| {readonly kind: 'networks'; readonly names: readonly string[]}
	| {readonly kind: 'host'}
	| {readonly kind: 'none'}
	/** Somebody else's network namespace: a name or an id as the user gave it, in the label always the id. */
	| {readonly kind: 'container'; readonly target: string}
	| {readonly kind: 'namespace'; readonly path: string};

const single = (network: string): NetworkMode | undefined => {
	if (network === 'host') return {kind: 'host'};
	if (network === 'none') return {kind: 'none'};
	if (network.startsWith('container:')) return {kind: 'container', target: network.slice('container:'.length)};
	if (network.startsWith('ns:')) return {kind: 'namespace', path: network.slice('ns:'.length)};
	return undefined;
};

/** nerdctl's rule: several are possible only when all of them are networks. `default` is docker's other word for the bridge. */
export const networkMode = (networks: readonly string[]): NetworkMode => {
	const names = networks.map(network => (network === 'default' ? 'bridge' : network));
	const [first = ''] = names;
	if (names.length === 0) return {kind: 'none'};
	const special = names.find(name => single(name) !== undefined);
	if (special === undefined) return {kind: 'networks', names: [...new Set(names)]};
	if (names.length > 1) throw new Failure('invalid', `${special} can not be combined with other networks`);
	return single(first)!;
};

/** The mode that a container's label or annotation tells; undefined when it tells none. */
export const networkModeOf = (label: string | undefined): NetworkMode | undefined => {
	// Most containers of a cluster's node have none, and an exception for each would be felt.
	if (label === undefined) return undefined;
	try {
		const networks: unknown = JSON.parse(label);
		return Array.isArray(networks) && networks.every(network => typeof network === 'string') ? networkMode(networks) : undefined;
	} catch {
		return undefined;
	}
};
