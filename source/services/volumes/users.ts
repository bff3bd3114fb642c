import type {ContainerRef} from '../../model/container.ts';
import {volumesOf} from '../../model/mount-labels.ts';
import type {LooksAtVolumes} from './dependencies.ts';
import type {CallSignal} from './types.ts';

export const users = async ({containerd}: Pick<LooksAtVolumes, 'containerd'>, namespace: string, options: CallSignal = {}): Promise<ReadonlyMap<string, readonly ContainerRef[]>> => {
	const byVolume = new Map<string, ContainerRef[]>();
	for await (const batch of containerd.containers.list(namespace, options)) {
		for (const container of batch) {
			for (const name of new Set(volumesOf(container))) {
				const refs = byVolume.get(name) ?? [];
				refs.push({namespace, id: container.id});
				byVolume.set(name, refs);
			}
		}
	}
	return byVolume;
};
