import {spawnSync} from 'node:child_process';

export type Descriptor = {
	readonly mediaType: string;
	readonly digest: string;
	readonly platform?: {readonly architecture: string};
	readonly annotations?: Readonly<Record<string, string>>;
};

/** One file of an archive, as text. */
export const fromTar = (archive: string, name: string): string => spawnSync('tar', ['-xOf', archive, name], {encoding: 'utf8', maxBuffer: 1e8}).stdout;

export const blobName = ({digest}: Pick<Descriptor, 'digest'>): string => `blobs/${digest.replace(':', '/')}`;

/** What the index of an OCI archive leads to, or the index `name` inside of it. */
export const manifestsOf = (archive: string, name = 'index.json'): readonly Descriptor[] => (JSON.parse(fromTar(archive, name)) as {manifests: Descriptor[]}).manifests;

export const layersOf = (archive: string, manifest: Pick<Descriptor, 'digest'>): readonly Descriptor[] => (JSON.parse(fromTar(archive, blobName(manifest))) as {layers: Descriptor[]}).layers;

/** Of an archive with one image: the digests of its layers. */
export const layerDigests = (archive: string): readonly string[] => layersOf(archive, manifestsOf(archive)[0]!).map(({digest}) => digest);
