import type {Usage} from '../../model/usage.ts';
import type {State} from '../state.ts';
import type {PaneId, PaneView} from '../view.ts';
import {buildRows} from './build-rows.ts';
import {createContainerRows, createStatsRows, sortsByUsage} from './container-rows.ts';
import {imageRows} from './image-rows.ts';
import {networkRows} from './network-rows.ts';
import {snapshotRows, snapshotterRows} from './other-rows.ts';
import {projectRows, projectsKnown} from './project-rows.ts';
import {type Listing, type ProjectRow, type Row, remember} from './types.ts';
import {volumeRows} from './volume-rows.ts';

export type * from './types.ts';

const noUsage: ReadonlyMap<string, Usage> = new Map();

const usageFor = (state: State, pane: PaneId) => (sortsByUsage(state.view.panes[pane].sort.column) ? state.usage : noUsage);

const known = remember((containers: State['containers']['items'], files: State['projectFiles'], drifts: State['projectDrifts'], namespace: string) => projectsKnown({containers, files, drifts, namespace}));

/** Every project that is known, whatever the pane shows of them. */
export const allProjects = ({containers, projectFiles, projectDrifts, scope}: State): readonly ProjectRow[] =>
	known(containers.items, projectFiles, projectDrifts, scope.kind === 'one' ? scope.namespace : 'default');

/** Every pane's rows are computed from the slices they read and remembered until one of those changes. */
const rows: Readonly<Record<PaneId, (state: State) => readonly Row[]>> = (() => {
	const containers = remember(createContainerRows());
	const stats = remember(createStatsRows());
	const images = remember(imageRows);
	const projects = remember(projectRows);
	const snapshotters = remember(snapshotterRows);
	const snapshots = remember(snapshotRows);
	const networks = remember(networkRows);
	const volumes = remember(volumeRows);
	const builds = remember(buildRows);
	const asListing = () => remember((filter: string, sort: PaneView['sort'], folded: ReadonlySet<string>): Listing => ({filter, sort, folded}));
	const listings: Readonly<Record<PaneId, ReturnType<typeof asListing>>> = {
		containers: asListing(),
		stats: asListing(),
		images: asListing(),
		projects: asListing(),
		snapshotters: asListing(),
		snapshots: asListing(),
		networks: asListing(),
		volumes: asListing(),
		builds: asListing(),
	};
	const listing = ({view}: State, pane: PaneId) => listings[pane](view.panes[pane].filter, view.panes[pane].sort, view.panes[pane].folded);
	return {
		containers: (state) =>
			containers(state.containers.items, listing(state, 'containers'), usageFor(state, 'containers'), state.view.showStopped, state.view.groupBy),
		stats: (state) => stats(state.containers.items, listing(state, 'stats'), usageFor(state, 'stats')),
		images: (state) => images(state.images.items, state.imageSummaries, state.remoteImages, state.containers.items, listing(state, 'images')),
		projects: (state) => projects(allProjects(state), listing(state, 'projects'), state.view.pane === 'projects'),
		snapshotters: (state) => snapshotters(state.snapshotters.items, state.snapshotter, listing(state, 'snapshotters')),
		networks: (state) => networks(state.networks.items, state.containers.items, listing(state, 'networks')),
		volumes: (state) => volumes(state.volumes.items, state.volumeSizes, state.containers.items, listing(state, 'volumes')),
		builds: (state) => builds(state.builds.items, listing(state, 'builds')),
		snapshots: (state) => snapshots(state.snapshots.items, state.containers.items, listing(state, 'snapshots')),
	};
})();

export const rowsOf = (state: State, pane: PaneId): readonly Row[] => rows[pane](state);

/** What a pane's title counts: things, not the groups they stand in. */
export const countOf = (state: State, pane: PaneId): number => rowsOf(state, pane).reduce((sum, row) => sum + (row.kind === 'group' ? (row.folded ? row.members.length : 0) : Number(row.kind !== 'service')), 0);

/** Where the selection stands. When its row is gone, what took its place; −1 when there is nothing. */
export const selectedIndex = (state: State, pane: PaneId): number => {
	const all = rowsOf(state, pane);
	const {selected, index} = state.view.panes[pane];
	const found = selected === undefined ? -1 : all.findIndex((row) => row.key === selected);
	return found >= 0 ? found : Math.min(Math.max(index, 0), all.length - 1);
};

export const selectedRow = (state: State, pane: PaneId): Row | undefined => rowsOf(state, pane)[selectedIndex(state, pane)];

/** What an action acts on: the marked rows when there are any, else the selected one. Marks of rows that are gone count for nothing. */
export const targetRows = (state: State, pane: PaneId): readonly Row[] => {
	const {marks} = state.view.panes[pane];
	const marked = marks.size === 0 ? [] : rowsOf(state, pane).filter((row) => marks.has(row.key));
	if (marked.length > 0) return marked;
	const row = selectedRow(state, pane);
	return row === undefined ? [] : [row];
};
