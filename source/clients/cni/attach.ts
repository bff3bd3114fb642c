import {Failure, failing, isAbort} from '../../errors.ts';
import {readCache, removeCache, writeCache} from './cache.ts';
import {missingParent} from './parent.ts';
import {type CniCommand, runPlugin} from './plugin.ts';
import type {CniOptions, CniResult, NetworkList, PluginConfig, RuntimeConf} from './types.ts';

/** A plugin is told only of what it says it can do. */
const runtimeConfig = ({capabilities = {}}: PluginConfig, args: RuntimeConf['capabilityArgs']): object => {
	const wanted = Object.entries(args).filter(([name]) => capabilities[name] === true);
	return wanted.length === 0 ? {} : {runtimeConfig: Object.fromEntries(wanted)};
};

const configFor = (list: NetworkList, plugin: PluginConfig, conf: RuntimeConf, prevResult: CniResult | undefined): Readonly<Record<string, unknown>> => ({
	...plugin,
	name: list.name,
	cniVersion: list.cniVersion,
	...(prevResult === undefined ? {} : {prevResult}),
	...runtimeConfig(plugin, conf.capabilityArgs),
});

const step = async (
	command: CniCommand,
	list: NetworkList,
	plugin: PluginConfig,
	conf: RuntimeConf,
	prevResult: CniResult | undefined,
	options: CniOptions,
): Promise<CniResult | undefined> => {
	try {
		return await runPlugin(plugin.type, command, configFor(list, plugin, conf, prevResult), conf, options);
	} catch (caught) {
		const parent = isAbort(caught) ? undefined : missingParent(plugin);
		const error = parent === undefined ? caught : new Failure('not-found', `its parent link ${parent} is not there`, {cause: caught});
		throw failing(`${command === 'ADD' ? 'attach to' : command === 'DEL' ? 'detach from' : 'check'} network ${list.name} with the CNI plugin ${plugin.type}`, error);
	}
};

/** ADD: each plugin is given what the one before it answered. After a failure the caller takes the halves away with `detach`. */
export const attach = async (list: NetworkList, conf: RuntimeConf, options: CniOptions): Promise<CniResult> => {
	let result: CniResult | undefined;
	for (const plugin of list.plugins) result = (await step('ADD', list, plugin, conf, result, options)) ?? result;
	writeCache(options, list, conf, result);
	return result ?? {};
};

/**
A link is gone with its parent, but the plugin that made it looks for the parent before it gives the address back. So its IPAM plugin is asked directly;
when there is none, nothing is left.
*/
const releaseAddress = async (list: NetworkList, plugin: PluginConfig, conf: RuntimeConf, cached: CniResult | undefined, options: CniOptions): Promise<void> => {
	const {ipam} = plugin as {readonly ipam?: {readonly type?: unknown}};
	if (typeof ipam?.type !== 'string' || ipam.type === '') return;
	try {
		await runPlugin(ipam.type, 'DEL', configFor(list, plugin, conf, cached), conf, options);
	} catch (error) {
		throw failing(`give back the address on network ${list.name}, whose parent link ${missingParent(plugin) ?? ''} is gone, with the CNI plugin ${ipam.type}`, error);
	}
};

const isOlderThan4 = (version: string): boolean => /^0\.[0-3](\.|$)/.test(version);

/**
DEL in reverse, with the remembered result. Stops at the first plugin that fails and remembers the attachment then: the address must not be somebody
else's while rules still lead to it. With `isHalf`, after a failed ADD, the others go on, and the caller takes the rules away.
*/
export const detach = async (list: NetworkList, conf: RuntimeConf, options: CniOptions, {isHalf = false}: {readonly isHalf?: boolean} = {}): Promise<void> => {
	const cached = isOlderThan4(list.cniVersion) ? undefined : readCache(options, list.name, conf)?.result;
	let failure: {readonly error: unknown} | undefined;
	for (const plugin of list.plugins.toReversed()) {
		try {
			if (missingParent(plugin) === undefined) await step('DEL', list, plugin, conf, cached, options);
			else await releaseAddress(list, plugin, conf, cached, options);
		} catch (error) {
			if (!isHalf || isAbort(error)) throw error;
			failure ??= {error};
		}
	}
	if (failure !== undefined) throw failure.error;
	removeCache(options, list.name, conf);
};
