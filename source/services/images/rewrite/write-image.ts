import type {Descriptor, Image} from '../../../model/image.ts';
import type {Adopting} from '../archive/adopt.ts';
import {digestOf} from '../archive/images-in.ts';
import type {LoadDependencies} from '../archive/load.ts';
import {bytesOf, ensureBlob} from '../ingest/blob.ts';
import {manifestRefs} from '../ingest/gc-labels.ts';
import {writeRecord} from '../ingest/record.ts';
import {unpackManifests} from '../unpack/unpack-manifests.ts';

export type Family = 'docker' | 'oci';

export const manifestTypes: Readonly<Record<Family, string>> = {
	docker: 'application/vnd.docker.distribution.manifest.v2+json',
	oci: 'application/vnd.oci.image.manifest.v1+json',
};
export const indexTypes: Readonly<Record<Family, string>> = {
	docker: 'application/vnd.docker.distribution.manifest.list.v2+json',
	oci: 'application/vnd.oci.image.index.v1+json',
};
export const configTypes: Readonly<Record<Family, string>> = {
	docker: 'application/vnd.docker.container.image.v1+json',
	oci: 'application/vnd.oci.image.config.v1+json',
};

export type Compression = 'gzip' | 'zstd' | 'none';

export const layerTypes: Readonly<Record<Family, Readonly<Record<Compression, string>>>> = {
	docker: {
		gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
		zstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
		none: 'application/vnd.docker.image.rootfs.diff.tar',
	},
	oci: {
		gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
		zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
		none: 'application/vnd.oci.image.layer.v1.tar',
	},
};

/** The same layer in the words of a family: readers refuse a manifest that mixes them. What is no plain layer keeps its type. */
export const inFamily = (layer: Descriptor, family: Family): Descriptor => {
	const [, packing] = /^application\/vnd\.(?:oci\.image\.layer\.v1|docker\.image\.rootfs\.diff)\.tar(?:[+.](gzip|zstd))?$/.exec(
		layer.mediaType,
	) ?? ['', 'other'];
	if (packing === 'other') return layer;
	return {...layer, mediaType: layerTypes[family][packing === 'gzip' || packing === 'zstd' ? packing : 'none']};
};

/** A descriptor as a document has it. */
export const asJson = ({mediaType, digest, sizeBytes, annotations, urls}: Descriptor) => ({
	mediaType,
	digest,
	size: sizeBytes,
	...(Object.keys(annotations).length === 0 ? {} : {annotations}),
	...(urls === undefined ? {} : {urls}),
});

/** A document of ours, in the store. */
export const writeDocument = async (
	ingest: Adopting,
	json: unknown,
	mediaType: string,
	labels: Readonly<Record<string, string>>,
): Promise<Descriptor> => {
	const bytes = Buffer.from(JSON.stringify(json));
	const descriptor = {mediaType, digest: digestOf(bytes), sizeBytes: bytes.byteLength, annotations: {}};
	await ensureBlob(ingest, {descriptor, labels: () => labels, source: bytesOf(bytes), phase: 'writing'});
	return descriptor;
};

export type NewImage = {
	readonly name: string;
	/** The OCI config, whose `rootfs` is made of the layers here. */
	readonly config: Readonly<Record<string, unknown>>;
	readonly layers: ReadonlyArray<{readonly descriptor: Descriptor; readonly diffId: string}>;
	readonly family: Family;
	readonly snapshotter: string;
};

/** An image of layers that are in the store: documents, snapshots, and the name at last. */
export const writeImage = async (
	dependencies: LoadDependencies,
	ingest: Adopting,
	{name, config, layers, family, snapshotter}: NewImage,
): Promise<{readonly image: Image; readonly config: Descriptor}> => {
	const {namespace, lease, signal, tracker} = ingest;
	const diffIds = layers.map(({diffId}) => diffId);
	const descriptors = layers.map(({descriptor}) => inFamily(descriptor, family));
	const configDescriptor = await writeDocument(ingest, {...config, rootfs: {type: 'layers', diff_ids: diffIds}}, configTypes[family], {});
	const manifest = {schemaVersion: 2, mediaType: manifestTypes[family], config: asJson(configDescriptor), layers: descriptors.map(asJson)};
	const target = await writeDocument(ingest, manifest, manifestTypes[family], manifestRefs(configDescriptor, descriptors));
	tracker.step('unpacking');
	await unpackManifests(dependencies, [{config: configDescriptor, layers: descriptors, diffIds}], {namespace, snapshotter, lease, signal});
	tracker.step('writing the image record');
	return {image: await writeRecord(dependencies, namespace, name, target, {signal, lease}), config: configDescriptor};
};
