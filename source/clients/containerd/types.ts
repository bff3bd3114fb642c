import type {Container, ContainerRecord, ContainerRef, Task, TypedBytes} from '../../model/container.ts';
import type {DaemonEvent} from '../../model/event.ts';
import type {Descriptor, Image, Platform} from '../../model/image.ts';
import type {Metrics} from '../../model/metrics.ts';
import type {Namespace} from '../../model/namespace.ts';
import type {Mount, Plugin, Snapshot, SnapshotUsage} from '../../model/snapshot.ts';

/**
Every call takes these. `timeoutMs` is how long a unary call may take, and how long a stream may be silent while we wait for it: 10 s unless
said; two minutes where the daemon starts processes or works on file systems; no end for `wait`, `checkpoint`, `diff` and `events`.
*/
export type CallOptions = {
	readonly signal?: AbortSignal;
	readonly timeoutMs?: number;
	/** What this call makes is kept from the garbage collector until the lease goes; the collector also runs right after the daemon starts. */
	readonly lease?: string;
};

/** Where a task's or an exec's streams are: FIFO paths, a `binary://` or `file://` URI, or empty. */
export type Stdio = {readonly stdin: string; readonly stdout: string; readonly stderr: string; readonly terminal: boolean};

export type Exit = {readonly exitStatus: number; readonly exitedAt: number | undefined};

export type ContentInfo = {
	readonly digest: string;
	readonly sizeBytes: number;
	readonly labels: Readonly<Record<string, string>>;
	readonly createdAt: number;
	readonly updatedAt: number;
};

export type Lease = {readonly id: string; readonly createdAt: number; readonly labels: Readonly<Record<string, string>>};

/** The containers as they are stored, without tasks: the caller joins `tasks.list`. */
export type Containers = {
	/** In batches, so that five thousand never hold the event loop. ListStream where the daemon has it, else List. */
	list(namespace: string, options?: CallOptions & {readonly filters?: readonly string[]}): AsyncIterable<readonly Container[]>;
	get(ref: ContainerRef, options?: CallOptions): Promise<ContainerRecord>;
	create(record: ContainerRecord, options?: CallOptions): Promise<ContainerRecord>;
	/** Only the named field paths are written, e.g. `labels.nerdctl/name`, `spec`. */
	update(record: ContainerRecord, fieldPaths: readonly string[], options?: CallOptions): Promise<ContainerRecord>;
	/** Set or (with undefined) clear single labels without touching the others. */
	setLabels(ref: ContainerRef, labels: Readonly<Record<string, string | undefined>>, options?: CallOptions): Promise<void>;
	/** containerd removes it even while its task runs, which nothing can then reach: look first. */
	remove(ref: ContainerRef, options?: CallOptions): Promise<void>;
};

export type CreateTask = Stdio & {
	readonly rootfs: readonly Mount[];
	readonly options?: TypedBytes;
	readonly checkpoint?: Descriptor;
	readonly runtimePath?: string;
};

export type ExecProcess = Stdio & {
	readonly execId: string;
	/** The OCI process as JSON (`specs.Process`); encoded by the client as `types.containerd.io/opencontainers/runtime-spec/1/Process`. */
	readonly process: Readonly<Record<string, unknown>>;
};

