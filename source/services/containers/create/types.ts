import type {Containerd} from '../../../clients/containerd/types.ts';
import type {SpecParts} from '../../../clients/host/index.ts';
import type {ContainerFiles} from '../../../clients/host/new-container.ts';
import type {ContainerRef, TypedBytes} from '../../../model/container.ts';
import type {OciHooks} from '../../../model/oci/index.ts';
import type {ImagesService, OnProgress} from '../../images/types.ts';
import type {LayersService} from '../../layers/types.ts';
import type {NetworksService} from '../../networks/types.ts';
import type {VolumesService} from '../../volumes/types.ts';
import type {CreateStep} from './roll.ts';

/** What a new container is made with, besides the daemon and what `Host` takes away again. Opened when the first one is made. */
export type Making = {
	readonly plugins: Containerd['plugins'];
	readonly leases: Pick<Containerd['leases'], 'create' | 'remove'>;
	readonly images: Pick<ImagesService, 'ensure'>;
	readonly networks: Pick<NetworksService, 'find' | 'choosePorts'>;
	readonly volumes: Pick<VolumesService, 'resolveMounts'>;
	readonly files: ContainerFiles;
	/** What of this machine goes into a spec. */
	readonly specParts: SpecParts;
	readonly layers: Pick<LayersService, 'readFiles'>;
	/** A program on this machine's PATH. */
	readonly findProgram: (name: string) => Promise<string | undefined>;
	readonly machine: () => Promise<MachineNames>;
	readonly defaults: ContainerDefaults;
	/** The log driver and hook program, where containers can name it for years. */
	readonly shim: () => Promise<{readonly path: string; readonly logUri: string}>;
	readonly hooks: (shimPath: string, ref: ContainerRef) => OciHooks;
	/** The command that removes a container which nobody waits for. */
	readonly removal: (ref: ContainerRef) => readonly string[];
	readonly runtimeOptions: (runtime: {readonly binary?: string; readonly systemdCgroup: boolean}) => TypedBytes;
	/** The daemon's socket, as nerdctl writes it into `log-config.json`. */
	readonly address: string;
};

/** Of nerdctl.toml (`dns`, `dns_search`, `dns_opts`): for containers whose maker says nothing of it. */
export type ContainerDefaults = {
	readonly dns?: readonly string[];
	readonly dnsSearch?: readonly string[];
	readonly dnsOptions?: readonly string[];
};

/** What a container is told of the machine it is on. */
export type MachineNames = {
	readonly hostname: string;
	/** What `host-gateway` stands for. */
	readonly address: () => string;
	readonly resolvConf: string;
	readonly hosts: string;
};

export type CreateCall = {
	readonly signal?: AbortSignal;
	/** Of a pull, when there is one. */
	readonly onProgress?: OnProgress;
	/** After each step; what it throws is taken for that step's failure. */
	readonly onStep?: (step: CreateStep) => void;
};
