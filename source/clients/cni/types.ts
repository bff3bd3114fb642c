/** One entry of a list's `plugins`; everything else in it is the plugin's own. */
export type PluginConfig = Readonly<Record<string, unknown>> & {
	readonly type: string;
	readonly capabilities?: Readonly<Record<string, unknown>>;
};

/** A `.conflist`, or a `.conf` taken for a list of one. */
export type NetworkList = {
	readonly name: string;
	readonly cniVersion: string;
	readonly plugins: readonly PluginConfig[];
	/** The file as it is: the cache keeps it byte by byte. Hostile text, as is everything made from it. */
	readonly bytes: Uint8Array;
	readonly config: Readonly<Record<string, unknown>>;
	/** Empty for one that is not on disk. */
	readonly path: string;
};

/** What libcni calls the runtime's configuration: which container gets which interface. Source: containernetworking/cni libcni. */
export type RuntimeConf = {
	/** nerdctl's is `<namespace>-<id>`. */
	readonly containerId: string;
	/** Empty with DEL when the namespace is gone. */
	readonly netns: string;
	readonly ifName: string;
	readonly args: ReadonlyArray<readonly [string, string]>;
	/** By capability; a plugin is given those that its config says it has. */
	readonly capabilityArgs: Readonly<Record<string, unknown>>;
};

/** What an ADD answers. Fields beyond these are kept as they came. */
export type CniResult = Readonly<Record<string, unknown>> & {
	readonly cniVersion?: string;
	readonly interfaces?: ReadonlyArray<{readonly name?: string; readonly mac?: string; readonly sandbox?: string}>;
	readonly ips?: ReadonlyArray<{readonly address?: string; readonly gateway?: string; readonly interface?: number}>;
};

/** Where and how plugins are run. */
export type CniOptions = {
	/** Directories, as in PATH, separated by colons. */
	readonly pluginPath: string;
	/** libcni's own directory; its default is what nerdctl uses. */
	readonly cacheDir?: string;
	readonly signal?: AbortSignal;
	/** For one plugin; then it is killed. */
	readonly timeoutMs?: number;
	/** What it inherits, instead of our own. */
	readonly env?: NodeJS.ProcessEnv;
};

/** An attachment as the cache knows it. */
export type CachedAttachment = {
	readonly path: string;
	readonly containerId: string;
	readonly networkName: string;
	readonly ifName: string;
	readonly netns: string;
	readonly args: ReadonlyArray<readonly [string, string]>;
	readonly capabilityArgs: Readonly<Record<string, unknown>>;
	/** Undefined when the cache holds something that is none. */
	readonly list: NetworkList | undefined;
	readonly result: CniResult | undefined;
};
