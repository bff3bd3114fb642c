import {isAbort, sentence} from '../../../errors.ts';
import {parseLogQuery} from '../../../model/log-query.ts';
import type {LogRecord} from '../../../model/log-record.ts';
import {exportText, temporaryPath} from './export.ts';
import {createFeed} from './feed.ts';
import {createFileSearch} from './file-search.ts';
import {createFrames} from './frames.ts';
import {createLineBuffer} from './line-buffer.ts';
import {createLine, searchableText, type ViewLine} from './line.ts';
import {createMatches} from './matches.ts';
import {createNavigation, type Job} from './navigation.ts';
import {createNotifier} from './notifier.ts';
import {firstPageLines, noQuery, type QueryState, readableEntries, sinceOf, unreadableReasons} from './state.ts';
import type {LogToggle, LogView, LogViewOptions, LogWindow} from './types.ts';

const defaultMaxBytes = 8 * 1024 * 1024;
/** Of a filtered log, read between two words of progress. */
const filteredPageBytes = 16 * 1024 * 1024;
const noFile = {path: '', inode: 0};

const said = (text: string, extra: Partial<LogRecord> = {}): LogRecord => ({at: undefined, stream: 'stdout', text, bytes: 0, file: noFile, offset: 0, notice: true, ...extra});

