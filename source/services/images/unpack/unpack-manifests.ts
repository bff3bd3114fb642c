import type {Content} from '../../../clients/containerd/types.ts';
import type {Descriptor} from '../../../model/image.ts';
import {snapshotRef} from '../ingest/gc-labels.ts';
import type {UnpackOptions} from './types.ts';
import {unpack, type UnpackDependencies} from './unpack.ts';

export type Unpackable = {readonly config: Descriptor; readonly layers: readonly Descriptor[]; readonly diffIds: readonly string[]};

/** Unpack each, and let its config hold its top snapshot. `ready` tells when a layer is in the store; without it all are. */
export const unpackManifests = async (
	dependencies: UnpackDependencies & {readonly containerd: {readonly content: Pick<Content, 'update'>}},
	manifests: readonly Unpackable[],
	options: UnpackOptions,
	ready: (digest: string) => Promise<unknown> = async () => undefined,
): Promise<void> => {
	const {namespace, snapshotter, signal} = options;
	for (const {config, layers, diffIds} of manifests) {
		const top = await unpack(
			dependencies,
			layers.map((descriptor, at) => ({descriptor, diffId: diffIds[at] as string, ready: () => ready(descriptor.digest)})),
			options,
		);
		if (top === '') continue;
		const key = snapshotRef(snapshotter);
		await dependencies.containerd.content.update(
			namespace,
			{...config, labels: {[key]: top}, createdAt: 0, updatedAt: 0},
			[`labels.${key}`],
			{signal},
		);
	}
};
