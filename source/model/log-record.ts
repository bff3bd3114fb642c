/** A log file as it was when it was opened: a rename (rotation) keeps the inode, so a place in it stays findable. */
export type LogFileId = {readonly path: string; readonly inode: number};

/** A place between two lines. */
export type LogPosition = {readonly file: LogFileId; readonly offset: number};

/** One line of a log file, decoded. Hostile text: it passes `coloured` before it is shown. */
export type LogRecord = {
	/** Epoch ms; undefined where the format carries no time. */
	readonly at: number | undefined;
	/** Nanoseconds within the second, for formats that have them. */
	readonly nanos?: number;
	readonly stream: 'stdout' | 'stderr';
	/** Without the line break. */
	readonly text: string;
	/** The line goes on in the next record of the same stream. */
	readonly partial?: true;
	/** What the line takes in the file, line break included. */
	readonly bytes: number;
	readonly file: LogFileId;
	/** Where the line begins in the file. */
	readonly offset: number;
	/** Not in the format that the file should have: `text` is the line as it is. */
	readonly broken?: true;
	/** Bytes in the middle of an overlong line that were passed over. */
	readonly skippedBytes?: number;
	/** Said by us about the file, not by the container. */
	readonly notice?: true;
};

/** More of one line is never held in memory. */
export const maxLineBytes = 64 * 1024;

export const startOf = ({file, offset}: LogRecord): LogPosition => ({file, offset});
