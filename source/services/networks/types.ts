import type {Outcome} from '../../errors.ts';
import type {Container, ContainerRef} from '../../model/container.ts';
import type {PortRequest} from '../../model/create-request.ts';
import type {PortMapping} from '../../model/docker-ports.ts';
import type {Network} from '../../model/network.ts';

export type {Network};

export type CallSignal = {readonly signal?: AbortSignal};

/** Where CNI's plugins and configurations are. */
export type NetworkPlaces = {
	/** Directories of plugins, separated by colons. */
	readonly cniPath: string;
	readonly cniNetconfPath: string;
	/** Where CNI remembers what was attached, by all who attach; not said: its usual place. */
	readonly cniCacheDir?: string;
	/** The default network's gateway with its prefix, when it is to be another than nerdctl's. */
	readonly bridgeIp?: string;
};

export type NetworkSpec = {
	readonly name: string;
	/** `bridge`, `macvlan`, `ipvlan`. */
	readonly driver: string;
	readonly options: Readonly<Record<string, string>>;
	readonly ipamDriver: string;
	readonly ipamOptions: Readonly<Record<string, string>>;
	readonly subnets: readonly string[];
	readonly gateways: readonly string[];
	readonly ipRanges: readonly string[];
	/** `name=IP`, never given to a container. */
	readonly auxAddresses: readonly string[];
	readonly labels: Readonly<Record<string, string>>;
	readonly ipv4: boolean;
	readonly ipv6: boolean;
	readonly internal: boolean;
};

/** Where a running container is on one network. */
export type Attachment = {
	readonly network: string;
	readonly interfaceName: string;
	/** With their prefix. */
	readonly addresses: readonly string[];
	readonly macAddress: string;
};

/** What was found of a container that is gone, and freed. */
export type Freed = {readonly network: string; readonly containerId: string; readonly address: string};

/** `failed` is by CNI's name of the container, `<namespace>-<id>`: what it holds stays held. */
export type Repaired = {readonly freed: readonly Freed[]; readonly failed: Outcome<string>['failed']};

export type NetworksService = {
	/** Those that all namespaces share and the namespace's own, by path as nerdctl has them. Nothing is made. */
	list(namespace: string, options?: CallSignal): Promise<readonly Network[]>;
	/** By name, id, or the id's beginning; `not-found`, or `conflict` when several fit. Makes the default network when that is asked for and not there. */
	find(namespace: string, name: string, options?: CallSignal): Promise<Network>;
	create(namespace: string, spec: NetworkSpec, options?: CallSignal): Promise<Network>;
	/** `conflict` while a running container uses it, for the default one, and for one that is not nerdctl's. */
	remove(namespace: string, name: string, options?: CallSignal): Promise<void>;
	/** Those that no running container uses; names that are in `keep` stay. Frees what crashed containers hold, too; one that holds on is among the failed. */
	prune(namespace: string, options?: CallSignal & {readonly keep?: readonly string[]}): Promise<Outcome<string>>;
	/** Running and paused containers of all namespaces that are on a network, by its name. */
	users(options?: CallSignal): Promise<ReadonlyMap<string, readonly Container[]>>;
	/** What CNI gave a running container, in the order of its interfaces. */
	attachments(ref: ContainerRef): readonly Attachment[];
	/** A running container gets one more interface now, and at every later start; one that does not run at its next. */
	connect(
		ref: ContainerRef,
		network: string,
		options?: CallSignal & {readonly ip?: string; readonly ip6?: string; readonly aliases?: readonly string[]},
	): Promise<Attachment | undefined>;
	/** With `force` also what CNI can not take away in order is forgotten. */
	disconnect(ref: ContainerRef, network: string, options?: CallSignal & {readonly force?: boolean}): Promise<void>;
	/** After a stop: addresses, ports and rules are free for others before the task is deleted. Never fails for what is free already. */
	release(ref: ContainerRef, options?: CallSignal): Promise<void>;
	/** Addresses and rules of containers whose processes are gone without their networks having been told: a crash, a power cut. */
	repair(options?: CallSignal): Promise<Repaired>;
	/**
	Host ports chosen for those that are 0 (of the choices, where there are any), and the rest checked: `conflict` with the holder's name in the sentence (a container or a
	process of this machine). `keep` writes them down for the container that they are for: while ports are being chosen nobody else chooses, and
	what is written down is nobody else's.
	*/
	choosePorts(wanted: readonly PortRequest[], options?: CallSignal & {readonly keep?: (ports: readonly PortMapping[]) => Promise<unknown>}): Promise<readonly PortMapping[]>;
};
