import type {AutoRemoval} from './auto-remove.ts';
import type {Readable, Writable} from 'node:stream';
import type {Stdio} from '../containerd/types.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {NetworkCounters} from '../../model/metrics.ts';
import type {Mount} from '../../model/snapshot.ts';

export type HostSignal = {readonly signal?: AbortSignal};

/** What /proc says about one process of this machine. */
export type HostProcess = {
	readonly pid: number;
	readonly parentPid: number;
	/** Name from the host's passwd, else the number. */
	readonly user: string;
	/** One letter: R, S, D, Z, T, I … */
	readonly state: string;
	readonly cpuNanoseconds: number;
	readonly residentBytes: number;
	/** Epoch ms. */
	readonly startedAt: number;
	/** The command line, or [comm] when it has none. Hostile text. */
	readonly command: string;
};

/** The FIFOs of one process, open on our side. */
export type Fifos = {
	/** What to give the daemon. */
	readonly stdio: Stdio;
	/** Ending it closes our end only: the daemon must be told with `closeStdin` too, since its shim holds a writer itself. */
	readonly stdin: Writable | undefined;
	readonly stdout: Readable;
	readonly stderr: Readable | undefined;
	/**
	Call when the process has ended. Resolves when the pipes are empty and all that was written is in the streams. `silent` means that a child of the
	process still holds a pipe open: its later words are not waited for.
	*/
	finish(): Promise<'ended' | 'silent'>;
	/** Removes the files. The streams can still be read to their end. */
	release(): Promise<void>;
	/** Ends the streams where they are and removes the files. May be called at any time, and twice. */
	close(): Promise<void>;
};

/** What `lifecycle.json` says; the createRuntime hook writes it at every start, and our log driver where there is no hook. */
export type Lifecycle = {
	/** Epoch ms. */
	readonly startedAt: number | undefined;
	readonly createError: boolean;
};

/** One line of `health.json`. */
export type HealthResult = {
	/** Epoch ms. */
	readonly startedAt: number | undefined;
	readonly endedAt: number | undefined;
	readonly exitCode: number;
	/** Hostile text. */
	readonly output: string;
};

/** One of nerdctl's volumes, as its directory tells. */
export type VolumeRecord = {
	readonly name: string;
	/** The `_data` directory. */
	readonly path: string;
	readonly labels: Readonly<Record<string, string>>;
	/** Epoch ms. */
	readonly createdAt: number;
};

/** A directory of this machine that is seen at a path of a container. */
export type Bind = {readonly source: string; readonly destination: string; readonly readOnly: boolean};

/** A file system as a running container sees it. Symbolic links are resolved inside it: nothing in it can lead outside. */
export type ContainerRoot = {
	/** The text of a regular file of at most 1 MiB, or undefined when there is none. */
	readText(path: string): Promise<string | undefined>;
	/** True for a regular file that somebody may execute. */
	isExecutable(path: string): Promise<boolean>;
};

