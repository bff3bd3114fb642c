import {maxLineBytes} from '../../model/log-record.ts';

/** Enough for the fields that follow the text in a json-file entry. */
const keptTailBytes = 256;
const newline = 10;

export type SplitLine = {
	readonly text: string;
	readonly offset: number;
	/** With its line break, when it has one. */
	readonly bytes: number;
	/** Of an overlong line: its last bytes, and how many before them are in neither part. */
	readonly cut?: {readonly end: string; readonly skippedBytes: number};
	/** It has no line break (yet). */
	readonly isUnfinished?: true;
};

export type LineSplitter = {
	push(chunk: Buffer): void;
	/** What is left without a line break becomes a line. */
	flush(): void;
	/** What is left without a line break is not there any more. */
	drop(): void;
	/** Where the line that is not finished yet begins. */
	readonly offset: number;
	readonly pendingBytes: number;
};

/**
Cut chunks of a file into lines. Memory is bounded whatever comes: of a line longer than `maxLineBytes` its beginning and its last
bytes are kept, and what lies between is only counted. Bytes that are not UTF-8 become replacement characters.
*/
export const createLineSplitter = (from: number, onLine: (line: SplitLine) => void): LineSplitter => {
	let offset = from;
	let pending: Buffer[] = [];
	let headBytes = 0;
	let pendingBytes = 0;
	let tail: Buffer = Buffer.alloc(0);

	const keep = (piece: Buffer): void => {
		pendingBytes += piece.length;
		const room = maxLineBytes - headBytes;
		if (room > 0) {
			// Copied, because the caller reuses its buffer.
			const head = Buffer.from(piece.subarray(0, room));
			pending.push(head);
			headBytes += head.length;
		}
		if (pendingBytes <= maxLineBytes) return;
		const rest = piece.subarray(Math.max(room, 0));
		tail = rest.length >= keptTailBytes ? Buffer.from(rest.subarray(-keptTailBytes)) : Buffer.concat([tail, rest]).subarray(-keptTailBytes);
	};

	const forget = (): void => {
		pending = [];
		headBytes = 0;
		pendingBytes = 0;
		tail = Buffer.alloc(0);
	};

	const finish = (breakBytes: number): void => {
		const bytes = pendingBytes + breakBytes;
		const text = Buffer.concat(pending).toString('utf8');
		const cut = pendingBytes > maxLineBytes ? {end: tail.toString('utf8'), skippedBytes: pendingBytes - maxLineBytes - tail.length} : undefined;
		onLine({text, offset, bytes, ...(cut === undefined ? {} : {cut}), ...(breakBytes > 0 ? {} : {isUnfinished: true as const})});
		offset += bytes;
		forget();
	};

	return {
		push(chunk) {
			let start = 0;
			while (start < chunk.length) {
				const end = chunk.indexOf(newline, start);
				if (end < 0) {
					keep(chunk.subarray(start));
					return;
				}
				if (pendingBytes === 0 && end - start <= maxLineBytes) {
					const bytes = end - start + 1;
					onLine({text: chunk.toString('utf8', start, end), offset, bytes});
					offset += bytes;
				} else {
					keep(chunk.subarray(start, end));
					finish(1);
				}
				start = end + 1;
			}
		},
		flush() {
			if (pendingBytes > 0) finish(0);
		},
		drop: forget,
		get offset() {
			return offset;
		},
		get pendingBytes() {
			return pendingBytes;
		},
	};
};
