/** The kernel-side half of a container: containerd deletes it when the task is deleted, the container stays. */
export type Task = {
	readonly containerId: string;
	readonly pid: number;
	readonly status: TaskStatus;
	/** Meaningful only when `status` is `stopped`. */
	readonly exitStatus: number;
	/** Epoch ms; undefined while it runs. */
	readonly exitedAt: number | undefined;
	/** What its milliseconds leave of the time, for `inspect`; of the other times too. */
	readonly exitedNanos?: number;
	readonly stdin: string;
	readonly stdout: string;
	readonly stderr: string;
	readonly terminal: boolean;
};

/** What containerd says, `containerd.v1.types.Status`. */
export type TaskStatus = 'unknown' | 'created' | 'running' | 'stopped' | 'paused' | 'pausing';

/** Ids are unique in a namespace only, so everything that names a container carries both. */
export type ContainerRef = {readonly namespace: string; readonly id: string};

/**
A container record as containerd lists it, with its task joined in. The OCI spec is left out on purpose: it is kilobytes per
container and only a detail view needs it (`containers.get`).
*/
export type Container = {
	readonly namespace: string;
	readonly id: string;
	/** Empty for containers without one, such as dockerd's. */
	readonly image: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly runtime: string;
	readonly snapshotter: string;
	readonly snapshotKey: string;
	/** CRI's pod sandbox, or empty. */
	readonly sandboxId: string;
	/** Epoch ms. */
	readonly createdAt: number;
	readonly createdNanos?: number;
	readonly updatedAt: number;
	readonly updatedNanos?: number;
	readonly task: Task | undefined;
};

/** A typed protobuf message whose schema we may not know: `google.protobuf.Any`. */
export type TypedBytes = {readonly typeUrl: string; readonly value: Uint8Array};

/** The whole record, with the parts a list leaves out. */
export type ContainerRecord = Container & {
	/** The OCI runtime spec: JSON bytes in `value`. Undefined for a container made without one. */
	readonly spec: TypedBytes | undefined;
	readonly runtimeOptions: TypedBytes | undefined;
	readonly extensions: Readonly<Record<string, TypedBytes>>;
};

/** One key for maps and selections: `<namespace>/<id>`. Neither part can contain a slash (containerd's identifier rules). */
export const containerKey = ({namespace, id}: ContainerRef): string => `${namespace}/${id}`;
