import {createFilter, type Filter} from './filter.ts';
import type {LayerEntryKind} from './layer-index.ts';
import {absent, type LayerChange, type LayerStack, layerChanges, type StackView} from './layer-stack.ts';

export type LayerScope = 'layer' | 'aggregate';
export type LayerSort = 'name' | 'size';

export type LayerRow = {
	readonly depth: number;
	/** Hostile text, as is `target`. */
	readonly name: string;
	readonly kind: LayerEntryKind;
	readonly change: LayerChange;
	/** Of a folder: of all files in it that the tree has. */
	readonly sizeBytes: number;
	readonly mode: number;
	readonly uid: number;
	readonly gid: number;
	readonly target: string | undefined;
	readonly foldable: boolean;
	readonly folded: boolean;
};

export type LayerTree = {
	/** Rows that are visible now. */
	readonly size: number;
	/** Grows with every change of what `rows` answers. */
	readonly revision: number;
	readonly layer: number;
	readonly scope: LayerScope;
	readonly sort: LayerSort;
	readonly onlyChanges: boolean;
	/** What was searched for last, to light it up. */
	readonly filter: Filter | undefined;
	rows(from: number, count: number): readonly LayerRow[];
	/** Files of the tree, and their bytes. */
	totals(): {readonly files: number; readonly sizeBytes: number};
	pathAt(row: number): string | undefined;
	/** Where the nearest thing to a path is now: itself, or the closest folder above that is visible. */
	rowOf(path: string): number;
	parentOf(row: number): number | undefined;
	toggle(row: number): void;
	setFolds(isOpen: boolean): void;
	setLayer(layer: number): void;
	setScope(scope: LayerScope): void;
	setSort(sort: LayerSort): void;
	/** Each scope has its own answer: of a layer one wants what it changed, of the whole everything. */
	setOnlyChanges(isOn: boolean): void;
	/** Searches the paths of the whole tree, folded parts too. An empty text ends the search. */
	search(text: string): {readonly matches: number; readonly error: string | undefined};
	/** Unfolds what hides the next match after (or before) `row`, going round at the end. */
	nextMatch(row: number, backwards?: boolean): {readonly row: number; readonly number: number} | undefined;
};

const unchanged = layerChanges.indexOf('unchanged');
const removed = layerChanges.indexOf('removed');
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** What of the stack is in the tree, and what it weighs. Folders are there for what is in them. */
type Shown = {readonly view: StackView; readonly isShown: Uint8Array; readonly weights: Float64Array; readonly files: number};

const show = (stack: LayerStack, layer: number, scope: LayerScope, onlyChanges: boolean): Shown => {
	// Aggregated changes are those since the base, as dive has it.
	const view = stack.view(layer, scope === 'layer' ? layer : 1);
	const isShown = new Uint8Array(stack.size);
	const weights = new Float64Array(stack.size);
	let files = 0;
	// Children have greater numbers than their parents: from the end, every folder is complete when it is reached.
	for (let node = stack.size - 1; node > 0; node--) {
		const change = view.changes[node] as number;
		if (change === absent) continue;
		const isWanted = !onlyChanges || change !== unchanged;
		if (isWanted) {
			isShown[node] = 1;
			if (change !== removed) {
				weights[node] = (weights[node] as number) + (view.sizes[node] as number);
				if (stack.entry(view, node)?.kind === 'file') files++;
			}
		}
		if (isShown[node] === 0) continue;
		const parent = stack.parentOf(node);
		isShown[parent] = 1;
		if (change !== removed) weights[parent] = (weights[parent] as number) + (weights[node] as number);
	}
	// The weight of what is removed is what went with it; it counts for itself alone.
	for (let node = 1; node < stack.size; node++) if (view.changes[node] === removed) weights[node] = view.sizes[node] as number;
	return {view, isShown, weights, files};
};

