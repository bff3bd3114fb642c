import {createHash} from 'node:crypto';
import type {Content} from '../../../clients/containerd/types.ts';
import {Failure, isFailure} from '../../../errors.ts';
import type {Descriptor, Image, Platform} from '../../../model/image.ts';
import {choosePlatforms, fitness, formatPlatform} from '../../../model/platform.ts';
import {isIndex, isObject, listOf, mapSeveral, toDescriptor, toPlatform} from '../manifests.ts';

export type ReadsSelection = {readonly containerd: {readonly content: Pick<Content, 'readAll' | 'info'>}};

type Json = Readonly<Record<string, unknown>>;

/** A manifest with what it leads to, as it is stored. */
export type SelectedManifest = {
	readonly descriptor: Descriptor;
	readonly bytes: Uint8Array;
	readonly json: Json;
	readonly config: Descriptor;
	readonly layers: readonly Descriptor[];
};

/** A part of an image that is here whole. */
export type Selection = {
	/** What a name shall lead to: the image's own target where all of it was chosen, one manifest, or an index of the chosen ones. */
	readonly top: Descriptor;
	readonly topBytes: Uint8Array;
	/** Undefined where `top` is a manifest. */
	readonly index: Json | undefined;
	readonly manifests: readonly SelectedManifest[];
};

export type SelectOptions = {
	/** `present`: whatever is here whole. */
	readonly platforms: readonly Platform[] | 'all' | 'present';
	readonly signal?: AbortSignal | undefined;
	/** Whether layers that may not be given on must be here; true unless said. */
	readonly needsForeign?: boolean;
};

export const isForeign = ({mediaType}: Descriptor): boolean => /foreign|nondistributable/.test(mediaType);

/** Choose platforms of an image, and refuse with a sentence where something of them is not in the store. Nothing is changed. */
export const select = async (dependencies: ReadsSelection, image: Image, options: SelectOptions): Promise<Selection> => {
	const {namespace, target, name} = image;
	const topBytes = await read(dependencies, namespace, target, options);
	if (topBytes === undefined) throw missing(name, 'its manifest is', undefined);
	if (!isIndex(target)) {
		const {manifest, lacks} = await readManifest(dependencies, namespace, target, topBytes, options);
		if (lacks.length > 0) throw missing(name, `${lacks.length} of its blobs are`, undefined);
		await refuseOther(dependencies, image, manifest, options);
		return {top: target, topBytes, index: undefined, manifests: [manifest]};
	}
	const index = parse(topBytes, target.digest);
	const entries = listOf(index['manifests']);
	const children = entries.map(toDescriptor);
	const looked = await mapSeveral(children, async child => {
		const bytes = await read(dependencies, namespace, child, options);
		return bytes === undefined
			? {manifest: undefined, lacks: [child.digest]}
			: readManifest(dependencies, namespace, child, bytes, options);
	});
	const isWhole = looked.map(({lacks}) => lacks.length === 0);
	const chosen = choose(name, children, isWhole, options.platforms);
	for (const at of chosen) {
		const lacks = looked[at]?.lacks ?? [];
		if (lacks.length > 0) throw missing(name, `${lacks.length} of the blobs for ${platformName(children[at])} are`, children[at]?.platform);
	}
	const manifests = chosen.flatMap(at => looked[at]?.manifest ?? []);
	if (chosen.length === children.length) return {top: target, topBytes, index, manifests};
	const [only] = manifests;
	if (manifests.length === 1 && only !== undefined) return {top: only.descriptor, topBytes: only.bytes, index: undefined, manifests};
	return {...encoded({...index, manifests: chosen.map(at => entries[at])}, target.mediaType), manifests};
};

const encoded = (index: Json, mediaType: string): Pick<Selection, 'top' | 'topBytes' | 'index'> => {
	const topBytes = Buffer.from(JSON.stringify(index));
	const digest = `sha256:${createHash('sha256').update(topBytes).digest('hex')}`;
	return {top: {mediaType, digest, sizeBytes: topBytes.byteLength, annotations: {}}, topBytes, index};
};

