/** Where a value came from. `info` prints it: with four sources, "why this socket" is the first question. */
export type Origin =
	| {readonly kind: 'flag'; readonly name: string}
	| {readonly kind: 'environment'; readonly name: string}
	| {readonly kind: 'file'; readonly path: string; readonly key: string}
	| {readonly kind: 'probe'}
	| {readonly kind: 'default'};

export type Setting<T> = {readonly value: T; readonly origin: Origin};

/** What was said on the command line, by nerdctl's flag names in camel case. Undefined, and an empty list, is "not said". */
export type SettingFlags = {
	readonly address?: string | undefined;
	readonly namespace?: string | undefined;
	readonly snapshotter?: string | undefined;
	readonly dataRoot?: string | undefined;
	readonly cniPath?: string | undefined;
	readonly cniNetconfpath?: string | undefined;
	readonly cgroupManager?: string | undefined;
	readonly hostsDir?: readonly string[] | undefined;
	readonly buildkitHost?: string | undefined;
};

/** How to reach the daemon and where nerdctl's things are. */
export type Settings = {
	/** A path without `unix://`; undefined: nobody said, so look for one. */
	readonly address: Setting<string> | undefined;
	/** Undefined: nobody said. The dashboard then looks for one with tasks, the command line takes `default`. */
	readonly namespace: Setting<string> | undefined;
	readonly snapshotter: Setting<string>;
	readonly dataRoot: Setting<string>;
	readonly cniPath: Setting<string>;
	readonly cniNetconfPath: Setting<string>;
	readonly hostsDirs: Setting<readonly string[]>;
	readonly buildkitHost: Setting<string> | undefined;
	/** As it was said, and not yet looked at; undefined: the machine decides. */
	readonly cgroupManager: Setting<string> | undefined;
	/** Where this program keeps what it remembers between runs. */
	readonly stateDirectory: string;
	/** Not root, or root inside RootlessKit's user namespace. */
	readonly rootless: boolean;
	/** All of nerdctl.toml, for what has no flag of ours: dns, bridge_ip, … */
	readonly nerdctl: NerdctlToml;
	/** What is odd but harmless, a sentence each. */
	readonly problems: readonly string[];
};

/** nerdctl's `pkg/config.Config`, as far as the file says something. */
export type NerdctlToml = {
	readonly debug?: boolean;
	readonly debug_full?: boolean;
	readonly address?: string;
	readonly namespace?: string;
	readonly snapshotter?: string;
	readonly cni_path?: string;
	readonly cni_netconfpath?: string;
	readonly data_root?: string;
	readonly cgroup_manager?: string;
	readonly insecure_registry?: boolean;
	readonly hosts_dir?: readonly string[];
	readonly experimental?: boolean;
	readonly host_gateway_ip?: string;
	readonly bridge_ip?: string;
	readonly kube_hide_dupe?: boolean;
	readonly cdi_spec_dirs?: readonly string[];
	readonly userns_remap?: string;
	readonly dns?: readonly string[];
	readonly dns_opts?: readonly string[];
	readonly dns_search?: readonly string[];
	readonly disable_hc_systemd?: boolean;
	readonly selinux_enabled?: boolean;
};

/** How the dashboard looks and behaves: `config.yaml`. */
export type Preferences = {
	readonly keys: {
		readonly preset: 'lazy' | 'k9s';
		/** Command id → keys. An empty list takes the command's keys away. */
		readonly bindings: Readonly<Record<string, readonly string[]>>;
	};
	/** `mono` uses no colour at all, as NO_COLOR does. */
	readonly theme: 'auto' | 'mono';
	/** Borders and glyphs: `auto` looks at the locale. */
	readonly ascii: 'auto' | boolean;
	readonly mouse: boolean;
	/** Seconds between two samples of what is on screen. */
	readonly refresh: number;
	readonly screenReader: boolean;
	readonly readonly: boolean;
	/** `danger` asks only before what can't be undone. */
	readonly confirm: 'always' | 'danger';
};

/** The only IO of this folder. */
export type ConfigFiles = {
	/** Undefined when there is no such file; any other trouble is a `Failure`. */
	readText(path: string): Promise<string | undefined>;
	exists(path: string): Promise<boolean>;
};

export type Surroundings = {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly home: string;
	/** Effective. */
	readonly uid: number;
	readonly files: ConfigFiles;
};
