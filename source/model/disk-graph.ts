/** A thing that takes place: a blob, a snapshot. `key` is unique in all namespaces. */
export type DiskNode = {
	readonly key: string;
	/** What the bytes are told by: two records of the same blob have one. */
	readonly stored: string;
	readonly sizeBytes: number;
	/** Keys of what it keeps. Those that are not there keep nothing. */
	readonly refers: readonly string[];
};

export type DiskGraph = {
	/** Keys that the roots lead to, the roots included. */
	reach(roots: Iterable<string>): ReadonlySet<string>;
	/** Bytes of these, each stored thing once. */
	bytesOf(keys: Iterable<string>): number;
	/** Bytes that would go if only `kept` stayed: what a kept record still names stays where it is. */
	bytesWithout(kept: ReadonlySet<string>): number;
	readonly nodes: ReadonlyMap<string, DiskNode>;
};

/** containerd's garbage collector in small: what no root leads to goes. */
export const createDiskGraph = (list: Iterable<DiskNode>): DiskGraph => {
	const nodes = new Map<string, DiskNode>();
	for (const node of list) nodes.set(node.key, node);

	const stored = (keys: Iterable<string>): Map<string, number> => {
		const sizes = new Map<string, number>();
		for (const key of keys) {
			const node = nodes.get(key);
			if (node !== undefined) sizes.set(node.stored, node.sizeBytes);
		}
		return sizes;
	};

	return {
		nodes,
		reach(roots) {
			const found = new Set<string>();
			const pending = [...roots];
			for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
				const node = nodes.get(key);
				if (node === undefined || found.has(key)) continue;
				found.add(key);
				pending.push(...node.refers);
			}
			return found;
		},
		bytesOf: keys => [...stored(keys).values()].reduce((sum, size) => sum + size, 0),
		bytesWithout(kept) {
			const stays = stored(kept);
			let bytes = 0;
			for (const [name, size] of stored(nodes.keys())) if (!stays.has(name)) bytes += size;
			return bytes;
		},
	};
};

export const contentKey = (namespace: string, digest: string): string => `content ${namespace} ${digest}`;
export const snapshotKey = (namespace: string, snapshotter: string, key: string): string => `snapshot ${namespace} ${snapshotter} ${key}`;

/**
What labels make the garbage collector keep: containerd's docs/garbage-collection.md. A snapshot label without a snapshotter in its name is
of the snapshot that bears it.
*/
export const labelReferences = (namespace: string, labels: Readonly<Record<string, string>>): string[] =>
	Object.entries(labels).flatMap(([label, value]) => {
		if (/^containerd\.io\/gc\.ref\.content(?:[./]|$)/.test(label)) return [contentKey(namespace, value)];
		const snapshotter = /^containerd\.io\/gc\.ref\.snapshot\.([^/]+)/.exec(label)?.[1];
		return snapshotter === undefined ? [] : [snapshotKey(namespace, snapshotter, value)];
	});

/** Kept for its own sake, for ever or until the time that it says. */
export const isRoot = (labels: Readonly<Record<string, string>>, now: number): boolean =>
	labels['containerd.io/gc.root'] !== undefined || Date.parse(labels['containerd.io/gc.expire'] ?? '') > now;
