import {existsSync} from 'node:fs';
import {readdir, rename, rm, writeFile} from 'node:fs/promises';
import {ensureNetconfPath, findPlugin, loadNetworks, type NetworkList} from '../../clients/cni/index.ts';
import {Failure, failing} from '../../errors.ts';
import {auxAddressesLabel, conflistText, defaultNetworkName} from '../../model/cni-network.ts';
import type {OnDisk} from './dependencies.ts';
import {configurationLock, findList, networkFrom, readLists} from './find.ts';
import {ipamFor} from './ipam.ts';
import {type Abilities, pluginsFor} from './plugins.ts';
import {usedSubnets} from './subnets.ts';
import type {CallSignal, Network, NetworkSpec} from './types.ts';

/** docker's rule for names, and no path can pass it. */
const isName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name) && name.length <= 200;

const check = (spec: NetworkSpec): void => {
	const {name, ipv4, ipv6, subnets, gateways, ipRanges, auxAddresses} = spec;
	if (!isName(name)) throw new Failure('invalid', `invalid network name: ${JSON.stringify(name)} must match [a-zA-Z0-9][a-zA-Z0-9_.-]*`);
	if (['host', 'none', 'default'].includes(name)) throw new Failure('invalid', `invalid network name: ${JSON.stringify(name)} means something else`);
	if (!ipv4 && !ipv6) throw new Failure('invalid', 'IPv4 or IPv6 must be enabled');
	if (subnets.length > 0) return;
	if (!ipv4) throw new Failure('invalid', 'IPv6-only network requires an IPv6 subnet, specify --subnet manually');
	const [auxiliary] = auxAddresses.map(pair => pair.slice(pair.indexOf('=') + 1)).filter(Boolean).sort();
	if (auxiliary !== undefined) throw new Failure('invalid', `no matching subnet for aux-address ${auxiliary}`);
	if (gateways.length > 0 || ipRanges.length > 0) throw new Failure('invalid', 'cannot set gateway or ip-range without subnet, specify --subnet manually');
};

/** The plugin says its version only when it is asked nothing. */
const abilities = async ({options}: NetworkSpec, cniPath: string): Promise<Abilities> => {
	const asksForMore = Object.keys(options).some(key => key.endsWith('icc'));
	if (!asksForMore) return {isolates: false};
	const {stderr} = await (await import('execa')).execa(findPlugin('firewall', cniPath), [], {reject: false, stdin: 'ignore', timeout: 10_000});
	const [, major, minor, patch] = /v(\d+)\.(\d+)\.(\d+)/.exec(stderr ?? '')?.map(Number) ?? [];
	return {isolates: major !== undefined && (major > 1 || (major === 1 && (minor! > 7 || (minor === 7 && patch! >= 1))))};
};

/** Of all namespaces: subnets are the machine's. */
const everybodysLists = async (netconfPath: string): Promise<readonly NetworkList[]> => {
	const entries = await readdir(netconfPath, {withFileTypes: true});
	const directories = entries.filter(entry => entry.isDirectory()).map(({name}) => name);
	return [...loadNetworks(netconfPath, '').lists, ...directories.flatMap(name => loadNetworks(`${netconfPath}/${name}`, '').lists)];
};

const write = async (path: string, text: string): Promise<void> => {
	const temporary = `${path}.${process.pid}.new`;
	try {
		await writeFile(temporary, text, {mode: 0o644, flush: true});
		await rename(temporary, path);
	} catch (error) {
		await rm(temporary, {force: true});
		throw error;
	}
};

const pathOf = (netconfPath: string, namespace: string, name: string): string =>
	name === defaultNetworkName ? `${netconfPath}/nerdctl-${name}.conflist` : `${netconfPath}/${namespace}/nerdctl-${name}.conflist`;

/** The subnet is chosen and the file written under one lock: of two who create at once each gets its own. */
export const create = async (onDisk: OnDisk, namespace: string, spec: NetworkSpec, options: CallSignal = {}): Promise<Network> => {
	const {places, files} = onDisk;
	const {cniPath, cniNetconfPath} = places;
	try {
		check(spec);
		const able = await abilities(spec, cniPath);
		ensureNetconfPath(cniNetconfPath, namespace);
		await files.withFileLock(
			configurationLock(places),
			async () => {
				if (loadNetworks(cniNetconfPath, namespace).lists.some(({name}) => name === spec.name) || existsSync(pathOf(cniNetconfPath, namespace, spec.name)))
					throw new Failure('already-exists', `network with name ${spec.name} already exists`);
				const {config, auxiliary} = ipamFor(spec, usedSubnets(await everybodysLists(cniNetconfPath)));
				const plugins = pluginsFor(spec, config, able);
				for (const {type} of plugins) findPlugin(String(type), cniPath);
				const labels = {...spec.labels, ...(Object.keys(auxiliary).length === 0 ? {} : {[auxAddressesLabel]: JSON.stringify(auxiliary)})};
				await write(pathOf(cniNetconfPath, namespace, spec.name), conflistText(spec.name, labels, plugins));
			},
			options,
		);
		return networkFrom(await findList(onDisk, namespace, spec.name, options), cniNetconfPath);
	} catch (error) {
		throw failing(`create network ${spec.name}`, error);
	}
};

export const list = async (onDisk: OnDisk, namespace: string, options: CallSignal = {}): Promise<readonly Network[]> => (await readLists(onDisk, namespace, options)).map(each => networkFrom(each, onDisk.places.cniNetconfPath));
