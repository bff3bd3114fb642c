import {rm} from 'node:fs/promises';
import {displayName} from '../../model/grouping.ts';
import {selectedRow} from '../../store/rows/index.ts';
import {notify} from '../runner.ts';
import type {Command, Context, LogControls, LogWindow} from '../types.ts';
import {words} from './container-look.ts';

const withLogs = (act: (logs: LogControls, context: Context) => Promise<void> | void) => async (context: Context) => {
	const logs = context.detail?.logs;
	if (logs === undefined) notify(context.store, 'bad', 'There is no log on the screen: select a container and press l');
	else await act(logs, context);
};

const toggle = (what: Parameters<LogControls['toggle']>[0], title: string, key: string): Command => ({
	id: `logs.${what}`,
	title,
	scope: 'logs',
	keys: [key],
	run: withLogs((logs) => logs.toggle(what)),
});

/** k9s' numbers: 0 is the tail, 1 the head, then ever wider windows. */
const windows: ReadonlyArray<readonly [LogWindow, string]> = [
	['tail', 'the newest lines'],
	['head', 'the oldest lines'],
	['1m', 'the last minute'],
	['5m', 'the last 5 minutes'],
	['15m', 'the last 15 minutes'],
	['30m', 'the last 30 minutes'],
	['1h', 'the last hour'],
	['all', 'everything'],
];

const nameForFile = (context: Context): string => {
	const row = selectedRow(context.store.get(), context.store.get().view.pane);
	const name = row?.kind === 'container' ? displayName(row.container) : row?.kind === 'project' ? row.project.name : row?.kind === 'service' ? `${row.project.project.name}-${row.service.name}` : row?.kind === 'group' ? row.group.name : 'log';
	return name.replaceAll(/[^\w.-]+/g, '-');
};

const save: Command = {
	id: 'logs.save',
	title: 'Save the log to a file',
	scope: 'logs',
	keys: ['ctrl-s'],
	run: withLogs(async (logs, context) => {
		const path = await context.dialogs.line({title: 'Save the log to', text: `${nameForFile(context)}.log`, note: 'plain text, without colours'});
		if (path === undefined || path === '') return;
		await logs.save(path);
		notify(context.store, 'good', `Saved ${path}`);
	}),
};

const page: Command = {
	id: 'logs.page',
	title: 'Open the log in $PAGER',
	scope: 'logs',
	keys: ['v'],
	run: withLogs(async (logs, {terminal, environment}) => {
		const path = await logs.plainFile();
		const [program = 'less', ...args] = words(environment['PAGER'] ?? 'less -R');
		try {
			await terminal.handOver(async (tty) => tty.spawn(program, [...args, path]));
		} finally {
			await rm(path, {force: true});
		}
	}),
};

export const logCommands: readonly Command[] = [
	{
		...toggle('follow', 'Follow', 'f'),
		hint: {label: 'follow', order: 1},
	},
	{...toggle('wrap', 'Wrap long lines', 'w'), hint: {label: 'wrap', order: 2}},
	{...toggle('timestamps', 'Timestamps', 't'), hint: {label: 'times', order: 3}},
	toggle('streams', 'Mark stdout and stderr', 'o'),
	toggle('json', 'Pretty-print JSON lines', 'p'),
	{
		id: 'logs.search',
		title: 'Search',
		scope: 'logs',
		keys: ['/'],
		hint: {label: 'search', order: 4},
		run: async ({detail, dialogs}) => {
			const answer = await dialogs.line({title: '/', note: 'text or /regex/ · n N to the matches', onChange: (text) => detail?.search?.(text)});
			if (answer === undefined) detail?.search?.('');
		},
	},
	{id: 'logs.next', title: 'Next match', scope: 'logs', keys: ['n'], run: ({detail}) => detail?.nextMatch?.(1)},
	{id: 'logs.previous', title: 'Previous match', scope: 'logs', keys: ['N'], run: ({detail}) => detail?.nextMatch?.(-1)},
	{
		id: 'logs.filter',
		title: 'Keep only matching lines',
		scope: 'logs',
		keys: ['&'],
		hint: {label: 'filter', order: 5},
		run: withLogs(async (logs, {dialogs}) => {
			const answer = await dialogs.line({title: '&', note: 'text · /regex/ · ! keeps the others · empty shows all', onChange: (text) => logs.setFilter(text)});
			if (answer === undefined) logs.setFilter('');
		}),
	},
	...windows.map(
		([window, title], index): Command => ({
			id: `logs.window-${window}`,
			title: `Show ${title}`,
			scope: 'logs',
			keys: [String(index)],
			run: withLogs((logs) => logs.setWindow(window)),
		}),
	),
	{id: 'logs.mark', title: 'Draw a mark', scope: 'logs', keys: ['M'], run: withLogs((logs) => logs.mark())},
	{id: 'logs.clear', title: 'Clear what is shown', scope: 'logs', keys: ['C'], run: withLogs((logs) => logs.clear())},
	save,
	page,
	{
		id: 'logs.full-screen',
		title: 'Full screen',
		scope: 'logs',
		keys: ['z'],
		hint: {label: 'full screen', order: 6},
		run: ({store}) => store.dispatch({type: 'view-changed', change: {zoom: store.get().view.zoom === 1 ? 0 : 1}}),
	},
];
