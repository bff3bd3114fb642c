import {Buffer} from 'node:buffer';
import {Failure} from '../../errors.ts';
import type {Container} from '../../model/container.ts';
import {displayName} from '../../model/grouping.ts';
import {sentence} from '../../errors.ts';
import type {State} from '../../store/index.ts';
import {selectedRow} from '../../store/rows/index.ts';
import {notify} from '../runner.ts';
import type {Command, Context} from '../types.ts';

const selected = (state: State): Container | undefined => {
	const row = selectedRow(state, state.view.pane);
	return row?.kind === 'container' ? row.container : undefined;
};

const one = (state: State): string | undefined => (selected(state) === undefined ? 'Select one container first' : undefined);

const running = (state: State): string | undefined => {
	const container = selected(state);
	if (container === undefined) return one(state);
	return container.task?.status === 'running' ? undefined : `${displayName(container)} is not running: start it to enter it`;
};

/** From the stats screen the details are in the containers pane, on the same container. */
const showTab = (tab: string) => ({store}: Context) => {
	const state = store.get();
	const pane = 'containers';
	const row = selectedRow(state, state.view.pane);
	if (row !== undefined) store.dispatch({type: 'pane-changed', pane, change: {selected: row.key}});
	store.dispatch({type: 'tab-changed', pane, tab});
	store.dispatch({type: 'view-changed', change: {focus: 'detail', pane}});
};

export const showLogs: Command = {
	id: 'containers.logs',
	title: 'Logs',
	scope: 'containers',
	keys: ['l'],
	hint: {label: 'logs', order: 3},
	refusal: (state) => (selectedRow(state, state.view.pane) === undefined ? 'Select a container first' : undefined),
	nerdctl: (state) => `nerdctl logs -f ${selected(state) === undefined ? '…' : displayName(selected(state) as Container)}`,
	run: showTab('logs'),
};

export const inspectContainer: Command = {
	id: 'containers.inspect',
	title: 'Inspect',
	scope: 'containers',
	keys: ['i'],
	refusal: one,
	nerdctl: (state) => `nerdctl inspect ${selected(state) === undefined ? '…' : displayName(selected(state) as Container)}`,
	run: showTab('inspect'),
};

export const showProcesses: Command = {
	id: 'containers.top',
	title: 'Processes',
	scope: 'containers',
	keys: ['t'],
	refusal: one,
	nerdctl: (state) => `nerdctl top ${selected(state) === undefined ? '…' : displayName(selected(state) as Container)}`,
	run: showTab('processes'),
};

export const enterContainer: Command = {
	id: 'containers.exec',
	title: 'Enter: a shell inside',
	scope: 'containers',
	keys: ['e'],
	changes: true,
	hint: {label: 'exec', order: 4},
	refusal: running,
	nerdctl: (state) => `nerdctl exec -it ${selected(state) === undefined ? '…' : displayName(selected(state) as Container)} sh`,
	run: async (context) => {
		await enterShell(context, selected(context.store.get()) as Container);
	},
};

/** The whole terminal for the first shell that its image has. */
export const enterShell = async (context: Context, container: Container, otherwise = 'run one of its own programs with E, or look at its processes with t'): Promise<void> => {
	const shell = await context.services.containers.findShell(container);
	if (shell === undefined)
		throw new Failure('unsupported', `Could not enter ${displayName(container)}: its image has no bash, zsh, ash or sh`, {hint: otherwise});
	await enter(context, container, [shell]);
};

export const execInContainer: Command = {
	id: 'containers.exec-command',
	title: 'Run a command inside',
	scope: 'containers',
	keys: ['E'],
	changes: true,
	refusal: running,
	nerdctl: (state) => `nerdctl exec -it ${selected(state) === undefined ? '…' : displayName(selected(state) as Container)} COMMAND`,
	run: async (context) => {
		const container = selected(context.store.get()) as Container;
		const line = await context.dialogs.line({title: `Run in ${displayName(container)}`, note: 'words are separated by blanks, "quotes" keep them together; no shell'});
		const args = words(line ?? '');
		if (args.length > 0) await enter(context, container, args);
	},
};

/** Blanks separate, quotes keep together, a backslash keeps the next character: what a person types, without a shell in between. */
export const words = (line: string): readonly string[] => {
	const found: string[] = [];
	let word: string | undefined;
	let quote = '';
	for (let index = 0; index < line.length; index += 1) {
		const character = line[index] as string;
		if (quote !== '') {
			if (character === quote) quote = '';
			else word = (word ?? '') + character;
		} else if (character === '"' || character === "'") {
			quote = character;
			word ??= '';
		} else if (character === '\\' && index + 1 < line.length) {
			index += 1;
			word = (word ?? '') + (line[index] as string);
		} else if (character === ' ' || character === '\t') {
			if (word !== undefined) found.push(word);
			word = undefined;
		} else word = (word ?? '') + character;
	}
	if (word !== undefined) found.push(word);
	return found;
};

/** Gives the whole terminal to a process inside and comes back to the same row when it ends. */
const enter = async (context: Context, container: Container, args: readonly string[]): Promise<void> => {
	const {terminal, services, store, environment} = context;
	let code = 0;
	let failure: unknown;
	await terminal.handOver(async (tty) => {
		tty.write(`\u001B[2m[gantry] ${args.join(' ')} in ${displayName(container)} · exit to return\u001B[0m\r\n`);
		// Who types ahead while the shell starts means the shell.
		const early: Buffer[] = [];
		let take = (bytes: Buffer): void => void early.push(bytes);
		const stopInput = tty.onInput((bytes) => take(Buffer.from(bytes)));
		try {
			const session = await services.containers.exec(container, {
				args,
				terminal: true,
				interactive: true,
				env: [`TERM=${environment['TERM'] ?? 'xterm'}`],
				size: terminal.size(),
			});
			session.stdout.on('data', (bytes: Buffer) => tty.write(bytes));
			take = (bytes) => void session.stdin?.write(bytes);
			for (const bytes of early) take(bytes);
			const stopResize = tty.onResize(() => void session.resize(terminal.size()).catch(() => undefined));
			try {
				({exitStatus: code} = await session.wait());
			} finally {
				stopResize();
			}
		} catch (error) {
			failure = error;
		} finally {
			stopInput();
		}
	});
	if (failure !== undefined) notify(store, 'bad', sentence(failure));
	else if (code !== 0) notify(store, 'info', `${args[0]} in ${displayName(container)} ended with exit code ${code}`);
};

