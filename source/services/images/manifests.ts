import type {Content} from '../../clients/containerd/types.ts';
import {isFailure} from '../../errors.ts';
import type {Descriptor, Platform} from '../../model/image.ts';

export type ReadsContent = {readonly containerd: {readonly content: Pick<Content, 'readAll'>}};

const indexTypes: ReadonlySet<string> = new Set([
	'application/vnd.oci.image.index.v1+json',
	'application/vnd.docker.distribution.manifest.list.v2+json',
]);
const manifestTypes: ReadonlySet<string> = new Set([
	'application/vnd.oci.image.manifest.v1+json',
	'application/vnd.docker.distribution.manifest.v2+json',
]);

export const isIndex = ({mediaType}: Pick<Descriptor, 'mediaType'>): boolean => indexTypes.has(mediaType);
const isManifest = ({mediaType}: Pick<Descriptor, 'mediaType'>): boolean => manifestTypes.has(mediaType);

type Json = Readonly<Record<string, unknown>>;

/** One image for one platform. `configJson` and the rest are undefined or empty where the content is not here. */
export type Manifest = {
	readonly descriptor: Descriptor;
	readonly json: Json | undefined;
	readonly config: Descriptor | undefined;
	readonly configJson: Json | undefined;
	readonly layers: readonly Descriptor[];
	readonly diffIds: readonly string[];
};

/** What the target of an image leads to. Attestations that BuildKit puts beside the platforms are not images and are left out. */
export const readManifests = async (
	dependencies: ReadsContent,
	namespace: string,
	target: Descriptor,
	options: {readonly signal?: AbortSignal} = {},
): Promise<{readonly indexJson: Json | undefined; readonly manifests: readonly Manifest[]}> => {
	if (!isIndex(target)) return {indexJson: undefined, manifests: [await readManifest(dependencies, namespace, target, options)]};
	const indexJson = await readJson(dependencies, namespace, target, options);
	const children = listOf(indexJson?.['manifests'])
		.map(toDescriptor)
		.filter(child => isManifest(child) && child.annotations['vnd.docker.reference.type'] !== 'attestation-manifest');
	return {indexJson, manifests: await mapSeveral(children, child => readManifest(dependencies, namespace, child, options))};
};

const readManifest = async (
	dependencies: ReadsContent,
	namespace: string,
	descriptor: Descriptor,
	options: {readonly signal?: AbortSignal},
): Promise<Manifest> => {
	const json = await readJson(dependencies, namespace, descriptor, options);
	const config = isObject(json?.['config']) ? toDescriptor(json['config']) : undefined;
	const layers = listOf(json?.['layers']).map(toDescriptor);
	const configJson = config === undefined ? undefined : await readJson(dependencies, namespace, config, options);
	const rootfs = isObject(configJson?.['rootfs']) ? configJson['rootfs'] : {};
	const diffIds = Array.isArray(rootfs['diff_ids']) ? rootfs['diff_ids'].map(String) : [];
	return {descriptor, json, config, configJson, layers, diffIds};
};

/** Undefined when the blob is not here (other platforms usually are not) or is not a JSON object. */
const readJson = async (
	{containerd}: ReadsContent,
	namespace: string,
	{digest}: Descriptor,
	options: {readonly signal?: AbortSignal},
): Promise<Json | undefined> => {
	try {
		const value: unknown = JSON.parse(Buffer.from(await containerd.content.readAll(namespace, digest, options)).toString('utf8'));
		return isObject(value) ? value : undefined;
	} catch (error) {
		if (isFailure(error, 'not-found') || error instanceof SyntaxError) return undefined;
		throw error;
	}
};

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

export const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** A descriptor as JSON has it; `size` and `os.version` are its words. */
export const toDescriptor = (json: Json): Descriptor => {
	const platform = isObject(json['platform']) ? toPlatform(json['platform']) : undefined;
	const annotations = isObject(json['annotations'])
		? Object.fromEntries(Object.entries(json['annotations']).map(([key, value]) => [key, String(value)]))
		: {};
	const size = Number(json['size']);
	const urls = Array.isArray(json['urls']) ? json['urls'].map(String) : [];
	return {
		mediaType: String(json['mediaType'] ?? ''),
		digest: String(json['digest'] ?? ''),
		sizeBytes: Number.isFinite(size) ? size : 0,
		annotations,
		...(platform === undefined ? {} : {platform}),
		...(urls.length === 0 ? {} : {urls}),
	};
};

/** Of an index entry or of an image config: both use these names. */
export const toPlatform = (json: Json): Platform | undefined => {
	const {os, architecture, variant} = json;
	if (typeof os !== 'string' || typeof architecture !== 'string' || os === '') return undefined;
	const osVersion = json['os.version'];
	return {
		os,
		architecture,
		...(typeof variant === 'string' && variant !== '' ? {variant} : {}),
		...(typeof osVersion === 'string' && osVersion !== '' ? {osVersion} : {}),
	};
};

/** The platform that a manifest is for: the index says, else its config. */
export const platformOf = ({descriptor, configJson}: Manifest): Platform | undefined =>
	descriptor.platform ?? (configJson === undefined ? undefined : toPlatform(configJson));

const atOnce = 4;

/** In order, a few at a time, so that an index of thirty platforms does not take the daemon for itself. */
export const mapSeveral = async <Item, Result>(items: readonly Item[], map: (item: Item) => Promise<Result>): Promise<Result[]> => {
	const results = new Array<Result>(items.length);
	const queue = [...items.entries()];
	const work = async (): Promise<void> => {
		for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await map(next[1]);
	};
	await Promise.all(Array.from({length: Math.min(atOnce, items.length)}, work));
	return results;
};
