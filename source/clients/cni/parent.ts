import {readFileSync} from 'node:fs';
import type {PluginConfig} from './types.ts';

/** Plugins whose links live on another one, and go with it. */
const children: ReadonlySet<string> = new Set(['macvlan', 'ipvlan', 'vlan']);

/** The links of the network that this process is in; `/sys` shows those of the one that it was mounted in. */
const links = (): readonly string[] =>
	readFileSync('/proc/self/net/dev', 'utf8')
		.split('\n')
		.flatMap(line => /^\s*([^\s|]+):/.exec(line)?.[1] ?? []);

/** The link that a plugin is told to build on and that is not there (any more); undefined when all is well, or it is told of none. */
export const missingParent = (plugin: PluginConfig): string | undefined => {
	const master = plugin['master'];
	if (!children.has(plugin.type) || typeof master !== 'string' || master === '') return undefined;
	try {
		return links().includes(master) ? undefined : master;
	} catch {
		return undefined;
	}
};
