import type {LogQuery} from '../../../model/log-query.ts';
import type {LogPosition} from '../../../model/log-record.ts';
import type {ReadableLogSource} from '../../../model/log-source.ts';
import type {LogsService, SearchResult} from '../types.ts';

export type FileSearch = {
	/** Lines that match in the files; undefined until they were searched for this query. */
	readonly count: number | undefined;
	/** The match nearest to a place, in the given direction. The files are searched once per query. */
	nearest(query: LogQuery, from: LogPosition | undefined, step: 1 | -1, onProgress: (share: number) => void): Promise<LogPosition | undefined>;
	forget(): void;
};

/** What lies beyond the lines in memory, found in the raw bytes of the files. */
export const createFileSearch = (service: Pick<LogsService, 'search'>, source: ReadableLogSource): FileSearch => {
	let running: AbortController | undefined;
	let known: {readonly query: LogQuery; readonly result: SearchResult} | undefined;

	const resultFor = async (query: LogQuery, onProgress: (share: number) => void): Promise<SearchResult> => {
		if (known?.query === query) return known.result;
		running?.abort();
		running = new AbortController();
		const result = await service.search(source, query, {signal: running.signal, onProgress});
		known = {query, result};
		return result;
	};

	return {
		get count() {
			return known?.result.count;
		},
		async nearest(query, from, step, onProgress) {
			const {positions, files} = await resultFor(query, onProgress);
			if (from === undefined) return positions.at(step < 0 ? -1 : 0);
			const rankOf = ({file}: LogPosition): number => files.findIndex(({inode}) => inode === file.inode);
			const rank = rankOf(from);
			const isBefore = (position: LogPosition): boolean => {
				const own = rankOf(position);
				return own < rank || (own === rank && position.offset < from.offset);
			};
			return step < 0 ? positions.findLast(isBefore) : positions.find(position => !isBefore(position));
		},
		forget() {
			running?.abort();
			running = undefined;
			known = undefined;
		},
	};
};
