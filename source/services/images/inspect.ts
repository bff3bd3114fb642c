import type {Containers, Content} from '../../clients/containerd/types.ts';
import {failing, isFailure} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {Descriptor, Image} from '../../model/image.ts';
import {chainIds, type ReadsUsage, usageOf} from './chain.ts';
import {listOf, type Manifest, mapSeveral, platformOf, readManifests} from './manifests.ts';
import type {CallSignal, HistoryEntry, ImageDetails, PlatformImage} from './types.ts';

export type InspectDependencies = ReadsUsage & {
	readonly containerd: {readonly content: Pick<Content, 'readAll' | 'info'>; readonly containers: Pick<Containers, 'list'>};
};

export const inspect = async (
	dependencies: InspectDependencies,
	image: Image,
	options: CallSignal & {readonly snapshotter: string},
): Promise<ImageDetails> => {
	try {
		const calling = options.signal === undefined ? {} : {signal: options.signal};
		const [{indexJson, manifests}, usedBy] = await Promise.all([
			readManifests(dependencies, image.namespace, image.target, calling),
			usersOf(dependencies, image, calling),
		]);
		const platforms: PlatformImage[] = [];
		for (const manifest of manifests) platforms.push(await describe(dependencies, image.namespace, manifest, options.snapshotter, calling));
		return {image, indexJson, platforms, usedBy};
	} catch (error) {
		throw failing(`inspect ${image.name}`, error);
	}
};

const describe = async (
	dependencies: InspectDependencies,
	namespace: string,
	manifest: Manifest,
	snapshotter: string,
	options: CallSignal,
): Promise<PlatformImage> => {
	const chain = chainIds(manifest.diffIds);
	const [sizes, layersHere] = await Promise.all([
		usageOf(dependencies, namespace, snapshotter, chain, options),
		manifest.configJson === undefined ? [false] : mapSeveral(manifest.layers, layer => isHere(dependencies, namespace, layer, options)),
	]);
	return {
		platform: platformOf(manifest),
		manifest: manifest.descriptor,
		present: manifest.configJson !== undefined && layersHere.every(Boolean),
		manifestJson: manifest.json,
		configJson: manifest.configJson,
		history: historyOf(manifest, chain, sizes),
	};
};

const isHere = async (
	{containerd}: InspectDependencies,
	namespace: string,
	{digest}: Descriptor,
	options: CallSignal,
): Promise<boolean> => {
	try {
		await containerd.content.info(namespace, digest, options);
		return true;
	} catch (error) {
		if (isFailure(error, 'not-found')) return false;
		throw error;
	}
};

/** Each line of history that is not empty made the next layer. Some builders write no history, or too little: the layers are shown all the same. */
export const historyOf = (
	manifest: Pick<Manifest, 'configJson' | 'layers' | 'diffIds'>,
	chain: readonly string[],
	sizes: ReadonlyArray<number | undefined>,
): HistoryEntry[] => {
	let next = 0;
	const layerAt = (index: number): Pick<HistoryEntry, 'layer' | 'diffId' | 'chainId' | 'unpackedBytes'> => ({
		layer: manifest.layers[index],
		diffId: manifest.diffIds[index],
		chainId: chain[index],
		unpackedBytes: sizes[index],
	});
	const entries = listOf(manifest.configJson?.['history']).map((line): HistoryEntry => {
		const emptyLayer = line['empty_layer'] === true;
		const at = Date.parse(String(line['created'] ?? ''));
		return {
			createdAt: Number.isNaN(at) ? undefined : at,
			createdBy: String(line['created_by'] ?? ''),
			comment: String(line['comment'] ?? ''),
			emptyLayer,
			...layerAt(emptyLayer ? -1 : next++),
		};
	});
	for (; next < manifest.layers.length; next++) {
		entries.push({createdAt: undefined, createdBy: '', comment: '', emptyLayer: false, ...layerAt(next)});
	}
	return entries;
};

/** containerd ties containers to images by name alone. */
export const usersOf = async (
	{containerd}: {readonly containerd: {readonly containers: Pick<Containers, 'list'>}},
	{namespace, name}: Pick<Image, 'namespace' | 'name'>,
	options: CallSignal,
): Promise<ContainerRef[]> => {
	const users: ContainerRef[] = [];
	for await (const batch of containerd.containers.list(namespace, {...options, filters: [`image==${JSON.stringify(name)}`]})) {
		for (const {id, image} of batch) if (image === name) users.push({namespace, id});
	}
	return users;
};
