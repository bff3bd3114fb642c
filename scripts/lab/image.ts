import {createHash} from 'node:crypto';
import {gzipSync} from 'node:zlib';
import {type TarEntry, tar} from './tar.ts';

export const mediaTypes = {
	index: 'application/vnd.oci.image.index.v1+json',
	manifest: 'application/vnd.oci.image.manifest.v1+json',
	config: 'application/vnd.oci.image.config.v1+json',
	layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

export type Blob = {readonly mediaType: string; readonly digest: string; readonly bytes: Buffer};

export type Layer = {
	/** The line of `history` that made it. */
	readonly createdBy: string;
	readonly entries: readonly TarEntry[];
};

export type ImageConfig = {
	readonly entrypoint?: readonly string[];
	readonly command?: readonly string[];
	readonly environment?: readonly string[];
	readonly labels?: Readonly<Record<string, string>>;
	readonly workingDir?: string;
	readonly user?: string;
	readonly stopSignal?: string;
	readonly exposedPorts?: readonly string[];
};

export type LabImage = {
	/** The full reference. */
	readonly name: string;
	readonly index: Blob;
	readonly manifest: Blob;
	readonly config: Blob;
	readonly layers: ReadonlyArray<Blob & {readonly diffId: string; readonly chainId: string}>;
	readonly settings: ImageConfig;
};

export const sha256 = (bytes: Uint8Array | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** What OCI calls this machine; everything built here is for it alone. */
export const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

const blob = (mediaType: string, content: Buffer | object): Blob => {
	const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
	return {mediaType, digest: sha256(bytes), bytes};
};

const descriptor = ({mediaType, digest, bytes}: Blob) => ({mediaType, digest, size: bytes.length});

// A fixed moment, so that the same image has the same digest on every machine and every day.
const created = '2025-01-01T00:00:00Z';

const configJson = (settings: ImageConfig, layers: readonly Layer[], diffIds: readonly string[]) => ({
	created,
	author: 'gantry',
	architecture,
	os: 'linux',
	config: {
		User: settings.user,
		ExposedPorts: settings.exposedPorts && Object.fromEntries(settings.exposedPorts.map(port => [port, {}])),
		Env: settings.environment ?? ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
		Entrypoint: settings.entrypoint,
		Cmd: settings.command ?? ['/bin/sh'],
		WorkingDir: settings.workingDir ?? '/',
		Labels: settings.labels,
		StopSignal: settings.stopSignal,
	},
	rootfs: {type: 'layers', diff_ids: diffIds},
	history: [
		...layers.map(layer => ({created, created_by: layer.createdBy})),
		{created, created_by: `CMD ${JSON.stringify(settings.command ?? ['/bin/sh'])}`, empty_layer: true},
	],
});

const chainIds = (diffIds: readonly string[]): readonly string[] => {
	const chain: string[] = [];
	for (const diffId of diffIds) {
		const parent = chain.at(-1);
		chain.push(parent === undefined ? diffId : sha256(`${parent} ${diffId}`));
	}

	return chain;
};

/** An image out of nothing but its description; the same description gives the same digests. */
export const buildImage = (name: string, layers: readonly Layer[], settings: ImageConfig = {}): LabImage => {
	const archives = layers.map(layer => tar(layer.entries));
	const diffIds = archives.map(sha256);
	const chain = chainIds(diffIds);
	// Level 1: ten times as fast, and nobody keeps these.
	const built = archives.map((archive, index) => ({
		...blob(mediaTypes.layer, gzipSync(archive, {level: 1})),
		diffId: diffIds[index]!,
		chainId: chain[index]!,
	}));
	const config = blob(mediaTypes.config, configJson(settings, layers, diffIds));
	const manifest = blob(mediaTypes.manifest, {
		schemaVersion: 2,
		mediaType: mediaTypes.manifest,
		config: descriptor(config),
		layers: built.map(descriptor),
	});
	const index = blob(mediaTypes.index, {
		schemaVersion: 2,
		mediaType: mediaTypes.index,
		manifests: [
			{
				...descriptor(manifest),
				platform: {architecture, os: 'linux'},
				annotations: {'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1)},
			},
		],
	});
	return {name, index, manifest, config, layers: built, settings};
};

const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

/** The image as an OCI layout in a tar, as `nerdctl load`, `ctr images import` and `skopeo copy oci-archive:` read it. */
export const ociArchive = (image: LabImage): Buffer => {
	const blobs = [image.manifest, image.config, ...image.layers];
	const unique = new Map(blobs.map(item => [item.digest, item]));
	return tar([
		{kind: 'file', path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}'},
		{kind: 'file', path: 'index.json', content: image.index.bytes},
		{kind: 'folder', path: 'blobs'},
		{kind: 'folder', path: 'blobs/sha256'},
		...[...unique.values()].map(item => ({kind: 'file' as const, path: blobPath(item.digest), content: item.bytes})),
	]);
};
