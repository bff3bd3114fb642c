/** What a tar entry is. A whiteout hides a path of the layers below, an opaque mark hides all that a directory had there. */
export type LayerEntryKind = 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'block' | 'fifo' | 'whiteout' | 'opaque';

/** In the order of their codes in `LayerIndex.kinds`. */
export const layerEntryKinds: readonly LayerEntryKind[] = ['file', 'directory', 'symlink', 'hardlink', 'character', 'block', 'fifo', 'whiteout', 'opaque'];

export type LayerEntry = {
	/** Below the root, without a slash in front. Hostile text. For a whiteout the path that it hides, for an opaque mark its directory. */
	readonly path: string;
	readonly kind: LayerEntryKind;
	readonly sizeBytes: number;
	/** Permission bits with setuid, setgid and sticky. */
	readonly mode: number;
	readonly uid: number;
	readonly gid: number;
	/** Of links. Hostile text. */
	readonly target: string | undefined;
};

/**
The entries of one layer in the order of its tar, as columns: an object for each of a hundred thousand files would take six times as much.
Read one with `entryAt`.
*/
export type LayerIndex = {
	readonly digest: string;
	readonly count: number;
	readonly paths: readonly string[];
	readonly kinds: Uint8Array;
	readonly sizes: Float64Array;
	readonly modes: Uint16Array;
	readonly uids: Uint32Array;
	readonly gids: Uint32Array;
	readonly targets: ReadonlyMap<number, string>;
	/** Sum of the sizes of files. */
	readonly fileBytes: number;
	/** False when the layer has more entries than are kept. */
	readonly isWhole: boolean;
};

export const entryAt = (index: LayerIndex, at: number): LayerEntry => ({
	path: index.paths[at] ?? '',
	kind: layerEntryKinds[index.kinds[at] ?? 0] ?? 'file',
	sizeBytes: index.sizes[at] ?? 0,
	mode: index.modes[at] ?? 0,
	uid: index.uids[at] ?? 0,
	gid: index.gids[at] ?? 0,
	target: index.targets.get(at),
});

export type LayerIndexBuilder = {
	/** False when there is no room: the rest of the layer is left out. */
	add(entry: LayerEntry): boolean;
	build(digest: string): LayerIndex;
};

/** An image of this many files can't be looked through by a person, and a layer of some kilobytes can claim any number. */
export const mostEntries = 1_000_000;
/** Two bytes a character at worst. */
const mostPathCharacters = 64 * 1024 * 1024;

const codes = new Map(layerEntryKinds.map((kind, code) => [kind, code]));
const largest = 0xffffffff;

export const createLayerIndexBuilder = (most = mostEntries): LayerIndexBuilder => {
	const paths: string[] = [];
	const targets = new Map<number, string>();
	let room = 256;
	let characters = 0;
	let fileBytes = 0;
	let isWhole = true;
	let kinds = new Uint8Array(room);
	let sizes = new Float64Array(room);
	let modes = new Uint16Array(room);
	let uids = new Uint32Array(room);
	let gids = new Uint32Array(room);

	const resize = (length: number): void => {
		const fitted = <Column extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(column: Column, empty: Column): Column => {
			empty.set(column.subarray(0, Math.min(column.length, length)));
			return empty;
		};
		kinds = fitted(kinds, new Uint8Array(length));
		sizes = fitted(sizes, new Float64Array(length));
		modes = fitted(modes, new Uint16Array(length));
		uids = fitted(uids, new Uint32Array(length));
		gids = fitted(gids, new Uint32Array(length));
		room = length;
	};

	return {
		add({path, kind, sizeBytes, mode, uid, gid, target}) {
			characters += path.length + (target?.length ?? 0);
			if (paths.length >= most || characters > mostPathCharacters) {
				isWhole = false;
				return false;
			}
			const at = paths.length;
			if (at === room) resize(room * 2);
			paths.push(path);
			kinds[at] = codes.get(kind) ?? 0;
			sizes[at] = sizeBytes;
			modes[at] = mode & 0o7777;
			uids[at] = Math.min(uid, largest);
			gids[at] = Math.min(gid, largest);
			if (target !== undefined) targets.set(at, target);
			if (kind === 'file') fileBytes += sizeBytes;
			return true;
		},
		build(digest) {
			resize(paths.length);
			return {digest, count: paths.length, paths, kinds, sizes, modes, uids, gids, targets, fileBytes, isWhole};
		},
	};
};
