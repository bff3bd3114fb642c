import {useEffect, useState} from 'react';
import {isAbort, sentence} from '../source/errors.ts';
import {createLayerStack, type LayerStack, type LayerWaste} from '../source/model/layer-stack.ts';
import {createLayerTree, type LayerTree} from '../source/model/layer-tree.ts';
import {volumeKey} from '../source/model/volume.ts';
import type {VolumeRow} from '../source/store/index.ts';
import {useApp} from './app-context.ts';
import {type Resource, useResource} from './use-resource.ts';

/** How much is in it: counted when it is looked at for the first time, and kept. */
export const useVolumeSize = (row: VolumeRow): Resource<number> => {
	const {commands, store} = useApp();
	return useResource(row.key, row.sizeBytes === undefined ? 'unknown' : 'known', async (signal) => {
		if (row.sizeBytes !== undefined) return row.sizeBytes;
		const sizeBytes = await commands.services.volumes.size(row.volume, {signal});
		store.dispatch({type: 'volume-measured', key: volumeKey(row.volume), sizeBytes});
		return sizeBytes;
	});
};

export type VolumeFiles = {readonly tree: LayerTree; readonly stack: LayerStack; readonly waste: LayerWaste; readonly isWhole: boolean};

export type VolumeFilesView = {readonly status: 'ready'; readonly files: VolumeFiles} | {readonly status: 'reading'; readonly count: number} | {readonly status: 'failed'; readonly failure: string};

/** A person reads four times a second. */
const toldEveryMs = 250;

/** What is in a volume, read while the tab is looked at; leaving it gives the reading up. */
export const useVolumeFiles = (row: VolumeRow): VolumeFilesView => {
	const {commands} = useApp();
	const [held, setHeld] = useState<{readonly key: string; readonly view: VolumeFilesView}>({key: row.key, view: {status: 'reading', count: 0}});
	// biome-ignore lint/correctness/useExhaustiveDependencies: the row is a new object at every refresh; its key says whose files they are.
	useEffect(() => {
		const controller = new AbortController();
		const {signal} = controller;
		const show = (view: VolumeFilesView) => {
			if (!signal.aborted) setHeld({key: row.key, view});
		};
		let toldAt = Date.now();
		const onProgress = (count: number) => {
			if (Date.now() - toldAt < toldEveryMs) return;
			toldAt = Date.now();
			show({status: 'reading', count});
		};
		const run = async () => {
			const index = await commands.services.volumes.files(row.volume, {signal, onProgress});
			const stack = createLayerStack([index]);
			show({status: 'ready', files: {tree: createLayerTree(stack), stack, waste: stack.waste(), isWhole: index.isWhole}});
		};
		run().catch((error: unknown) => {
			if (!isAbort(error)) show({status: 'failed', failure: sentence(error)});
		});
		return () => controller.abort();
	}, [row.key, commands]);
	return held.key === row.key ? held.view : {status: 'reading', count: 0};
};