/** Places in the index, in its order. */
const choose = (
	name: string,
	children: readonly Descriptor[],
	isWhole: readonly boolean[],
	wanted: SelectOptions['platforms'],
): readonly number[] => {
	if (wanted === 'all') return children.map((_, at) => at);
	if (wanted === 'present') {
		const present = children.flatMap(({platform}, at) => (isWhole[at] === true && platform?.os !== 'unknown' ? [at] : []));
		if (present.length === 0) throw missing(name, 'the blobs of every platform are', undefined);
		// What is beside the images, attestations, goes along only when nothing is left out.
		return isWhole.every(Boolean) ? children.map((_, at) => at) : present;
	}
	const places = choosePlatforms(
		wanted,
		children.map(({platform}) => platform),
	);
	const lacking = wanted.filter((_, at) => places[at] === undefined);
	if (lacking.length === 0) return [...new Set(places as readonly number[])].sort((a, b) => a - b);
	const here = new Set(
		children.filter(({platform}, at) => isWhole[at] === true && platform !== undefined && platform.os !== 'unknown').map(platformName),
	);
	throw new Failure(
		'not-found',
		`it has no image for ${lacking.map(formatPlatform).join(', ')}${here.size === 0 ? '' : `; here is ${[...here].join(', ')}`}`,
		{
			hint: 'choose one that is here with --platform',
		},
	);
};

const refuseOther = async (
	dependencies: ReadsSelection,
	{namespace}: Image,
	{config}: SelectedManifest,
	options: SelectOptions,
): Promise<void> => {
	const {platforms: wanted} = options;
	const bytes = typeof wanted === 'string' ? undefined : await read(dependencies, namespace, config, options);
	const platform = bytes === undefined ? undefined : toPlatform(parse(bytes, config.digest));
	if (typeof wanted === 'string' || platform === undefined || wanted.some(wish => fitness(wish, platform) !== undefined)) return;
	throw new Failure('not-found', `it is for ${formatPlatform(platform)}, not for ${wanted.map(formatPlatform).join(', ')}`, {
		hint: `say --platform ${formatPlatform(platform)}`,
	});
};

const platformName = (child: Descriptor | undefined): string =>
	child?.platform === undefined ? 'an unnamed platform' : formatPlatform(child.platform);

const missing = (name: string, what: string, platform: Platform | undefined): Failure =>
	new Failure('not-found', `${what} not in the content store`, {
		hint: `pull it first: gantry pull ${platform === undefined ? '' : `--platform ${formatPlatform(platform)} `}${name}; or choose what is here with --platform`,
	});

const calling = ({signal}: SelectOptions) => (signal === undefined ? {} : {signal});

const read = async (
	{containerd}: ReadsSelection,
	namespace: string,
	{digest}: Descriptor,
	options: SelectOptions,
): Promise<Uint8Array | undefined> => {
	try {
		return await containerd.content.readAll(namespace, digest, calling(options));
	} catch (error) {
		if (isFailure(error, 'not-found')) return undefined;
		throw error;
	}
};

const readManifest = async (
	{containerd}: ReadsSelection,
	namespace: string,
	descriptor: Descriptor,
	bytes: Uint8Array,
	options: SelectOptions,
): Promise<{readonly manifest: SelectedManifest; readonly lacks: readonly string[]}> => {
	const json = parse(bytes, descriptor.digest);
	if (!isObject(json['config'])) throw new Failure('invalid', `The manifest ${descriptor.digest} names no config`);
	const config = toDescriptor(json['config']);
	const layers = listOf(json['layers']).map(toDescriptor);
	const needed = [config, ...layers.filter(layer => options.needsForeign !== false || !isForeign(layer))];
	const lacks: string[] = [];
	for (const digest of new Set(needed.map(blob => blob.digest)))
		try {
			await containerd.content.info(namespace, digest, calling(options));
		} catch (error) {
			if (!isFailure(error, 'not-found')) throw error;
			lacks.push(digest);
		}
	return {manifest: {descriptor, bytes, json, config, layers}, lacks};
};

export const parse = (bytes: Uint8Array, digest: string): Json => {
	try {
		const json: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
		if (isObject(json)) return json;
	} catch {
		// The sentence below says it.
	}
	throw new Failure('invalid', `${digest} is no JSON document`, {hint: 'the image is broken: ask whoever made it'});
};
