import type {Readable, Writable} from 'node:stream';
import type {Container, Task} from '../../model/container.ts';
import type {CreateRequest} from '../../model/create-request.ts';
import type {DaemonEvent} from '../../model/event.ts';
import type {Image} from '../../model/image.ts';
import type {Metrics, NetworkCounters} from '../../model/metrics.ts';
import type {Namespace} from '../../model/namespace.ts';
import type {Plugin, Snapshot, SnapshotUsage} from '../../model/snapshot.ts';
import type {BuildRunsService} from '../../services/build-runs/types.ts';
import type {BuildsService} from '../../services/builds/index.ts';
import type {ContainersService} from '../../services/containers/index.ts';
import type {FilesService} from '../../services/containers/files/types.ts';
import type {DiskService} from '../../services/disk/index.ts';
import type {ImagesService} from '../../services/images/index.ts';
import type {LogsService} from '../../services/logs/index.ts';
import type {NamespacesService} from '../../services/namespaces/index.ts';
import type {NetworksService} from '../../services/networks/index.ts';
import type {RegistriesService} from '../../services/registries/index.ts';
import type {SnapshotsService} from '../../services/snapshots/index.ts';
import type {VolumesService} from '../../services/volumes/index.ts';
import type {FlagTable, ValuesOf} from './flag-types.ts';

/** The flags that go before or after any verb. Undefined is "not said": environment and configuration decide then. */
export type GlobalFlags = {
	readonly address: string | undefined;
	readonly namespace: string | undefined;
	readonly snapshotter: string | undefined;
	readonly dataRoot: string | undefined;
	readonly cniPath: string | undefined;
	readonly cniNetconfpath: string | undefined;
	readonly cgroupManager: string | undefined;
	readonly hostsDir: readonly string[];
	readonly insecureRegistry: boolean;
	readonly readonly: boolean;
};

/** What was decided from flags, environment and configuration. */
export type GlobalSettings = {
	readonly address: string;
	readonly namespace: string;
	readonly snapshotter: string;
	readonly dataRoot: string;
	readonly cgroupManager: CreateRequest['cgroupManager'];
};

type Call = {readonly signal?: AbortSignal};

/** The part of the containerd client that lists need. Services do everything that changes something. */
export type LineDaemon = {
	version(options?: Call): Promise<{readonly version: string; readonly revision: string}>;
	server(options?: Call): Promise<{readonly uuid: string; readonly pid: number}>;
	plugins(options?: Call): Promise<readonly Plugin[]>;
	events(options?: Call): AsyncIterable<DaemonEvent>;
	readonly namespaces: {list(options?: Call): Promise<readonly Namespace[]>};
	readonly containers: {list(namespace: string, options?: Call): AsyncIterable<readonly Container[]>};
	readonly tasks: {
		list(namespace: string, options?: Call): Promise<readonly Task[]>;
		metrics(namespace: string, options?: Call & {readonly ids?: readonly string[]}): Promise<readonly Metrics[]>;
	};
	readonly images: {list(namespace: string, options?: Call): Promise<readonly Image[]>};
	readonly snapshots: {
		stat(namespace: string, snapshotter: string, key: string, options?: Call): Promise<Snapshot>;
		usage(namespace: string, snapshotter: string, key: string, options?: Call): Promise<SnapshotUsage>;
	};
};

export type LineServices = {
	readonly containers: ContainersService;
	readonly images: ImagesService;
	readonly snapshots: SnapshotsService;
	readonly namespaces: NamespacesService;
	readonly logs: LogsService;
	readonly disk: DiskService;
	readonly networks: NetworksService;
	readonly volumes: VolumesService;
	readonly files: FilesService;
	readonly registries: RegistriesService;
	readonly builds: BuildsService;
	readonly buildRuns: BuildRunsService;
};

export type HostFacts = {
	readonly name: string;
	readonly kernel: string;
	/** `x86_64`, not `amd64`. */
	readonly machine: string;
	readonly operatingSystem: string;
	readonly cpus: number;
	readonly memoryBytes: number;
	readonly cgroupVersion: 1 | 2;
	/** Those the kernel offers: `memory`, `cpu`, `cpuset`, `pids` … */
	readonly controllers: readonly string[];
	readonly forwardsIpv4: boolean;
	readonly hasAppArmor: boolean;
	readonly hasSystemd: boolean;
};

