import {ownerOf} from '../../model/namespace.ts';
import type {Choice, Scope, State} from '../../store/index.ts';
import {scopesOf} from '../scopes.ts';
import {notify, refusalOf} from '../runner.ts';
import type {Command, Context} from '../types.ts';

/** A command as a line of a menu: why it can't run now is said beside it, not found out by trying. */
const asChoice = (context: Context, command: Command, note: string | undefined): Choice => {
	const refusal = refusalOf(command, context.store.get());
	return {id: command.id, label: command.title, ...(note === undefined ? {} : {note}), ...(refusal === undefined ? {} : {refusal})};
};

const pick = async (context: Context, title: string, commands: readonly Command[], searchable: boolean, note: (command: Command) => string | undefined): Promise<void> => {
	const id = await context.dialogs.choose({title, searchable, choices: commands.map((command) => asChoice(context, command, note(command)))});
	const chosen = commands.find((command) => command.id === id);
	if (chosen !== undefined) await context.run(chosen);
};

const inReach = (context: Context): readonly Command[] => {
	const scopes = scopesOf(context.store.get());
	return context.commands
		.filter((command) => scopes.includes(command.scope) && command.isMovement !== true)
		.sort((a, b) => scopes.indexOf(a.scope) - scopes.indexOf(b.scope));
};

const palette: Command = {
	id: 'app.palette',
	title: 'Palette: every command by name',
	scope: 'global',
	keys: [':'],
	hint: {label: 'palette', order: 21},
	run: async (context) => pick(context, ':', inReach(context).filter((command) => command.id !== 'app.palette'), true, (command) => context.keysOf(command.id)[0]),
};

const actions: Command = {
	id: 'app.actions',
	title: 'Actions of the selected row',
	scope: 'global',
	keys: ['x', 'b'],
	hint: {label: 'actions', order: 20},
	run: async (context) => {
		const {view} = context.store.get();
		const own = inReach(context).filter((command) => command.scope !== 'global' && command.scope !== 'list' && command.scope !== 'detail');
		const copyRow = context.commands.filter((command) => command.id === 'row.copy');
		await pick(context, view.panes[view.pane].marks.size > 0 ? `Actions on ${view.panes[view.pane].marks.size} marked` : 'Actions', [...own, ...copyRow], false, (command) => command.nerdctl?.(context.store.get()) ?? context.keysOf(command.id)[0]);
	},
};

const help: Command = {
	id: 'app.help',
	title: 'Help: the keys that work here',
	scope: 'global',
	keys: ['?'],
	hint: {label: 'help', order: 99},
	run: async (context) => {
		const scopes = scopesOf(context.store.get());
		const lines = scopes.flatMap((scope) => {
			const own = context.commands.filter((command) => command.scope === scope && context.keysOf(command.id).length > 0);
			if (own.length === 0) return [];
			return [`# ${scope}`, ...own.map((command) => `${context.keysOf(command.id).join(' ').padEnd(18)} ${command.title}`), ''];
		});
		await context.dialogs.show({title: 'Keys', lines});
	},
};

const chooseNamespace: Command = {
	id: 'app.namespace',
	title: 'Switch namespace',
	scope: 'global',
	keys: ['N'],
	run: async (context) => {
		const {store, dialogs, watch} = context;
		const {namespaces, scope} = store.get();
		const names = new Set([...namespaces.map(({name}) => name), ...(scope.kind === 'one' ? [scope.namespace] : [])]);
		const all = 'all namespaces';
		const chosen = await dialogs.choose({
			title: 'Namespace',
			searchable: true,
			selected: scope.kind === 'one' ? scope.namespace : all,
			choices: [
				...[...names].sort().map((name) => ({id: name, label: name, ...(ownerOf(name) === undefined ? {} : {note: `owned by ${ownerOf(name)}`})})),
				{id: all, label: all, note: 'in one list'},
			],
		});
		if (chosen === undefined) return;
		const next: Scope = chosen === all && !names.has(all) ? {kind: 'all'} : {kind: 'one', namespace: chosen};
		store.dispatch({type: 'scope-changed', scope: next});
		watch.refresh();
	},
};

const chooseHost: Command = {
	id: 'app.host',
	title: 'Switch to another containerd',
	scope: 'global',
	keys: ['X'],
	refusal: (state: State) => (state.hosts.length < 2 ? 'No other containerd was found on this machine; start gantry with --address PATH' : undefined),
	run: async ({store, dialogs, openHost}) => {
		const {hosts} = store.get();
		const chosen = await dialogs.choose({
			title: 'containerd',
			selected: hosts.find((host) => host.isCurrent)?.address,
			choices: hosts.map((host) => ({id: host.address, label: host.address, note: host.label})),
		});
		if (chosen !== undefined && chosen !== store.get().address) openHost(chosen);
	},
};

export const globalCommands: readonly Command[] = [
	actions,
	palette,
	help,
	chooseNamespace,
	chooseHost,
	{
		id: 'app.refresh',
		title: 'List everything again',
		scope: 'global',
		keys: ['ctrl-r'],
		run: ({watch}) => watch.refresh(),
	},
	{id: 'app.redraw', title: 'Redraw the screen', scope: 'global', keys: ['ctrl-l'], run: ({terminal}) => terminal.redraw()},
	{id: 'app.suspend', title: 'Suspend (fg comes back)', scope: 'global', keys: ['ctrl-z'], run: ({terminal}) => terminal.suspend()},
	{
		id: 'app.mouse',
		title: 'Mouse on or off (off: select text)',
		scope: 'global',
		keys: ['ctrl-t'],
		run: ({store, terminal}) => {
			const mouse = !store.get().view.mouse;
			terminal.setMouse(mouse);
			store.dispatch({type: 'view-changed', change: {mouse}});
			notify(store, 'info', mouse ? 'Mouse on' : 'Mouse off: the terminal selects text again');
		},
	},
	{
		id: 'app.notices',
		title: 'Messages so far',
		scope: 'global',
		keys: ['ctrl-n'],
		run: async ({store, dialogs}) => {
			const {notices} = store.get();
			await dialogs.show({
				title: 'Messages',
				lines: notices.length === 0 ? ['Nothing was said yet.'] : notices.map((notice) => `${new Date(notice.at).toLocaleTimeString()}  ${notice.tone === 'bad' ? '✗' : '·'} ${notice.text}`),
			});
		},
	},
];
