import type {Content} from '../../clients/containerd/types.ts';
import {failing, isFailure} from '../../errors.ts';
import type {Descriptor, Image, ImageSummary, Platform} from '../../model/image.ts';
import {chainIds, type ReadsUsage, usageOf} from './chain.ts';
import {type Manifest, mapSeveral, platformOf, readManifests} from './manifests.ts';
import type {CallSignal} from './types.ts';

export type SummarizeDependencies = ReadsUsage & {readonly containerd: {readonly content: Pick<Content, 'readAll' | 'info'>}};

/** Platforms whose config is here, their blobs as stored, and what they take when unpacked. Blobs and snapshots that platforms share count once. */
export const summarize = async (
	dependencies: SummarizeDependencies,
	image: Image,
	options: CallSignal & {readonly snapshotter: string},
): Promise<ImageSummary> => {
	try {
		const {signal, snapshotter} = options;
		const calling = signal === undefined ? {} : {signal};
		const {indexJson, manifests} = await readManifests(dependencies, image.namespace, image.target, calling);
		const here = manifests.filter(manifest => manifest.configJson !== undefined);
		const certain = new Set(
			[...(indexJson === undefined ? [] : [image.target]), ...here.flatMap(manifest => [manifest.descriptor, manifest.config])].filter(
				blob => blob !== undefined,
			),
		);
		const layers = await presentBytes(
			dependencies,
			image.namespace,
			here.flatMap(manifest => manifest.layers),
			calling,
		);
		const unpacked = await unpackedBytes(dependencies, image.namespace, snapshotter, here, calling);
		return {
			platforms: here.map(platformOf).filter((platform): platform is Platform => platform !== undefined),
			compressedBytes: sumOnce([...certain].map(({digest, sizeBytes}) => [digest, sizeBytes])) + layers,
			unpackedBytes: unpacked,
		};
	} catch (error) {
		throw failing(`read ${image.name}`, error);
	}
};

const sumOnce = (sizes: ReadonlyArray<readonly [string, number]>): number =>
	[...new Map(sizes).values()].reduce((sum, size) => sum + size, 0);

/** Layers may be missing: a lazy snapshotter fetches none, and another platform's are left where they were. */
const presentBytes = async (
	{containerd}: SummarizeDependencies,
	namespace: string,
	layers: readonly Descriptor[],
	options: CallSignal,
): Promise<number> => {
	const digests = [...new Set(layers.map(layer => layer.digest))];
	const sizes = await mapSeveral(digests, async digest => {
		try {
			return (await containerd.content.info(namespace, digest, options)).sizeBytes;
		} catch (error) {
			if (isFailure(error, 'not-found')) return 0;
			throw error;
		}
	});
	return sizes.reduce((sum, size) => sum + size, 0);
};

/** An image is unpacked when the top of one of its chains is there; then so is all that is below. */
const unpackedBytes = async (
	dependencies: SummarizeDependencies,
	namespace: string,
	snapshotter: string,
	manifests: readonly Manifest[],
	options: CallSignal,
): Promise<number | undefined> => {
	const keys = [...new Set(manifests.flatMap(manifest => chainIds(manifest.diffIds)))];
	const tops = new Set(manifests.map(manifest => chainIds(manifest.diffIds).at(-1)));
	const sizes = await usageOf(dependencies, namespace, snapshotter, keys, options);
	const isUnpacked = keys.some((key, index) => tops.has(key) && sizes[index] !== undefined);
	return isUnpacked ? sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) : undefined;
};
