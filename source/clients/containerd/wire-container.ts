import type {Container} from '../../model/container.ts';
import type {ContainerSummary, Container as WireContainer} from '../../protocol/generated/containers.ts';
import {epochMs, restNanos} from './time.ts';

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
	createdNanos: restNanos(wire.createdAt),
	updatedAt: epochMs(wire.updatedAt),
	updatedNanos: restNanos(wire.updatedAt),
	task: undefined,
});
