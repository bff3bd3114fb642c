import type {RegistryClient} from '../../../clients/registry/types.ts';
import {Failure, failing, isFailure} from '../../../errors.ts';
import type {Descriptor} from '../../../model/image.ts';
import {formatReference, parseReference, type Reference} from '../../../model/reference.ts';
import {isIndex, isObject, listOf, toDescriptor, toPlatform} from '../manifests.ts';
import {parse} from '../push/select.ts';
import {type Listed, type ListedPlatform, openListStore} from './store.ts';

export type {Listed, ListedPlatform} from './store.ts';

type Call = {readonly signal?: AbortSignal};

export type ManifestLists = {
	/** Collect manifests that are in a registry under a name; answers the whole name. */
	create(
		list: string,
		manifests: readonly string[],
		options?: Call & {readonly isAmended?: boolean; readonly isInsecure?: boolean},
	): Promise<string>;
	annotate(list: string, manifest: string, platform: Partial<ListedPlatform>): Promise<void>;
	/** What a registry has: the document, or with `isVerbose` an entry for each manifest. A list that was not pushed is shown from here. */
	inspect(reference: string, options?: Call & {readonly isVerbose?: boolean; readonly isInsecure?: boolean}): Promise<readonly unknown[]>;
	push(
		list: string,
		options?: Call & {
			readonly isInsecure?: boolean;
			readonly isPurged?: boolean;
			readonly onPushed?: (reference: string, digest: string) => void;
		},
	): Promise<{readonly digest: string}>;
	remove(list: string): Promise<void>;
};

export type ManifestListDependencies = {
	readonly openRegistry: (isInsecure?: boolean) => Promise<RegistryClient>;
	readonly dataRoot: string | undefined;
};

const docker = {
	list: 'application/vnd.docker.distribution.manifest.list.v2+json',
	manifest: 'application/vnd.docker.distribution.manifest.v2+json',
};
const oci = {list: 'application/vnd.oci.image.index.v1+json', manifest: 'application/vnd.oci.image.manifest.v1+json'};
const mostConfigBytes = 4 * 1024 * 1024;

const calling = (signal: AbortSignal | undefined) => (signal === undefined ? {} : {signal});

type Fetched = {readonly descriptor: Descriptor; readonly bytes: Uint8Array};

const fetchTop = async (registry: RegistryClient, reference: Reference, signal: AbortSignal | undefined): Promise<Fetched> => {
	const resolved = await registry.resolve(reference, calling(signal));
	const bytes = resolved.manifestBytes ?? (await registry.fetchManifest(reference, resolved.digest, calling(signal))).bytes;
	return {descriptor: {...resolved, annotations: {}}, bytes};
};

const entryOf = (reference: Reference, {descriptor, bytes}: Fetched, platform: ListedPlatform | undefined): Listed => {
	const {mediaType, digest, sizeBytes} = descriptor;
	const {schemaVersion, config, layers, annotations} = parse(bytes, digest);
	const manifest = {schemaVersion, mediaType, config, layers, ...(annotations === undefined ? {} : {annotations})};
	return {
		Ref: reference.digest === undefined ? `${formatReference(reference)}@${digest}` : formatReference(reference),
		Descriptor: {mediaType, digest, size: sizeBytes, ...(platform === undefined ? {} : {platform})},
		Raw: Buffer.from(bytes).toString('base64'),
		...(mediaType === docker.manifest ? {SchemaV2Manifest: manifest} : mediaType === oci.manifest ? {OCIManifest: manifest} : {}),
	};
};

const platformOf = async (
	registry: RegistryClient,
	reference: Reference,
	{descriptor, bytes}: Fetched,
	signal: AbortSignal | undefined,
): Promise<ListedPlatform | undefined> => {
	const json = parse(bytes, descriptor.digest);
	if (!isObject(json['config'])) return undefined;
	const config = toDescriptor(json['config']);
	if (config.sizeBytes > mostConfigBytes) return undefined;
	const chunks: Uint8Array[] = [];
	for await (const chunk of registry.fetchBlob(reference, config, calling(signal))) chunks.push(chunk);
	const platform = toPlatform(parse(Buffer.concat(chunks), config.digest));
	if (platform === undefined) return undefined;
	const {architecture, os, variant, osVersion} = platform;
	return {architecture, os, ...(osVersion === undefined ? {} : {'os.version': osVersion}), ...(variant === undefined ? {} : {variant})};
};

const documentOf = (list: Reference, listed: readonly Listed[]): {readonly bytes: Buffer; readonly mediaType: string} => {
	const mediaType = listed.some(({Descriptor}) => Descriptor.mediaType === oci.manifest) ? oci.list : docker.list;
	const manifests = listed.map(({Ref, Descriptor: {mediaType: type, size, digest, platform}}) => {
		if (platform === undefined || platform.architecture === '' || platform.os === '')
			throw new Failure('invalid', `manifest ${Ref} must have an OS and Architecture to be pushed to a registry`, {
				hint: `say them: gantry manifest annotate --os linux --arch amd64 ${formatReference(list)} ${Ref}`,
			});
		return {mediaType: type, size, digest, platform};
	});
	return {bytes: Buffer.from(JSON.stringify({schemaVersion: 2, mediaType, manifests}, undefined, 3)), mediaType};
};