export type Tasks = {
	list(namespace: string, options?: CallOptions): Promise<readonly Task[]>;
	/** `find` semantics: undefined when there is no task. */
	find(ref: ContainerRef, options?: CallOptions & {readonly execId?: string}): Promise<Task | undefined>;
	create(ref: ContainerRef, task: CreateTask, options?: CallOptions): Promise<{readonly pid: number}>;
	start(ref: ContainerRef, options?: CallOptions & {readonly execId?: string}): Promise<{readonly pid: number}>;
	delete(ref: ContainerRef, options?: CallOptions): Promise<Exit>;
	deleteProcess(ref: ContainerRef, execId: string, options?: CallOptions): Promise<Exit>;
	kill(ref: ContainerRef, signal: number, options?: CallOptions & {readonly execId?: string; readonly all?: boolean}): Promise<void>;
	exec(ref: ContainerRef, process: ExecProcess, options?: CallOptions): Promise<void>;
	resizePty(ref: ContainerRef, size: {readonly width: number; readonly height: number}, options?: CallOptions & {readonly execId?: string}): Promise<void>;
	closeStdin(ref: ContainerRef, options?: CallOptions & {readonly execId?: string}): Promise<void>;
	pause(ref: ContainerRef, options?: CallOptions): Promise<void>;
	resume(ref: ContainerRef, options?: CallOptions): Promise<void>;
	listPids(ref: ContainerRef, options?: CallOptions): Promise<ReadonlyArray<{readonly pid: number; readonly execId: string | undefined}>>;
	checkpoint(ref: ContainerRef, options?: CallOptions & {readonly options?: TypedBytes}): Promise<readonly Descriptor[]>;
	update(ref: ContainerRef, resources: TypedBytes, options?: CallOptions & {readonly annotations?: Readonly<Record<string, string>>}): Promise<void>;
	/** One call for all, or for the given ids. Tasks without readable metrics are left out. */
	metrics(namespace: string, options?: CallOptions & {readonly ids?: readonly string[]}): Promise<readonly Metrics[]>;
	/** Ends when the process ends; no deadline. */
	wait(ref: ContainerRef, options?: CallOptions & {readonly execId?: string}): Promise<Exit>;
};

export type Images = {
	list(namespace: string, options?: CallOptions & {readonly filters?: readonly string[]}): Promise<readonly Image[]>;
	get(namespace: string, name: string, options?: CallOptions): Promise<Image>;
	create(image: Image, options?: CallOptions): Promise<Image>;
	update(image: Image, fieldPaths?: readonly string[], options?: CallOptions): Promise<Image>;
	/** `sync` waits for the garbage collector. */
	remove(namespace: string, name: string, options?: CallOptions & {readonly sync?: boolean}): Promise<void>;
};

export type ContentSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export type Content = {
	list(namespace: string, options?: CallOptions & {readonly filters?: readonly string[]}): AsyncIterable<readonly ContentInfo[]>;
	info(namespace: string, digest: string, options?: CallOptions): Promise<ContentInfo>;
	update(namespace: string, info: ContentInfo, fieldPaths?: readonly string[], options?: CallOptions): Promise<ContentInfo>;
	/** The bytes of a blob from `offset`, as they arrive. */
	read(namespace: string, digest: string, options?: CallOptions & {readonly offset?: number; readonly sizeBytes?: number}): AsyncIterable<Uint8Array>;
	/** A whole small blob; refuses with `exhausted` above `maxBytes` (8 MiB unless said). */
	readAll(namespace: string, digest: string, options?: CallOptions & {readonly maxBytes?: number}): Promise<Uint8Array>;
	/**
	Write a blob whole; one that is there already is success. A source that is a function of the offset continues what an earlier attempt
	left under the same ref; any other throws that away. `timeoutMs` is how long the daemon may be silent; the source may take its time.
	When the source fails, or the signal aborts, what arrived stays for the next attempt (`abort` throws it away); when the bytes turn out
	to be others than `expected` and `totalBytes` promise, it is `conflict` and nothing stays. While somebody else writes under the
	same ref the daemon answers `unavailable`, before the source is asked for anything. Pieces must not be changed after they were yielded.
	*/
	write(
		namespace: string,
		blob: {readonly ref: string; readonly totalBytes: number; readonly expected: string; readonly labels?: Readonly<Record<string, string>>},
		source: ContentSource | ((offset: number) => ContentSource),
		options?: CallOptions & {
			/** How many bytes of the blob the daemon has. */
			readonly onProgress?: (offset: number) => void;
		},
	): Promise<{readonly digest: string}>;
	remove(namespace: string, digest: string, options?: CallOptions): Promise<void>;
	abort(namespace: string, ref: string, options?: CallOptions): Promise<void>;
	statuses(namespace: string, options?: CallOptions): Promise<ReadonlyArray<{readonly ref: string; readonly offset: number; readonly totalBytes: number}>>;
};

