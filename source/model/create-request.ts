import type {PortMapping} from './docker-ports.ts';

/**
What a new container is to be: what flags, the dashboard's form and a compose service all come down to. Everything is as the user said
it, parsed but not resolved: the image is not looked at, volumes are not made, names of users are names.
*/
export type CreateRequest = {
	readonly namespace: string;
	readonly snapshotter: string;
	/** A reference as the user wrote it; empty with `rootfs`. */
	readonly image: string;
	/** A directory of this machine to run in, instead of an image. */
	readonly rootfs?: string;
	/** What follows the image; replaces the image's Cmd. */
	readonly args: readonly string[];
	/** Replaces the image's Entrypoint, and drops its Cmd; empty clears it. */
	readonly entrypoint?: readonly string[];
	readonly platform?: string;
	readonly pull: 'always' | 'missing' | 'never';
	/** Undefined: made from the image's name and the id. */
	readonly name?: string;
	/** The user's; `nerdctl/…` is refused at the flag. */
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
	readonly process: ProcessRequest;
	readonly network: NetworkRequest;
	readonly resources: ResourcesRequest;
	readonly security: SecurityRequest;
	readonly mounts: readonly MountRequest[];
	/** `container[:ro|rw]`, whose volumes are mounted too. */
	readonly volumesFrom: readonly string[];
	readonly log: LogRequest;
	readonly restart: RestartPolicy;
	/** As Docker writes it into images; undefined: the image's own. */
	readonly health?: HealthRequest | 'none';
	/** Removed when it ends: by whoever waits for it, or by the shim when nobody does. */
	readonly autoRemove: boolean;
	/** A name or number as given; undefined: the image's own, else SIGTERM. */
	readonly stopSignal?: string;
	readonly stopTimeoutSeconds?: number;
	readonly runtime?: string;
	readonly cgroupManager: 'cgroupfs' | 'systemd' | 'none';
	/** Written after the container is made, and told in its labels. */
	readonly cidFile?: string;
	readonly pidFile?: string;
};

export type ProcessRequest = {
	readonly terminal: boolean;
	/** Keep stdin open. */
	readonly interactive: boolean;
	/** `name|uid[:group|gid]`. */
	readonly user?: string;
	readonly umask?: number;
	readonly groups: readonly string[];
	readonly workingDirectory?: string;
	/** `NAME=value`, files read and names without a value looked up already; a later one wins. */
	readonly env: readonly string[];
	readonly hostname?: string;
	readonly domainname?: string;
	readonly init: boolean;
	/** tini's path, when it is not `tini` of the PATH. */
	readonly initBinary?: string;
	readonly ulimits: ReadonlyArray<{readonly name: string; readonly soft: number; readonly hard: number}>;
	readonly oomScoreAdj?: number;
	/** `host`, `container:<name or id>`; undefined: its own. */
	readonly pid?: string;
	/** `host`; undefined: its own. */
	readonly uts?: 'host';
	/** `host`, `private`, `shareable`, `container:<name or id>`. */
	readonly ipc?: string;
	/** `host`, `private`; undefined: private on cgroup v2, host on v1. */
	readonly cgroupns?: 'host' | 'private';
	readonly shmBytes?: number;
	readonly systemd: 'false' | 'true' | 'always';
};

export type NetworkRequest = {
	/** In nerdctl's words: `bridge`, `host`, `none`, `container:<name or id>`, `ns:<path>`, or names of networks. Never empty. */
	readonly networks: readonly string[];
	readonly ports: readonly PortRequest[];
	/** Publish everything that the image exposes. */
	readonly publishAll: boolean;
	/** `80/tcp`. */
	readonly exposed: readonly string[];
	readonly dns: readonly string[];
	readonly dnsSearch: readonly string[];
	readonly dnsOptions: readonly string[];
	/** `host:ip`; `host-gateway` stands for this machine. */
	readonly extraHosts: readonly string[];
	readonly ip?: string;
	readonly ip6?: string;
	readonly macAddress?: string;
	/** More names for it on single networks, by network. */
	readonly aliases: Readonly<Record<string, readonly string[]>>;
};

/** A mapping whose host port may still be 0: then a free one is chosen when the container is made, of `choices` when only those are wanted. */
export type PortRequest = PortMapping & {readonly choices?: {readonly first: number; readonly last: number}};

export type ResourcesRequest = {
	readonly cpus?: number;
	readonly cpuQuota?: number;
	readonly cpuPeriod?: number;
	readonly cpuShares?: number;
	readonly cpusetCpus?: string;
	readonly cpusetMems?: string;
	readonly cpuRealtimePeriod?: number;
	readonly cpuRealtimeRuntime?: number;
	readonly memoryBytes?: number;
	readonly memoryReservationBytes?: number;
	/** −1: no limit. */
	readonly memorySwapBytes?: number;
	readonly memorySwappiness?: number;
	readonly kernelMemoryBytes?: number;
	readonly oomKillDisable: boolean;
	/** 0 and −1: no limit. */
	readonly pids?: number;
	readonly blkioWeight?: number;
	readonly blkioDevices: ReadonlyArray<{readonly kind: 'weight' | 'readBps' | 'writeBps' | 'readIops' | 'writeIops'; readonly path: string; readonly value: number}>;
	/** cgroup v2 files by name. */
	readonly unified: Readonly<Record<string, string>>;
	readonly cgroupParent?: string;
	/** `host[:container[:rwm]]`. */
	readonly devices: readonly string[];
	readonly rdtClass?: string;
};

export type SecurityRequest = {
	readonly privileged: boolean;
	readonly capAdd: readonly string[];
	readonly capDrop: readonly string[];
	readonly noNewPrivileges: boolean;
	/** `unconfined`, or the text of a profile as JSON; undefined: ours. */
	readonly seccomp?: string;
	/** A profile's name or `unconfined`; undefined: `nerdctl-default` where it is loaded. */
	readonly apparmor?: string;
	readonly unconfinedSystemPaths: boolean;
	readonly writableCgroups: boolean;
	readonly privilegedWithoutHostDevices: boolean;
	readonly readOnly: boolean;
	readonly sysctls: Readonly<Record<string, string>>;
};

/** One `-v`, `--mount` or `--tmpfs`. */
export type MountRequest = {
	readonly type: 'bind' | 'volume' | 'tmpfs' | 'image';
	/** A path, a volume's name (empty: anonymous), an image; empty for tmpfs. */
	readonly source: string;
	readonly target: string;
	readonly readOnly: boolean;
	/** `--mount` refuses a bind source that is not there, `-v` makes a directory of it. */
	readonly makeSource: boolean;
	/** Mount options besides: `rbind`, `rslave`, `size=64m`, `mode=1770`, `rro` … */
	readonly options: readonly string[];
};

/** A driver that writes what `logs` reads, or a URI that the shim understands and nobody here reads. */
export type LogRequest = {readonly driver: 'json-file' | 'none'; readonly options: Readonly<Record<string, string>>} | {readonly uri: string};

export type RestartPolicy = {readonly kind: 'no' | 'always' | 'unless-stopped'} | {readonly kind: 'on-failure'; /** 0: no end. */ readonly retries: number};

/** Unset parts are the image's. */
export type HealthRequest = {
	/** A line for the shell. */
	readonly command?: string;
	readonly intervalMs?: number;
	readonly timeoutMs?: number;
	readonly retries?: number;
	readonly startPeriodMs?: number;
};
