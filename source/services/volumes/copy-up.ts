import {readdir} from 'node:fs/promises';
import type {Containerd} from '../../clients/containerd/types.ts';
import {copyTree, type Host, walkTo, withRoot} from '../../clients/host/index.ts';
import type {CallSignal, Volume} from './types.ts';

type CopiesUp = {readonly containerd: {readonly snapshots: Pick<Containerd['snapshots'], 'mounts'>}; readonly host: Pick<Host, 'withMounts'>};

export type Filling = {readonly volume: Pick<Volume, 'path'>; readonly imagePath: string};

/** All that one container needs, through one mount. */
export const fillVolumes = async (
	{containerd, host}: CopiesUp,
	from: {readonly namespace: string; readonly snapshotter: string; readonly snapshotKey: string},
	fillings: readonly Filling[],
	options: CallSignal = {},
): Promise<void> => {
	const empty: Filling[] = [];
	for (const filling of fillings) if ((await readdir(filling.volume.path)).length === 0) empty.push(filling);
	if (empty.length === 0) return;
	const mounts = await containerd.snapshots.mounts(from.namespace, from.snapshotter, from.snapshotKey, options);
	await host.withMounts(
		mounts,
		root =>
			withRoot(root, async directory => {
				for (const {volume, imagePath} of empty) {
					await walkTo(directory, imagePath, async ({file}) => {
						if (file !== undefined && (await file.stat()).isDirectory()) await copyTree(file, volume.path, options);
					});
				}
			}),
		{...options, readOnly: true},
	);
};
