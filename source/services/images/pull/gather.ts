import type {Content} from '../../../clients/containerd/types.ts';
import type {RegistryClient} from '../../../clients/registry/types.ts';
import {Failure, isFailure} from '../../../errors.ts';
import type {Descriptor, Platform} from '../../../model/image.ts';
import {choosePlatforms, fitness, formatPlatform} from '../../../model/platform.ts';
import {formatReference, type Reference} from '../../../model/reference.ts';
import {bytesOf, ensureBlob, type Ingest} from '../ingest/blob.ts';
import {indexRefs, manifestRefs, withSource} from '../ingest/gc-labels.ts';
import {shortDigest} from '../ingest/tracker.ts';
import {isIndex, isObject, listOf, toDescriptor, toPlatform} from '../manifests.ts';

/** One image for one platform, as far as its documents say. */
export type PulledManifest = {
	readonly descriptor: Descriptor;
	readonly config: Descriptor;
	readonly layers: readonly Descriptor[];
	/** Empty where the config is no image's: a chart, a policy, an attestation. */
	readonly diffIds: readonly string[];
	readonly platform: Platform | undefined;
};

export type Gathering = Ingest & {
	readonly containerd: Ingest['containerd'] & {readonly content: Pick<Content, 'readAll'>};
	readonly registry: Pick<RegistryClient, 'fetchManifest' | 'fetchBlob'>;
	readonly reference: Reference;
	readonly platforms: readonly Platform[] | 'all';
};

type Json = Readonly<Record<string, unknown>>;

/** Images have configs of a few kilobytes. */
const mostConfigBytes = 4 * 1024 * 1024;
/** An index in an index in an index: nobody has been seen to go further. */
const deepest = 3;

/** Fetch the documents of an image: its index, the manifests of the wanted platforms, and their configs. Layers are the caller's. */
export const gather = async (gathering: Gathering, target: Descriptor, known?: Uint8Array): Promise<readonly PulledManifest[]> => {
	const found = await visit(gathering, target, known, 0);
	const {platforms} = gathering;
	if (isIndex(target) || platforms === 'all') return found;
	const [only] = found;
	if (only?.platform !== undefined && !platforms.some(wanted => fitness(wanted, only.platform as Platform) !== undefined))
		throw noPlatform(platforms, [only.platform]);
	return found;
};

const visit = async (
	gathering: Gathering,
	descriptor: Descriptor,
	known: Uint8Array | undefined,
	depth: number,
): Promise<readonly PulledManifest[]> => {
	const bytes = await documentOf(gathering, descriptor, known);
	const json = parse(bytes, descriptor.digest);
	if (!isIndex(descriptor)) return [await visitManifest(gathering, descriptor, json, bytes)];
	if (depth === deepest)
		throw new Failure('invalid', `${formatReference(gathering.reference)} has indexes in indexes, more than ${deepest} deep`);
	const children = listOf(json['manifests']).map(toDescriptor).map(sound);
	await keep(gathering, descriptor, bytes, indexRefs(children));
	const found: PulledManifest[] = [];
	for (const child of chosen(gathering, children)) found.push(...(await visit(gathering, child, undefined, depth + 1)));
	return found;
};

const chosen = ({platforms}: Gathering, children: readonly Descriptor[]): readonly Descriptor[] => {
	if (platforms === 'all') return children;
	const places = choosePlatforms(
		platforms,
		children.map(({platform}) => platform),
	);
	// An index may leave out what its children are for; their configs say it.
	const unlabelled = children.filter(
		({platform, annotations}) => platform === undefined && annotations['vnd.docker.reference.type'] === undefined,
	);
	if (places.every(place => place === undefined) && unlabelled.length > 0) return unlabelled;
	if (places.includes(undefined))
		throw noPlatform(
			platforms.filter((_, at) => places[at] === undefined),
			children.flatMap(({platform}) => (platform === undefined ? [] : [platform])),
		);
	return [...new Set(places)].map(place => children[place as number] as Descriptor);
};

const noPlatform = (wanted: readonly Platform[], offered: readonly Platform[]): Failure => {
	const names = [...new Set(offered.map(formatPlatform))].filter(name => !name.startsWith('unknown/'));
	return new Failure(
		'not-found',
		`it has no image for ${wanted.map(formatPlatform).join(', ')}${names.length === 0 ? '' : `, only for ${names.join(', ')}`}`,
		names.length === 0 ? {} : {hint: 'choose one of these with --platform'},
	);
};

/** As containerd takes them; others would be paths to somewhere else. */
const digestName = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

