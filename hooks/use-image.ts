import type {ImageDetails} from '../source/services/images/types.ts';
import type {ImageRow} from '../source/store/index.ts';
import {useApp} from './app-context.ts';
import {type Resource, useResource} from './use-resource.ts';
import {useSelect} from './use-select.ts';

/** Manifests, configs and history of the image; read once per digest and again when the containers that use it change. */
export const useImage = (row: ImageRow): Resource<ImageDetails> => {
	const {commands} = useApp();
	const snapshotter = useSelect((state) => state.snapshotter);
	return useResource(row.key, `${row.usedBy} ${row.images.length}`, async (signal) => commands.services.images.inspect(row.images[0], {signal, snapshotter}));
};
