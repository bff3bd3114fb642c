/** A prompt that remembers. */
export type HistoryKind = 'pull' | 'compose';

export type HistoryService = {
	/** Newest first, each line once. None where nothing can be read. */
	recent(kind: HistoryKind): Promise<readonly string[]>;
	/** To the front; the oldest of more than 200 goes. */
	add(kind: HistoryKind, line: string): Promise<void>;
	/** As if it had never been there. */
	forget(kind: HistoryKind, line: string): Promise<void>;
	/** What a form was filled with the last time; nothing where nothing can be read. */
	filled(form: FormKind): Promise<Readonly<Record<string, string>>>;
	fill(form: FormKind, values: Readonly<Record<string, string>>): Promise<void>;
};

/** A form that remembers. */
export type FormKind = 'run' | 'build';