const sound = (descriptor: Descriptor): Descriptor => {
	const {digest, sizeBytes} = descriptor;
	if (digestName.test(digest) && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0) return descriptor;
	throw new Failure('invalid', `it refers to ${JSON.stringify(digest.slice(0, 100))} of ${sizeBytes} bytes, which can be no blob`, {hint: 'the image is broken: ask whoever made it'});
};

const visitManifest = async (gathering: Gathering, descriptor: Descriptor, json: Json, bytes: Uint8Array): Promise<PulledManifest> => {
	if (!isObject(json['config'])) throw new Failure('invalid', `The manifest ${descriptor.digest} names no config`);
	const config = sound(toDescriptor(json['config']));
	const layers = listOf(json['layers']).map(toDescriptor).map(sound);
	await keep(gathering, descriptor, bytes, manifestRefs(config, layers));
	if (config.sizeBytes > mostConfigBytes)
		throw new Failure('exhausted', `its config ${shortDigest(config.digest)} has ${config.sizeBytes} bytes, more than any image needs`, {
			hint: 'the image is broken: ask whoever made it',
		});
	const {registry, reference, signal} = gathering;
	gathering.tracker.add({id: config.digest, label: `config ${shortDigest(config.digest)}`, totalBytes: config.sizeBytes});
	await ensureBlob(gathering, {
		descriptor: config,
		labels: existing => withSource(existing, reference),
		source: offset => registry.fetchBlob(reference, config, {offset, verify: offset === 0, signal}),
	});
	gathering.tracker.phase(config.digest, 'done');
	return {descriptor, config, layers, ...(await readConfig(gathering, descriptor, config, layers))};
};

const imageConfigs = /^application\/vnd\.(?:oci\.image\.config|docker\.container\.image)\.v1\+json$/;

const readConfig = async (
	{containerd, namespace, signal}: Gathering,
	{platform}: Descriptor,
	config: Descriptor,
	layers: readonly Descriptor[],
): Promise<Pick<PulledManifest, 'diffIds' | 'platform'>> => {
	if (!imageConfigs.test(config.mediaType)) return {diffIds: [], platform};
	const json = parse(await containerd.content.readAll(namespace, config.digest, {signal, maxBytes: mostConfigBytes}), config.digest);
	const rootfs = isObject(json['rootfs']) ? json['rootfs'] : {};
	const diffIds = Array.isArray(rootfs['diff_ids']) ? rootfs['diff_ids'].map(String) : [];
	// BuildKit's attestations have an image's config and layers of another kind.
	const isImage = layers.every(({mediaType}) => /layer|rootfs\.(?:diff|foreign)/.test(mediaType)) && platform?.os !== 'unknown';
	if (isImage && diffIds.length !== layers.length)
		throw new Failure('invalid', `The config ${config.digest} speaks of ${diffIds.length} layers, its manifest of ${layers.length}`, {
			hint: 'the image is broken: ask whoever made it',
		});
	return {diffIds: isImage ? diffIds : [], platform: platform ?? toPlatform(json)};
};

/** From the store where it is there: an unchanged image costs one question to the registry. */
const documentOf = async (
	{containerd, namespace, signal, registry, reference, tracker}: Gathering,
	{digest, sizeBytes}: Descriptor,
	known?: Uint8Array,
): Promise<Uint8Array> => {
	tracker.add({id: digest, label: `manifest ${shortDigest(digest)}`, totalBytes: sizeBytes});
	if (known !== undefined) return known;
	try {
		return await containerd.content.readAll(namespace, digest, {signal});
	} catch (error) {
		if (!isFailure(error, 'not-found')) throw error;
	}
	tracker.phase(digest, 'fetching');
	const {bytes} = await registry.fetchManifest(reference, digest, {signal});
	if (bytes.byteLength !== sizeBytes)
		throw new Failure('invalid', `The manifest ${digest} has ${bytes.byteLength} bytes, not ${sizeBytes}`, {
			hint: 'the index is wrong: ask whoever made the image',
		});
	return bytes;
};

const keep = async (
	gathering: Gathering,
	descriptor: Descriptor,
	bytes: Uint8Array,
	refs: Readonly<Record<string, string>>,
): Promise<void> => {
	const {reference, tracker} = gathering;
	const labels = (existing: Readonly<Record<string, string>>) => ({...refs, ...withSource(existing, reference)});
	if ((await ensureBlob(gathering, {descriptor, labels, source: bytesOf(bytes)})) === 'written') tracker.phase(descriptor.digest, 'done');
};

const parse = (bytes: Uint8Array, digest: string): Json => {
	try {
		const json: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
		if (isObject(json)) return json;
	} catch {
		// The sentence below says it.
	}
	throw new Failure('invalid', `${digest} is no JSON document`, {hint: 'the image is broken: ask whoever made it'});
};
