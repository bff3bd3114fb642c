import {containerKey} from '../model/container.ts';
import {displayName, groupOf, projectsOf} from '../model/grouping.ts';
import {statusOf} from '../model/status.ts';
import type {State} from '../store/index.ts';

/** The dashboard's state for scripts: sizes in bytes, times as RFC 3339, CPU in percent of one core. */
export const snapshotJson = (state: State): unknown => ({
	address: state.address,
	containerd: state.connection.status === 'live' ? state.connection.version : undefined,
	namespace: state.scope.kind === 'one' ? state.scope.namespace : undefined,
	containers: [...state.containers.items.values()].map((container) => {
		const usage = state.usage.get(containerKey(container));
		return {
			namespace: container.namespace,
			id: container.id,
			name: displayName(container),
			image: container.image,
			status: statusOf(container).word,
			pid: container.task?.pid,
			exitStatus: container.task?.status === 'stopped' ? container.task.exitStatus : undefined,
			group: groupOf(container)?.name,
			createdAt: new Date(container.createdAt).toISOString(),
			cpuPercent: usage?.cpuPercent,
			memoryBytes: usage?.memoryBytes,
			pids: usage?.pids,
		};
	}),
	images: [...state.images.items.values()].map((image) => {
		const summary = state.imageSummaries.get(image.target.digest);
		return {
			namespace: image.namespace,
			name: image.name,
			digest: image.target.digest,
			platforms: summary?.platforms,
			compressedBytes: summary?.compressedBytes,
			unpackedBytes: summary?.unpackedBytes,
		};
	}),
	projects: projectsOf(state.containers.items.values()).map(({namespace, name, running, total, services}) => ({namespace, name, running, total, services: services.map((service) => service.name)})),
	networks: [...state.networks.items.values()].map(({namespace, name, id, driver, subnets, path}) => ({namespace, name, id, driver, subnets, path})),
	volumes: [...state.volumes.items.values()].map((volume) => ({namespace: volume.namespace, name: volume.name, path: volume.path, createdAt: new Date(volume.createdAt).toISOString()})),
	snapshotters: [...state.snapshotters.items.values()].map(({name, kind, health, totals}) => ({name, kind, health, ...totals})),
});
