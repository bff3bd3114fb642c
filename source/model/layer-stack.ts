import {entryAt, type LayerEntry, type LayerIndex} from './layer-index.ts';

export type LayerChange = 'added' | 'modified' | 'removed' | 'unchanged';

/** What a node is after a layer was put on those below. */
export type StackView = {
	/** Codes of `layerChanges`, by node. Zero where the node never was. */
	readonly changes: Uint8Array;
	/** The layer whose entry counts, -1 for a folder that no layer lists. For a removed node the one that had it. */
	readonly layers: Int32Array;
	/** That layer's entry. */
	readonly entries: Int32Array;
	readonly sizes: Float64Array;
};

export const absent = 0;
export const layerChanges: ReadonlyArray<LayerChange | undefined> = [undefined, 'unchanged', 'added', 'modified', 'removed'];
const [unchanged, added, modified, removed] = [1, 2, 3, 4];

export type WastedPath = {readonly path: string; readonly bytes: number; readonly times: number};

/** After dive: how much of what the layers carry is still to be seen in the end. */
export type LayerWaste = {
	/** Bytes of files in all layers. */
	readonly totalBytes: number;
	/** Bytes of files that a later layer removes or overwrites. */
	readonly wastedBytes: number;
	/** From 0 to 1: what is left in the end by what is carried. dive takes a path's smallest version as needed, we the last. */
	readonly efficiency: number;
	/** Worst first. */
	readonly paths: readonly WastedPath[];
};

/**
The layers of an image on top of each other. A node is a path that any layer has; node 0 is the root, and parents have smaller numbers than
what is in them. What a layer does is replayed on demand over plain columns: some milliseconds for a hundred thousand files.
*/
export type LayerStack = {
	readonly layers: readonly LayerIndex[];
	readonly size: number;
	pathOf(node: number): string;
	parentOf(node: number): number;
	childrenOf(node: number): Int32Array;
	entry(view: StackView, node: number): LayerEntry | undefined;
	/** All layers up to `top`; changes are those that `from` and what follows made. */
	view(top: number, from: number): StackView;
	waste(most?: number): LayerWaste;
};

/** A tar of long paths makes more folders than entries. What is beyond is not in the tree, and neither is what Linux could not open. */
const mostNodes = 2_000_000;
const mostPathCharacters = 256 * 1024 * 1024;
const longestPath = 4096;

type Nodes = {readonly paths: string[]; readonly parents: number[]; readonly nodesOf: readonly Int32Array[]};

const collect = (layers: readonly LayerIndex[]): Nodes => {
	const paths = [''];
	const parents = [0];
	const byPath = new Map<string, number>([['', 0]]);
	let characters = 0;
	const nodeFor = (path: string): number => {
		if (path.length > longestPath) return -1;
		// From the deepest folder that is known downwards, without recursion: paths may be deep.
		const missing: string[] = [];
		let known: number | undefined;
		for (let at = path; known === undefined; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
			known = byPath.get(at);
			if (known === undefined) missing.push(at);
		}
		for (let name = missing.pop(); name !== undefined; name = missing.pop()) {
			characters += name.length;
			if (paths.length >= mostNodes || characters > mostPathCharacters) return -1;
			byPath.set(name, paths.length);
			parents.push(known);
			known = paths.push(name) - 1;
		}
		return known;
	};
	const nodesOf = layers.map(layer => Int32Array.from(layer.paths, nodeFor));
	return {paths, parents, nodesOf};
};

/** Children of all nodes in one array, those of a node beside each other. */
const family = (parents: readonly number[]): ((node: number) => Int32Array) => {
	const starts = new Int32Array(parents.length + 1);
	for (let node = 1; node < parents.length; node++) starts[(parents[node] as number) + 1] = (starts[(parents[node] as number) + 1] as number) + 1;
	for (let node = 0; node < parents.length; node++) starts[node + 1] = (starts[node + 1] as number) + (starts[node] as number);
	const next = starts.slice();
	const children = new Int32Array(Math.max(0, parents.length - 1));
	for (let node = 1; node < parents.length; node++) {
		const parent = parents[node] as number;
		children[next[parent] as number] = node;
		next[parent] = (next[parent] as number) + 1;
	}
	return node => children.subarray(starts[node], starts[node + 1]);
};

const codes = {directory: 1, whiteout: 7, opaque: 8} as const;

