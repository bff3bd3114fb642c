import {createLineStore, type LineStore} from './line-store.ts';
import {joinLines, type ViewLine} from './line.ts';

/** How far back a late line of another source is sorted in. */
const mostReordered = 2000;

/**
The lines in memory, and of them those that a filter lets through. Without a filter both are the same store.
Bounded in bytes at whichever end the reader is not.
*/
export type LineBuffer = {
	readonly all: LineStore;
	readonly shown: LineStore;
	readonly isFull: boolean;
	setAccept(accept: ((line: ViewLine) => boolean) | undefined): void;
	accepts(line: ViewLine): boolean;
	/** In order among themselves; lines older than the newest are sorted in. */
	append(lines: readonly ViewLine[]): void;
	prepend(lines: readonly ViewLine[]): void;
	/** Drop from one end until the bound is kept; answers what was dropped, in the order of dropping. */
	trim(end: 'first' | 'last'): readonly ViewLine[];
	clear(): void;
};

/** `merges` when lines of several sources meet here; the lines of one file stay in the file's order, whatever their times say. */
export const createLineBuffer = (maxBytes: number, merges = false): LineBuffer => {
	const all = createLineStore();
	let shown = all;
	let accept: ((line: ViewLine) => boolean) | undefined;
	const accepts = (line: ViewLine): boolean => accept === undefined || line.kind !== 'line' || accept(line);

	const push = (line: ViewLine): void => {
		all.append(line);
		if (shown !== all && accepts(line)) shown.append(line);
	};

	const dropFrom = (end: 'first' | 'last'): ViewLine | undefined => {
		const line = end === 'first' ? all.dropFirst() : all.dropLast();
		if (shown === all || line === undefined) return line;
		if (end === 'first' && shown.at(shown.first) === line) shown.dropFirst();
		if (end === 'last' && shown.at(shown.end - 1) === line) shown.dropLast();
		return line;
	};

	/** Takes back the lines that come after `order`, so that they can be put in again behind it. */
	const takeLaterThan = (order: number): ViewLine[] => {
		const later: ViewLine[] = [];
		for (let last = all.at(all.end - 1); last !== undefined && last.order > order && later.length < mostReordered; last = all.at(all.end - 1)) {
			dropFrom('last');
			later.push(last);
		}
		return later.reverse();
	};

	return {
		all,
		get shown() {
			return shown;
		},
		get isFull() {
			return all.bytes >= maxBytes;
		},
		accepts,
		setAccept(next) {
			accept = next;
			if (next === undefined) {
				shown = all;
				return;
			}
			shown = createLineStore();
			for (let sequence = all.first; sequence < all.end; sequence++) {
				const line = all.at(sequence);
				if (line !== undefined && accepts(line)) shown.append(line);
			}
		},
		append(lines) {
			const first = lines[0];
			const last = all.at(all.end - 1);
			if (first === undefined) return;
			const joined = last === undefined ? undefined : joinLines(last, first);
			if (joined !== undefined) {
				dropFrom('last');
				push(joined);
				for (const line of lines.slice(1)) push(line);
				return;
			}
			const later = merges && last !== undefined && last.order > first.order ? takeLaterThan(first.order) : [];
			const ordered = later.length === 0 ? lines : [...later, ...lines].toSorted((a, b) => a.order - b.order);
			for (const line of ordered) push(line);
		},
		prepend(lines) {
			all.prepend(lines);
			if (shown !== all) shown.prepend(lines.filter(accepts));
		},
		trim(end) {
			const dropped: ViewLine[] = [];
			while (all.bytes > maxBytes && all.size > 1) {
				const line = dropFrom(end);
				if (line === undefined) break;
				dropped.push(line);
			}
			return dropped;
		},
		clear() {
			all.clear();
			if (shown !== all) shown.clear();
		},
	};
};
