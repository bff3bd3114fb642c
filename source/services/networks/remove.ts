import {existsSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {leaseDirectory, type NetworkList, readLeases, removeBridgeRules} from '../../clients/cni/index.ts';
import {Failure, failing, isAbort, type Outcome} from '../../errors.ts';
import {labels} from '../../model/labels.ts';
import type {OnDisk} from './dependencies.ts';
import {configurationLock, findList, networkFrom, readLists} from './find.ts';
import {repair, type RepairDependencies} from './repair.ts';
import type {CallSignal, Network} from './types.ts';
import {users, type UsersDependencies} from './users.ts';

export type RemoveDependencies = OnDisk & UsersDependencies & RepairDependencies;

const nameOf = (container: {readonly id: string; readonly labels: Readonly<Record<string, string>>}): string => container.labels[labels.name] || container.id.slice(0, 12);

/** nerdctl's sentences; its scripts look for them. */
const refuse = (network: Network, inUse: Awaited<ReturnType<typeof users>>, asked: string): void => {
	const holders = inUse.get(network.name);
	if (holders !== undefined) throw new Failure('conflict', `network ${JSON.stringify(asked)} is in use by container ${holders.map(nameOf).join(', ')}`, {hint: 'stop it, or disconnect it from the network'});
	if (network.isDefault) throw new Failure('conflict', `cannot remove pre-defined network ${network.name}`);
	if (network.id === '') throw new Failure('conflict', `${asked} is managed outside nerdctl and cannot be removed`, {hint: `its file is ${network.path}`});
};

/** Asked of proc, which shows the caller's own network; sysfs shows that of whoever mounted it. */
const isLink = (name: string): boolean => existsSync(`/proc/sys/net/ipv4/conf/${name}`);

/** The link of a bridge is made by the plugin and taken away by nobody else. */
const removeBridge = async (bridge: string): Promise<void> => {
	if (bridge === '' || !isLink(bridge)) return;
	const {failed, stderr} = await (await import('execa')).execa('ip', ['link', 'delete', 'dev', bridge], {reject: false});
	if (failed && isLink(bridge)) throw new Failure('conflict', `the interface ${bridge} stayed: ${stderr ?? ''}`.trim());
};

/** What the plugins keep for a network, unless somebody still has an address of it. */
const removeLeaseDirectory = async (list: NetworkList): Promise<void> => {
	const directory = leaseDirectory(list);
	if (directory === undefined || readLeases(list).length > 0) return;
	await rm(directory, {recursive: true, force: true});
};

const removeFound = async (onDisk: OnDisk, list: NetworkList, options: CallSignal): Promise<void> => {
	const {bridge, subnets} = networkFrom(list, onDisk.places.cniNetconfPath);
	await onDisk.files.withFileLock(
		configurationLock(onDisk.places),
		async () => {
			await rm(list.path, {force: true});
			await removeBridge(bridge);
			await removeLeaseDirectory(list);
		},
		options,
	);
	if (bridge === '') return;
	const families = subnets.some(({subnet}) => subnet.includes(':')) ? ([4, 6] as const) : ([4] as const);
	// A machine without iptables has no such rules.
	for (const family of families) await removeBridgeRules(bridge, family).catch(() => undefined);
};

export const remove = async (dependencies: RemoveDependencies, namespace: string, name: string, options: CallSignal = {}): Promise<void> => {
	try {
		if (name === 'host' || name === 'none') throw new Failure('invalid', `pseudo network not allowed: ${name}`);
		const found = await findList(dependencies, namespace, name, options);
		refuse(networkFrom(found, dependencies.places.cniNetconfPath), await users(dependencies, options), name);
		await removeFound(dependencies, found, options);
	} catch (error) {
		throw failing(`remove network ${name}`, error);
	}
};

export const prune = async (dependencies: RemoveDependencies, namespace: string, options: CallSignal & {readonly keep?: readonly string[]} = {}): Promise<Outcome<string>> => {
	const done: string[] = [];
	const failed = [...(await repair(dependencies, options)).failed];
	const inUse = await users(dependencies, options);
	for (const list of await readLists(dependencies, namespace, options)) {
		const network = networkFrom(list, dependencies.places.cniNetconfPath);
		if (network.isDefault || network.id === '' || inUse.has(network.name) || options.keep?.includes(network.name) === true) continue;
		try {
			await removeFound(dependencies, list, options);
			done.push(network.name);
		} catch (error) {
			if (isAbort(error)) throw error;
			failed.push({id: network.name, error});
		}
	}
	return {done, failed};
};