/**
The files of an image to walk through, at one of its layers. Rows are node numbers in one flat array, made again when something folds or
changes: a window into them costs its own height.
*/
export const createLayerTree = (stack: LayerStack, startLayer = stack.layers.length - 1): LayerTree => {
	const open = new Uint8Array(stack.size);
	const onlyChanges: Record<LayerScope, boolean> = {layer: true, aggregate: false};
	let [layer, scope, sort] = [startLayer, 'layer' as LayerScope, 'name' as LayerSort];
	let shown = show(stack, layer, scope, onlyChanges[scope]);
	let order = new Map<number, readonly number[]>();
	let flat: Int32Array | undefined;
	let revision = 0;
	let filter: Filter | undefined;
	let matches: readonly number[] = [];
	/** Places in the tree as if all were unfolded; only known while something is searched for. */
	let ranks = new Int32Array(0);
	const rankOf = (node: number): number => ranks[node] ?? 0;

	const inOrder = (node: number): readonly number[] => {
		let children = order.get(node);
		if (children === undefined) {
			const compareNames = (a: number, b: number): number => (stack.pathOf(a) < stack.pathOf(b) ? -1 : 1);
			const bySize = (a: number, b: number): number => (shown.weights[b] as number) - (shown.weights[a] as number) || compareNames(a, b);
			children = Array.from(stack.childrenOf(node).filter(child => shown.isShown[child] === 1)).sort(sort === 'size' ? bySize : compareNames);
			order.set(node, children);
		}
		return children;
	};

	const rowsNow = (): Int32Array => {
		if (flat !== undefined) return flat;
		const rows: number[] = [];
		const pending = [...inOrder(0)].reverse();
		for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
			rows.push(node);
			if (open[node] === 1) for (const child of [...inOrder(node)].reverse()) pending.push(child);
		}
		flat = Int32Array.from(rows);
		return flat;
	};

	const changed = (what: 'folds' | 'order' | 'tree'): void => {
		revision++;
		flat = undefined;
		if (what !== 'folds') order = new Map();
		if (what !== 'tree') return;
		shown = show(stack, layer, scope, onlyChanges[scope]);
		findMatches();
	};

	const findMatches = (): void => {
		matches = [];
		if (filter === undefined) return;
		ranks = new Int32Array(stack.size);
		let rank = 0;
		const found: number[] = [];
		const pending = [...inOrder(0)].reverse();
		for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
			ranks[node] = rank++;
			if (filter.matches({text: nameOf(stack.pathOf(node))})) found.push(node);
			for (const child of [...inOrder(node)].reverse()) pending.push(child);
		}
		matches = found;
	};

	const reveal = (node: number): number => {
		for (let above = stack.parentOf(node); above !== 0; above = stack.parentOf(above)) open[above] = 1;
		changed('folds');
		return rowsNow().indexOf(node);
	};

	const rowFrom = (node: number, depth: number): LayerRow => {
		const entry = stack.entry(shown.view, node);
		const foldable = inOrder(node).length > 0;
		return {
			depth,
			name: nameOf(stack.pathOf(node)),
			kind: entry?.kind ?? 'directory',
			change: layerChanges[shown.view.changes[node] as number] ?? 'unchanged',
			sizeBytes: shown.weights[node] as number,
			mode: entry?.mode ?? 0o755,
			uid: entry?.uid ?? 0,
			gid: entry?.gid ?? 0,
			target: entry?.target,
			foldable,
			folded: foldable && open[node] === 0,
		};
	};

	const depthOf = (node: number): number => stack.pathOf(node).split('/').length - 1;

	return {
		get size() {
			return rowsNow().length;
		},
		get revision() {
			return revision;
		},
		get layer() {
			return layer;
		},
		get scope() {
			return scope;
		},
		get sort() {
			return sort;
		},
		get onlyChanges() {
			return onlyChanges[scope];
		},
		get filter() {
			return filter;
		},
		rows: (from, count) => Array.from(rowsNow().subarray(Math.max(0, from), Math.max(0, from + count)), node => rowFrom(node, depthOf(node))),
		totals: () => ({files: shown.files, sizeBytes: shown.weights[0] as number}),
		pathAt(row) {
			const node = rowsNow()[row];
			return node === undefined ? undefined : stack.pathOf(node);
		},
		rowOf(path) {
			const byPath = new Map(Array.from(rowsNow(), (node, row) => [stack.pathOf(node), row]));
			for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
				const row = byPath.get(at);
				if (row !== undefined) return row;
			}
			return 0;
		},
		parentOf(row) {
			const node = rowsNow()[row];
			const parent = node === undefined ? 0 : stack.parentOf(node);
			return parent === 0 ? undefined : rowsNow().indexOf(parent);
		},
		toggle(row) {
			const node = rowsNow()[row];
			if (node === undefined || inOrder(node).length === 0) return;
			open[node] = open[node] === 1 ? 0 : 1;
			changed('folds');
		},
		setFolds(isOpen) {
			open.fill(isOpen ? 1 : 0);
			changed('folds');
		},
		setLayer(next) {
			if (next === layer || next < 0 || next >= stack.layers.length) return;
			layer = next;
			changed('tree');
		},
		setScope(next) {
			scope = next;
			changed('tree');
		},
		setSort(next) {
			sort = next;
			changed('order');
			findMatches();
		},
		setOnlyChanges(isOn) {
			onlyChanges[scope] = isOn;
			changed('tree');
		},
		search(text) {
			const wanted = createFilter(text);
			filter = wanted.empty ? undefined : wanted;
			findMatches();
			revision++;
			return {matches: matches.length, error: wanted.error};
		},
		nextMatch(row, backwards = false) {
			if (matches.length === 0) return undefined;
			const here = rowsNow()[row];
			const rank = here === undefined ? -1 : rankOf(here);
			const at = backwards ? matches.findLastIndex(node => rankOf(node) < rank) : matches.findIndex(node => rankOf(node) > rank);
			const number = at >= 0 ? at : backwards ? matches.length - 1 : 0;
			return {row: reveal(matches[number] as number), number: number + 1};
		},
	};
};
