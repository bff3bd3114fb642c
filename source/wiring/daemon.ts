import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Containerd} from '../clients/containerd/types.ts';
import {createHost} from '../clients/host/index.ts';
import {createNetworkFiles} from '../clients/host/network-files.ts';
import type {Host} from '../clients/host/types.ts';
import type {Settings} from '../config/types.ts';
import type {ContainerRef} from '../model/container.ts';
import {createContainers, type ContainersService, type ServeHook} from '../services/containers/index.ts';
import {createFiles} from '../services/containers/files/index.ts';
import type {FilesService} from '../services/containers/files/types.ts';
import {createDisk, type DiskService} from '../services/disk/index.ts';
import {createImages} from '../services/images/index.ts';
import type {ImagesService} from '../services/images/types.ts';
import {createLayers, type LayersService} from '../services/layers/index.ts';
import {createLogs, type LogsService} from '../services/logs/index.ts';
import {createNamespaces} from '../services/namespaces/index.ts';
import type {NamespacesService} from '../services/namespaces/types.ts';
import {createNetworks} from '../services/networks/index.ts';
import type {NetworkPlaces, NetworksService} from '../services/networks/types.ts';
import type {MakingParts} from './making.ts';
import type {RegistryAccess} from './registries.ts';
import {createSnapshots} from '../services/snapshots/index.ts';
import type {SnapshotsService} from '../services/snapshots/types.ts';
import {createVolumes} from '../services/volumes/index.ts';
import type {VolumesService} from '../services/volumes/types.ts';

/** One containerd with everything that can be asked of it. */
export type Daemon = {
	readonly address: string;
	readonly containerd: Containerd;
	readonly host: Host;
	readonly containers: ContainersService;
	readonly images: ImagesService;
	readonly snapshots: SnapshotsService;
	readonly namespaces: NamespacesService;
	readonly logs: LogsService;
	readonly layers: LayersService;
	readonly disk: DiskService;
	readonly networks: NetworksService;
	readonly volumes: VolumesService;
	readonly files: FilesService;
	/** Undefined where registries are not to be reached. */
	readonly openRegistry: RegistryAccess['openRegistry'] | undefined;
	readonly readNetworkConfig: (ref: ContainerRef) => Promise<string | undefined>;
};

/** Where CNI is and what containers are told of networks, as flags, environment and nerdctl.toml have it. */
type NetworkSettings = NetworkPlaces & Partial<Pick<MakingParts, 'defaults' | 'hostGatewayIp'>>;

export const networkPlaces = ({cniPath, cniNetconfPath, nerdctl}: Settings): NetworkSettings => ({
	cniPath: cniPath.value,
	cniNetconfPath: cniNetconfPath.value,
	...(nerdctl.bridge_ip === undefined ? {} : {bridgeIp: nerdctl.bridge_ip}),
	...(nerdctl.host_gateway_ip === undefined ? {} : {hostGatewayIp: nerdctl.host_gateway_ip}),
	defaults: {dns: nerdctl.dns ?? [], dnsSearch: nerdctl.dns_search ?? [], dnsOptions: nerdctl.dns_opts ?? []},
});

/** The services of what `containerd` speaks to, at `address` as it was said. Opens nothing: the first call does. */
export const openDaemon = ({address, containerd}: Pick<Daemon, 'address' | 'containerd'>, dataRoot: string, {defaults = {}, hostGatewayIp, ...places}: NetworkSettings, access?: RegistryAccess): Daemon => {
	const host = createHost({address, dataRoot});
	const images = createImages({containerd, dataRoot, ...access});
	const layers = createLayers({containerd});
	const networks = createNetworks({containerd, files: createNetworkFiles({address, dataRoot}), places});
	const volumes = createVolumes({containerd, host});
	const openMaking = async () => {
		const making = await import('./making.ts');
		return making.openMaking({...{containerd, host, images, layers, networks, volumes, dataRoot, defaults}, ...(hostGatewayIp === undefined ? {} : {hostGatewayIp}), ...places, ...making.ownProgram()});
	};
	const serveHook: ServeHook = async (record, event) => (await import('../shim/hook/serve-hook.ts')).serveHook(record, event);
	const containers = createContainers({containerd, host, openMaking, serveHook, releaseNetworks: networks.release});
	return {
		address,
		containerd,
		host,
		containers,
		images,
		snapshots: createSnapshots({containerd}),
		namespaces: createNamespaces({containerd, host, removeContainer: containers.remove, removeVolume: volumes.remove, listVolumes: volumes.list}),
		logs: createLogs({host}),
		layers,
		disk: createDisk({containerd, host}),
		files: createFiles({containerd, host}),
		networks,
		volumes,
		openRegistry: access?.openRegistry,
		readNetworkConfig: async (ref) => {
			try {
				return await readFile(join(host.stateDir(ref), 'network-config.json'), 'utf8');
			} catch {
				// Containers that nerdctl did not make have none; the label or nothing is shown then.
				return undefined;
			}
		},
	};
};
