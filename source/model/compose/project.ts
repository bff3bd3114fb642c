import type {Plain} from './value.ts';

type Texts = Readonly<Record<string, string>>;

/**
A compose project after loading: every short syntax is long, every path absolute, every variable filled in. Keys are the Compose
Specification's own, so that the project prints as it is; `canonical` has checked them.
*/
export type Project = {
	readonly name: string;
	/** Those of the active profiles; the others are in `disabled`. */
	readonly services: Readonly<Record<string, Service>>;
	readonly disabled: Readonly<Record<string, Service>>;
	readonly networks: Readonly<Record<string, Network>>;
	readonly volumes: Readonly<Record<string, Volume>>;
	readonly secrets: Readonly<Record<string, FileObject>>;
	readonly configs: Readonly<Record<string, FileObject>>;
	/** `x-…` and `models`, as written. */
	readonly rest: Readonly<Record<string, Plain>>;
	/** Absolute. */
	readonly workingDirectory: string;
	/** Absolute, in the order of merging; `-` for stdin. */
	readonly files: readonly string[];
	/** What variables come to: the process's environment over `.env`. */
	readonly environment: ReadonlyMap<string, string>;
};

export type Condition = 'service_started' | 'service_healthy' | 'service_completed_successfully';

export type Dependency = {readonly condition: Condition; readonly required: boolean; readonly restart?: boolean};

export type Port = {
	readonly mode: string;
	readonly target: number;
	/** A port, a range to choose from, or nothing: any free one. */
	readonly published?: string;
	readonly host_ip?: string;
	readonly protocol: string;
	readonly name?: string;
	readonly app_protocol?: string;
};

export type Mount = {
	readonly type: 'bind' | 'volume' | 'tmpfs' | 'cluster' | 'npipe' | 'image';
	readonly source?: string;
	readonly target: string;
	readonly read_only?: boolean;
	readonly consistency?: string;
	readonly bind?: {readonly propagation?: string; readonly create_host_path?: boolean; readonly recursive?: string; readonly selinux?: string};
	readonly volume?: {readonly nocopy?: boolean; readonly subpath?: string; readonly labels?: Texts};
	readonly tmpfs?: {readonly size?: number; readonly mode?: number};
	readonly image?: {readonly subpath?: string};
};

export type Attachment = {
	readonly aliases?: readonly string[];
	readonly ipv4_address?: string;
	readonly ipv6_address?: string;
	readonly link_local_ips?: readonly string[];
	readonly mac_address?: string;
	readonly interface_name?: string;
	readonly driver_opts?: Texts;
	readonly priority?: number;
	readonly gw_priority?: number;
};

export type FileMount = {readonly source: string; readonly target?: string; readonly uid?: string; readonly gid?: string; readonly mode?: number};

export type HealthCheck = {
	readonly disable?: boolean;
	readonly test?: readonly string[];
	/** In Go's spelling, as every duration here. */
	readonly interval?: string;
	readonly timeout?: string;
	readonly start_period?: string;
	readonly start_interval?: string;
	readonly retries?: number;
};

export type Deploy = {
	readonly mode?: string;
	readonly replicas?: number;
	readonly labels?: Texts;
	readonly resources?: {
		readonly limits?: {readonly cpus?: number; readonly memory?: number; readonly pids?: number};
		readonly reservations?: {readonly cpus?: number; readonly memory?: number; readonly generic_resources?: Plain; readonly devices?: Plain};
	};
	readonly restart_policy?: {readonly condition?: string; readonly delay?: string; readonly max_attempts?: number; readonly window?: string};
	readonly [other: string]: unknown;
};

export type Build = {
	readonly context?: string;
	readonly dockerfile?: string;
	readonly dockerfile_inline?: string;
	readonly args?: Readonly<Record<string, string | null>>;
	readonly additional_contexts?: Texts;
	readonly platforms?: readonly string[];
	readonly secrets?: readonly FileMount[];
	readonly [other: string]: unknown;
};

export type EnvFile = {readonly path: string; readonly required?: boolean; readonly format?: string};

