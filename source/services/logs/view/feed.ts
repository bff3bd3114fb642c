import {isAbort} from '../../../errors.ts';
import {type LogPosition, startOf} from '../../../model/log-record.ts';
import type {ReadableLogSource} from '../../../model/log-source.ts';
import type {LogPage, ReadOptions} from '../types.ts';
import type {LineBuffer} from './line-buffer.ts';
import type {ViewLine} from './line.ts';
import {mergeLines, toLines} from './to-lines.ts';
import type {LogViewOptions} from './types.ts';

/** One file's part of what is in memory: a stretch from `start` to `end`. */
type Stretch = {
	readonly index: number;
	readonly source: ReadableLogSource;
	start: LogPosition | undefined;
	end: LogPosition | undefined;
	atStart: boolean;
	/** The stretch reaches the end of the log: what comes is appended. Otherwise it is only counted. */
	atEnd: boolean;
	follower: AbortController | undefined;
};

export type FeedOptions = {
	readonly sources: ReadonlyArray<{readonly index: number; readonly source: ReadableLogSource}>;
	readonly service: Pick<LogViewOptions['service'], 'read' | 'follow'>;
	readonly buffer: LineBuffer;
	readonly now: () => number;
	readonly isFollowing: () => boolean;
	/** Lines arrived; `appended` of them are in the buffer, `unseen` are only counted. */
	readonly onIncoming: (counts: {readonly appended: number; readonly unseen: number; readonly dropped: number}) => void;
	readonly onFailure: (error: unknown) => void;
};

export type Feed = {
	readonly atStart: boolean;
	readonly atEnd: boolean;
	/** Replace what is in memory. */
	load(options: Pick<ReadOptions, 'after' | 'since' | 'limit'>): Promise<void>;
	/** Replace what is in memory by the surroundings of a place in one source. */
	loadAround(index: number, position: LogPosition, limit: number): Promise<void>;
	/** Answers the number of lines that were put in front. */
	older(options: Pick<ReadOptions, 'limit' | 'accept' | 'since' | 'scanBytes'>): Promise<number>;
	newer(options: Pick<ReadOptions, 'limit' | 'accept' | 'scanBytes'>): Promise<number>;
	/** Give up a page that is being read; following goes on. */
	cancelPage(): void;
	/** Where what is in memory of a source begins or ends. */
	edge(index: number, side: 'start' | 'end'): LogPosition | undefined;
	/** Forget what is in memory; it can be loaded again by going up. */
	forget(): void;
	close(): void;
};

/** Lines reach the screen at most this often. */
const flushMs = 125;
const mostPending = 20_000;

