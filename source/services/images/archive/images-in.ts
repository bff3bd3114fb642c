import {createHash} from 'node:crypto';
import {Failure} from '../../../errors.ts';
import type {Descriptor} from '../../../model/image.ts';
import {findReference, formatReference} from '../../../model/reference.ts';
import {isObject, listOf, toDescriptor} from '../manifests.ts';
import type {Collected, StoredBlob} from './collect.ts';

/** An image of an archive: what it leads to, and the document where it was made here. */
export type ArchivedImage = {
	readonly names: readonly string[];
	readonly target: Descriptor;
	readonly bytes: Uint8Array | undefined;
};

const dockerTypes = {
	manifest: 'application/vnd.docker.distribution.manifest.v2+json',
	config: 'application/vnd.docker.container.image.v1+json',
} as const;

const layerTypes: Readonly<Record<StoredBlob['compression'], string>> = {
	gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
	none: 'application/vnd.docker.image.rootfs.diff.tar',
	// Docker has no type of its own for these.
	zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
};

export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** What is in the archive, by its OCI index where it has one: docker's own list says less. */
export const imagesIn = (collected: Collected, prefix: string): readonly ArchivedImage[] => {
	const {documents} = collected;
	const index = documents.get('index.json');
	const docker = listOf(documents.get('manifest.json'));
	if (isObject(index)) {
		const tags = docker.flatMap(({RepoTags}) => (Array.isArray(RepoTags) ? RepoTags.map(String) : []));
		const entries = listOf(index['manifests']).map(toDescriptor);
		return grouped(
			entries.map(target => ({
				names: namesOf(target, entries.length === 1 ? tags : [], prefix),
				target: {...target, annotations: {}},
				bytes: undefined,
			})),
		);
	}
	if (docker.length === 0)
		throw new Failure('invalid', 'it has neither index.json nor manifest.json', {
			hint: 'a file system as a tar becomes an image with gantry import',
		});
	return docker.map(line => dockerImage(collected, line, prefix));
};

const grouped = (images: readonly ArchivedImage[]): readonly ArchivedImage[] => {
	const byDigest = new Map<string, ArchivedImage>();
	for (const image of images) {
		const known = byDigest.get(image.target.digest);
		byDigest.set(image.target.digest, known === undefined ? image : {...known, names: [...new Set([...known.names, ...image.names])]});
	}
	return [...byDigest.values()];
};

const normalized = (name: string): string | undefined => {
	const reference = findReference(name);
	return reference === undefined ? undefined : formatReference(reference);
};

/** containerd's annotation has the whole name; OCI's often the tag alone. */
const namesOf = ({annotations, digest}: Descriptor, tags: readonly string[], prefix: string): readonly string[] => {
	const whole = normalized(annotations['io.containerd.image.name'] ?? '');
	if (whole !== undefined) return [whole];
	const known = tags.flatMap(tag => normalized(tag) ?? []);
	if (known.length > 0) return known;
	const short = annotations['org.opencontainers.image.ref.name'] ?? '';
	const named = /[/:]/.test(short) ? normalized(short) : short === '' ? undefined : normalized(`${prefix}:${short}`);
	return [named ?? nameless(prefix, digest)];
};

const nameless = (prefix: string, digest: string): string => normalized(`${prefix}@${digest}`) ?? digest;

const dockerImage = (collected: Collected, line: Readonly<Record<string, unknown>>, prefix: string): ArchivedImage => {
	const blobAt = (path: unknown): StoredBlob => {
		const blob = collected.find(String(path));
		if (blob === undefined)
			throw new Failure('invalid', `its manifest.json speaks of ${JSON.stringify(path)}, which is not in it`, {
				hint: 'copy or make the archive again',
			});
		return blob;
	};
	const part = ({digest, sizeBytes}: StoredBlob, mediaType: string) => ({mediaType, digest, size: sizeBytes});
	const layers = Array.isArray(line['Layers']) ? line['Layers'].map(blobAt) : [];
	const manifest = {
		schemaVersion: 2,
		mediaType: dockerTypes.manifest,
		config: part(blobAt(line['Config']), dockerTypes.config),
		layers: layers.map(layer => part(layer, layerTypes[layer.compression])),
	};
	const bytes = Buffer.from(JSON.stringify(manifest));
	const digest = digestOf(bytes);
	const tags = Array.isArray(line['RepoTags']) ? line['RepoTags'].flatMap(tag => normalized(String(tag)) ?? []) : [];
	return {
		names: tags.length > 0 ? tags : [nameless(prefix, digest)],
		target: {mediaType: dockerTypes.manifest, digest, sizeBytes: bytes.byteLength, annotations: {}},
		bytes,
	};
};
