/** A prompt that remembers. */
export type HistoryKind = 'pull';

export type HistoryService = {
	/** Newest first, each line once. None where nothing can be read. */
	recent(kind: HistoryKind): Promise<readonly string[]>;
	/** To the front; the oldest of more than 200 goes. */
	add(kind: HistoryKind, line: string): Promise<void>;
};
