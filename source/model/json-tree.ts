import {createFilter, type Filter} from './filter.ts';
import {entriesOf, hasEntries, type JsonKind, keyText, kindOf, pathText, preview, scalarText} from './json-value.ts';

export type JsonRow = {
	readonly depth: number;
	/** Sanitized; undefined only for a document that is a single value. */
	readonly key: string | undefined;
	readonly kind: JsonKind;
	/** A scalar's value, what a folded thing holds, or the number of entries of an open one. */
	readonly value: string;
	readonly foldable: boolean;
	readonly folded: boolean;
};

export type JsonTree = {
	/** Rows that are visible now. */
	readonly size: number;
	/** Grows with every change of what `rows` answers. */
	readonly revision: number;
	/** What was searched for last, to light it up; undefined when nothing is. */
	readonly filter: Filter | undefined;
	rows(from: number, count: number): readonly JsonRow[];
	/** Fold or unfold; a scalar has nothing to fold. */
	toggle(row: number): void;
	/** Everything below `depth` is folded, everything above is open. 0 folds all, Infinity unfolds all. */
	unfoldTo(depth: number): void;
	/** The row of what holds this one: where `h` goes. */
	parentOf(row: number): number | undefined;
	/** For copying: the value itself, and where it is. */
	at(row: number): {readonly value: unknown; readonly path: string} | undefined;
	/** Searches keys and values of the whole document, folded parts too. An empty text ends the search. */
	search(text: string): {readonly matches: number; readonly capped: boolean; readonly error: string | undefined};
	/** Unfolds what hides the next match after (or before) `row`, going round at the end. */
	nextMatch(row: number, backwards?: boolean): {readonly row: number; readonly number: number} | undefined;
};

type Node = {
	readonly key: string | number | undefined;
	readonly value: unknown;
	readonly parent: Node | undefined;
	/** Position among its siblings. */
	readonly index: number;
	readonly depth: number;
	open: boolean;
	/** Made when it is first opened: most of a big document is never looked at. */
	children: readonly Node[] | undefined;
	/** Rows it takes: itself and, when open, what is in it. */
	size: number;
};

/** A match costs little but is no use beyond what a person steps through; the walk is bounded because a value made in code may be cyclic. */
const mostMatches = 10_000;
const mostNodes = 2_000_000;

const childrenOf = (node: Node): readonly Node[] => {
	node.children ??= entriesOf(node.value).map(([key, value], index) => ({key, value, parent: node, index, depth: node.depth + 1, open: false, children: undefined, size: 1}));
	return node.children;
};

const measure = (node: Node): number => (node.open ? childrenOf(node).reduce((sum, child) => sum + child.size, 1) : 1);

const setOpen = (node: Node, open: boolean): void => {
	node.open = open;
	const difference = measure(node) - node.size;
	node.size += difference;
	// A folded ancestor hides the change from everything above it.
	for (let at = node.parent; at?.open === true; at = at.parent) at.size += difference;
};

type Trail = readonly number[];

const trailOf = (node: Node): Trail => {
	const trail: number[] = [];
	for (let at = node; at.parent !== undefined; at = at.parent) trail.push(at.index);
	return trail.reverse();
};

const compareTrails = (a: Trail, b: Trail): number => {
	for (let level = 0; level < Math.min(a.length, b.length); level++) {
		const difference = (a[level] ?? 0) - (b[level] ?? 0);
		if (difference !== 0) return difference;
	}
	return a.length - b.length;
};

/** Where the filter matches, in document order, without making a node for what is folded. */
const findTrails = (root: unknown, filter: Filter): {readonly trails: readonly Trail[]; readonly capped: boolean} => {
	type Step = {readonly key: string | number | undefined; readonly value: unknown; readonly index: number; readonly parent: Step | undefined};
	const trails: Trail[] = [];
	const stack: Step[] = [{key: undefined, value: root, index: 0, parent: undefined}];
	for (let visited = 0; stack.length > 0; visited++) {
		if (visited >= mostNodes || trails.length >= mostMatches) return {trails, capped: true};
		const step = stack.pop() as Step;
		const entries = entriesOf(step.value);
		const scalar = entries.length > 0 ? '' : typeof step.value === 'string' ? step.value : scalarText(step.value);
		if ((step.parent !== undefined || entries.length === 0) && filter.matches({text: step.key === undefined ? scalar : `${step.key}: ${scalar}`})) {
			const trail: number[] = [];
			for (let at = step; at.parent !== undefined; at = at.parent) trail.push(at.index);
			trails.push(trail.reverse());
		}
		for (let index = entries.length - 1; index >= 0; index--) {
			const [key, value] = entries[index] as (typeof entries)[number];
			stack.push({key, value, index, parent: step});
		}
	}
	return {trails, capped: false};
};

