import {attach, cniIdOf, type CniResult, detach, type NetworkList, isNetwork, rangesOf, type RuntimeConf, runtimeConfs} from '../../clients/cni/index.ts';
import {Failure, failing} from '../../errors.ts';
import type {ContainerRecord, ContainerRef} from '../../model/container.ts';
import {extraHostsOf, type HostsMeta} from '../../model/hosts-file.ts';
import {isInside, parseAddress, parseNetwork} from '../../model/ip-network.ts';
import {labels} from '../../model/labels.ts';
import {networkModeOf} from '../../model/network-mode.ts';
import {attachmentOf, cachedOf} from './attachments.ts';
import type {OnDisk, Uses} from './dependencies.ts';
import {findList} from './find.ts';
import {nameOfRecord, objectIn, rewriteNetworks} from './record.ts';
import {takingTurns} from './turns.ts';
import type {Attachment, CallSignal} from './types.ts';

export type ConnectDependencies = OnDisk & Uses<{containers: 'get' | 'update'; tasks: 'find'}>;

export type ConnectOptions = CallSignal & {readonly ip?: string; readonly ip6?: string; readonly aliases?: readonly string[]};

/** The names of the networks that a container is on; a failure for one whose network is not its own. */
export const ownNetworks = (record: ContainerRecord): readonly string[] => {
	const mode = networkModeOf(record.labels[labels.networks]);
	if (mode === undefined) throw new Failure('unsupported', 'it was not made by nerdctl or Gantry', {hint: 'its networks are the business of whoever made it'});
	if (mode.kind === 'networks') return mode.names;
	if (mode.kind === 'none') return [];
	const whose = {host: "the machine's network", container: "another container's network", namespace: 'a network namespace from elsewhere'}[mode.kind];
	throw new Failure('conflict', `it lives in ${whose}`);
};

const checkAddress = (address: string | undefined, list: NetworkList): void => {
	if (address === undefined) return;
	const ip = parseAddress(address);
	if (ip === undefined) throw new Failure('invalid', `${JSON.stringify(address)} is no address`);
	const ranges = rangesOf(list).flatMap(({subnet}) => parseNetwork(subnet) ?? []);
	if (ranges.length > 0 && !ranges.some(range => isInside(range, ip)))
		throw new Failure('invalid', `${address} is in no subnet of ${list.name}`, {hint: `its subnets: ${rangesOf(list).map(({subnet}) => subnet).join(', ')}`});
};

/** After a disconnect there may be a gap; the number that follows the others is free at the next start as well. */
const nextInterface = (count: number, used: readonly string[]): string => {
	let number = count;
	while (used.includes(`eth${number}`)) number++;
	return `eth${number}`;
};

/** The process whose network it is; undefined for one that does not run. */
export const liveNetns = async ({containerd}: Uses<{tasks: 'find'}>, ref: ContainerRef, options: CallSignal): Promise<string | undefined> => {
	const task = await containerd.tasks.find(ref, options);
	return task?.status === 'running' || task?.status === 'paused' ? `/proc/${task.pid}/ns/net` : undefined;
};

const planned = async ({files}: OnDisk, record: ContainerRecord, list: NetworkList, netns: string, count: number, {ip = '', ip6 = ''}: ConnectOptions): Promise<RuntimeConf> => {
	const attached = cachedOf(record);
	const isPublished = attached.some(({capabilityArgs}) => capabilityArgs['portMappings'] !== undefined);
	const [conf] = runtimeConfs(
		{
			cniId: cniIdOf(record),
			hostname: record.labels[labels.hostname] ?? '',
			ports: isPublished ? [] : await files.ports(record),
			...{ip, ip6, mac: '', addresses: {}},
		},
		[list],
		netns,
		[nextInterface(count, attached.map(({ifName}) => ifName))],
	);
	return conf!;
};

/** What the hosts store says of it, or would say: a container without networks has no entry when nerdctl made it. */
export const metaOf = ({files}: OnDisk, record: ContainerRecord): HostsMeta => {
	const known = files.readHosts(record)?.meta;
	if (known !== undefined) return known;
	const extraHosts = Object.values(objectIn<unknown>(record.labels['nerdctl/extraHosts'])).map(String);
	return {
		ID: record.id,
		Networks: {},
		Hostname: record.labels[labels.hostname] ?? '',
		ExtraHosts: extraHostsOf(extraHosts),
		Name: record.labels[labels.name] ?? '',
		Domainname: record.labels['nerdctl/domainname'] ?? '',
	};
};

const changesFor = (record: ContainerRecord, names: readonly string[], network: string, {ip, ip6, aliases = []}: ConnectOptions): Readonly<Record<string, string>> => {
	const all = record.labels;
	return {
		[labels.networks]: JSON.stringify([...names, network]),
		...(ip === undefined && ip6 === undefined
			? {}
			: {[labels.networkAddresses]: JSON.stringify({...objectIn(all[labels.networkAddresses]), [network]: {...(ip === undefined ? {} : {ip}), ...(ip6 === undefined ? {} : {ip6})}})}),
		...(aliases.length === 0 ? {} : {[labels.networkAliases]: JSON.stringify({...objectIn(all[labels.networkAliases]), [network]: aliases})}),
	};
};

const attachNow = async (dependencies: ConnectDependencies, list: NetworkList, conf: RuntimeConf, {signal}: CallSignal): Promise<CniResult> => {
	const cni = {pluginPath: dependencies.places.cniPath};
	return takingTurns(
		dependencies,
		async () => {
			try {
				return await attach(list, conf, {...cni, ...(signal === undefined ? {} : {signal})});
			} catch (error) {
				// Half of an attachment; whatever ended it must not end this.
				await detach(list, conf, cni).catch(() => undefined);
				throw error;
			}
		},
		signal === undefined ? {} : {signal},
	);
};

/** The interface first: a label that says more than there is would make the next start wait for it, one that says less is put right by the next try. */
export const connect = async (dependencies: ConnectDependencies, ref: ContainerRef, network: string, options: ConnectOptions = {}): Promise<Attachment | undefined> => {
	const {containerd, files, places} = dependencies;
	const calling = options.signal === undefined ? {} : {signal: options.signal};
	let name = ref.id.slice(0, 12);
	try {
		const record = await containerd.containers.get(ref, calling);
		name = nameOfRecord(record);
		const names = ownNetworks(record);
		const list = await findList(dependencies, ref.namespace, network, calling);
		if (names.some(each => isNetwork(list, each))) throw new Failure('already-exists', 'it is on that network already');
		checkAddress(options.ip, list);
		checkAddress(options.ip6, list);
		const changes = changesFor(record, names, list.name, options);
		const netns = await liveNetns(dependencies, ref, calling);
		if (netns === undefined) {
			await rewriteNetworks(dependencies, record, changes, calling);
			return undefined;
		}
		const conf = await planned(dependencies, record, list, netns, names.length, options);
		const result = await attachNow(dependencies, list, conf, calling);
		try {
			const changed = await rewriteNetworks(dependencies, record, changes, {});
			const meta = metaOf(dependencies, record);
			await files.acquireHosts(ref, {...meta, Networks: {...meta.Networks, [list.name]: result}}, objectIn<readonly string[]>(changed.labels[labels.networkAliases]));
		} catch (error) {
			await takingTurns(dependencies, () => detach(list, conf, {pluginPath: places.cniPath}));
			throw error;
		}
		return attachmentOf(list.name, conf.ifName, result);
	} catch (error) {
		throw failing(`connect ${name} to network ${network}`, error);
	}
};
