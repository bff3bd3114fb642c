import type {CreateRequest} from '../model/create-request.ts';
import type {ComposeAccess} from '../services/compose/types.ts';
import type {BuildRunsService} from '../services/build-runs/types.ts';
import type {BuildsService} from '../services/builds/types.ts';
import type {ContainersService} from '../services/containers/types.ts';
import type {FilesService} from '../services/containers/files/types.ts';
import type {DiskService} from '../services/disk/index.ts';
import type {HistoryService} from '../services/history/index.ts';
import type {ImagesService} from '../services/images/types.ts';
import type {LayersService} from '../services/layers/index.ts';
import type {NetworksService} from '../services/networks/types.ts';
import type {SnapshotsService} from '../services/snapshots/types.ts';
import type {VolumesService} from '../services/volumes/types.ts';
import type {AppStore, State} from '../store/index.ts';
import type {Dialogs} from './dialogs.ts';
import type {Jobs} from './jobs.ts';

/** Where a command's keys work. The innermost scope of what has the focus wins, see `scopesOf`. */
export type CommandScope = 'global' | 'list' | 'containers' | 'images' | 'projects' | 'snapshotters' | 'snapshots' | 'networks' | 'volumes' | 'builds' | 'stats' | 'steps' | 'detail' | 'logs' | 'inspect' | 'files';

/**
Everything a user can ask of the dashboard is one of these. Keys, key bar, help, palette, action menu, README table, remapping and "why
not" all come from this record.
*/
export type Command = {
	/** `noun.verb`; what config.yaml remaps. */
	readonly id: string;
	readonly title: string;
	readonly scope: CommandScope;
	/** In the keymap's notation; the first is the one that hints show. */
	readonly keys: readonly string[];
	/** Changes something outside this screen: refused by `--readonly`. */
	readonly changes?: boolean;
	/** Shows what it is going to do and asks by itself, so that nobody else has to. */
	readonly asks?: boolean;
	/** Shown in the footer, most wanted first; absent: never. */
	readonly hint?: {readonly label: string; readonly order: number};
	/** Why it can't run now, or undefined. Cheap and pure. */
	readonly refusal?: (state: State) => string | undefined;
	/** What the user must agree to first, or undefined. */
	readonly confirmation?: (state: State) => Confirmation | undefined;
	readonly run: (context: Context) => Promise<void> | void;
	/** The equivalent nerdctl line, for the selected row. */
	readonly nerdctl?: (state: State) => string | undefined;
	/** Hidden from palette, menu and help: it is a movement, not an action. */
	readonly isMovement?: boolean;
};

export type Confirmation = {readonly title: string; readonly lines: readonly string[]; readonly danger: boolean};

export type Services = {
	readonly containers: ContainersService;
	readonly images: ImagesService;
	readonly snapshots: SnapshotsService;
	readonly layers: LayersService;
	readonly disk: DiskService;
	readonly networks: NetworksService;
	readonly volumes: VolumesService;
	readonly files: FilesService;
	readonly compose: ComposeAccess;
	readonly builds: BuildsService;
	readonly buildRuns: BuildRunsService;
	readonly history: HistoryService;
};

/** The real terminal, as far as commands need it. */
export type Terminal = {
	readonly size: () => {readonly columns: number; readonly rows: number};
	/** Leave the dashboard's screen, give the terminal to `work`, come back to the same place. */
	readonly handOver: (work: (tty: HandedOver) => Promise<void>) => Promise<void>;
	/** Into the clipboard of the terminal that the user sits at: OSC 52, through tmux and screen. */
	readonly copy: (text: string) => void;
	readonly redraw: () => void;
	/** Stop like any other job; continue redraws. */
	readonly suspend: () => void;
	readonly setMouse: (isOn: boolean) => void;
};

/** What `work` may do with the terminal: raw bytes both ways, or run a child that owns it. */
export type HandedOver = {
	readonly write: (bytes: Uint8Array | string) => void;
	/** Raw input until it answers how to stop. */
	readonly onInput: (listener: (bytes: Uint8Array) => void) => () => void;
	readonly onResize: (listener: () => void) => () => void;
	/** Run a program on the terminal: `$PAGER`, `$EDITOR`. */
	readonly spawn: (program: string, args: readonly string[]) => Promise<void>;
};

/** The scrollable thing in the detail half that has the keys. Made by a tab, found by commands. */
export type DetailView = {
	scrollBy(rows: number): void;
	scrollX?(cells: number): void;
	toHome(): void;
	toEnd(): void;
	pageRows(): number;
	search?(text: string): void;
	nextMatch?(step: 1 | -1): void;
	/** Fold or unfold what the cursor is on. */
	toggleFold?(): void;
	setFolds?(isOpen: boolean): void;
	readonly files?: FileControls;
	readonly logs?: LogControls;
};

/** What the keys of an image's files do. */
export type FileControls = {
	stepLayer(by: 1 | -1): void;
	toggle(what: 'scope' | 'changes' | 'sort'): void;
	/** Where the waste is, in sentences; undefined while the layers are read. */
	wasteLines(): readonly string[] | undefined;
};

/** What the keys of a log do; `services/logs` has the view that obeys. */
export type LogControls = {
	toggle(what: 'follow' | 'wrap' | 'timestamps' | 'streams' | 'json'): void;
	setFilter(text: string): void;
	setWindow(window: LogWindow): void;
	mark(): void;
	clear(): void;
	/** Writes the whole log as plain text, whole or not at all. */
	save(path: string): Promise<void>;
	/** The whole log as a plain temporary file, for a pager; the caller removes it. */
	plainFile(): Promise<string>;
};

export type LogWindow = 'tail' | 'head' | '1m' | '5m' | '15m' | '30m' | '1h' | 'all';

export type Context = {
	readonly store: AppStore;
	readonly services: Services;
	readonly watch: {
		refresh(): void;
		countSnapshots(): void;
		/** Knows compose projects by their files and what `up` would do, until it is let go. */
		holdProjects(): () => void;
		/** Look at their files again. */
		refreshProjects(): void;
	};
	readonly dialogs: Dialogs;
	readonly jobs: Jobs;
	readonly terminal: Terminal;
	readonly commands: readonly Command[];
	/** Keys as they are bound now, by command id. */
	readonly keysOf: (id: string) => readonly string[];
	readonly run: (command: Command) => Promise<void>;
	/** The active tab's view; set by the tab that is mounted. */
	detail: DetailView | undefined;
	/** Rows of the list that has the focus; set by the list that is mounted. */
	listRows: number;
	readonly openHost: (address: string) => void;
	/** Ask before everything that changes something, not only before what can't be undone. */
	readonly confirmsAll: boolean;
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Who makes the cgroups of new containers. */
	readonly cgroupManager: CreateRequest['cgroupManager'];
	readonly exit: () => void;
};