/** The keys that something here reads; every other key of the specification is carried along and printed. */
export type Service = {
	readonly annotations?: Texts;
	readonly blkio_config?: {
		readonly weight?: number;
		readonly weight_device?: ReadonlyArray<{readonly path: string; readonly weight: number}>;
		readonly device_read_bps?: readonly BlkioLimit[];
		readonly device_write_bps?: readonly BlkioLimit[];
		readonly device_read_iops?: readonly BlkioLimit[];
		readonly device_write_iops?: readonly BlkioLimit[];
	};
	readonly build?: Build;
	readonly cap_add?: readonly string[];
	readonly cap_drop?: readonly string[];
	readonly cgroup?: string;
	readonly cgroup_parent?: string;
	readonly command?: readonly string[] | null;
	readonly configs?: readonly FileMount[];
	readonly container_name?: string;
	readonly cpu_period?: number;
	readonly cpu_quota?: number;
	readonly cpu_rt_period?: number;
	readonly cpu_rt_runtime?: number;
	readonly cpu_shares?: number;
	readonly cpus?: number;
	readonly cpuset?: string;
	readonly depends_on?: Readonly<Record<string, Dependency>>;
	readonly deploy?: Deploy | null;
	readonly develop?: {readonly watch?: ReadonlyArray<Readonly<Record<string, Plain>>>} | null;
	readonly devices?: ReadonlyArray<{readonly source: string; readonly target?: string; readonly permissions?: string}>;
	readonly dns?: readonly string[];
	readonly dns_opt?: readonly string[];
	readonly dns_search?: readonly string[];
	readonly domainname?: string;
	readonly entrypoint?: readonly string[] | null;
	readonly env_file?: readonly EnvFile[];
	readonly environment?: Readonly<Record<string, string | null>>;
	readonly expose?: readonly string[];
	readonly extra_hosts?: Readonly<Record<string, readonly string[]>>;
	readonly group_add?: readonly string[];
	readonly healthcheck?: HealthCheck;
	readonly hostname?: string;
	readonly image?: string;
	readonly init?: boolean;
	readonly ipc?: string;
	readonly label_file?: readonly string[];
	readonly labels?: Texts;
	readonly links?: readonly string[];
	readonly logging?: {readonly driver?: string; readonly options?: Readonly<Record<string, string | null>>};
	readonly mac_address?: string;
	readonly mem_limit?: number;
	readonly mem_reservation?: number;
	readonly mem_swappiness?: number;
	readonly memswap_limit?: number;
	readonly network_mode?: string;
	readonly networks?: Readonly<Record<string, Attachment | null>> | null;
	readonly oom_kill_disable?: boolean;
	readonly oom_score_adj?: number;
	readonly pid?: string | null;
	readonly pids_limit?: number;
	readonly platform?: string;
	readonly ports?: readonly Port[];
	readonly privileged?: boolean;
	readonly profiles?: readonly string[];
	readonly provider?: Plain;
	readonly pull_policy?: string;
	readonly read_only?: boolean;
	readonly restart?: string;
	readonly runtime?: string;
	readonly scale?: number;
	readonly secrets?: readonly FileMount[];
	readonly security_opt?: readonly string[];
	readonly shm_size?: number;
	readonly stdin_open?: boolean;
	readonly stop_grace_period?: string;
	readonly stop_signal?: string;
	readonly sysctls?: Texts;
	readonly tmpfs?: readonly string[];
	readonly tty?: boolean;
	readonly ulimits?: Readonly<Record<string, number | {readonly soft: number; readonly hard: number}>>;
	readonly user?: string;
	readonly userns_mode?: string;
	readonly uts?: string;
	readonly volumes?: readonly Mount[];
	readonly volumes_from?: readonly string[];
	readonly working_dir?: string;
	readonly [other: string]: unknown;
};

export type BlkioLimit = {readonly path: string; readonly rate: number};

export type Network = {
	readonly name: string;
	readonly external?: boolean;
	readonly driver?: string;
	readonly driver_opts?: Texts;
	readonly enable_ipv6?: boolean;
	readonly internal?: boolean;
	readonly attachable?: boolean;
	readonly ipam?: {
		readonly driver?: string;
		readonly config?: ReadonlyArray<{readonly subnet?: string; readonly ip_range?: string; readonly gateway?: string; readonly aux_addresses?: Texts}>;
		readonly options?: Texts;
	};
	readonly labels?: Texts;
};

export type Volume = {
	readonly name: string;
	readonly external?: boolean;
	readonly driver?: string;
	readonly driver_opts?: Texts;
	readonly labels?: Texts;
};

/** A secret or a config. */
export type FileObject = {
	readonly name: string;
	readonly external?: boolean;
	readonly file?: string;
	readonly environment?: string;
	readonly content?: string;
	readonly driver?: string;
	readonly labels?: Texts;
};

/** How many containers of a service there should be. */
export const scaleOf = ({scale, deploy}: Service): number => scale ?? deploy?.replicas ?? 1;

/** `service:x` of `network_mode`, `ipc`, `pid`. */
export const serviceReference = (mode: string | null | undefined): string | undefined =>
	mode?.startsWith('service:') === true ? mode.slice('service:'.length) : undefined;