export type RegistryAccount = {readonly username: string; readonly password: string} | {readonly identityToken: string};

/** How the daemon is to reach the registry. 1.7 knows only https and `credentials`; anything else is `unsupported` there. */
export type TransferRegistry = {
	/** Asked when a registry wants to know; undefined is anonymous. When it throws, the transfer ends with what it threw. */
	readonly credentials?: (asked: {readonly host: string; readonly reference: string; readonly challenges: readonly string[]}) => Promise<RegistryAccount | undefined>;
	/** A folder of hosts.toml folders, as the daemon sees the file system. */
	readonly hostDir?: string;
	/** For hosts that no hosts.toml speaks of. 2.1 speaks http to loopback without being told. */
	readonly plainHttp?: boolean;
	readonly headers?: Readonly<Record<string, string>>;
};

export type TransferStore = {
	/** The image's name in the daemon, when it is not the reference. */
	readonly name?: string;
	readonly labels?: Readonly<Record<string, string>>;
	/** Which platforms' content to move; all of them when there are none. */
	readonly platforms?: readonly Platform[];
	/**
	Only a pull unpacks. The daemon leaves it out, and says so only in its log, when its configuration
	(`transfer.v1.local`, `unpack_config`) lacks this platform and snapshotter: look for the snapshot afterwards.
	*/
	readonly unpack?: {readonly platform: Platform; readonly snapshotter: string};
};

export type TransferProgress = {
	/** The daemon's own word: `waiting`, `downloading`, `complete`, `already exists`, `extracting`, `extracted`, `saved`, or a sentence. */
	readonly event: string;
	/** The image's name or a content ref such as `layer-sha256:…`; empty with a sentence. */
	readonly name: string;
	readonly parents: readonly string[];
	/** What the daemon last saw; words about single blobs may still come after the sentence that says it is all done. */
	readonly doneBytes: number;
	/** 0 when it is not known. */
	readonly totalBytes: number;
	/** Never told by 1.7. */
	readonly descriptor: Descriptor | undefined;
};

export type TransferOptions = CallOptions & {
	readonly onProgress?: (progress: TransferProgress) => void;
	/** The daemon has been told; from now on it works, and whoever asked has nothing to do. */
	readonly onSent?: () => void;
};

/**
The daemon's own pull and push, since 1.7; `unsupported` before. No deadline unless one is given. An abort cancels it in the daemon, which
leaves half-fetched content under its refs for the next attempt.
*/
export type Transfer = {
	pull(namespace: string, reference: string, how: TransferStore & {readonly registry?: TransferRegistry}, options?: TransferOptions): Promise<void>;
	push(namespace: string, reference: string, how: Omit<TransferStore, 'unpack' | 'labels'> & {readonly registry?: TransferRegistry}, options?: TransferOptions): Promise<void>;
};

export type Snapshots = {
	list(namespace: string, snapshotter: string, options?: CallOptions): AsyncIterable<readonly Snapshot[]>;
	stat(namespace: string, snapshotter: string, key: string, options?: CallOptions): Promise<Snapshot>;
	usage(namespace: string, snapshotter: string, key: string, options?: CallOptions): Promise<SnapshotUsage>;
	mounts(namespace: string, snapshotter: string, key: string, options?: CallOptions): Promise<readonly Mount[]>;
	prepare(namespace: string, snapshotter: string, snapshot: NewSnapshot, options?: CallOptions): Promise<readonly Mount[]>;
	view(namespace: string, snapshotter: string, snapshot: NewSnapshot, options?: CallOptions): Promise<readonly Mount[]>;
	commit(namespace: string, snapshotter: string, name: string, key: string, options?: CallOptions & {readonly labels?: Readonly<Record<string, string>>}): Promise<void>;
	update(namespace: string, snapshot: Snapshot, fieldPaths?: readonly string[], options?: CallOptions): Promise<Snapshot>;
	remove(namespace: string, snapshotter: string, key: string, options?: CallOptions): Promise<void>;
	cleanup(namespace: string, snapshotter: string, options?: CallOptions): Promise<void>;
};