/** The blobs first, from the repository where the manifest was found: a registry takes no manifest whose blobs it can't see. */
const pushListed = async (
	registry: RegistryClient,
	list: Reference,
	{Ref, Descriptor, Raw}: Listed,
	signal: AbortSignal | undefined,
): Promise<void> => {
	const source = parseReference(Ref);
	if (source.domain !== list.domain)
		throw new Failure(
			'invalid',
			`cannot use source images from a different registry than the target image: ${source.domain} != ${list.domain}`,
		);
	const bytes = Buffer.from(Raw, 'base64');
	if (source.path !== list.path) {
		const json = parse(bytes, Descriptor.digest);
		const blobs = [...listOf(json['layers']), ...(isObject(json['config']) ? [json['config']] : [])].map(toDescriptor);
		for (const blob of blobs)
			await registry.pushBlob(list, blob, offset => registry.fetchBlob(source, blob, {offset, ...calling(signal)}), {
				mountFrom: [source.path],
				...calling(signal),
			});
	}
	await registry.pushManifest({...list, tag: undefined, digest: undefined}, bytes, Descriptor.mediaType, calling(signal));
};

const noSuch = (list: Reference): Failure => new Failure('not-found', `No such manifest: ${formatReference(list)}`);

export const createManifestLists = ({openRegistry, dataRoot}: ManifestListDependencies): ManifestLists => {
	const store = () => {
		if (dataRoot === undefined) throw new Failure('unsupported', 'There is no place for manifest lists here');
		return openListStore(dataRoot);
	};
	return {
		async create(listText, manifestTexts, {signal, isAmended = false, isInsecure = false} = {}) {
			const list = parseReference(listText);
			if (!isAmended && (await store().read(list)).length > 0)
				throw new Failure('already-exists', 'refusing to amend an existing manifest list with no --amend flag');
			const registry = await openRegistry(isInsecure);
			for (const text of manifestTexts) {
				const reference = parseReference(text);
				const fetched = await fetchTop(registry, reference, signal).catch((error: unknown) => {
					throw failing(`add ${text} to the list`, error);
				});
				if (isIndex(fetched.descriptor)) throw new Failure('invalid', `${text} is a manifest list`);
				await store().write(list, reference, entryOf(reference, fetched, await platformOf(registry, reference, fetched, signal)));
			}
			return formatReference(list);
		},
		async annotate(listText, manifestText, platform) {
			const [list, manifest] = [parseReference(listText), parseReference(manifestText)];
			const listed = await store().find(list, manifest);
			if (listed === undefined) throw new Failure('not-found', `manifest for image ${manifestText} does not exist in ${listText}`);
			const before: ListedPlatform = listed.Descriptor.platform ?? {architecture: '', os: ''};
			const features = [...new Set([...(before['os.features'] ?? []), ...(platform['os.features'] ?? [])])];
			const after = {...before, ...platform, ...(features.length === 0 ? {} : {'os.features': features})};
			await store().write(list, manifest, {...listed, Descriptor: {...listed.Descriptor, platform: after}});
		},
		async inspect(text, {signal, isVerbose = false, isInsecure = false} = {}) {
			const reference = parseReference(text);
			const registry = await openRegistry(isInsecure);
			try {
				const top = await fetchTop(registry, reference, signal);
				const json = parse(top.bytes, top.descriptor.digest);
				if (!isVerbose) return [json];
				if (!isIndex(top.descriptor)) return [entryOf(reference, top, await platformOf(registry, reference, top, signal))];
				const entries: Listed[] = [];
				for (const child of listOf(json['manifests'])) {
					const descriptor = toDescriptor(child);
					const {bytes} = await registry.fetchManifest(reference, descriptor.digest, calling(signal));
					entries.push(
						entryOf(
							{...reference, digest: descriptor.digest},
							{descriptor, bytes},
							isObject(child['platform']) ? (child['platform'] as unknown as ListedPlatform) : undefined,
						),
					);
				}
				return entries;
			} catch (error) {
				const local = isFailure(error, 'not-found') && dataRoot !== undefined ? await store().read(reference) : [];
				if (local.length === 0) throw error;
				return isVerbose ? local : [parse(documentOf(reference, local).bytes, text)];
			}
		},
		async push(listText, {signal, isInsecure = false, isPurged = false, onPushed} = {}) {
			const list = parseReference(listText);
			const listed = await store().read(list);
			if (listed.length === 0) throw noSuch(list);
			const {bytes, mediaType} = documentOf(list, listed);
			const registry = await openRegistry(isInsecure);
			for (const one of listed) {
				await pushListed(registry, list, one, signal);
				onPushed?.(`${formatReference({...list, tag: undefined})}@${one.Descriptor.digest}`, one.Descriptor.digest);
			}
			const {digest} = await registry.pushManifest(list, bytes, mediaType, calling(signal));
			if (isPurged) await store().remove(list);
			return {digest};
		},
		async remove(listText) {
			const list = parseReference(listText);
			if ((await store().read(list)).length === 0) throw noSuch(list);
			await store().remove(list);
		},
	};
};
