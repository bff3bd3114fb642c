import type {PaneId, State} from '../../store/index.ts';
import {rowsOf, selectedIndex, selectedRow} from '../../store/rows/index.ts';
import type {Command, Context} from '../types.ts';
import {selectAt} from './movement.ts';

/** What each pane can be ordered by; the first letter that is free is its hotkey in the sort menu. */
export const sortColumns: Readonly<Record<PaneId, readonly string[]>> = {
	containers: ['name', 'status', 'image', 'cpu', 'memory', 'age', 'namespace'],
	stats: ['name', 'cpu', 'memory', 'network', 'block', 'pids', 'namespace'],
	images: ['name', 'size', 'used', 'age', 'namespace'],
	projects: ['name', 'running', 'drift'],
	snapshotters: ['name', 'size'],
	snapshots: ['tree'],
	networks: ['name', 'driver', 'subnet', 'containers', 'namespace'],
	builds: ['age', 'name', 'status', 'time'],
	volumes: ['name', 'size', 'used', 'age', 'namespace'],
};

const highFirst = new Set(['cpu', 'memory', 'network', 'block', 'pids', 'size', 'used', 'running']);

const sortBy = ({store}: Context, column: string): void => {
	const {pane, panes} = store.get().view;
	const {sort} = panes[pane];
	const descending = sort.column === column ? !sort.descending : highFirst.has(column);
	store.dispatch({type: 'pane-changed', pane, change: {sort: {column, descending}}});
};

const sortMenu: Command = {
	id: 'list.sort',
	title: 'Sort by…',
	scope: 'list',
	keys: ['o'],
	run: async (context) => {
		const {pane, panes} = context.store.get().view;
		const taken = new Set<string>();
		const column = await context.dialogs.choose({
			title: 'Sort by',
			selected: panes[pane].sort.column,
			choices: sortColumns[pane].map((name) => {
				const hotkey = [...name].find((letter) => !taken.has(letter));
				if (hotkey !== undefined) taken.add(hotkey);
				return {id: name, label: name, ...(hotkey === undefined ? {} : {hotkey})};
			}),
		});
		if (column !== undefined) sortBy(context, column);
	},
};

const moveSort = (context: Context, by: 1 | -1): void => {
	const {pane, panes} = context.store.get().view;
	const columns = sortColumns[pane];
	const at = columns.indexOf(panes[pane].sort.column);
	const column = columns[(at + by + columns.length) % columns.length];
	if (column !== undefined && column !== panes[pane].sort.column) sortBy(context, column);
};

const filter: Command = {
	id: 'list.filter',
	title: 'Filter: text, !not, ~fuzzy, label=value, /regex/',
	scope: 'list',
	keys: ['/'],
	hint: {label: 'filter', order: 8},
	run: async ({store, dialogs}) => {
		const {pane} = store.get().view;
		const before = store.get().view.panes[pane].filter;
		const set = (text: string) => store.dispatch({type: 'pane-changed', pane, change: {filter: text}});
		const answer = await dialogs.line({title: '/', text: before, note: 'text · !not · ~fuzzy · label=value · /regex/', onChange: set});
		set(answer ?? before);
	},
};

const setMarks = ({store}: Context, marks: ReadonlySet<string>): void => store.dispatch({type: 'pane-changed', pane: store.get().view.pane, change: {marks}});

const isMarkable = (state: State, key: string): boolean => rowsOf(state, state.view.pane).some((row) => row.key === key && row.kind !== 'group');

const mark: Command = {
	id: 'list.mark',
	title: 'Mark',
	scope: 'list',
	keys: ['space'],
	run: (context) => {
		const state = context.store.get();
		const {pane} = state.view;
		const row = selectedRow(state, pane);
		if (row === undefined) return;
		const marks = new Set(state.view.panes[pane].marks);
		const keys = row.kind === 'group' ? rowsOf(state, pane).filter((member) => member.kind === 'container' && row.members.includes(member.container)).map((member) => member.key) : [row.key];
		const isMarked = keys.length > 0 && keys.every((key) => marks.has(key));
		for (const key of keys) {
			if (isMarked) marks.delete(key);
			else marks.add(key);
		}
		setMarks(context, marks);
		selectAt(context, selectedIndex(state, pane) + 1);
	},
};

/** From the marked row nearest above (or below) to here: what shift-click does in a file manager. */
const markRange: Command = {
	id: 'list.mark-range',
	title: 'Mark up to here',
	scope: 'list',
	keys: ['ctrl-space'],
	run: (context) => {
		const state = context.store.get();
		const {pane} = state.view;
		const rows = rowsOf(state, pane);
		const here = selectedIndex(state, pane);
		const {marks} = state.view.panes[pane];
		const others = rows.flatMap((row, index) => (marks.has(row.key) ? [index] : []));
		const nearest = others.sort((a, b) => Math.abs(a - here) - Math.abs(b - here))[0] ?? here;
		const range = rows.slice(Math.min(here, nearest), Math.max(here, nearest) + 1).map((row) => row.key);
		setMarks(context, new Set([...marks, ...range.filter((key) => isMarkable(state, key))]));
	},
};

const markAll: Command = {
	id: 'list.mark-all',
	title: 'Mark all that is shown, or none',
	scope: 'list',
	keys: ['*'],
	run: (context) => {
		const state = context.store.get();
		const keys = rowsOf(state, state.view.pane).filter((row) => row.kind !== 'group').map((row) => row.key);
		const {marks} = state.view.panes[state.view.pane];
		setMarks(context, keys.every((key) => marks.has(key)) ? new Set() : new Set(keys));
	},
};

export const listCommands: readonly Command[] = [
	filter,
	sortMenu,
	{
		id: 'list.reverse',
		title: 'Reverse the order',
		scope: 'list',
		keys: ['O'],
		run: ({store}) => {
			const {pane, panes} = store.get().view;
			const {sort} = panes[pane];
			store.dispatch({type: 'pane-changed', pane, change: {sort: {...sort, descending: !sort.descending}}});
		},
	},
	{id: 'list.sort-next', title: 'Sort by the next column', scope: 'list', keys: ['>'], run: (context) => moveSort(context, 1)},
	{id: 'list.sort-previous', title: 'Sort by the previous column', scope: 'list', keys: ['<'], run: (context) => moveSort(context, -1)},
	mark,
	markRange,
	markAll,
	{
		id: 'list.toggle-stopped',
		title: 'All, or only what runs',
		scope: 'list',
		keys: ['A'],
		run: ({store}) => store.dispatch({type: 'view-changed', change: {showStopped: !store.get().view.showStopped}}),
	},
	{
		id: 'list.toggle-groups',
		title: 'Group by project and pod, or not',
		scope: 'containers',
		keys: ['v'],
		run: ({store}) => store.dispatch({type: 'view-changed', change: {groupBy: store.get().view.groupBy === 'group' ? 'none' : 'group'}}),
	},
];
