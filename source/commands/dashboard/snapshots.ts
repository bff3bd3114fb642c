import {messageOf} from '../../errors.ts';
import type {SnapshotRow, State} from '../../store/index.ts';
import {selectedRow, targetRows} from '../../store/rows/index.ts';
import {notify} from '../runner.ts';
import type {Command} from '../types.ts';

export const openSnapshotter: Command = {
	id: 'snapshotters.open',
	title: 'List its snapshots',
	scope: 'snapshotters',
	keys: ['enter'],
	hint: {label: 'snapshots', order: 1},
	refusal: (state) => {
		const row = selectedRow(state, 'snapshotters');
		if (row?.kind !== 'snapshotter') return 'Select a snapshotter first';
		return row.entry.health === 'ok' ? undefined : `${row.entry.name} is not loaded, so it has no snapshots to list`;
	},
	run: ({store, watch}) => {
		const row = selectedRow(store.get(), 'snapshotters');
		if (row?.kind !== 'snapshotter') return;
		store.dispatch({type: 'snapshots-listed', snapshots: []});
		store.dispatch({type: 'view-changed', change: {pane: 'snapshots', focus: 'list', drill: {namespace: '', snapshotter: row.entry.name}}});
		watch.refresh();
	},
};

const chosen = (state: State): readonly SnapshotRow[] => targetRows(state, 'snapshots').filter((row) => row.kind === 'snapshot');

export const removeSnapshots: Command = {
	id: 'snapshots.remove',
	title: 'Remove',
	scope: 'snapshots',
	keys: ['d', 'delete'],
	changes: true,
	hint: {label: 'remove', order: 2},
	refusal: (state) => {
		const rows = chosen(state);
		if (rows.length === 0) return 'Select a snapshot first';
		const parent = rows.find((row) => row.children > 0);
		if (parent !== undefined) return `${parent.snapshot.key} has ${parent.children} snapshots standing on it: remove those first`;
		const used = rows.find((row) => row.usedBy !== undefined);
		return used === undefined ? undefined : `${used.snapshot.key} is the writable layer of ${used.usedBy}: remove that container instead`;
	},
	confirmation: (state) => ({
		title: chosen(state).length === 1 ? `Remove ${chosen(state)[0]?.snapshot.key}?` : `Remove ${chosen(state).length} snapshots?`,
		lines: ['What was written in it is deleted. An image that needs it must be unpacked again.'],
		danger: true,
	}),
	run: async ({store, services}) => {
		const rows = chosen(store.get());
		let removed = 0;
		for (const row of rows) {
			try {
				await services.snapshots.remove(row.snapshot);
				removed += 1;
			} catch (error) {
				notify(store, 'bad', messageOf(error));
			}
		}
		if (removed > 0) notify(store, 'good', `Removed ${removed} ${removed === 1 ? 'snapshot' : 'snapshots'}`);
	},
};
