import {createHash, randomBytes} from 'node:crypto';
import {createRegistry, openHosts, type RegistryClient, type RegistryOptions} from '../../../source/clients/registry/index.ts';
import type {BlobSource, Credential} from '../../../source/clients/registry/types.ts';
import type {Descriptor} from '../../../source/model/image.ts';
import {parseReference, type Reference} from '../../../source/model/reference.ts';

export type TestClient = RegistryClient & {
	/** What it would have slept between tries. */
	readonly pauses: readonly number[];
};

/** A client that waits for nothing. */
export const openClient = (options: Partial<RegistryOptions> & {readonly credential?: Credential} = {}): TestClient => {
	const pauses: number[] = [];
	const {credential, ...rest} = options;
	const client = createRegistry({
		credentials: {find: async () => credential},
		hosts: openHosts({dirs: [], insecureRegistry: false}),
		version: 'test',
		...rest,
		retry: {
			random: () => 0.999_999,
			sleep: async milliseconds => {
				pauses.push(Math.round(milliseconds));
			},
			...rest.retry,
		},
	});
	return {...client, pauses};
};

export type Blob = {readonly bytes: Buffer; readonly descriptor: Descriptor; readonly source: BlobSource};

export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const pieceBytes = 256 * 1024;

export const makeBlob = (size: number, mediaType = 'application/vnd.oci.image.layer.v1.tar'): Blob => {
	const bytes = randomBytes(size);
	return {
		bytes,
		descriptor: {mediaType, digest: digestOf(bytes), sizeBytes: size, annotations: {}},
		source: async function* (offset) {
			for (let at = offset; at < size; at += pieceBytes) yield bytes.subarray(at, Math.min(size, at + pieceBytes));
		},
	};
};

export const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
	const all: Uint8Array[] = [];
	for await (const chunk of chunks) all.push(chunk);
	return Buffer.concat(all);
};

export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
export const ociIndex = 'application/vnd.oci.image.index.v1+json';

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

const plainDescriptor = ({mediaType, digest, sizeBytes}: Descriptor) => ({mediaType, digest, size: sizeBytes});

export const manifestOf = (config: Blob, layers: readonly Blob[], more: object = {}): Buffer =>
	json({
		schemaVersion: 2,
		mediaType: ociManifest,
		config: plainDescriptor(config.descriptor),
		layers: layers.map(({descriptor}) => plainDescriptor(descriptor)),
		...more,
	});

/** An image of a config and one layer under the name. */
export const pushImage = async (
	client: RegistryClient,
	name: string,
	layer: Blob,
): Promise<{reference: Reference; manifest: Buffer; digest: string}> => {
	const reference = parseReference(name);
	const config = makeBlob(64, 'application/vnd.oci.image.config.v1+json');
	for (const blob of [config, layer]) await client.pushBlob(reference, blob.descriptor, blob.source);
	const manifest = manifestOf(config, [layer]);
	const {digest} = await client.pushManifest(reference, manifest, ociManifest);
	return {reference, manifest, digest};
};

/** The failure of a promise that must fail. */
export const failureOf = async (promise: Promise<unknown>): Promise<unknown> => {
	try {
		await promise;
	} catch (error) {
		return error;
	}
	throw new Error('it did not fail');
};
