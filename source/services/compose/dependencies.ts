import type {Containerd} from '../../clients/containerd/types.ts';
import type {BuildRequest} from '../builds/types.ts';
import type {ContainersService} from '../containers/index.ts';
import type {ImagesService} from '../images/types.ts';
import type {NetworksService} from '../networks/types.ts';
import type {VolumesService} from '../volumes/index.ts';

/** What projects are brought up with. */
export type ComposeDependencies = {
	readonly containerd: {readonly containers: Pick<Containerd['containers'], 'list'>; readonly tasks: Pick<Containerd['tasks'], 'list'>};
	readonly containers: Pick<ContainersService, 'create' | 'start' | 'stop' | 'restart' | 'kill' | 'pause' | 'unpause' | 'remove' | 'wait' | 'probeHealth' | 'inspect'>;
	readonly images: Pick<ImagesService, 'find' | 'ensure' | 'remove'>;
	readonly networks: Pick<NetworksService, 'list' | 'create' | 'remove'>;
	readonly volumes: Pick<VolumesService, 'list' | 'create' | 'remove'>;
	/** Finds a builder and has it build into the images here. */
	readonly build: (request: Omit<BuildRequest, 'address' | 'stdout'>, call: Call) => Promise<void>;
	readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
	/** nerdctl's directory for this daemon, where the files of secrets and configs are kept. */
	readonly dataStore: string;
};

/** Where a project is. */
export type Place = {readonly namespace: string; readonly snapshotter: string; readonly cgroupManager: 'cgroupfs' | 'systemd' | 'none'};

export type Call = {readonly signal?: AbortSignal};