/** What containerd leaves out: this machine's files, locks and processes. */
export type Host = {
	/** nerdctl's data store for this daemon: `<data root>/<address hash>`. */
	dataStore(): string;
	/** nerdctl's directory for one container; it need not exist. */
	stateDir(ref: ContainerRef): string;
	/** Runs while holding nerdctl's operation lock of the container. Without a state directory there is nobody to lock out. */
	withOperationLock<T>(ref: ContainerRef, run: () => Promise<T>, options?: HostSignal): Promise<T>;
	/** Runs while the log driver would not have the container removed at its end. */
	withoutAutoRemove<T>(ref: ContainerRef, run: () => Promise<T>): Promise<T>;
	/** Unmounts what is mounted below it, then removes it. Never anything else than `stateDir(ref)`. */
	removeStateDir(ref: ContainerRef): Promise<void>;
	/** Frees the name if the store says it belongs to this container. */
	releaseName(ref: ContainerRef, name: string, options?: HostSignal): Promise<void>;
	/** `already-exists` when another container has it. */
	acquireName(ref: ContainerRef, name: string, options?: HostSignal): Promise<void>;
	/** In the hosts files of all who share a network with it. */
	renameHosts(ref: ContainerRef, name: string, options?: HostSignal): Promise<void>;
	/** Removes the container's hosts file and what is known of its networks. */
	removeHosts(ref: ContainerRef, options?: HostSignal): Promise<void>;
	/** Names of nerdctl's volumes in a namespace. */
	volumes(namespace: string): Promise<readonly string[]>;
	volumeRecords(namespace: string): Promise<readonly VolumeRecord[]>;
	volumeRecord(namespace: string, name: string): Promise<VolumeRecord | undefined>;
	/** Keeps everybody else from making and removing volumes of the namespace until what it answers is called. */
	holdVolumes(namespace: string, options?: HostSignal): Promise<() => Promise<void>>;
	/** Calls back when one was made or removed, until what it answers is called. */
	watchVolumes(namespace: string, onChange: () => void): () => void;
	/** Only while the volumes are held. One that is there is answered as it is. */
	makeVolume(namespace: string, name: string, labels: Readonly<Record<string, string>>): Promise<{readonly record: VolumeRecord; readonly made: boolean}>;
	/** Only while the volumes are held; `removeVolumes` takes the lock itself. */
	dropVolume(namespace: string, name: string): Promise<void>;
	removeVolumes(namespace: string, names: readonly string[], options?: HostSignal): Promise<void>;
	lifecycle(ref: ContainerRef): Promise<Lifecycle | undefined>;
	/** Undefined when its log driver is not to remove it, or was never started. */
	autoRemoval(ref: ContainerRef): Promise<AutoRemoval | undefined>;
	/** When this machine was booted, epoch ms. */
	bootTime(): Promise<number>;
	/** The last results, oldest first, at most `count` (5). */
	health(ref: ContainerRef, count?: number): Promise<readonly HealthResult[]>;
	/** One at a time per container, whichever Gantry it is. */
	withHealthLock<T>(ref: ContainerRef, run: () => Promise<T>, options?: HostSignal): Promise<T>;
	/** A line of `health.json`, under the lock that nerdctl takes for it. Without a state directory it is nobody's. */
	appendHealth(ref: ContainerRef, result: HealthResult): Promise<void>;
	/** In the order asked; those that have ended meanwhile are left out. */
	processes(pids: readonly number[]): Promise<readonly HostProcess[]>;
	/** Counters of the network namespace that a process is in; undefined when it is gone or hidden. */
	networkCounters(pid: number): Promise<NetworkCounters | undefined>;
	/** Names of the effective capabilities of a process, `CAP_CHOWN` … */
	capabilities(pid: number): Promise<readonly string[]>;
	/** Makes FIFOs and opens our side of each, so that the daemon may open its own at any time. */
	openFifos(options: {readonly id: string; readonly terminal: boolean; readonly interactive: boolean}): Promise<Fifos>;
	/**
	The file system that the mounts of a snapshot make, for the duration of `use`, at the path it is given. Nobody else sees it, and nothing stays
	mounted however we end. Links in it may lead outside: walk it with `walkTo`. With `readOnly` nothing can be written, and a snapshot
	that a running container writes to may be looked at. `binds` are mounted inside it.
	*/
	withMounts<T>(mounts: readonly Mount[], use: (root: string) => Promise<T>, options?: HostSignal & {readonly readOnly?: boolean; readonly binds?: readonly Bind[]}): Promise<T>;
	/** A writer into the FIFO that a container reads; undefined when there is none at the path. Its end is not the end of the container's input. */
	openInput(path: string): Promise<Writable | undefined>;
	/** Opens the root of a process for the duration of `use`. */
	withContainerRoot<T>(pid: number, use: (root: ContainerRoot) => Promise<T>): Promise<T>;
};