const rowOf = (node: Node): JsonRow => {
	const kind = kindOf(node.value);
	const foldable = hasEntries(node.value);
	const count = foldable && node.open ? childrenOf(node).length : 0;
	const inside = kind === 'array' ? `[${count}]` : `{${count}}`;
	return {
		depth: Math.max(0, node.depth - 1),
		key: node.key === undefined ? undefined : keyText(node.key),
		kind,
		value: foldable ? (node.open ? inside : preview(node.value)) : kind === 'array' ? '[]' : kind === 'object' ? '{}' : scalarText(node.value),
		foldable,
		folded: foldable && !node.open,
	};
};

/**
A JSON document to walk through. Nodes exist only where it was unfolded, and each knows how many rows it takes, so a window into a
document of a megabyte costs its own height. It changes in place; `revision` tells a view that it did.
*/
export const createJsonTree = (value: unknown, unfolded = 1): JsonTree => {
	const root: Node = {key: undefined, value, parent: undefined, index: 0, depth: 0, open: false, children: undefined, size: 1};
	// The braces around the document are no news: its entries are the rows, unless it has none.
	const headless = hasEntries(value);
	let revision = 0;
	let filter: Filter | undefined;
	let trails: readonly Trail[] = [];

	const nodeAt = (row: number): Node | undefined => {
		let left = row + (headless ? 1 : 0);
		if (row < 0 || left >= root.size) return undefined;
		let node = root;
		while (left > 0) {
			left--;
			const within = childrenOf(node).find(child => {
				if (left < child.size) return true;
				left -= child.size;
				return false;
			});
			if (within === undefined) return undefined;
			node = within;
		}
		return node;
	};

	const rowFor = (node: Node): number => {
		let row = headless ? -1 : 0;
		for (let at = node; at.parent !== undefined; at = at.parent) {
			row++;
			for (const sibling of childrenOf(at.parent)) {
				if (sibling === at) break;
				row += sibling.size;
			}
		}
		return row;
	};

	const following = (node: Node): Node | undefined => {
		if (node.open) return childrenOf(node)[0];
		for (let at: Node | undefined = node; at?.parent !== undefined; at = at.parent) {
			const sibling = childrenOf(at.parent)[at.index + 1];
			if (sibling !== undefined) return sibling;
		}
		return undefined;
	};

	const unfoldTo = (depth: number): void => {
		const seen: Node[] = [];
		const stack: Node[] = [root];
		for (let node = stack.pop(); node !== undefined && seen.length < mostNodes; node = stack.pop()) {
			seen.push(node);
			node.open = hasEntries(node.value) && (node === root || node.depth < depth);
			if (node.open) for (const child of childrenOf(node)) stack.push(child);
			else node.children = undefined;
		}
		// Children come after their parent in `seen`, so from the end every size is known when it is needed.
		for (const node of seen.reverse()) node.size = measure(node);
		revision++;
	};

	const reveal = (trail: Trail): Node => {
		let node = root;
		for (const index of trail) {
			if (!node.open) setOpen(node, true);
			node = childrenOf(node)[index] ?? node;
		}
		return node;
	};

	unfoldTo(unfolded);
	return {
		get size() {
			return root.size - (headless ? 1 : 0);
		},
		get revision() {
			return revision;
		},
		get filter() {
			return filter;
		},
		rows(from, count) {
			const rows: JsonRow[] = [];
			for (let node = nodeAt(from); node !== undefined && rows.length < count; node = following(node)) rows.push(rowOf(node));
			return rows;
		},
		toggle(row) {
			const node = nodeAt(row);
			if (node === undefined || !hasEntries(node.value)) return;
			setOpen(node, !node.open);
			revision++;
		},
		unfoldTo,
		parentOf(row) {
			const parent = nodeAt(row)?.parent;
			return parent === undefined || parent === root ? undefined : rowFor(parent);
		},
		at(row) {
			const node = nodeAt(row);
			if (node === undefined) return undefined;
			const keys: Array<string | number> = [];
			for (let step: Node | undefined = node; step?.key !== undefined; step = step.parent) keys.push(step.key);
			return {value: node.value, path: pathText(keys.reverse())};
		},
		search(text) {
			const wanted = createFilter(text);
			filter = wanted.empty ? undefined : wanted;
			const found = filter === undefined ? {trails: [], capped: false} : findTrails(value, filter);
			trails = found.trails;
			revision++;
			return {matches: trails.length, capped: found.capped, error: wanted.error};
		},
		nextMatch(row, backwards = false) {
			if (trails.length === 0) return undefined;
			const node = nodeAt(row);
			const here: Trail = node === undefined ? [] : trailOf(node);
			const found = backwards
				? trails.findLastIndex(trail => compareTrails(trail, here) < 0)
				: trails.findIndex(trail => compareTrails(trail, here) > 0);
			const number = found >= 0 ? found : backwards ? trails.length - 1 : 0;
			const match = reveal(trails[number] as Trail);
			revision++;
			return {row: rowFor(match), number: number + 1};
		},
	};
};
