import type {PaneId, State} from '../../store/index.ts';
import {rowsOf, selectedRow} from '../../store/rows/index.ts';
import type {Command, Context} from '../types.ts';
import {tabsOf} from '../tabs.ts';

/** The panes of the side stack, in the order of their number keys. */
export const stack: ReadonlyArray<{readonly id: PaneId; readonly title: string}> = [
	{id: 'containers', title: 'Containers'},
	{id: 'images', title: 'Images'},
	{id: 'projects', title: 'Compose'},
	{id: 'snapshotters', title: 'Snapshotters'},
	{id: 'networks', title: 'Networks'},
	{id: 'volumes', title: 'Volumes'},
	{id: 'builds', title: 'Builds'},
];

export const showPane = ({store, watch}: Pick<Context, 'store' | 'watch'>, pane: PaneId): void => {
	store.dispatch({type: 'view-changed', change: {pane, focus: 'list'}});
	if (pane === 'snapshotters') watch.countSnapshots();
};

/** `snapshots` and `stats` are reached from a stack pane and count as that pane when moving on. */
const stackIndex = (pane: PaneId): number => {
	const home: PaneId = pane === 'snapshots' ? 'snapshotters' : pane === 'stats' ? 'containers' : pane;
	return stack.findIndex(({id}) => id === home);
};

const jumps: readonly Command[] = stack.map(({id, title}, index) => ({
	id: `pane.${id}`,
	title,
	scope: 'global',
	keys: [String(index + 1)],
	run: (context) => showPane(context, id),
}));

const step = (id: string, title: string, keys: readonly string[], by: 1 | -1): Command => ({
	id,
	title,
	scope: 'global',
	keys,
	isMovement: true,
	run: (context) => {
		const {view} = context.store.get();
		const {id: pane} = stack[(stackIndex(view.pane) + by + stack.length) % stack.length] as (typeof stack)[number];
		showPane(context, pane);
	},
});

const focus = (id: string, title: string, keys: readonly string[], half: 'list' | 'detail'): Command => ({
	id,
	title,
	scope: 'global',
	keys,
	isMovement: true,
	run: ({store}) => store.dispatch({type: 'view-changed', change: {focus: half}}),
});

const changeTab = (context: Context, by: 1 | -1): void => {
	const {store} = context;
	const state = store.get();
	const {pane} = state.view;
	const tabs = tabsOf(pane, selectedRow(state, pane));
	const at = tabs.findIndex((tab) => tab.id === state.view.tabs[pane]);
	const next = tabs[(Math.max(at, 0) + by + tabs.length) % tabs.length];
	if (next !== undefined) store.dispatch({type: 'tab-changed', pane, tab: next.id});
};

/** Enter goes in: opens or folds a group, else hands the keys to the detail half. */
const open: Command = {
	id: 'row.open',
	title: 'Open',
	scope: 'list',
	keys: ['enter'],
	isMovement: true,
	run: (context) => {
		const state = context.store.get();
		const row = selectedRow(state, state.view.pane);
		if (row?.kind === 'group') fold(context, !row.folded);
		else if (state.view.pane === 'stats') {
			if (row !== undefined) context.store.dispatch({type: 'pane-changed', pane: 'containers', change: {selected: row.key}});
			context.store.dispatch({type: 'tab-changed', pane: 'containers', tab: 'stats'});
			context.store.dispatch({type: 'view-changed', change: {pane: 'containers', focus: 'detail'}});
		} else if (row !== undefined) context.store.dispatch({type: 'view-changed', change: {focus: 'detail'}});
	},
};

const withFold = (folded: ReadonlySet<string>, key: string, isFolded: boolean): ReadonlySet<string> => {
	const next = new Set(folded);
	if (isFolded) next.add(key);
	else next.delete(key);
	return next;
};

const fold = ({store}: Context, isFolded: boolean): void => {
	const state = store.get();
	const {pane} = state.view;
	const row = selectedRow(state, pane);
	if (row === undefined) return;
	// Folding a member folds its group and stands on it: the row under the cursor would be gone.
	const all = rowsOf(state, pane);
	const owner = (row.kind === 'container' || row.kind === 'service') && row.depth > 0 ? all.slice(0, all.indexOf(row)).findLast((above) => above.depth === 0) : row;
	if (owner === undefined || (owner.kind !== 'group' && owner.kind !== 'snapshot' && owner.kind !== 'project')) return;
	store.dispatch({
		type: 'pane-changed',
		pane,
		change: {folded: withFold(state.view.panes[pane].folded, owner.key, isFolded), selected: owner.key, index: all.indexOf(owner)},
	});
};

