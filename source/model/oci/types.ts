/**
The parts of an OCI runtime spec that we write, by the names of the runtime specification. It is sent as JSON: what is undefined is not said.
*/
export type OciSpec = {
	readonly ociVersion: string;
	readonly process: OciProcess;
	readonly root: {readonly path: string; readonly readonly?: true};
	readonly hostname?: string;
	readonly domainname?: string;
	readonly mounts: readonly OciMount[];
	readonly hooks?: OciHooks;
	readonly annotations: Readonly<Record<string, string>>;
	readonly linux: OciLinux;
};

export type OciProcess = {
	readonly terminal?: true;
	readonly user: {readonly uid: number; readonly gid: number; readonly umask?: number; readonly additionalGids: readonly number[]};
	readonly args: readonly string[];
	readonly env: readonly string[];
	readonly cwd: string;
	readonly capabilities: {readonly bounding: readonly string[]; readonly effective: readonly string[]; readonly permitted: readonly string[]};
	readonly rlimits?: ReadonlyArray<{readonly type: string; readonly hard: number; readonly soft: number}>;
	readonly noNewPrivileges?: true;
	readonly apparmorProfile?: string;
	readonly oomScoreAdj?: number;
};

export type OciMount = {readonly destination: string; readonly type: string; readonly source: string; readonly options?: readonly string[]};

export type OciHook = {
	readonly path: string;
	readonly args: readonly string[];
	readonly env: readonly string[];
	/** Seconds; after it the runtime ends the hook and fails. */
	readonly timeout?: number;
};

export type OciHooks = {readonly createRuntime?: readonly OciHook[]; readonly poststop?: readonly OciHook[]};

export type OciLinux = {
	readonly sysctl?: Readonly<Record<string, string>>;
	readonly cgroupsPath: string;
	readonly resources: OciResources;
	readonly namespaces: readonly OciNamespace[];
	readonly rootfsPropagation?: 'shared' | 'rslave';
	readonly devices?: readonly OciDevice[];
	readonly seccomp?: OciSeccomp;
	readonly maskedPaths?: readonly string[];
	readonly readonlyPaths?: readonly string[];
	readonly intelRdt?: {readonly closID: string};
};

/** Without a path it is a new one. */
export type OciNamespace = {readonly type: 'pid' | 'ipc' | 'uts' | 'mount' | 'network' | 'cgroup'; readonly path?: string};

export type OciDevice = {
	readonly path: string;
	readonly type: 'b' | 'c' | 'p';
	readonly major: number;
	readonly minor: number;
	/** Permission bits. */
	readonly fileMode: number;
	readonly uid: number;
	readonly gid: number;
};

export type OciDeviceRule = {readonly allow: boolean; readonly type?: 'b' | 'c' | 'p'; readonly major?: number; readonly minor?: number; readonly access: string};

type OciThrottle = ReadonlyArray<{readonly major: number; readonly minor: number; readonly rate: number}>;

export type OciResources = {
	readonly devices: readonly OciDeviceRule[];
	readonly memory?: {
		readonly limit?: number;
		readonly reservation?: number;
		/** Memory and swap together; −1: no limit. */
		readonly swap?: number;
		readonly swappiness?: number;
		readonly disableOOMKiller?: true;
	};
	readonly cpu?: {
		readonly shares?: number;
		readonly quota?: number;
		readonly period?: number;
		readonly realtimeRuntime?: number;
		readonly realtimePeriod?: number;
		readonly cpus?: string;
		readonly mems?: string;
	};
	readonly pids?: {readonly limit: number};
	readonly blockIO?: {
		readonly weight?: number;
		readonly weightDevice?: ReadonlyArray<{readonly major: number; readonly minor: number; readonly weight: number}>;
		readonly throttleReadBpsDevice?: OciThrottle;
		readonly throttleWriteBpsDevice?: OciThrottle;
		readonly throttleReadIOPSDevice?: OciThrottle;
		readonly throttleWriteIOPSDevice?: OciThrottle;
	};
	readonly unified?: Readonly<Record<string, string>>;
};

export type OciSeccomp = {
	readonly defaultAction: string;
	readonly defaultErrnoRet?: number;
	readonly architectures?: readonly string[];
	readonly flags?: readonly string[];
	readonly listenerPath?: string;
	readonly listenerMetadata?: string;
	readonly syscalls?: readonly OciSyscall[];
};

export type OciSyscall = {
	readonly names: readonly string[];
	readonly action: string;
	readonly errnoRet?: number;
	readonly args?: ReadonlyArray<{readonly index: number; readonly value: number; readonly valueTwo?: number; readonly op: string}>;
};
