export type SnapshotKind = 'unknown' | 'view' | 'active' | 'committed';

export type Snapshot = {
	readonly namespace: string;
	readonly snapshotter: string;
	/** A chain ID for committed layers of an image, a container id for writable layers. */
	readonly key: string;
	/** Empty for the bottom of a chain. */
	readonly parent: string;
	readonly kind: SnapshotKind;
	readonly labels: Readonly<Record<string, string>>;
	readonly createdAt: number;
	readonly updatedAt: number;
};

export type SnapshotUsage = {readonly sizeBytes: number; readonly inodes: number};

/** A mount as a snapshotter describes it: what `mount -t TYPE -o OPTIONS SOURCE` needs. */
export type Mount = {readonly type: string; readonly source: string; readonly target: string; readonly options: readonly string[]};

/** A plugin as Introspection reports it; for a snapshotter `type` is `io.containerd.snapshotter.v1`. */
export type Plugin = {
	readonly type: string;
	readonly id: string;
	readonly exports: Readonly<Record<string, string>>;
	readonly capabilities: readonly string[];
	readonly platforms: readonly string[];
	/** Why it did not load; undefined when it is healthy. "skip plugin" is a choice, not a fault. */
	readonly initError: {readonly code: number; readonly message: string} | undefined;
};

export type Snapshotter = {
	readonly name: string;
	readonly plugin: Plugin;
	/** `remote` when it is a proxy plugin or its exports say so. */
	readonly kind: 'builtin' | 'proxy';
	readonly health: 'ok' | 'skipped' | 'error';
};