const foldAll: Command = {
	id: 'row.fold-all',
	title: 'Fold or unfold every group',
	scope: 'list',
	keys: ['z'],
	run: ({store}) => {
		const {pane, panes} = store.get().view;
		const groups = rowsOf(store.get(), pane).filter((row) => row.kind === 'group' || row.kind === 'project' || (row.kind === 'snapshot' && row.children > 0));
		const isAllFolded = groups.every((row) => panes[pane].folded.has(row.key));
		store.dispatch({type: 'pane-changed', pane, change: {folded: isAllFolded ? new Set() : new Set(groups.map((row) => row.key))}});
	},
};

/** Escape undoes one thing at a time, the innermost first; it never quits. */
const back: Command = {
	id: 'app.back',
	title: 'Back',
	scope: 'global',
	keys: ['esc'],
	isMovement: true,
	run: ({store}) => {
		const {view} = store.get();
		const pane = view.panes[view.pane];
		if (view.focus === 'detail') store.dispatch({type: 'view-changed', change: {focus: 'list'}});
		else if (pane.filter !== '') store.dispatch({type: 'pane-changed', pane: view.pane, change: {filter: ''}});
		else if (pane.marks.size > 0) store.dispatch({type: 'pane-changed', pane: view.pane, change: {marks: new Set()}});
		else if (view.zoom === 1) store.dispatch({type: 'view-changed', change: {zoom: 0}});
		else if (view.pane === 'snapshots') store.dispatch({type: 'view-changed', change: {pane: 'snapshotters', drill: undefined}});
		else if (view.pane === 'stats') store.dispatch({type: 'view-changed', change: {pane: 'containers'}});
	},
};

export const isAtRoot = ({view}: State): boolean =>
	view.focus === 'list' && view.zoom === 0 && view.pane !== 'snapshots' && view.pane !== 'stats' && view.panes[view.pane].filter === '';

const quit: Command = {
	id: 'app.quit',
	title: 'Back, and quit at the root',
	scope: 'global',
	keys: ['q'],
	run: async (context) => {
		if (!isAtRoot(context.store.get())) {
			void back.run(context);
			return;
		}
		const running = context.jobs.list().filter(({status}) => status === 'running');
		const lines = running.map(({title}) => title);
		if (running.length === 0 || (await context.dialogs.confirm({title: 'Quit and cancel what runs?', lines, danger: true}))) context.exit();
	},
};

export const paneCommands: readonly Command[] = [
	...jumps,
	step('pane.next', 'Next pane', ['tab'], 1),
	step('pane.previous', 'Previous pane', ['shift-tab'], -1),
	focus('focus.detail', 'To the details', ['right'], 'detail'),
	focus('focus.list', 'To the list', ['left'], 'list'),
	{id: 'tab.next', title: 'Next tab', scope: 'global', keys: [']'], isMovement: true, run: (context) => changeTab(context, 1)},
	{id: 'tab.previous', title: 'Previous tab', scope: 'global', keys: ['['], isMovement: true, run: (context) => changeTab(context, -1)},
	{id: 'app.zoom', title: 'Zoom the focused half', scope: 'global', keys: ['+', 'f'], run: ({store}) => store.dispatch({type: 'view-changed', change: {zoom: store.get().view.zoom === 1 ? 0 : 1}})},
	{id: 'app.unzoom', title: 'Back to all panes', scope: 'global', keys: ['_'], isMovement: true, run: ({store}) => store.dispatch({type: 'view-changed', change: {zoom: 0}})},
	open,
	{id: 'row.fold', title: 'Fold the group', scope: 'list', keys: ['h'], isMovement: true, run: (context) => fold(context, true)},
	{id: 'row.unfold', title: 'Unfold the group', scope: 'list', keys: ['ctrl-o'], isMovement: true, run: (context) => fold(context, false)},
	foldAll,
	back,
	quit,
	{id: 'app.exit', title: 'Quit', scope: 'global', keys: ['ctrl-c'], run: ({exit}) => exit()},
	{
		id: 'stats.show',
		title: 'Stats of every running container',
		scope: 'global',
		keys: ['S'],
		run: ({store}) => store.dispatch({type: 'view-changed', change: {pane: 'stats', focus: 'list'}}),
	},
];
