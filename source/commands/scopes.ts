import type {State} from '../store/index.ts';
import {selectedRow} from '../store/rows/index.ts';
import {activeTab} from './tabs.ts';
import type {CommandScope} from './types.ts';

/** Tabs whose detail has keys of its own. */
const scopeOfTab: Readonly<Record<string, CommandScope>> = {logs: 'logs', inspect: 'inspect', config: 'inspect', manifests: 'inspect', labels: 'inspect', files: 'files', steps: 'steps', log: 'steps'};

/**
Where a key is looked up, innermost first. In the details the list's own keys still work when no tab wants them: `s` stops the container
whose log is read. Rows of the stats screen stand for containers, so the container commands reach them; projects have a plan for each of their own.
*/
export const scopesOf = (state: State): readonly CommandScope[] => {
	const {pane, focus, tabs} = state.view;
	const own: readonly CommandScope[] = pane === 'stats' ? [pane, 'containers'] : [pane];
	if (focus === 'list') return [...own, 'list', 'global'];
	const active = activeTab(pane, selectedRow(state, pane), tabs[pane]);
	// A project's configuration is text; the others' are trees that fold.
	const tab = pane === 'projects' && active === 'config' ? undefined : scopeOfTab[active];
	return [...(tab === undefined ? [] : [tab]), 'detail', ...own, 'global'];
};
