import {type ViewLine, weightOf} from './line.ts';

/**
Lines in order, numbered by a sequence that does not change when lines are added or dropped at either end: what the screen shows is
anchored to a number and does not move under the reader.
*/
export type LineStore = {
	/** Sequence number of the first line. */
	readonly first: number;
	/** One past the last. */
	readonly end: number;
	readonly size: number;
	readonly bytes: number;
	at(sequence: number): ViewLine | undefined;
	append(line: ViewLine): void;
	prepend(lines: readonly ViewLine[]): void;
	replaceLast(line: ViewLine): void;
	dropFirst(): ViewLine | undefined;
	dropLast(): ViewLine | undefined;
	clear(): void;
};

export const createLineStore = (): LineStore => {
	let items: Array<ViewLine | undefined> = [];
	let head = 0;
	let first = 0;
	let bytes = 0;

	const compact = (): void => {
		if (head < 4096 || head < items.length / 2) return;
		items = items.slice(head);
		head = 0;
	};

	return {
		get first() {
			return first;
		},
		get end() {
			return first + items.length - head;
		},
		get size() {
			return items.length - head;
		},
		get bytes() {
			return bytes;
		},
		at: sequence => (sequence < first ? undefined : items[sequence - first + head]),
		append(line) {
			items.push(line);
			bytes += weightOf(line);
		},
		prepend(lines) {
			items = [...lines, ...items.slice(head)];
			head = 0;
			first -= lines.length;
			for (const line of lines) bytes += weightOf(line);
		},
		replaceLast(line) {
			const last = items.at(-1);
			if (last === undefined || items.length === head) return;
			bytes += weightOf(line) - weightOf(last);
			items[items.length - 1] = line;
		},
		dropFirst() {
			if (items.length === head) return undefined;
			const line = items[head] as ViewLine;
			items[head] = undefined;
			head++;
			first++;
			bytes -= weightOf(line);
			compact();
			return line;
		},
		dropLast() {
			if (items.length === head) return undefined;
			const line = items.pop() as ViewLine;
			bytes -= weightOf(line);
			return line;
		},
		clear() {
			first += items.length - head;
			items = [];
			head = 0;
			bytes = 0;
		},
	};
};
