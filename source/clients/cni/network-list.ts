import {Failure} from '../../errors.ts';
import type {NetworkList, PluginConfig} from './types.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isPlugin = (value: unknown): value is PluginConfig => isObject(value) && typeof value['type'] === 'string' && value['type'] !== '';

const broken = (path: string, reason: string, cause?: unknown): Failure =>
	new Failure('invalid', `${path || 'The network configuration'} is no CNI configuration: ${reason}`, cause === undefined ? {} : {cause});

/** CNI's newest version that plugins of a list with `cniVersions` agree on; `cniVersion` alone otherwise. Unset is the first version. */
const versionOf = ({cniVersion, cniVersions}: Readonly<Record<string, unknown>>): string => {
	const said = [cniVersion, ...(Array.isArray(cniVersions) ? cniVersions : [])].filter(version => typeof version === 'string' && version !== '');
	const numbers = (version: string): readonly number[] => version.split('.').map(Number);
	const compare = (a: string, b: string): number => numbers(a).map((part, at) => part - (numbers(b)[at] ?? 0)).find(difference => difference !== 0) ?? 0;
	const known = (said as string[]).filter(version => compare(version, '1.1.0') <= 0).sort(compare);
	return known.at(-1) ?? (said[0] as string | undefined) ?? '0.1.0';
};

/** A network of several plugins, or the older form where the file is the one plugin itself. */
export const parseNetworkList = (bytes: Uint8Array, path = ''): NetworkList => {
	let config: unknown;
	try {
		config = JSON.parse(Buffer.from(bytes).toString('utf8'));
	} catch (error) {
		throw broken(path, 'it is not JSON', error);
	}
	if (!isObject(config)) throw broken(path, 'it is not a JSON object');
	const {name, plugins} = config;
	if (typeof name !== 'string' || name === '') throw broken(path, 'it has no name');
	const entries = plugins === undefined && isPlugin(config) ? [config] : plugins;
	if (!Array.isArray(entries) || entries.length === 0) throw broken(path, 'it has no plugins');
	if (!entries.every(isPlugin)) throw broken(path, 'one of its plugins has no type');
	return {name, cniVersion: versionOf(config), plugins: entries, bytes, config, path};
};
