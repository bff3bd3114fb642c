import {setImmediate as nextTurn} from 'node:timers/promises';
import {useEffect, useState} from 'react';
import {isAbort, sentence} from '../source/errors.ts';
import type {LayerIndex} from '../source/model/layer-index.ts';
import {createLayerStack, type LayerStack, type LayerWaste} from '../source/model/layer-stack.ts';
import {createLayerTree, type LayerTree} from '../source/model/layer-tree.ts';
import type {HistoryEntry, PlatformImage} from '../source/services/images/types.ts';
import type {ImageRow} from '../source/store/index.ts';
import {useApp} from './app-context.ts';
import {useImage} from './use-image.ts';

/** A line of the image's history that made a layer. */
export type ImageLayer = HistoryEntry & {readonly layer: NonNullable<HistoryEntry['layer']>};

export type ImageFiles = {
	readonly image: PlatformImage;
	readonly layers: readonly ImageLayer[];
	readonly stack: LayerStack;
	readonly tree: LayerTree;
	readonly waste: LayerWaste;
};

export type Reading = {readonly layer: number; readonly layers: number; readonly doneBytes: number; readonly totalBytes: number};

export type LayersView =
	| {readonly status: 'ready'; readonly files: ImageFiles}
	| {readonly status: 'reading'; readonly reading: Reading | undefined}
	| {readonly status: 'failed'; readonly failure: string};

const waiting: LayersView = {status: 'reading', reading: undefined};

/** Progress comes with every megabyte; a person reads four times a second. */
const toldEveryMs = 250;

/** The platform that is here; where several are, the first that is whole. */
const chosen = (platforms: readonly PlatformImage[]): PlatformImage | undefined =>
	platforms.find((platform) => platform.present) ?? platforms.find((platform) => platform.configJson !== undefined);

/** The files of an image, read layer by layer while the tab is looked at. Leaving it gives the reading up; what is read stays known. */
export const useLayers = (row: ImageRow): LayersView => {
	const {commands} = useApp();
	const {value, failure} = useImage(row);
	const image = value === undefined ? undefined : chosen(value.platforms);
	const digest = image?.manifest.digest;
	const [held, setHeld] = useState<{readonly digest: string | undefined; readonly view: LayersView}>({digest: undefined, view: waiting});
	// biome-ignore lint/correctness/useExhaustiveDependencies: a manifest's digest says all that is in it; the objects are new at every refresh.
	useEffect(() => {
		if (image === undefined) return undefined;
		const controller = new AbortController();
		const {signal} = controller;
		const layers = image.history.filter((entry): entry is ImageLayer => entry.layer !== undefined);
		const totalBytes = layers.reduce((sum, {layer}) => sum + layer.sizeBytes, 0);
		const show = (view: LayersView) => {
			if (!signal.aborted) setHeld({digest, view});
		};
		let toldAt = 0;
		const run = async () => {
			const indexes: LayerIndex[] = [];
			let before = 0;
			for (const [at, {layer}] of layers.entries()) {
				const read = await commands.services.layers.index(row.images[0].namespace, layer, {
					signal,
					onProgress: ({doneBytes}) => {
						if (Date.now() - toldAt < toldEveryMs) return;
						toldAt = Date.now();
						show({status: 'reading', reading: {layer: at + 1, layers: layers.length, doneBytes: before + doneBytes, totalBytes}});
					},
				});
				indexes.push(read);
				before += layer.sizeBytes;
			}
			// Each of these takes a tenth of a second for a hundred thousand files: keys come in between.
			const stack = createLayerStack(indexes);
			await nextTurn();
			const waste = stack.waste();
			await nextTurn();
			show({status: 'ready', files: {image, layers, stack, tree: createLayerTree(stack), waste}});
		};
		run().catch((error: unknown) => {
			if (!isAbort(error)) show({status: 'failed', failure: sentence(error)});
		});
		return () => controller.abort();
	}, [digest, commands]);
	if (failure !== undefined) return {status: 'failed', failure};
	if (value !== undefined && image === undefined) return {status: 'failed', failure: 'Nothing of this image but its name is here: pull it to see its files'};
	return held.digest === digest ? held.view : waiting;
};
