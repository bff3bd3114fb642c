import {cniIdOf, detach, forget} from '../../clients/cni/index.ts';
import {Failure, failing} from '../../errors.ts';
import type {ContainerRecord, ContainerRef} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';
import {cachedOf} from './attachments.ts';
import {type ConnectDependencies, liveNetns, metaOf, ownNetworks} from './connect.ts';
import type {OnDisk, Uses} from './dependencies.ts';
import {findList} from './find.ts';
import {nameOfRecord, objectIn, rewriteNetworks} from './record.ts';
import {takingTurns} from './turns.ts';
import type {CallSignal} from './types.ts';

type DisconnectOptions = CallSignal & {readonly force?: boolean};

const without = <T>(all: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> =>
	Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));

/** The words for it: what the user said, the network's name and its id. One that is gone has but the first. */
const wordsFor = async (dependencies: OnDisk, namespace: string, network: string, options: CallSignal): Promise<readonly string[]> => {
	const list = await findList(dependencies, namespace, network, options).catch(() => undefined);
	const id = list?.config['nerdctlID'];
	return [network, ...(list === undefined ? [] : [list.name]), ...(typeof id === 'string' ? [id, id.slice(0, 12)] : [])];
};

const detachNow = async (dependencies: OnDisk, ref: ContainerRef, words: readonly string[], netns: string, {signal, force = false}: DisconnectOptions): Promise<void> => {
	const attached = cachedOf(ref).filter(({networkName}) => words.includes(networkName));
	const calling = signal === undefined ? {} : {signal};
	await takingTurns(
		dependencies,
		async () => {
			for (const {list, containerId, ifName, args, capabilityArgs} of attached) {
				if (list === undefined) continue;
				try {
					await detach(list, {containerId, netns, ifName, args, capabilityArgs}, {pluginPath: dependencies.places.cniPath, ...calling});
				} catch (error) {
					if (!force) throw error;
				}
			}
		},
		calling,
	);
};

const labelOrNone = (all: object): string | undefined => (Object.keys(all).length === 0 ? undefined : JSON.stringify(all));

const changesFor = ({labels: all}: ContainerRecord, names: readonly string[], words: readonly string[]): Readonly<Record<string, string | undefined>> => {
	const left = names.filter(name => !words.includes(name));
	const clear = (label: string): Readonly<Record<string, string | undefined>> => (all[label] === undefined ? {} : {[label]: labelOrNone(without(objectIn(all[label]), words))});
	return {[labels.networks]: JSON.stringify(left.length === 0 ? ['none'] : left), ...clear(labels.networkAddresses), ...clear(labels.networkAliases)};
};

export const disconnect = async (dependencies: ConnectDependencies, ref: ContainerRef, network: string, options: DisconnectOptions = {}): Promise<void> => {
	const {containerd, files} = dependencies;
	const calling = options.signal === undefined ? {} : {signal: options.signal};
	let name = ref.id.slice(0, 12);
	try {
		const record = await containerd.containers.get(ref, calling);
		name = nameOfRecord(record);
		const names = ownNetworks(record);
		const words = await wordsFor(dependencies, ref.namespace, network, calling);
		if (!names.some(each => words.includes(each))) throw new Failure('not-found', 'it is not on that network');
		const netns = await liveNetns(dependencies, ref, calling);
		if (netns !== undefined) await detachNow(dependencies, ref, words, netns, options);
		const changed = await rewriteNetworks(dependencies, record, changesFor(record, names, words), calling);
		if (netns === undefined) return;
		const meta = metaOf(dependencies, record);
		await files.acquireHosts(ref, {...meta, Networks: without(meta.Networks ?? {}, words)}, objectIn<readonly string[]>(changed.labels[labels.networkAliases]));
	} catch (error) {
		throw failing(`disconnect ${name} from network ${network}`, error);
	}
};

/** Everything that CNI remembers of a container whose process has ended. Its task may stay for days, and with it would stay its ports. */
export const release = async (dependencies: OnDisk & Uses<{tasks: 'find'}>, ref: ContainerRef, options: CallSignal = {}): Promise<void> => {
	const {places, files} = dependencies;
	const cniId = cniIdOf(ref);
	if (cachedOf(ref).length === 0 || (await liveNetns(dependencies, ref, options)) !== undefined) return;
	const endpoint = {...{cniId, hostname: '', ports: [], ip: '', ip6: '', mac: ''}, addresses: {}};
	const failure = await takingTurns(dependencies, () => forget(endpoint, [], {pluginPath: places.cniPath}, () => undefined), options);
	files.releasePorts(ref);
	if (failure !== undefined) throw failure;
};
