import {createHash} from 'node:crypto';
import {failing, isAbort} from '../../../errors.ts';
import type {Image, Platform} from '../../../model/image.ts';
import {formatReference, parseReference} from '../../../model/reference.ts';
import {writeUnnamed} from '../archive/collect.ts';
import {importPrefix, ingestOf, type LoadDependencies} from '../archive/load.ts';
import {decompressed} from '../archive/read-tar.ts';
import {uncompressed} from '../ingest/gc-labels.ts';
import {withLease} from '../ingest/lease.ts';
import {createTracker, type LongCall} from '../ingest/tracker.ts';
import {compressed} from './compress.ts';
import {fileSystemTar} from './file-system-tar.ts';
import {layerTypes, writeImage} from './write-image.ts';

export type ImportRequest = {
	readonly namespace: string;
	/** A file system as a tar, compressed or not. */
	readonly archive: AsyncIterable<Uint8Array>;
	/** For messages. */
	readonly name: string;
	readonly reference: string | undefined;
	readonly message: string;
	readonly platform: Platform;
	readonly snapshotter: string;
};

/** A file system becomes an image of one layer. */
export const importTar = async (
	dependencies: LoadDependencies,
	request: ImportRequest,
	{signal, onProgress}: LongCall = {},
): Promise<Image> => {
	const {namespace, archive, name, reference, message, platform, snapshotter} = request;
	const tracker = createTracker(onProgress);
	const calling = signal ?? new AbortController().signal;
	try {
		const imageName = formatReference(parseReference(reference ?? importPrefix()));
		return await withLease(
			dependencies,
			namespace,
			async lease => {
				const ingest = ingestOf(dependencies, namespace, lease, tracker, calling);
				tracker.step('reading the archive');
				const hash = createHash('sha256');
				const plain = fileSystemTar(await decompressed(archive, calling));
				const hashed = async function* (): AsyncGenerator<Uint8Array> {
					for await (const chunk of plain) {
						hash.update(chunk);
						yield chunk;
					}
				};
				const layer = await writeUnnamed(ingest, compressed(hashed(), {compression: 'gzip', signal: calling}), {
					sizeBytes: undefined,
					label: 'layer',
				});
				const diffId = `sha256:${hash.digest('hex')}`;
				await dependencies.containerd.content.update(
					namespace,
					{...layer, labels: {[uncompressed]: diffId}, createdAt: 0, updatedAt: 0},
					[`labels.${uncompressed}`],
					{signal: calling},
				);
				const created = new Date().toISOString();
				const {os, architecture, variant} = platform;
				const config = {
					created,
					architecture,
					os,
					...(variant === undefined ? {} : {variant}),
					config: {},
					history: [{created, comment: message}],
				};
				const descriptor = {mediaType: layerTypes.docker.gzip, ...layer, annotations: {}};
				return (
					await writeImage(dependencies, ingest, {name: imageName, config, layers: [{descriptor, diffId}], family: 'docker', snapshotter})
				).image;
			},
			{signal: calling},
		);
	} catch (error) {
		calling.throwIfAborted();
		throw isAbort(error) ? error : failing(`import ${name}`, error);
	}
};