/** What lists read of the machine itself. */
export type LineHost = {
	/** A small file as text; undefined when it is not there, unreadable, or beyond a megabyte. */
	readText(path: string): Promise<string | undefined>;
	exists(path: string): Promise<boolean>;
	/** The network namespace of a process; undefined when it is gone. */
	networkCounters(pid: number): Promise<NetworkCounters | undefined>;
	/** A program of the machine's own; undefined when it is not installed. */
	run(
		program: 'ps' | 'runc' | 'nsenter',
		args: readonly string[],
		options?: Call,
	): Promise<{readonly stdout: string; readonly stderr: string; readonly exitCode: number} | undefined>;
	facts(): Promise<HostFacts>;
};

export type LineTerminal = {
	/** Whether output goes to a terminal, which hostile text could drive. */
	readonly isTTY: boolean;
	readonly columns: number;
	readonly rows: number;
	/** Whether input comes from a terminal. */
	readonly isInputTTY: boolean;
	/** Input byte by byte, signals included; must be undone on every way out. */
	setRawMode(raw: boolean): void;
	onResize(listener: (size: {readonly columns: number; readonly rows: number}) => void): () => void;
};

/** Everything a verb may touch. Streams are arguments, never globals. */
export type Surroundings = {
	readonly global: GlobalSettings;
	readonly services: LineServices;
	readonly containerd: LineDaemon;
	readonly host: LineHost;
	readonly stdout: Writable;
	readonly stderr: Writable;
	readonly stdin: Readable;
	readonly terminal: LineTerminal;
	/** Aborts on SIGINT and SIGTERM. */
	readonly signal: AbortSignal;
	/** While somebody listens, signals are told instead, by name. Answers how to stop listening. */
	readonly onSignal: (listener: (name: string) => void) => () => void;
	/** Said by a flag or by config.yaml: what changes something is refused before it begins. */
	readonly readonly?: boolean;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Epoch ms. */
	readonly clock: () => number;
	readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
	readonly version: string;
};

export type LineContext<Values> = Surroundings & {
	readonly args: readonly string[];
	readonly flags: Values;
	readonly given: ReadonlySet<string>;
};

/** How many arguments a verb takes; `most` is left out where there is no end. */
export type Arity = {readonly least: number; readonly most?: number};

/** A verb of the command line. `run` answers the exit code; what it throws is printed as one sentence and exits 1. */
export type LineCommand = {
	/** First the name it goes by; nerdctl's other spellings, grouped ones too, follow. */
	readonly verbs: readonly [string, ...string[]];
	readonly summary: string;
	/** What follows the verb, as in `[flags] CONTAINER [CONTAINER, ...]`. */
	readonly usage: string;
	readonly flags: FlagTable;
	readonly arity: Arity;
	/** False where everything after the first argument belongs to that argument. */
	readonly interspersed: boolean;
	/** False for a verb that works where no containerd runs. */
	readonly needsDaemon: boolean;
	/** False for a verb that uses neither `services` nor `containerd`: then what they are made of is not even loaded. */
	readonly needsServices: boolean;
	/** nerdctl's flags that are not honoured, with the reason. */
	readonly refused: Readonly<Record<string, string>>;
	readonly run: (context: LineContext<Readonly<Record<string, unknown>>>) => Promise<number>;
	/** What can be answered when no daemon can be found; without it the failure is all there is. */
	readonly runWithoutDaemon?: (context: {
		readonly flags: Readonly<Record<string, unknown>>;
		readonly stdout: Writable;
		readonly version: string;
	}) => void;
};

export type Definition<Table extends FlagTable> = Omit<LineCommand, 'flags' | 'run' | 'interspersed' | 'needsDaemon' | 'needsServices' | 'refused'> & {
	readonly flags: Table;
	readonly interspersed?: boolean;
	readonly needsDaemon?: boolean;
	readonly needsServices?: boolean;
	readonly refused?: Readonly<Record<string, string>>;
	readonly run: (context: LineContext<ValuesOf<Table>>) => Promise<number>;
};

/** Ties the flags' types to what `run` gets. The parser made the values from the same table: that is why the cast holds. */
export const defineLine = <const Table extends FlagTable>(definition: Definition<Table>): LineCommand => ({
	interspersed: true,
	needsDaemon: true,
	needsServices: true,
	refused: {},
	...definition,
	run: definition.run as LineCommand['run'],
});