export const createLogView = (options: LogViewOptions): LogView => {
	const {sources, service, now = Date.now, maxBytes = defaultMaxBytes} = options;
	const readable = readableEntries(sources);
	const buffer = createLineBuffer(maxBytes, sources.length > 1);
	const matches = createMatches();
	const notifier = createNotifier();
	const jobs = new Set<Promise<void>>();
	let window: LogWindow = 'tail';
	let filter: QueryState = noQuery;
	let search: QueryState = noQuery;
	let activity: string | undefined;
	let unseen = 0;
	let dropped = 0;
	/** Pages that a filter picked have holes between their lines. */
	let hasHoles = false;
	let isClosed = false;

	const changed = (): void => {
		frames.invalidate();
		notifier.now();
	};

	const frames = createFrames(options, buffer, matches, () => ({window, filter, search, activity, unseen, dropped, foundInFiles: fileSearch?.count}));
	const {viewport} = frames;

	const feed = createFeed({
		sources: readable,
		service,
		buffer,
		now,
		isFollowing: () => viewport.anchor === undefined,
		onIncoming(counts) {
			dropped += counts.dropped;
			if (viewport.anchor !== undefined) unseen += counts.appended + counts.unseen;
			changed();
		},
		onFailure: failed,
	});
	const [only] = readable;
	const fileSearch = only !== undefined && sources.length === 1 ? createFileSearch(service, only.source) : undefined;

	function addLine(line: ViewLine): void {
		buffer.append([line]);
		changed();
	}

	function failed(error: unknown): void {
		if (isAbort(error) || isClosed) return;
		addLine(createLine(-1, said(sentence(error)), now()));
	}

	/** One thing at a time says what it is doing; what another job said is not taken away. */
	const job: Job = (name, work) => {
		if (isClosed) return;
		const running = (async (): Promise<void> => {
			let own = name;
			activity = own;
			try {
				await work(done => {
					if (isClosed) return;
					own = `${name} ${typeof done === 'number' ? `${Math.floor(done * 100)} %` : done}`;
					activity = own;
					changed();
				});
			} catch (error) {
				failed(error);
			} finally {
				if (activity === own) activity = undefined;
				if (!isClosed) changed();
			}
		})();
		jobs.add(running);
		void running.finally(() => jobs.delete(running));
	};

	const since = (): {readonly since?: number} => {
		const at = sinceOf(window, now());
		return at === undefined ? {} : {since: at};
	};

	const filterOptions = (): {readonly accept?: (text: string) => boolean; readonly scanBytes?: number} => {
		const {query} = filter;
		if (query === undefined) return {};
		hasHoles = true;
		return {scanBytes: filteredPageBytes, accept: text => query.matches(searchableText({text})) !== query.inverse};
	};

	const navigation = createNavigation({buffer, feed, viewport, matches, frames, fileSearch, job, older: () => ({...since(), ...filterOptions()}), newer: filterOptions, onOlder: loaded => {
		dropped = Math.max(0, dropped - loaded);
	}});

	const reload = (isAtEnd: boolean): void => {
		unseen = 0;
		dropped = 0;
		hasHoles = false;
		viewport.setAnchor(isAtEnd ? undefined : {sequence: buffer.shown.end, row: 0});
		job('reading', async () => {
			await feed.load({...since(), limit: firstPageLines(window, Math.max(1, readable.length)), ...(isAtEnd ? {} : {after: 'oldest' as const})});
			for (const {index, text} of unreadableReasons(sources)) buffer.append([createLine(index, said(text), now())]);
			if (!isAtEnd) viewport.setAnchor({sequence: buffer.shown.first, row: 0});
			navigation.fill();
		});
	};

	const toEnd = (): void => {
		unseen = 0;
		if (feed.atEnd && !(hasHoles && filter.query === undefined)) viewport.setAnchor(undefined);
		else {
			if (window === 'head') window = 'tail';
			reload(true);
		}
		changed();
	};

	const setFilter = (text: string): void => {
		const {query, error} = parseLogQuery(text);
		filter = {text, query: error === undefined ? query : filter.query, error};
		const top = buffer.shown.at(viewport.top().sequence);
		buffer.setAccept(filter.query === undefined ? undefined : line => filter.query?.matches(searchableText(line)) !== filter.query?.inverse);
		if (viewport.anchor !== undefined) viewport.setAnchor(frames.nearestTo(top));
		feed.cancelPage();
		// What another filter left out may be wanted now.
		if (hasHoles) reload(true);
		else navigation.fill();
		changed();
	};

	const wholeText = (onProgress?: (share: number) => void): AsyncGenerator<string> =>
		exportText({sources: readable, service, timestamps: frames.settings().timestamps, whole: onProgress === undefined ? {} : {onProgress}});

	const save = async (path: string): Promise<void> =>
		new Promise((resolve, reject) => {
			job('saving', async progress => {
				try {
					await service.save(path, wholeText(progress));
					resolve();
				} catch (error) {
					// The caller tells it; the log has nothing to do with where it was to be saved.
					reject(error);
				}
			});
		});

	const toggle = (what: LogToggle): void => {
		if (what !== 'follow') frames.toggle(what);
		else if (viewport.anchor === undefined) viewport.setAnchor(viewport.top());
		else toEnd();
		changed();
	};

	reload(true);

	return {
		subscribe: notifier.subscribe,
		frame: frames.frame,
		resize(columns, rows) {
			frames.resize(columns, rows);
			navigation.fill();
			changed();
		},
		scrollBy(rows) {
			navigation.scrollBy(rows);
			changed();
		},
		scrollX(cells) {
			frames.scrollX(cells);
			changed();
		},
		pageRows: () => Math.max(1, frames.height()),
		toHome() {
			if (feed.atStart && !hasHoles) viewport.setAnchor({sequence: buffer.shown.first, row: 0});
			else reload(false);
			changed();
		},
		toEnd,
		toggle,
		setSearch(text) {
			const {query, error} = parseLogQuery(text);
			search = {text, query: error === undefined ? query : search.query, error};
			fileSearch?.forget();
			matches.setQuery(search.query);
			frames.bump();
			changed();
		},
		nextMatch(step) {
			navigation.nextMatch(step);
			changed();
		},
		setFilter,
		setWindow(next) {
			window = next;
			reload(next !== 'head');
			changed();
		},
		mark() {
			addLine({...createLine(-1, said(''), now()), kind: 'mark'});
		},
		clear() {
			feed.forget();
			unseen = 0;
			dropped = 0;
			viewport.setAnchor(undefined);
			changed();
		},
		older() {
			navigation.older();
		},
		save,
		async plainFile() {
			const path = temporaryPath();
			await save(path);
			return path;
		},
		async settled() {
			while (jobs.size > 0) await Promise.all(jobs);
		},
		close() {
			isClosed = true;
			feed.close();
			fileSearch?.forget();
			notifier.clear();
		},
	};
};
