import {readTree, withRoot} from '../../clients/host/index.ts';
import {failing} from '../../errors.ts';
import {createLayerIndexBuilder, type LayerEntryKind, type LayerIndex} from '../../model/layer-index.ts';
import type {Volume} from '../../model/volume.ts';
import type {CallSignal} from './types.ts';

/** More than this nobody looks through. */
const mostFiles = 200_000;

const kinds: Readonly<Record<string, LayerEntryKind>> = {link: 'hardlink', 'character-device': 'character', 'block-device': 'block'};

/** Everything in it, as if it were a layer of an image: what shows those shows these. */
export const filesOf = async (volume: Volume, {signal, onProgress}: CallSignal & {readonly onProgress?: (files: number) => void} = {}): Promise<LayerIndex> => {
	const builder = createLayerIndexBuilder(mostFiles);
	let count = 0;
	try {
		await withRoot(volume.path, async root => {
			for await (const {name, kind, sizeBytes, mode, uid, gid, target} of readTree(root, '', '')) {
				signal?.throwIfAborted();
				if (name === '') continue;
				const isKept = builder.add({path: name, kind: kinds[kind] ?? (kind as LayerEntryKind), sizeBytes, mode, uid, gid, target: target === '' ? undefined : target});
				onProgress?.(++count);
				if (!isKept) return;
			}
		});
		return builder.build(volume.path);
	} catch (error) {
		throw failing(`read the files of volume ${volume.name}`, error);
	}
};
