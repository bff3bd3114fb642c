import type {LogQuery} from '../../../model/log-query.ts';
import type {LogSource, ReadableLogSource} from '../../../model/log-source.ts';
import type {LogViewSource, LogWindow} from './types.ts';

const minute = 60_000;

const windowSpans: Readonly<Partial<Record<LogWindow, number>>> = {'1m': minute, '5m': 5 * minute, '15m': 15 * minute, '30m': 30 * minute, '1h': 60 * minute};

/** Lines of a first page. `all` fills what memory allows at once; the other windows load more when one scrolls there. */
export const firstPageLines = (window: LogWindow, sources: number): number => (window === 'all' || window in windowSpans ? 20_000 : Math.max(200, Math.ceil(1000 / sources)));

/** The beginning of a window, epoch ms. */
export const sinceOf = (window: LogWindow, now: number): number | undefined => {
	const span = windowSpans[window];
	return span === undefined ? undefined : now - span;
};

/** A half-typed expression keeps the last good query, so that nothing flickers while one types. */
export type QueryState = {readonly text: string; readonly query: LogQuery | undefined; readonly error: string | undefined};

export const noQuery: QueryState = {text: '', query: undefined, error: undefined};

export type ReadableEntry = {readonly index: number; readonly label: string; readonly source: ReadableLogSource};

const isReadable = (source: LogSource): source is ReadableLogSource => source.kind !== 'none';

export const readableEntries = (sources: readonly LogViewSource[]): readonly ReadableEntry[] =>
	sources.flatMap(({label, source}, index) => (isReadable(source) ? [{index, label, source}] : []));

/** Why there is nothing to read of each container that has no log. */
export const unreadableReasons = (sources: readonly LogViewSource[]): ReadonlyArray<{readonly index: number; readonly text: string}> =>
	sources.flatMap(({source}, index) => (source.kind === 'none' ? [{index, text: source.hint === undefined ? source.reason : `${source.reason} — ${source.hint}`}] : []));
