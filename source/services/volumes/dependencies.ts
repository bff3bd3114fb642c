import type {Containerd} from '../../clients/containerd/types.ts';
import type {Host} from '../../clients/host/index.ts';

type ListsContainers = {readonly containers: Pick<Containerd['containers'], 'list'>};

export type VolumesDependencies = {
	readonly containerd: ListsContainers & {readonly snapshots: Pick<Containerd['snapshots'], 'mounts' | 'view' | 'remove'>};
	readonly host: Pick<Host, 'volumeRecords' | 'volumeRecord' | 'holdVolumes' | 'makeVolume' | 'dropVolume' | 'watchVolumes' | 'withMounts'>;
};

/** What only looks at volumes and at who mounts them. */
export type LooksAtVolumes = {
	readonly containerd: ListsContainers;
	readonly host: Pick<Host, 'volumeRecords' | 'holdVolumes' | 'dropVolume'>;
};
