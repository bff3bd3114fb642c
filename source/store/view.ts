import type {Form} from '../model/form.ts';
/** What is on the screen and where the reader is in it. Selections are keys, never indexes: rows move under the cursor. */
export type View = {
	readonly pane: PaneId;
	readonly focus: 'list' | 'detail';
	/** 0: everything; 1: the focused half takes the screen. */
	readonly zoom: 0 | 1;
	readonly panes: Readonly<Record<PaneId, PaneView>>;
	readonly tabs: Readonly<Record<PaneId, string>>;
	readonly showStopped: boolean;
	readonly groupBy: 'group' | 'none';
	readonly mouse: boolean;
	/** The snapshotter whose snapshots are listed in the `snapshots` pane. */
	readonly drill: {readonly namespace: string; readonly snapshotter: string} | undefined;
	/** The step of a build that was chosen; another build begins with its own. */
	readonly buildStep: {readonly run: string; readonly vertex: string} | undefined;
	/** Its steps stand below their stages, not in the order in which they began. */
	readonly isByStage: boolean;
	readonly overlays: readonly Overlay[];
};

export type PaneId = 'containers' | 'images' | 'projects' | 'snapshotters' | 'snapshots' | 'networks' | 'volumes' | 'builds' | 'stats';

export type PaneView = {
	readonly selected: string | undefined;
	/** Where the selection last stood: when its row is gone, the row that took its place is selected. */
	readonly index: number;
	readonly filter: string;
	readonly sort: {readonly column: string; readonly descending: boolean};
	readonly folded: ReadonlySet<string>;
	readonly marks: ReadonlySet<string>;
};

/** Something over the screen that takes the keys. The answer goes to whoever asked, by `id` (see `commands/dialogs.ts`). */
export type Overlay =
	| {readonly kind: 'confirm'; readonly id: number; readonly title: string; readonly lines: readonly string[]; readonly danger: boolean; /** First line that is shown, where they do not all fit. */ readonly offset: number}
	| {
			readonly kind: 'choose';
			readonly id: number;
			readonly title: string;
			readonly choices: readonly Choice[];
			readonly index: number;
			readonly text: string;
			/** Typed text narrows the choices; without it letters are hotkeys. */
			readonly searchable: boolean;
	  }
	| {readonly kind: 'line'; readonly id: number; readonly title: string; readonly text: string; readonly cursor: number; readonly note: string; readonly live: boolean}
	| {readonly kind: 'jobs'; readonly id: number}
	| DiskOverlay
	| (Form & {readonly kind: 'form'; readonly id: number; readonly title: string})
	| {readonly kind: 'text'; readonly id: number; readonly title: string; readonly lines: readonly string[]; readonly offset: number};

/** The Disk screen: what takes place, and what can be pruned with what that frees; it has the whole screen. */
export type DiskOverlay = {
	readonly kind: 'disk';
	readonly id: number;
	readonly title: string;
	readonly kinds: readonly string[];
	/** `sizeBytes`: what it would free; undefined where that is not known before it is asked for. */
	readonly prunes: ReadonlyArray<{readonly id: string; readonly title: string; readonly does: string; readonly sizeBytes: number | undefined}>;
	readonly index: number;
	readonly details: readonly string[];
	/** First line of the details that is shown. */
	readonly offset: number;
};

export type Choice = {
	readonly id: string;
	readonly label: string;
	/** Right-hand side: a key, or the equivalent nerdctl line. */
	readonly note?: string;
	/** Why it can't be chosen now. */
	readonly refusal?: string;
	readonly hotkey?: string;
};

const pane = (column: string, descending = false): PaneView => ({
	selected: undefined,
	index: 0,
	filter: '',
	sort: {column, descending},
	folded: new Set(),
	marks: new Set(),
});

export const initialView: View = {
	pane: 'containers',
	focus: 'list',
	zoom: 0,
	panes: {
		containers: pane('name'),
		images: pane('name'),
		projects: pane('name'),
		snapshotters: pane('name'),
		snapshots: pane('tree'),
		networks: pane('name'),
		volumes: pane('name'),
		builds: pane('age'),
		stats: pane('cpu', true),
	},
	tabs: {containers: 'logs', images: 'layers', projects: 'services', snapshotters: 'overview', snapshots: 'usage', networks: 'overview', volumes: 'overview', builds: 'steps', stats: 'stats'},
	showStopped: true,
	groupBy: 'group',
	mouse: true,
	drill: undefined,
	buildStep: undefined,
	isByStage: false,
	overlays: [],
};
