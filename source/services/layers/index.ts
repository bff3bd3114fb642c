import type {LayerIndex} from '../../model/layer-index.ts';
import {createFileReader} from './read-files.ts';
import {type ReadsLayers, readLayer} from './read-layer.ts';
import {createSharedReading, type SharedReading} from './shared-reading.ts';
import type {LayersService} from './types.ts';

export {createTarHeaders} from './tar-headers.ts';
export {decompressionOf, isCompressionError} from './decompress.ts';
export type {IndexOptions, LayerIndex, LayerProgress, LayersService} from './types.ts';

export type LayersDependencies = ReadsLayers & {
	/** How many entries of all layers together are kept; the layer that was asked for last is always kept. */
	readonly mostKept?: number;
};

/** An entry takes about a hundred bytes: some 50 MB, or every layer of a handful of big images. */
const defaultMostKept = 500_000;

export const createLayers = ({mostKept = defaultMostKept, ...dependencies}: LayersDependencies): LayersService => {
	// A Map remembers the order of insertion: the first is the one that was not asked for the longest.
	const kept = new Map<string, LayerIndex>();
	const readings = new Map<string, SharedReading>();

	const keep = (index: LayerIndex): void => {
		kept.delete(index.digest);
		kept.set(index.digest, index);
		let entries = [...kept.values()].reduce((sum, {count}) => sum + count, 0);
		for (const [digest, {count}] of kept) {
			if (entries <= mostKept || digest === index.digest) break;
			kept.delete(digest);
			entries -= count;
		}
	};

	return {
		readFiles: createFileReader(dependencies),
		async index(namespace, layer, options = {}) {
			options.signal?.throwIfAborted();
			const known = kept.get(layer.digest);
			if (known !== undefined) {
				keep(known);
				return known;
			}
			// Content is one per digest, but what a namespace may read is its own: readings are shared within it.
			const key = `${namespace} ${layer.digest}`;
			let reading = readings.get(key);
			if (reading === undefined) {
				const started = createSharedReading(
					more => readLayer(dependencies, namespace, layer, more),
					() => {
						if (readings.get(key) === started) readings.delete(key);
					},
				);
				started.settled.then(keep, () => undefined);
				readings.set(key, started);
				reading = started;
			}
			return reading.join(options);
		},
	};
};
