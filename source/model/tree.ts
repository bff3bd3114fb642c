export type TreeRow<T> = {
	readonly item: T;
	/** Two cells of `guide` each. */
	readonly depth: number;
	/** The lines that lead to the item; empty for a root. */
	readonly guide: string;
	readonly hasChildren: boolean;
	readonly folded: boolean;
};

export type TreeOptions<T> = {
	children(item: T): readonly T[];
	key(item: T): string;
	readonly folded?: ReadonlySet<string>;
	readonly ascii?: boolean;
	/**
	An only child of an only child stays in its parent's column. The layers of an image are one such chain, often fifty long, and would
	otherwise run out of the screen.
	*/
	readonly chains?: boolean;
};

type Lines = {readonly branch: string; readonly last: string; readonly through: string; readonly chained: string};

const unicode: Lines = {branch: '├ ', last: '└ ', through: '│ ', chained: '↓ '};
const plain: Lines = {branch: '|-', last: '`-', through: '| ', chained: 'v '};

type Pending<T> = {readonly item: T; readonly depth: number; readonly guide: string; readonly below: string; readonly only: boolean};

/** Depth first, without recursion: a hostile chain of parents may be thousands long. */
export const flattenTree = <T>(roots: readonly T[], options: TreeOptions<T>): ReadonlyArray<TreeRow<T>> => {
	const lines = options.ascii === true ? plain : unicode;
	const rows: Array<TreeRow<T>> = [];
	const stack: Array<Pending<T>> = roots.toReversed().map(item => ({item, depth: 0, guide: '', below: '', only: false}));
	for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
		const {item, depth, guide, below, only} = next;
		const children = options.children(item);
		const folded = children.length > 0 && options.folded?.has(options.key(item)) === true;
		rows.push({item, depth, guide, hasChildren: children.length > 0, folded});
		if (folded) continue;
		const alone = children.length === 1;
		for (const [index, child] of children.toReversed().entries()) {
			if (alone && only && options.chains === true) {
				stack.push({item: child, depth, guide: below.slice(0, -2) + lines.chained, below, only: true});
				continue;
			}
			const last = index === 0;
			stack.push({
				item: child,
				depth: depth + 1,
				guide: below + (last ? lines.last : lines.branch),
				below: below + (last ? '  ' : lines.through),
				only: alone,
			});
		}
	}
	return rows;
};

/**
A forest from items that name their parent. An item whose parent is not there is a root. Items that are each other's ancestors have no
root; the first of them in order becomes one, so that every item is shown exactly once whatever a daemon says.
*/
export const treeOf = <T>(
	items: readonly T[],
	{key, parent}: {key(item: T): string; parent(item: T): string},
): {readonly roots: readonly T[]; children(item: T): readonly T[]} => {
	const known = new Set(items.map(key));
	const byParent = new Map<string, T[]>();
	const roots: T[] = [];
	for (const item of items) {
		const name = parent(item);
		if (name === '' || !known.has(name)) {
			roots.push(item);
			continue;
		}
		const siblings = byParent.get(name);
		if (siblings === undefined) byParent.set(name, [item]);
		else siblings.push(item);
	}
	const reached = new Set<string>();
	const reach = (from: T): void => {
		const pending = [from];
		for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
			if (reached.has(key(item))) continue;
			reached.add(key(item));
			for (const child of byParent.get(key(item)) ?? []) pending.push(child);
		}
	};
	for (const root of roots) reach(root);
	for (const item of items) {
		if (reached.has(key(item))) continue;
		const siblings = byParent.get(parent(item)) ?? [];
		byParent.set(
			parent(item),
			siblings.filter(sibling => sibling !== item),
		);
		roots.push(item);
		reach(item);
	}
	return {roots, children: item => byParent.get(key(item)) ?? []};
};