export const createLayerStack = (layers: readonly LayerIndex[]): LayerStack => {
	const {paths, parents, nodesOf} = collect(layers);
	const childrenOf = family(parents);
	const size = paths.length;

	/** `onLoss` hears of every file that a later layer takes away. */
	const replay = (top: number, from: number, onLoss?: (node: number, bytes: number) => void): StackView => {
		const alive = new Uint8Array(size);
		const before = new Uint8Array(size);
		const layerOf = new Int32Array(size).fill(-1);
		const entryOf = new Int32Array(size).fill(-1);
		const touched = new Uint8Array(size);
		const sizes = new Float64Array(size);

		const lose = (node: number): void => {
			if (alive[node] === 1 && (sizes[node] as number) > 0) onLoss?.(node, sizes[node] as number);
		};
		const removeBelow = (node: number): void => {
			const stack = [...childrenOf(node)];
			for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
				if (alive[next] === 0) continue;
				lose(next);
				alive[next] = 0;
				for (const child of childrenOf(next)) stack.push(child);
			}
		};

		alive[0] = 1;
		for (let level = 0; level <= Math.min(top, layers.length - 1); level++) {
			const {count, kinds, sizes: bytes, modes, uids, gids} = layers[level] as LayerIndex;
			const nodes = nodesOf[level] as Int32Array;
			if (level === from) before.set(alive);
			// First what hides: it is meant for the layers below, wherever in the tar it stands.
			for (let at = 0; at < count; at++) {
				const node = nodes[at] as number;
				if (node < 0 || (kinds[at] !== codes.whiteout && kinds[at] !== codes.opaque)) continue;
				removeBelow(node);
				if (kinds[at] === codes.opaque || node === 0) continue;
				lose(node);
				alive[node] = 0;
			}
			for (let at = 0; at < count; at++) {
				const node = nodes[at] as number;
				const kind = kinds[at] as number;
				if (node < 0 || kind === codes.whiteout || kind === codes.opaque) continue;
				const below = layers[layerOf[node] as number];
				const previous = entryOf[node] as number;
				const isFolder = kind === codes.directory;
				if (alive[node] === 1) {
					lose(node);
					// What replaces a folder takes all that was in it, also of one that no layer lists.
					if (!isFolder && layerOf[node] !== level) removeBelow(node);
				}
				const isSame =
					isFolder &&
					alive[node] === 1 &&
					(below === undefined || (below.kinds[previous] === kind && below.modes[previous] === modes[at] && below.uids[previous] === uids[at] && below.gids[previous] === gids[at]));
				if (level >= from && !isSame) touched[node] = 1;
				layerOf[node] = level;
				entryOf[node] = at;
				sizes[node] = bytes[at] as number;
				for (let above = node; alive[above] === 0; above = parents[above] as number) alive[above] = 1;
			}
		}
		if (from > top) before.set(alive);
		const changes = new Uint8Array(size);
		for (let node = 1; node < size; node++) {
			if (alive[node] === 1) changes[node] = before[node] === 0 ? added : touched[node] === 1 ? modified : unchanged;
			else changes[node] = before[node] === 1 ? removed : absent;
		}
		return {changes, layers: layerOf, entries: entryOf, sizes};
	};

	return {
		layers,
		size,
		pathOf: node => paths[node] ?? '',
		parentOf: node => parents[node] ?? 0,
		childrenOf,
		entry: ({layers: layerOf, entries}, node) => {
			const layer = layers[layerOf[node] ?? -1];
			return layer === undefined ? undefined : entryAt(layer, entries[node] ?? 0);
		},
		view: (top, from) => replay(top, from),
		waste: (most = 100) => {
			const lost = new Map<number, {bytes: number; times: number}>();
			let wastedBytes = 0;
			replay(layers.length - 1, 0, (node, bytes) => {
				wastedBytes += bytes;
				const sum = lost.get(node) ?? {bytes: 0, times: 0};
				lost.set(node, {bytes: sum.bytes + bytes, times: sum.times + 1});
			});
			const totalBytes = layers.reduce((sum, {fileBytes}) => sum + fileBytes, 0);
			const worst = [...lost].sort(([, a], [, b]) => b.bytes - a.bytes).slice(0, most);
			return {
				totalBytes,
				wastedBytes,
				efficiency: totalBytes === 0 ? 1 : (totalBytes - wastedBytes) / totalBytes,
				paths: worst.map(([node, {bytes, times}]) => ({path: paths[node] ?? '', bytes, times})),
			};
		},
	};
};
