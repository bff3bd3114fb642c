import type {Container} from '../../model/container.ts';
import {createFilter} from '../../model/filter.ts';
import {displayName} from '../../model/grouping.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import {naturalCompare} from '../../model/sort.ts';
import type {SnapshotterEntry} from '../state.ts';
import type {Listing, SnapshotRow, SnapshotterRow} from './types.ts';

const signOf = (pane: Listing): number => (pane.sort.descending ? -1 : 1);

/** The one that is used leads; one this platform can't run is at the bottom: it is no news. */
const healthOrder = {ok: 0, error: 1, skipped: 2} as const;

export const snapshotterRows = (snapshotters: ReadonlyMap<string, SnapshotterEntry>, usual: string, pane: Listing): readonly SnapshotterRow[] => {
	const filter = createFilter(pane.filter);
	return [...snapshotters.values()]
		.filter((entry) => pane.filter === '' || filter.matches({text: `${entry.name} ${entry.kind} ${entry.health}`}))
		.sort(
			(a, b) =>
				Number(b.name === usual) - Number(a.name === usual) ||
				healthOrder[a.health] - healthOrder[b.health] ||
				signOf(pane) * (pane.sort.column === 'size' ? (a.totals?.sizeBytes ?? 0) - (b.totals?.sizeBytes ?? 0) : naturalCompare(a.name, b.name)),
		)
		.map((entry) => ({kind: 'snapshotter', key: entry.name, depth: 0, namespace: '', entry}));
};

/**
The snapshots of one snapshotter as the tree that their parents make. Depth-first without recursion: a chain can be as long as an image
has layers. A folded node hides what stands on it; a filter shows the matches alone, without their tree.
*/
export const snapshotRows = (snapshots: ReadonlyMap<string, Snapshot>, containers: ReadonlyMap<string, Container>, pane: Listing): readonly SnapshotRow[] => {
	const writers = new Map<string, string>();
	for (const container of containers.values()) writers.set(`${container.namespace} ${container.snapshotKey}`, displayName(container));
	const children = new Map<string, Snapshot[]>();
	const roots: Snapshot[] = [];
	for (const snapshot of snapshots.values()) {
		const parent = `${snapshot.namespace} ${snapshot.parent}`;
		if (snapshot.parent === '' || !snapshots.has(parent)) roots.push(snapshot);
		else children.set(parent, [...(children.get(parent) ?? []), snapshot]);
	}
	const keyOf = (snapshot: Snapshot) => `${snapshot.namespace} ${snapshot.key}`;
	const row = (snapshot: Snapshot, depth: number, guide: string): SnapshotRow => ({
		kind: 'snapshot',
		key: keyOf(snapshot),
		depth,
		namespace: snapshot.namespace,
		snapshot,
		guide,
		children: children.get(keyOf(snapshot))?.length ?? 0,
		usedBy: writers.get(keyOf(snapshot)),
	});
	if (pane.filter !== '') {
		const filter = createFilter(pane.filter);
		return [...snapshots.values()]
			.filter((snapshot) => filter.matches({text: `${snapshot.key} ${snapshot.kind} ${writers.get(keyOf(snapshot)) ?? ''}`, labels: snapshot.labels}))
			.map((snapshot) => row(snapshot, 0, ''));
	}
	const byAge = (a: Snapshot, b: Snapshot) => a.createdAt - b.createdAt || naturalCompare(a.key, b.key);
	const rows: SnapshotRow[] = [];
	const stack = roots
		.sort(byAge)
		.reverse()
		.map((snapshot) => ({snapshot, depth: 0, lead: '', branch: ''}));
	for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
		const {snapshot, depth, lead, branch} = next;
		rows.push(row(snapshot, depth, lead + branch));
		if (pane.folded.has(keyOf(snapshot))) continue;
		const below = [...(children.get(keyOf(snapshot)) ?? [])].sort(byAge);
		// An only child continues its parent's line: a chain of forty layers must not walk off the screen.
		const deeper = branch === '' ? lead : lead + (branch === '└ ' ? '  ' : '│ ');
		for (const [index, child] of [...below.entries()].reverse())
			stack.push({snapshot: child, depth: depth + 1, lead: deeper, branch: below.length === 1 ? '' : index === below.length - 1 ? '└ ' : '├ '});
	}
	return rows;
};
