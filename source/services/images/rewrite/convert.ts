import {createHash} from 'node:crypto';
import {failing, Failure, isAbort} from '../../../errors.ts';
import type {Descriptor, Image, Platform} from '../../../model/image.ts';
import {formatReference, parseReference} from '../../../model/reference.ts';
import type {Adopting} from '../archive/adopt.ts';
import {writeUnnamed} from '../archive/collect.ts';
import {ingestOf, type LoadDependencies} from '../archive/load.ts';
import {decompressed, peek} from '../archive/read-tar.ts';
import {decompressionOf} from '../../layers/index.ts';
import {indexRefs, manifestRefs, uncompressed} from '../ingest/gc-labels.ts';
import {withLease} from '../ingest/lease.ts';
import {writeRecord} from '../ingest/record.ts';
import {createTracker, type LongCall, shortDigest} from '../ingest/tracker.ts';
import {listOf} from '../manifests.ts';
import {isForeign, type SelectedManifest, select} from '../push/select.ts';
import {compressed} from './compress.ts';
import {asJson, type Compression, configTypes, type Family, indexTypes, layerTypes, manifestTypes, writeDocument} from './write-image.ts';

export type ConvertRequest = {
	readonly image: Image;
	readonly reference: string;
	readonly platforms: readonly Platform[] | 'all';
	/** Undefined: as they are. */
	readonly family: Family | undefined;
	readonly compression: Compression | undefined;
	readonly level?: number | undefined;
};

/** The same image in other documents or with its layers packed otherwise, under another name. What layers unpack to stays the same. */
export const convert = async (
	dependencies: LoadDependencies,
	request: ConvertRequest,
	{signal, onProgress}: LongCall = {},
): Promise<Image> => {
	const {image, reference, platforms} = request;
	const {namespace} = image;
	const tracker = createTracker(onProgress);
	const calling = signal ?? new AbortController().signal;
	try {
		const name = formatReference(parseReference(reference));
		const {index, manifests, top} = await select(dependencies, image, {platforms, signal: calling});
		return await withLease(
			dependencies,
			namespace,
			async lease => {
				await dependencies.containerd.leases.addResource(namespace, lease, {id: image.target.digest, type: 'content'}, {signal: calling});
				const ingest = ingestOf(dependencies, namespace, lease, tracker, calling);
				tracker.step('converting');
				const done = new Map<string, Promise<Descriptor>>();
				const converted: Descriptor[] = [];
				for (const manifest of manifests) converted.push(await convertManifest(ingest, request, manifest, done));
				const target =
					index === undefined ? converted[0] : await writeIndex(ingest, index, request.family ?? familyOf(top.mediaType), converted);
				if (target === undefined) throw new Failure('invalid', 'there is nothing in it');
				tracker.step('writing the image record');
				return writeRecord(dependencies, namespace, name, target, {signal: calling, lease});
			},
			{signal: calling},
		);
	} catch (error) {
		calling.throwIfAborted();
		throw isAbort(error) ? error : failing(`convert ${image.name}`, error);
	}
};

const familyOf = (mediaType: string): Family => (mediaType.includes('.oci.') ? 'oci' : 'docker');

const writeIndex = async (
	ingest: Adopting,
	index: Readonly<Record<string, unknown>>,
	family: Family,
	children: readonly Descriptor[],
): Promise<Descriptor> => {
	const manifests = listOf(index['manifests']).map((entry, at) => ({...entry, ...asJson(children[at] as Descriptor)}));
	const {annotations, ...rest} = index;
	const json = {...rest, mediaType: indexTypes[family], manifests, ...(family === 'oci' && annotations !== undefined ? {annotations} : {})};
	return writeDocument(ingest, json, indexTypes[family], indexRefs(children));
};

const convertManifest = async (
	ingest: Adopting,
	request: ConvertRequest,
	{descriptor, json, config, layers}: SelectedManifest,
	done: Map<string, Promise<Descriptor>>,
): Promise<Descriptor> => {
	const family = request.family ?? familyOf(descriptor.mediaType);
	const converted: Descriptor[] = [];
	for (const layer of layers) {
		const layerWork = done.get(layer.digest + family) ?? convertLayer(ingest, request, family, layer);
		done.set(layer.digest + family, layerWork);
		converted.push(await layerWork);
	}
	const newConfig = {
		...config,
		mediaType: /container\.image|image\.config/.test(config.mediaType) ? configTypes[family] : config.mediaType,
	};
	const {annotations, ...rest} = json;
	const document = {
		...rest,
		...{mediaType: manifestTypes[family], config: asJson(newConfig), layers: converted.map(asJson)},
		...(family === 'oci' && annotations !== undefined ? {annotations} : {}),
	};
	return writeDocument(ingest, document, manifestTypes[family], manifestRefs(newConfig, converted));
};

const compressionOf = (head: Uint8Array): Compression =>
	decompressionOf(head) === undefined ? 'none' : head[0] === 0x1f ? 'gzip' : 'zstd';

const convertLayer = async (
	ingest: Adopting,
	{compression, level}: ConvertRequest,
	family: Family,
	layer: Descriptor,
): Promise<Descriptor> => {
	const {containerd, namespace, signal, tracker} = ingest;
	const isTar = /layer\.v1\.tar|rootfs\.diff\.tar/.test(layer.mediaType) && !/encrypted/.test(layer.mediaType) && !isForeign(layer);
	if (!isTar) return layer;
	const {head, all} = await peek(containerd.content.read(namespace, layer.digest, {signal}));
	const current = compressionOf(head);
	const wanted = compression ?? current;
	if (wanted === current) {
		// Ends the reading.
		for await (const _ of all) break;
		return {...layer, mediaType: layerTypes[family][current]};
	}
	tracker.add({id: layer.digest, label: `layer ${shortDigest(layer.digest)}`, totalBytes: layer.sizeBytes, phase: 'reading'});
	let read = 0;
	const counted = async function* (): AsyncGenerator<Uint8Array> {
		for await (const chunk of all) {
			read += chunk.byteLength;
			tracker.bytes(layer.digest, read);
			yield chunk;
		}
	};
	const hash = createHash('sha256');
	const plain = await decompressed(counted(), signal);
	const hashed = async function* (): AsyncGenerator<Uint8Array> {
		for await (const chunk of plain) {
			hash.update(chunk);
			yield chunk;
		}
	};
	const {digest, sizeBytes} = await writeUnnamed(ingest, compressed(hashed(), {compression: wanted, level, signal}), {
		sizeBytes: undefined,
		label: `as ${wanted}`,
	});
	const labels = {[uncompressed]: `sha256:${hash.digest('hex')}`};
	await containerd.content.update(namespace, {digest, sizeBytes, labels, createdAt: 0, updatedAt: 0}, [`labels.${uncompressed}`], {signal});
	tracker.phase(layer.digest, 'done');
	// Annotations tell of the old bytes: where a table of contents is in them, and its digest.
	return {mediaType: layerTypes[family][wanted], digest, sizeBytes, annotations: {}};
};
