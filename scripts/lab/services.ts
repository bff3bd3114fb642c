import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {createHost} from '../../source/clients/host/index.ts';
import {createNetworkFiles} from '../../source/clients/host/network-files.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import type {Host} from '../../source/clients/host/types.ts';
import {type ContainersService, createContainers, type Making} from '../../source/services/containers/index.ts';
import {createImages} from '../../source/services/images/index.ts';
import {createLayers} from '../../source/services/layers/index.ts';
import {createNetworks} from '../../source/services/networks/index.ts';
import type {NetworksService} from '../../source/services/networks/types.ts';
import {createVolumes} from '../../source/services/volumes/index.ts';
import type {VolumesService} from '../../source/services/volumes/types.ts';
import {serveHook} from '../../source/shim/hook/serve-hook.ts';
import {openMaking} from '../../source/wiring/making.ts';
import {buildShim} from '../build.ts';
import {removeCgroup} from './cgroups.ts';
import type {LabContainerd} from './containerd.ts';

/** The services as the program wires them, on a lab. */
export type LabServices = {
	readonly host: Host;
	readonly containers: ContainersService;
	readonly networks: NetworksService;
	readonly volumes: VolumesService;
	readonly making: Making;
	/** Where the lab's networks are configured. */
	readonly cniNetconfPath: string;
};

/** `program` is what removes a container that nobody waits for. */
export const labServices = async (lab: LabContainerd, containerd: Containerd, program: readonly [string, ...string[]] = ['/bin/false']): Promise<LabServices> => {
	const {address, dataRoot} = lab;
	const bundle = join(lab.dir, 'build');
	await buildShim(bundle);
	const cniNetconfPath = join(lab.dir, 'net.d');
	const places = {cniPath: '/usr/lib/cni', cniNetconfPath};
	const host = createHost({address, dataRoot});
	const volumes = createVolumes({containerd, host});
	const networks = createNetworks({containerd, files: createNetworkFiles({address, dataRoot}), places});
	const making = openMaking({
		...{containerd, host, volumes, networks, dataRoot, program, defaults: {}, ...places},
		images: createImages({containerd, dataRoot}),
		layers: createLayers({containerd}),
		shimBundle: join(bundle, 'gantry-shim'),
	});
	return {host, containers: createContainers({containerd, host, serveHook, openMaking: async () => making}), networks, volumes, making, cniNetconfPath};
};

/** runc keeps a directory for each namespace where every daemon of the machine looks, and the kernel a cgroup; empty ones are left by the last container. */
export const forgetNamespace = (namespace: string): void => {
	rmSync(`/run/containerd/runc/${namespace}`, {recursive: true, force: true});
	removeCgroup(`/${namespace}`);
};
