import type {Readable, Writable} from 'node:stream';
import type {Exit} from '../../clients/containerd/types.ts';
import type {ContainerRecord, ContainerRef, Task} from '../../model/container.ts';
import type {HealthResult} from '../../clients/host/types.ts';
import type {Outcome} from '../../errors.ts';
import type {Probed, ProbeOptions} from './probe-health.ts';
import type {ContainerUpdate} from './update.ts';
import type {CreateRequest} from '../../model/create-request.ts';
import type {AttachedContainer} from './attached.ts';
import type {CreateCall} from './create/types.ts';
import type {RunCall} from './run.ts';

export type {ContainerUpdate, Exit, HealthResult, Probed, ProbeOptions};
export type {AttachedContainer} from './attached.ts';
export type {CreateStep} from './create/roll.ts';
export type {CreateCall} from './create/types.ts';
export type {RunCall} from './run.ts';

export type Progress = {readonly signal?: AbortSignal};

export type StopOptions = Progress & {
	/** Overrides the container's stop signal label. */
	readonly stopSignal?: number;
	/** Overrides the container's stop timeout label; the default is 10 s. */
	readonly timeoutMs?: number;
	/** Told once a second how long is left before KILL. */
	readonly onCountdown?: (remainingMs: number) => void;
};

export type RemoveOptions = Progress & {
	/** Kill a running task first. Without it a running container is refused with `conflict`. */
	readonly force?: boolean;
	/** Also its anonymous volumes. */
	readonly volumes?: boolean;
};

/** The signal gives up the start; a session that runs is ended with its `close`. */
export type ExecOptions = Progress & {
	readonly args: readonly string[];
	readonly terminal: boolean;
	readonly interactive: boolean;
	readonly user?: string;
	readonly workingDirectory?: string;
	readonly env?: readonly string[];
	readonly privileged?: boolean;
	readonly size?: {readonly columns: number; readonly rows: number};
};

/** For an exec that goes on without us. */
export type DetachedExecOptions = Omit<ExecOptions, 'terminal' | 'interactive' | 'size'>;

/** A live exec. Ends when the process ends; `close` gives up early and leaves nothing behind. */
export type ExecSession = {
	readonly execId: string;
	readonly stdin: Writable | undefined;
	readonly stdout: Readable;
	/** Undefined with a terminal: both streams are one. */
	readonly stderr: Readable | undefined;
	resize(size: {readonly columns: number; readonly rows: number}): Promise<void>;
	kill(signal: number): Promise<void>;
	/** Waits for exit and for the last byte of output, then deletes the exec. */
	wait(): Promise<Exit>;
	close(): Promise<void>;
};

/** One process of a container: ListPids joined with /proc. */
export type ProcessRow = {
	readonly pid: number;
	readonly parentPid: number;
	/** Name or number, as seen on the host. */
	readonly user: string;
	readonly state: string;
	readonly cpuNanoseconds: number;
	readonly residentBytes: number;
	/** Epoch ms. */
	readonly startedAt: number;
	/** The command line, or [comm] when it has none. */
	readonly command: string;
	readonly execId: string | undefined;
};

export type ContainersService = {
	/** A new container with no task. When anything fails, nothing stays. */
	create(request: CreateRequest, call?: CreateCall): Promise<ContainerRef>;
	/** A new container and its first task; `attached` unless it was to be detached. When anything fails, nothing stays, the container neither. */
	run(request: CreateRequest, call: RunCall): Promise<{readonly ref: ContainerRef; readonly attached: AttachedContainer | undefined}>;
	/** A way back to a running container. Its output is in its log; `stdin` is undefined when it was started without one. */
	reach(ref: ContainerRef, options?: Progress): Promise<Omit<AttachedContainer, 'stdout' | 'stderr'>>;
	/** As `start`, and its streams are ours to watch; one that runs is a `conflict`. */
	startAttached(ref: ContainerRef, options: Progress & {readonly interactive: boolean}): Promise<AttachedContainer>;
	/** Also of an exited task: its record is deleted and a new task made with the same log URI, terminal flag and rootfs. */
	start(ref: ContainerRef, options?: Progress): Promise<void>;
	stop(ref: ContainerRef, options?: StopOptions): Promise<void>;
	restart(ref: ContainerRef, options?: StopOptions): Promise<void>;
	kill(ref: ContainerRef, signal: number, options?: Progress): Promise<void>;
	pause(ref: ContainerRef, options?: Progress): Promise<void>;
	unpause(ref: ContainerRef, options?: Progress): Promise<void>;
	remove(ref: ContainerRef, options?: RemoveOptions): Promise<void>;
	rename(ref: ContainerRef, name: string, options?: Progress): Promise<void>;
	/** Limits now and at every later start, and the restart policy. */
	update(ref: ContainerRef, wanted: ContainerUpdate, options?: Progress): Promise<void>;
	/** Runs the health check that it declares, and writes the result down as nerdctl does. Undefined when it was not due. */
	probeHealth(ref: ContainerRef, options?: ProbeOptions): Promise<Probed | undefined>;
	/** The last results, oldest first. */
	healthResults(ref: ContainerRef): Promise<readonly HealthResult[]>;
	/** Remove those that were to go at their end and that nobody removed, since the machine was booted or their log driver was killed. */
	removeForgotten(namespace: string, options?: Progress): Promise<Outcome<ContainerRef>>;
	/** Remove every container of the namespace that is not running. */
	prune(namespace: string, options?: Progress): Promise<Outcome<ContainerRef>>;
	exec(ref: ContainerRef, options: ExecOptions): Promise<ExecSession>;
	/** Its output goes nowhere and nobody waits for it. */
	execDetached(ref: ContainerRef, options: DetachedExecOptions): Promise<{readonly execId: string; readonly pid: number}>;
	/** The best shell inside (bash, zsh, ash, sh), probed once per container start; undefined when the image has none. */
	findShell(ref: ContainerRef, options?: Progress): Promise<string | undefined>;
	processes(ref: ContainerRef, options?: Progress): Promise<readonly ProcessRow[]>;
	/** The record with its spec bytes and its task. */
	inspect(
		ref: ContainerRef,
		options?: Progress,
	): Promise<{
		readonly record: ContainerRecord;
		readonly task: Task | undefined;
		readonly spec: Readonly<Record<string, unknown>> | undefined;
	}>;
	/** nerdctl's lookup: full name, full id, or a unique id prefix. `not-found`, or `conflict` when ambiguous. */
	find(namespace: string, nameOrId: string, options?: Progress): Promise<ContainerRecord>;
	wait(ref: ContainerRef, options?: Progress): Promise<Exit>;
};
