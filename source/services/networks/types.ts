import type {Outcome} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {PortMapping} from '../../model/docker-ports.ts';

export type CallSignal = {readonly signal?: AbortSignal};

/** A network of CNI as its `.conflist` says. */
export type Network = {
	readonly name: string;
	/** nerdctl's id, 64 hex digits; empty for a file that neither nerdctl nor we wrote. */
	readonly id: string;
	/** The file. */
	readonly path: string;
	readonly driver: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly subnets: ReadonlyArray<{readonly subnet: string; readonly gateway: string; readonly ipRange: string}>;
	/** The interface on this machine, such as `nerdctl0` or `br-…`; empty where there is none. */
	readonly bridge: string;
	readonly isDefault: boolean;
	readonly isInternal: boolean;
	readonly mtu: number | undefined;
	/** The whole conflist, for `inspect --mode native`. */
	readonly config: Readonly<Record<string, unknown>>;
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
	readonly labels: Readonly<Record<string, string>>;
	readonly ipv6: boolean;
	readonly internal: boolean;
};

/** Where a running container is on one network. */
export type Attachment = {
	readonly network: string;
	readonly interfaceName: string;
	readonly addresses: readonly string[];
	readonly macAddress: string;
};

export type NetworksService = {
	/** Those of the namespace and those shared by all, the default one first; it is listed also when it is not there yet. */
	list(namespace: string, options?: CallSignal): Promise<readonly Network[]>;
	/** By name, id, or the id's beginning; `not-found`, or `conflict` when several fit. Makes the default network when that is asked for and not there. */
	find(namespace: string, name: string, options?: CallSignal): Promise<Network>;
	create(namespace: string, spec: NetworkSpec, options?: CallSignal): Promise<Network>;
	/** `conflict` while a container uses it, for the default one, and for one that is not nerdctl's. */
	remove(namespace: string, name: string, options?: CallSignal): Promise<void>;
	prune(namespace: string, options?: CallSignal): Promise<Outcome<string>>;
	/** Who is on it. */
	users(namespace: string, name: string, options?: CallSignal): Promise<readonly ContainerRef[]>;
	attachments(ref: ContainerRef, options?: CallSignal): Promise<readonly Attachment[]>;
	/** A running container gets one more interface now, and at every later start. */
	connect(ref: ContainerRef, network: string, options?: CallSignal & {readonly ip?: string; readonly ip6?: string; readonly aliases?: readonly string[]}): Promise<Attachment>;
	disconnect(ref: ContainerRef, network: string, options?: CallSignal & {readonly force?: boolean}): Promise<void>;
	/**
	Host ports chosen for those that are 0, and the rest checked: `conflict` with the holder's name in the sentence (a container or a
	process of this machine).
	*/
	choosePorts(wanted: readonly PortMapping[], options?: CallSignal): Promise<readonly PortMapping[]>;
};
