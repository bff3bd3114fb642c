import {createLayout, type LayoutSettings} from './layout.ts';
import type {LineBuffer} from './line-buffer.ts';
import type {ViewLine} from './line.ts';
import type {Matches} from './matches.ts';
import type {QueryState} from './state.ts';
import {emptyText, statusText} from './status.ts';
import type {LogFrame, LogToggle, LogViewOptions, LogWindow} from './types.ts';
import {type Anchor, createViewport, type Viewport} from './viewport.ts';

export type FrameFacts = {
	readonly window: LogWindow;
	readonly filter: QueryState;
	readonly search: QueryState;
	readonly activity: string | undefined;
	readonly unseen: number;
	readonly dropped: number;
	readonly foundInFiles: number | undefined;
};

export type Frames = {
	readonly viewport: Viewport;
	frame(): LogFrame;
	/** The next frame is made anew; rows of lines are kept. */
	invalidate(): void;
	/** Rows of all lines are made anew when they are next seen. */
	bump(): void;
	settings(): LayoutSettings;
	height(): number;
	resize(columns: number, rows: number): void;
	toggle(what: Exclude<LogToggle, 'follow'>): void;
	scrollX(cells: number): void;
	rowsOf(line: ViewLine): readonly string[];
	/** Where a line that may have been filtered away was, or the next one after it. */
	nearestTo(line: ViewLine | undefined): Anchor;
};

/** How what is in memory becomes rows and one status line. Only what is on screen is ever laid out. */
export const createFrames = ({sources, columns, rows, colour = true, ascii = false}: LogViewOptions, buffer: LineBuffer, matches: Matches, facts: () => FrameFacts): Frames => {
	let settings: LayoutSettings = {columns, wrap: true, timestamps: false, streams: false, json: false, offset: 0, colour, ascii};
	let height = rows;
	let epoch = 0;
	let current: LogFrame | undefined;
	let lit: ViewLine | undefined;
	const layout = createLayout(sources);

	const rowsOf = (line: ViewLine): readonly string[] => {
		if (line.rows !== undefined && line.rowsEpoch === epoch) return line.rows;
		line.rows = layout.rowsOf(line, settings, matches.query, line === matches.current);
		line.rowsEpoch = epoch;
		return line.rows;
	};

	const viewport = createViewport({shown: () => buffer.shown, height: () => height, rowsOf});

	const change = (next: Partial<LayoutSettings>): void => {
		settings = {...settings, ...next};
		epoch++;
		current = undefined;
	};

	/** The line that was current is drawn as any other again. */
	const relight = (): void => {
		if (lit === matches.current) return;
		for (const line of [lit, matches.current]) if (line !== undefined) line.rowsEpoch = -1;
		lit = matches.current;
	};

	const make = (): LogFrame => {
		relight();
		const {window, filter, search, activity, unseen, dropped, foundInFiles} = facts();
		const drawn = buffer.shown.size === 0 ? emptyText(window, filter.text, activity !== undefined).map(text => text.slice(0, settings.columns)) : viewport.visible().map(({text}) => text);
		const following = viewport.anchor === undefined;
		const status = statusText({
			following,
			unseen,
			search: {text: search.text, error: search.error, ...matches.count(buffer.shown)},
			foundInFiles,
			filter,
			activity,
			dropped,
			window,
			ascii,
		});
		return {
			rows: Array.from({length: height}, (_, row) => drawn[row] ?? ''),
			status,
			switches: [
				{name: 'follow', isOn: following},
				{name: 'wrap', isOn: settings.wrap},
				{name: 'timestamps', isOn: settings.timestamps},
				{name: 'streams', isOn: settings.streams},
				{name: 'json', isOn: settings.json},
			],
			window,
			following,
			filter: filter.text,
			search: search.text,
		};
	};

	return {
		viewport,
		frame() {
			current ??= make();
			return current;
		},
		invalidate() {
			current = undefined;
		},
		bump: () => change({}),
		settings: () => settings,
		height: () => height,
		resize(nextColumns, nextRows) {
			height = Math.max(0, nextRows);
			if (nextColumns !== settings.columns) change({columns: Math.max(1, nextColumns)});
			current = undefined;
		},
		toggle: what => change({[what]: !settings[what], ...(what === 'wrap' ? {offset: 0} : {})}),
		scrollX(cells) {
			if (!settings.wrap) change({offset: Math.max(0, settings.offset + cells)});
		},
		rowsOf,
		nearestTo(line) {
			const {shown} = buffer;
			if (line === undefined) return {sequence: shown.first, row: 0};
			for (let sequence = shown.first; sequence < shown.end; sequence++) {
				const candidate = shown.at(sequence);
				if (candidate === line || (candidate !== undefined && candidate.order >= line.order && candidate.record.offset >= line.record.offset)) return {sequence, row: 0};
			}
			return {sequence: Math.max(shown.first, shown.end - 1), row: 0};
		},
	};
};
