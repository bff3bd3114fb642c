import {basename, dirname, normalize} from 'node:path';
import {ensureNetconfPath, isNetwork, loadNetworks, makeDefaultNetwork, type NetworkList, rangesOf} from '../../clients/cni/index.ts';
import {Failure} from '../../errors.ts';
import {defaultNetworkLabel, defaultNetworkName} from '../../model/cni-network.ts';
import type {OnDisk} from './dependencies.ts';
import type {CallSignal, Network} from './types.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const labelsOf = (value: unknown): Readonly<Record<string, string>> =>
	typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)])) : {};

/** `netconfPath` tells a namespace's own from what all share. */
export const networkFrom = (list: NetworkList, netconfPath: string): Network => {
	const [first] = list.plugins;
	const labels = labelsOf(list.config['nerdctlLabels']);
	const driver = first?.type ?? '';
	return {
		name: list.name,
		id: textOf(list.config['nerdctlID']),
		namespace: dirname(list.path) === normalize(netconfPath).replace(/\/$/, '') ? '' : basename(dirname(list.path)),
		path: list.path,
		driver,
		labels,
		subnets: rangesOf(list).map(({subnet, gateway, ipRange}) => ({subnet, gateway, ipRange})),
		bridge: driver === 'bridge' ? textOf(first?.['bridge']) || 'cni0' : '',
		isDefault: labels[defaultNetworkLabel] !== undefined || list.name === defaultNetworkName,
		isInternal: driver === 'bridge' && first?.['isGateway'] !== true && first?.['isDefaultGateway'] !== true,
		mtu: typeof first?.['mtu'] === 'number' && first['mtu'] > 0 ? first['mtu'] : undefined,
		config: list.config,
	};
};

/** nerdctl's lock on the configurations. */
export const configurationLock = ({cniNetconfPath}: OnDisk['places']): string => `${cniNetconfPath}/.nerdctl.lock`;

/** nerdctl writes its files in place: what is no JSON may be half of one, and is looked at again when nobody writes. */
export const readLists = async ({places, files}: OnDisk, namespace: string, options: CallSignal = {}): Promise<readonly NetworkList[]> => {
	const {lists, broken} = loadNetworks(places.cniNetconfPath, namespace);
	if (broken.length === 0) return lists;
	return files.withFileLock(configurationLock(places), async () => loadNetworks(places.cniNetconfPath, namespace).lists, options);
};

const startsWith = (list: NetworkList, beginning: string): boolean => textOf(list.config['nerdctlID']).startsWith(beginning);

const noSuch = (name: string): Failure => new Failure('not-found', `no network found matching: ${name}`, {hint: 'see them with gantry network ls'});

export const findList = async (onDisk: OnDisk, namespace: string, name: string, options: CallSignal = {}): Promise<NetworkList> => {
	if (name === '') throw noSuch(name);
	const lists = await readLists(onDisk, namespace, options);
	const exact = lists.find(list => list.name === name) ?? lists.find(list => isNetwork(list, name));
	if (exact !== undefined) return exact;
	if (name === defaultNetworkName) {
		ensureNetconfPath(onDisk.places.cniNetconfPath, '');
		await makeDefaultNetwork(onDisk.places.cniNetconfPath, onDisk.places.bridgeIp);
		return findList(onDisk, namespace, name, options);
	}
	const [first, ...more] = lists.filter(list => startsWith(list, name));
	if (more.length > 0) throw new Failure('conflict', `multiple IDs found with provided prefix: ${name}`, {hint: 'give more of the id'});
	if (first === undefined) throw noSuch(name);
	return first;
};
