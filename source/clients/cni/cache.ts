import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {parseNetworkList} from './network-list.ts';
import type {CachedAttachment, CniOptions, CniResult, NetworkList, RuntimeConf} from './types.ts';

/** Where libcni remembers what it attached, unless told otherwise; nerdctl, ctr and CRI do not tell it otherwise. */
export const defaultCacheDir = '/var/lib/cni';

const kind = 'cniCacheV1';

const directoryOf = ({cacheDir = defaultCacheDir}: Pick<CniOptions, 'cacheDir'>): string => join(cacheDir, 'results');

const fileOf = (options: Pick<CniOptions, 'cacheDir'>, network: string, {containerId, ifName}: Pick<RuntimeConf, 'containerId' | 'ifName'>): string =>
	join(directoryOf(options), `${network}-${containerId}-${ifName}`);

/** As libcni writes it, so that whoever comes next can take the attachment away: fields, file name and mode are its. */
export const writeCache = (options: Pick<CniOptions, 'cacheDir'>, list: NetworkList, conf: RuntimeConf, result: CniResult | undefined): void => {
	const directory = directoryOf(options);
	mkdirSync(directory, {recursive: true, mode: 0o700});
	const record = {
		kind,
		containerId: conf.containerId,
		config: Buffer.from(list.bytes).toString('base64'),
		ifName: conf.ifName,
		networkName: list.name,
		...(conf.netns === '' ? {} : {netns: conf.netns}),
		...(conf.args.length === 0 ? {} : {cniArgs: conf.args}),
		...(Object.keys(conf.capabilityArgs).length === 0 ? {} : {capabilityArgs: conf.capabilityArgs}),
		...(result === undefined ? {} : {result}),
	};
	writeFileSync(fileOf(options, list.name, conf), JSON.stringify(record), {mode: 0o600});
};

export const removeCache = (options: Pick<CniOptions, 'cacheDir'>, network: string, conf: Pick<RuntimeConf, 'containerId' | 'ifName'>): void =>
	rmSync(fileOf(options, network, conf), {force: true});

const objectOr = (value: unknown): Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};

const listFrom = (config: unknown): NetworkList | undefined => {
	try {
		return parseNetworkList(Buffer.from(String(config), 'base64'));
	} catch {
		return undefined;
	}
};

/** Undefined when there is none, and when what is there can not be read: libcni goes on without it then. */
const readFrom = (path: string): CachedAttachment | undefined => {
	let record: Readonly<Record<string, unknown>>;
	try {
		record = objectOr(JSON.parse(readFileSync(path, 'utf8')));
	} catch {
		return undefined;
	}
	const {containerId, networkName, ifName} = record;
	if (record['kind'] !== kind || typeof containerId !== 'string' || typeof networkName !== 'string' || typeof ifName !== 'string') return undefined;
	const args = Array.isArray(record['cniArgs']) ? record['cniArgs'] : [];
	return {
		...{path, containerId, networkName, ifName},
		netns: typeof record['netns'] === 'string' ? record['netns'] : '',
		args: args.filter((pair): pair is readonly [string, string] => Array.isArray(pair) && pair.length === 2),
		capabilityArgs: objectOr(record['capabilityArgs']),
		list: listFrom(record['config']),
		result: record['result'] === undefined ? undefined : objectOr(record['result']),
	};
};

export const readCache = (options: Pick<CniOptions, 'cacheDir'>, network: string, conf: Pick<RuntimeConf, 'containerId' | 'ifName'>): CachedAttachment | undefined =>
	readFrom(fileOf(options, network, conf));

/** Everything that is attached according to the cache, or what of it belongs to one container; interfaces in order. */
export const cachedAttachments = (options: Pick<CniOptions, 'cacheDir'>, containerId?: string): readonly CachedAttachment[] => {
	let names: readonly string[];
	try {
		names = readdirSync(directoryOf(options));
	} catch {
		// Nothing was ever attached.
		return [];
	}
	return names
		.filter(name => containerId === undefined || name.includes(`-${containerId}-`))
		.map(name => readFrom(join(directoryOf(options), name)))
		.filter((found): found is CachedAttachment => found !== undefined && (containerId === undefined || found.containerId === containerId))
		.sort((a, b) => a.ifName.localeCompare(b.ifName, 'en', {numeric: true}));
};
