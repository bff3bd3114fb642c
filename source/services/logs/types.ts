import type {Container, ContainerRecord} from '../../model/container.ts';
import type {LogQuery} from '../../model/log-query.ts';
import type {LogFileId, LogPosition, LogRecord} from '../../model/log-record.ts';
import type {LogSource, ReadableLogSource} from '../../model/log-source.ts';

export type ReadOptions = {
	/** Most records to answer (1000). */
	readonly limit?: number;
	/** Read the records before this place, towards older ones. This is the direction when nothing is said, from the very end. */
	readonly before?: LogPosition;
	/** Read the records after this place, towards newer ones; `oldest` begins with the first that is kept. */
	readonly after?: LogPosition | 'oldest';
	/** Epoch ms; records without a time are kept. */
	readonly since?: number;
	readonly until?: number;
	/** Only these; at most `scanBytes` (64 MiB) are looked through for them. */
	readonly accept?: (text: string) => boolean;
	readonly scanBytes?: number;
	/** With `after`: also a last line that has no line break, which its writer may still be writing. */
	readonly unfinished?: boolean;
	readonly signal?: AbortSignal;
};

/** Consecutive records, oldest first. */
export type LogPage = {
	readonly records: readonly LogRecord[];
	/** Where the page begins and ends; both undefined when there is no file. */
	readonly start: LogPosition | undefined;
	readonly end: LogPosition | undefined;
	/** Nothing that is kept (and inside `since`) is older. */
	readonly atStart: boolean;
	/** Nothing newer was there when it was read. */
	readonly atEnd: boolean;
};

export type LogBatch = {readonly records: readonly LogRecord[]; readonly position: LogPosition | undefined};

export type FollowOptions = {
	/** Undefined follows from the beginning of the newest file. */
	readonly from?: LogPosition | undefined;
	readonly signal: AbortSignal;
};

export type SearchOptions = {
	readonly signal?: AbortSignal;
	/** 0…1, several times a second. */
	readonly onProgress?: (share: number) => void;
	/** Positions kept of the newest matches (10,000). */
	readonly maxPositions?: number;
};

export type SearchResult = {
	/** Lines that match, in everything that is kept. */
	readonly count: number;
	/** Oldest first. */
	readonly positions: readonly LogPosition[];
	/** The files that were searched, oldest first: what puts two positions in order. */
	readonly files: readonly LogFileId[];
};

export type WholeOptions = {readonly since?: number; readonly signal?: AbortSignal; readonly onProgress?: (share: number) => void};

export type LogsService = {
	/** Where a container's output is. Reads the log configuration in its state directory, never the daemon. */
	locate(container: Container | ContainerRecord): Promise<LogSource>;
	read(source: ReadableLogSource, options?: ReadOptions): Promise<LogPage>;
	/** New records as they come, across rotation, restart and loss of the file, until `signal` aborts. */
	follow(source: ReadableLogSource, options: FollowOptions): AsyncIterable<LogBatch>;
	search(source: ReadableLogSource, query: LogQuery, options?: SearchOptions): Promise<SearchResult>;
	/** Everything that is kept, oldest first. */
	whole(source: ReadableLogSource, options?: WholeOptions): AsyncIterable<readonly LogRecord[]>;
	/** Plain text to a file, whole or not at all; answers its bytes. */
	save(path: string, pieces: AsyncIterable<string>): Promise<number>;
};
