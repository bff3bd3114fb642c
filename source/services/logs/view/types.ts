import type {LogSource} from '../../../model/log-source.ts';
import type {LogsService} from '../types.ts';

export type LogWindow = '1m' | '5m' | '15m' | '30m' | '1h' | 'tail' | 'head' | 'all';

export type LogViewSource = {
	/** Shown before each line when there is more than one source. Hostile text. */
	readonly label: string;
	/** Which of the label colours; goes round. */
	readonly colour: number;
	readonly source: LogSource;
};

export type LogViewOptions = {
	readonly sources: readonly LogViewSource[];
	readonly service: Pick<LogsService, 'read' | 'follow' | 'search' | 'whole' | 'save'>;
	readonly columns: number;
	readonly rows: number;
	/** Epoch ms; `Date.now` unless said. */
	readonly now?: () => number;
	/** What the lines in memory may take, about (8 MiB). */
	readonly maxBytes?: number;
	/** False under NO_COLOR: only inverse and bold remain. */
	readonly colour?: boolean;
	/** Where there are only ASCII glyphs. */
	readonly ascii?: boolean;
};

export type LogToggle = 'follow' | 'wrap' | 'timestamps' | 'streams' | 'json';

export type LogFrame = {
	/** Exactly as many as the view has rows, each styled and at most as wide as the view. */
	readonly rows: readonly string[];
	/** One line of plain text: following or how many are new, matches, what is being done, what was dropped. */
	readonly status: string;
	/** The state of each switch, for a title. */
	readonly switches: ReadonlyArray<{readonly name: LogToggle; readonly isOn: boolean}>;
	readonly window: LogWindow;
	readonly following: boolean;
	readonly filter: string;
	readonly search: string;
};

/**
A log on a screen, without the screen: lines in memory bounded in bytes, a window of rows on them, and what can be done to it.
`frame` answers the same object until something changed; listeners hear of incoming lines at most eight times a second and of what
the user did at once.
*/
export type LogView = {
	subscribe(listener: () => void): () => void;
	frame(): LogFrame;
	resize(columns: number, rows: number): void;
	/** Negative is towards older lines. Any scroll detaches from the end. */
	scrollBy(rows: number): void;
	scrollX(cells: number): void;
	pageRows(): number;
	toHome(): void;
	/** Re-attaches. */
	toEnd(): void;
	toggle(what: LogToggle): void;
	setSearch(text: string): void;
	/** 1 towards newer lines, -1 towards older ones; beyond what is in memory the files are searched. */
	nextMatch(step: 1 | -1): void;
	setFilter(text: string): void;
	setWindow(window: LogWindow): void;
	mark(): void;
	clear(): void;
	/** Load lines before the oldest; scrolling there does it by itself. */
	older(): void;
	save(path: string): Promise<void>;
	/** A temporary file with the whole log as plain text; the caller removes it. */
	plainFile(): Promise<string>;
	/** Resolves when nothing that a method began is under way. */
	settled(): Promise<void>;
	close(): void;
};
