import {existsSync, readFileSync, readlinkSync, statSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {dirname} from 'node:path';
import {type CachedAttachment, cachedAttachments, detach, type Lease, leaseDirectory, loadNetworks, type NetworkList, readLeases, removeContainerRules, removeLease} from '../../clients/cni/index.ts';
import {isAbort} from '../../errors.ts';
import type {OnDisk} from './dependencies.ts';
import {takingTurns} from './turns.ts';
import type {CallSignal, Freed, Repaired} from './types.ts';

export type RepairDependencies = OnDisk;

/** Only what nerdctl and we attach: `<namespace>-<id>`. Pods of a kubelet are the kubelet's. */
const isOurs = (containerId: string): boolean => /^.+-[\da-f]{64}$/.test(containerId);

/** A lease without an attachment may be one that is being made. */
const settledMs = 60_000;

const addressesOf = ({result}: CachedAttachment): readonly string[] => (result?.ips ?? []).map(({address = ''}) => address.split('/')[0] ?? '').filter(Boolean);

const linkOf = (path: string): string => {
	try {
		return readlinkSync(path);
	} catch {
		return '';
	}
};

/**
Whether the network namespace still is the one that was attached. Its path names a process, whose number may be somebody else's after a
reboot: so an address of the container must be in it, and it must not be the machine's.
*/
const isAlive = (attachment: CachedAttachment): boolean => {
	const {netns} = attachment;
	if (netns === '' || !existsSync(netns)) return false;
	const pid = /^\/proc\/(\d+)\/ns\/net$/.exec(netns)?.[1];
	if (pid === undefined) return true;
	if (linkOf(netns) === linkOf('/proc/self/ns/net')) return false;
	const addresses = addressesOf(attachment).filter(address => !address.includes(':'));
	if (addresses.length === 0) return true;
	try {
		const table = readFileSync(`/proc/${pid}/net/fib_trie`, 'utf8');
		return addresses.some(address => table.includes(`-- ${address}\n`));
	} catch {
		return false;
	}
};

const everybodysLists = async (netconfPath: string): Promise<readonly NetworkList[]> => {
	const entries = await readdir(netconfPath, {withFileTypes: true}).catch(() => []);
	return ['', ...entries.filter(entry => entry.isDirectory()).map(({name}) => name)].flatMap(namespace => loadNetworks(namespace === '' ? netconfPath : `${netconfPath}/${namespace}`, '').lists);
};

const cacheOf = ({cniCacheDir}: OnDisk['places']): {readonly cacheDir?: string} => (cniCacheDir === undefined ? {} : {cacheDir: cniCacheDir});

/** The plugins take it all away by what CNI remembers, ports and rules included; the lease alone would leave a port that leads to the next owner of the address. */
const freeAttachment = async (attachment: CachedAttachment, places: OnDisk['places'], {signal}: CallSignal): Promise<readonly Freed[]> => {
	const {list, containerId, ifName, args, capabilityArgs, networkName} = attachment;
	if (list === undefined) return [];
	await detach(list, {containerId, netns: '', ifName, args, capabilityArgs}, {pluginPath: places.cniPath, ...cacheOf(places), ...(signal === undefined ? {} : {signal})});
	await removeContainerRules(containerId, 4).catch(() => undefined);
	return addressesOf(attachment).map(address => ({network: networkName, containerId, address}));
};

const isSettled = ({path}: Lease, now: number): boolean => {
	try {
		return now - statSync(path).mtimeMs > settledMs;
	} catch {
		// Given back this moment.
		return false;
	}
};

/** An ADD that was cut short leaves an address that no attachment speaks of. */
const freeLeases = async (onDisk: OnDisk, lists: readonly NetworkList[], options: CallSignal): Promise<readonly Freed[]> => {
	const known = new Set(cachedAttachments(cacheOf(onDisk.places)).map(({containerId}) => containerId));
	const freed: Freed[] = [];
	const now = Date.now();
	for (const list of lists) {
		const orphans = readLeases(list).filter(lease => isOurs(lease.containerId) && !known.has(lease.containerId) && isSettled(lease, now));
		const [first] = orphans;
		if (first === undefined) continue;
		// host-local's own lock.
		await onDisk.files.withFileLock(`${leaseDirectory(list) ?? dirname(first.path)}/lock`, async () => orphans.forEach(removeLease), options);
		freed.push(...orphans.map(({containerId, address}) => ({network: list.name, containerId, address})));
	}
	return freed;
};

/** Told by nothing but this machine: another daemon's containers are alive when their namespaces are. */
export const repair = async (onDisk: RepairDependencies, options: CallSignal = {}): Promise<Repaired> => {
	const {places} = onDisk;
	const stale = (): readonly CachedAttachment[] => cachedAttachments(cacheOf(places)).filter(attachment => isOurs(attachment.containerId) && !isAlive(attachment));
	const lists = await everybodysLists(places.cniNetconfPath);
	return takingTurns(
		onDisk,
		async () => {
			const freed: Freed[] = [];
			const failed: Array<Repaired['failed'][number]> = [];
			// Looked at again: a container may have been started while we waited for our turn.
			for (const attachment of stale()) {
				try {
					freed.push(...(await freeAttachment(attachment, places, options)));
				} catch (error) {
					if (isAbort(error)) throw error;
					failed.push({id: attachment.containerId, error});
				}
			}
			return {freed: [...freed, ...(await freeLeases(onDisk, lists, options))], failed};
		},
		options,
	);
};
