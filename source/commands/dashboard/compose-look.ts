import {displayName} from '../../model/grouping.ts';
import type {Command} from '../types.ts';
import {meantBy, nameOf, noContainers, noProject} from './compose-meant.ts';
import {enterShell} from './container-look.ts';

export const showProjectLogs: Command = {
	id: 'projects.logs',
	title: 'Logs of all its containers as one',
	scope: 'projects',
	keys: ['l'],
	hint: {label: 'logs', order: 4},
	refusal: noProject,
	nerdctl: (state) => {
		const meant = meantBy(state);
		return meant === undefined ? undefined : `nerdctl compose -p ${meant.row.project.name} logs -f${meant.services.map((name) => ` ${name}`).join('')}`;
	},
	run: ({store}) => {
		store.dispatch({type: 'tab-changed', pane: 'projects', tab: 'logs'});
		store.dispatch({type: 'view-changed', change: {focus: 'detail'}});
	},
};

export const enterService: Command = {
	id: 'projects.exec',
	title: 'Enter: a shell inside one of its containers',
	scope: 'projects',
	keys: ['e'],
	changes: true,
	hint: {label: 'exec', order: 5},
	refusal: noContainers(({task}) => task?.status === 'running', 'is not running'),
	nerdctl: (state) => `nerdctl compose exec ${meantBy(state)?.services[0] ?? 'SERVICE'} sh`,
	run: async (context) => {
		const meant = meantBy(context.store.get());
		if (meant === undefined) return;
		const running = meant.containers.filter(({task}) => task?.status === 'running');
		const chosen = running.length < 2 ? running[0]?.id : await context.dialogs.choose({title: `Enter which of ${nameOf(meant)}?`, choices: running.map((container, index) => ({id: container.id, label: displayName(container), ...(index < 9 ? {hotkey: String(index + 1)} : {})}))});
		const container = running.find(({id}) => id === chosen);
		if (container !== undefined) await enterShell(context, container, 'run one of its own programs in the Containers pane');
	},
};
