import {labels} from '../model/labels.ts';
import type {PaneId, Row} from '../store/index.ts';

export type Tab = {readonly id: string; readonly title: string};

const tab = (title: string): Tab => ({id: title.toLowerCase(), title});

const ofPane: Readonly<Record<PaneId, readonly Tab[]>> = {
	containers: ['Logs', 'Stats', 'Inspect', 'Env', 'Mounts', 'Processes', 'Events'].map(tab),
	stats: ['Stats'].map(tab),
	images: ['Layers', 'Files', 'Config', 'Manifests', 'Users'].map(tab),
	projects: ['Services', 'Logs', 'Config', 'Graph', 'Plan'].map(tab),
	snapshotters: ['Overview'].map(tab),
	networks: ['Overview', 'Containers', 'Config'].map(tab),
	volumes: ['Overview', 'Users', 'Files'].map(tab),
	builds: ['Steps', 'Log', 'Source', 'Summary', 'Compare'].map(tab),
	snapshots: ['Usage', 'Labels', 'Mounts', 'Chain'].map(tab),
};

const ofService: readonly Tab[] = ['Services', 'Logs', 'Config'].map(tab);

const ofGroup: readonly Tab[] = ['Logs'].map(tab);

const ofChecked: readonly Tab[] = [...ofPane.containers, tab('Health')];

const isChecked = (row: Row | undefined): boolean => row?.kind === 'container' && labels.healthCheck in row.container.labels;

/** The detail tabs of what is selected. A group of containers has only what many can show together. */
export const tabsOf = (pane: PaneId, row: Row | undefined): readonly Tab[] => (row?.kind === 'group' ? ofGroup : row?.kind === 'service' ? ofService : pane === 'containers' && isChecked(row) ? ofChecked : ofPane[pane]);

/** The tab that is shown: the chosen one when what is selected has it, else its first. */
export const activeTab = (pane: PaneId, row: Row | undefined, chosen: string): string => {
	const tabs = tabsOf(pane, row);
	return tabs.find(({id}) => id === chosen)?.id ?? tabs[0]?.id ?? '';
};