export type NewSnapshot = {readonly key: string; readonly parent: string; readonly labels?: Readonly<Record<string, string>>};

export type Diff = {
	/** Unpack a layer blob onto mounts; answers the descriptor of the uncompressed bytes. */
	apply(namespace: string, layer: Descriptor, mounts: readonly Mount[], options?: CallOptions): Promise<Descriptor>;
	/** Make a layer of the difference between two mounts. */
	create(
		namespace: string,
		lower: readonly Mount[],
		upper: readonly Mount[],
		options?: CallOptions & {readonly mediaType?: string; readonly ref?: string; readonly labels?: Readonly<Record<string, string>>},
	): Promise<Descriptor>;
};

export type Leases = {
	list(namespace: string, options?: CallOptions & {readonly filters?: readonly string[]}): Promise<readonly Lease[]>;
	create(namespace: string, lease: {readonly id: string; readonly labels?: Readonly<Record<string, string>>}, options?: CallOptions): Promise<Lease>;
	remove(namespace: string, id: string, options?: CallOptions & {readonly sync?: boolean}): Promise<void>;
	resources(namespace: string, id: string, options?: CallOptions): Promise<ReadonlyArray<{readonly id: string; readonly type: string}>>;
	addResource(namespace: string, id: string, resource: {readonly id: string; readonly type: string}, options?: CallOptions): Promise<void>;
	removeResource(namespace: string, id: string, resource: {readonly id: string; readonly type: string}, options?: CallOptions): Promise<void>;
};

export type Namespaces = {
	list(options?: CallOptions): Promise<readonly Namespace[]>;
	/** containerd answers for every name: one that does not exist has no labels. `list` knows which exist. */
	get(name: string, options?: CallOptions): Promise<Namespace>;
	create(namespace: Namespace, options?: CallOptions): Promise<Namespace>;
	setLabels(name: string, labels: Readonly<Record<string, string | undefined>>, options?: CallOptions): Promise<Namespace>;
	remove(name: string, options?: CallOptions): Promise<void>;
};

/**
containerd over one unix socket. Values in, values out: no generated type and no gRPC status passes this border. Every failure is a
`Failure` (see `errors.ts`); an aborted signal rejects with an AbortError.
*/
export type Containerd = {
	/** The socket path, without `unix://`. */
	readonly address: string;
	version(options?: CallOptions): Promise<{readonly version: string; readonly revision: string}>;
	/** The daemon's identity; `uuid` is what BuildKit's worker labels name. */
	server(options?: CallOptions): Promise<{readonly uuid: string; readonly pid: number}>;
	/** False also when nobody answers. */
	healthy(options?: CallOptions): Promise<boolean>;
	plugins(options?: CallOptions & {readonly filters?: readonly string[]}): Promise<readonly Plugin[]>;
	readonly namespaces: Namespaces;
	readonly containers: Containers;
	readonly tasks: Tasks;
	readonly images: Images;
	readonly content: Content;
	readonly snapshots: Snapshots;
	readonly diff: Diff;
	readonly leases: Leases;
	readonly transfer: Transfer;
	/** Live events of every namespace until `signal` aborts; throws `unavailable` when the daemon goes. */
	events(options?: {readonly signal?: AbortSignal; readonly filters?: readonly string[]; readonly onSubscribed?: () => void}): AsyncIterable<DaemonEvent>;
	/** Ends what is under way with `unavailable`. */
	close(): void;
};