export const createFeed = ({sources, service, buffer, now, isFollowing, onIncoming, onFailure}: FeedOptions): Feed => {
	const stretches: Stretch[] = sources.map(({index, source}) => ({index, source, start: undefined, end: undefined, atStart: true, atEnd: true, follower: undefined}));
	let pending: ViewLine[] = [];
	let unseen = 0;
	let timer: NodeJS.Timeout | undefined;
	let loading = new AbortController();
	let paging = new AbortController();

	const stretchOf = (line: ViewLine): Stretch | undefined => stretches.find(({index}) => index === line.source);

	const detachEnd = (): void => {
		for (const stretch of stretches) stretch.atEnd = false;
		unseen += pending.filter(line => buffer.accepts(line)).length;
		pending = [];
	};

	/** What no longer is in memory is outside of its stretch. */
	const trim = (side: 'first' | 'last'): number => {
		const dropped = buffer.trim(side);
		for (const line of dropped) {
			const stretch = line.kind === 'line' ? stretchOf(line) : undefined;
			if (stretch === undefined) continue;
			if (side === 'first') {
				stretch.start = {file: line.record.file, offset: line.end};
				stretch.atStart = false;
			} else stretch.end = startOf(line.record);
		}
		if (side === 'last' && dropped.length > 0) detachEnd();
		return dropped.length;
	};

	const flush = (): void => {
		clearTimeout(timer);
		timer = undefined;
		// A reader who is somewhere above must not lose what is on the screen: what comes stays in the file until it is wanted.
		if (!isFollowing() && buffer.isFull) detachEnd();
		const lines = pending;
		pending = [];
		for (const line of lines) {
			const stretch = line.kind === 'line' ? stretchOf(line) : undefined;
			if (stretch !== undefined) stretch.end = {file: line.record.file, offset: line.end};
		}
		buffer.append(sources.length > 1 ? lines.toSorted((a, b) => a.order - b.order) : lines);
		const dropped = isFollowing() ? trim('first') : 0;
		const counts = {appended: lines.filter(line => buffer.accepts(line)).length, unseen, dropped};
		unseen = 0;
		if (lines.length > 0 || counts.unseen > 0) onIncoming(counts);
	};

	const startFollowing = (stretch: Stretch): void => {
		stretch.follower?.abort();
		const follower = new AbortController();
		stretch.follower = follower;
		const run = async (): Promise<void> => {
			for await (const batch of service.follow(stretch.source, {from: stretch.end, signal: follower.signal})) {
				if (follower.signal.aborted) return;
				const lines = toLines(stretch.index, batch.records, now());
				if (stretch.atEnd) for (const line of lines) pending.push(line);
				else unseen += lines.filter(line => line.kind === 'line' && buffer.accepts(line)).length;
				if (pending.length > mostPending) flush();
				else timer ??= setTimeout(flush, flushMs);
			}
		};
		run().catch((error: unknown) => {
			if (!isAbort(error) && !follower.signal.aborted) onFailure(error);
		});
	};

	const restart = (): AbortSignal => {
		loading.abort();
		loading = new AbortController();
		paging.abort();
		paging = new AbortController();
		for (const stretch of stretches) {
			stretch.follower?.abort();
			stretch.follower = undefined;
		}
		clearTimeout(timer);
		timer = undefined;
		pending = [];
		unseen = 0;
		return loading.signal;
	};

	type Loaded = {readonly stretch: Stretch; readonly page: LogPage; readonly lines: readonly ViewLine[]};

	const readEach = async (which: readonly Stretch[], optionsOf: (stretch: Stretch) => ReadOptions): Promise<readonly Loaded[]> =>
		Promise.all(
			which.map(async stretch => {
				const page = await service.read(stretch.source, optionsOf(stretch));
				const firstAt = page.records.find(({at}) => at !== undefined)?.at ?? 0;
				return {stretch, page, lines: toLines(stretch.index, page.records, firstAt)};
			}),
		);

	/**
	Before the oldest line of the shortest page another page has lines whose neighbours are not loaded yet: they are left for the next
	page, or the merge would have holes.
	*/
	const cutStart = (loaded: readonly Loaded[]): readonly ViewLine[] => {
		const horizon = Math.max(...loaded.filter(({page}) => !page.atStart).map(({lines}) => lines[0]?.order ?? 0), 0);
		return mergeLines(
			loaded.map(({stretch, page, lines}) => {
				const from = loaded.length === 1 ? 0 : lines.findIndex(line => line.order >= horizon || line.record.at === undefined);
				const kept = from < 0 ? [] : lines.slice(from);
				const first = kept[0];
				stretch.start = from === 0 ? page.start : first === undefined ? page.end : startOf(first.record);
				stretch.atStart = from === 0 && page.atStart;
				if (lines.length === 0) {
					stretch.start = page.start;
					stretch.atStart = page.atStart;
				}
				return kept;
			}),
		);
	};

	const cutEnd = (loaded: readonly Loaded[]): readonly ViewLine[] => {
		const horizon = Math.min(...loaded.filter(({page}) => !page.atEnd).map(({lines}) => lines.at(-1)?.order ?? Number.POSITIVE_INFINITY));
		return mergeLines(
			loaded.map(({stretch, page, lines}) => {
				const beyond = loaded.length === 1 ? -1 : lines.findIndex(line => line.order > horizon);
				const next = lines[beyond];
				stretch.end = next === undefined ? page.end : startOf(next.record);
				stretch.atEnd = next === undefined && page.atEnd;
				return next === undefined ? lines : lines.slice(0, beyond);
			}),
		);
	};

	const settleEnds = (): void => {
		if (!stretches.every(({atEnd}) => atEnd)) for (const stretch of stretches) stretch.atEnd = false;
		for (const stretch of stretches) startFollowing(stretch);
	};

	return {
		get atStart() {
			return stretches.every(({atStart}) => atStart);
		},
		get atEnd() {
			return stretches.every(({atEnd}) => atEnd);
		},
		async load(options) {
			const signal = restart();
			const loaded = await readEach(stretches, () => ({...options, signal}));
			signal.throwIfAborted();
			buffer.clear();
			if (options.after === undefined) {
				buffer.append(cutStart(loaded));
				for (const {stretch, page} of loaded) {
					stretch.end = page.end;
					stretch.atEnd = true;
				}
			} else {
				buffer.append(cutEnd(loaded));
				for (const {stretch, page} of loaded) {
					stretch.start = page.start;
					stretch.atStart = true;
				}
			}
			trim(options.after === undefined ? 'first' : 'last');
			settleEnds();
		},
		async loadAround(index, position, limit) {
			const signal = restart();
			const stretch = stretches.find(candidate => candidate.index === index);
			if (stretch === undefined) return;
			const [before] = await readEach([stretch], () => ({before: position, limit, signal}));
			const [after] = await readEach([stretch], () => ({after: position, limit, signal}));
			signal.throwIfAborted();
			if (before === undefined || after === undefined) return;
			buffer.clear();
			buffer.append(cutStart([before]));
			buffer.append(cutEnd([after]));
			settleEnds();
		},
		async older(options) {
			const {signal} = paging;
			const which = stretches.filter(({atStart, start}) => !atStart && start !== undefined);
			const loaded = await readEach(which, ({start}) => ({...options, ...(start === undefined ? {} : {before: start}), signal}));
			signal.throwIfAborted();
			// Nobody knows of anything older.
			if (which.length === 0) for (const stretch of stretches) stretch.atStart = true;
			const lines = loaded.length === 0 ? [] : cutStart(loaded);
			buffer.prepend(lines);
			trim('last');
			return lines.length;
		},
		async newer(options) {
			const {signal} = paging;
			const which = stretches.filter(({end}) => end !== undefined);
			const loaded = await readEach(which, ({end}) => ({...options, ...(end === undefined ? {} : {after: end}), signal}));
			signal.throwIfAborted();
			const lines = loaded.length === 0 ? [] : cutEnd(loaded);
			buffer.append(lines);
			trim('first');
			if (stretches.every(({atEnd}) => atEnd)) settleEnds();
			else for (const stretch of stretches) stretch.atEnd = false;
			return lines.length;
		},
		cancelPage() {
			paging.abort();
			paging = new AbortController();
		},
		edge: (index, side) => stretches.find(stretch => stretch.index === index)?.[side],
		forget() {
			flush();
			buffer.clear();
			for (const stretch of stretches) {
				stretch.start = stretch.end;
				stretch.atStart = stretch.end === undefined;
			}
		},
		close() {
			restart();
		},
	};
};
