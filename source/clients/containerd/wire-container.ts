import type {Container} from '../../model/container.ts';
import type {ContainerSummary, Container as WireContainer} from '../../protocol/generated/containers.ts';
import {epochMs} from './time.ts';

export const toContainer = (namespace: string, wire: ContainerSummary | WireContainer): Container => ({
	namespace,
	id: wire.id,
	image: wire.image,
	labels: wire.labels,
	runtime: wire.runtime?.name ?? '',
	snapshotter: wire.snapshotter,
	snapshotKey: wire.snapshotKey,
	sandboxId: wire.sandbox,
	createdAt: epochMs(wire.createdAt),
	updatedAt: epochMs(wire.updatedAt),
	task: undefined,
});
