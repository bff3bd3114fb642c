import process from 'node:process';
import {setImmediate as turn} from 'node:timers/promises';
import {createTheme} from '../../components/kit/theme.ts';
import {openTty} from '../clients/host/tty.ts';
import {hintsFor, scopesOf, stack} from '../commands/index.ts';
import {createInputFeed} from '../commands/keymap/index.ts';
import {calmSequence, createTerminal} from '../commands/terminal.ts';
import {rowsOf} from '../store/rows/index.ts';
import {appearance} from './appearance.ts';
import {createDashboard, type DashboardOptions} from './dashboard.ts';
import {createEarlyKeys} from './early-keys.ts';
import {firstScreen} from './first-screen.ts';

const enterScreen = '\u001B[?1049h\u001B[?25l\u001B[H\u001B[2J';
const leaveScreen = '\u001B[?1049l';

/** Every new number is read aloud: they come twice a minute at most. */
const spokenRefreshSeconds = 30;

const spoken = (options: DashboardOptions): DashboardOptions => {
	const {loaded} = options;
	return {...options, loaded: {...loaded, preferences: {...loaded.preferences, refresh: Math.max(loaded.preferences.refresh, spokenRefreshSeconds)}}};
};

type Size = {readonly columns: number; readonly rows: number};

/** Under 80 columns a list and its details take turns (`layoutOf`); what is read aloud is one thing at a time on any terminal. */
const oneAtATime = ({columns, rows}: Size): Size => ({columns: Math.min(columns, 79), rows});

/**
The dashboard on a real terminal, from the first frame to the restored prompt.

What a person waits for comes first: the frame, then the containers by a glance, then Ink and the client that keeps knowing, which take
longer to load than both. Whatever ends the program, the terminal is given back as it was.
*/
export const runInteractive = async (given: DashboardOptions): Promise<number> => {
	const isSpoken = given.flags.screenReader || given.loaded.preferences.screenReader;
	const options = isSpoken ? spoken(given) : given;
	const {stdout} = process;
	stdout.write(enterScreen);
	let isRestored = false;
	const restore = () => {
		if (!isRestored) stdout.write(calmSequence + leaveScreen);
		isRestored = true;
	};
	process.once('exit', restore);
	// Before Node prints what crashed us: on the dashboard's screen nobody would see it.
	process.once('uncaughtExceptionMonitor', restore);
	const tty = openTty(stdout);
	const input = createInputFeed(tty.onBytes);
	const ending = Promise.withResolvers<number>();
	let leave: () => Promise<() => Promise<void>> = async () => async () => undefined;
	const {ascii, colour} = appearance(options);
	const dashboard = createDashboard(
		options,
		({store}) =>
			createTerminal({
				tty,
				input,
				leaveScreen: async () => leave(),
				stop: () => process.kill(process.pid, 'SIGSTOP'),
				environment: options.environment,
				isMouseOn: () => store.get().view.mouse,
			}),
		() => ending.resolve(0),
	);
	const {store, context} = dashboard;
	// `on`, not `once`: Ink's own handler kills the process when it finds itself alone, and nothing would be given back.
	for (const [signal, code] of [['SIGTERM', 143], ['SIGHUP', 129], ['SIGINT', 130]] as const) process.on(signal, () => ending.resolve(code));

	const theme = createTheme({colour, ascii});
	const paint = () => {
		// A picture of panes side by side is nothing to read aloud: Ink's own output for readers comes first.
		if (isSpoken) return;
		const hints = hintsFor(context.commands, context.keysOf, scopesOf(store.get()));
		// Back home afterwards: Ink draws its first frame from where the cursor is.
		stdout.write(`\u001B[H${firstScreen(store.get(), {...tty.size(), theme, hints}).join('\r\n')}\u001B[H`);
	};
	// What was loaded until here is one long turn: what is typed meanwhile is read before the frame.
	await turn();
	paint();
	const keys = createEarlyKeys({input, context, find: dashboard.keymap.find, repaint: paint});
	const {firstLook} = await import('./first-look.ts');
	const look = await firstLook(options.settings, options.flags.allNamespaces);
	if (look !== undefined) {
		dashboard.begin(look);
		// Sorting thousands takes its time: each list by itself, and what was sorted is remembered.
		for (const {id} of stack) {
			rowsOf(store.get(), id);
			await turn();
		}
		paint();
		await turn();
	}
	const {loadClient, loadScreen} = await import('./load.ts');
	await loadClient();

	const connecting = dashboard.connect(look);
	// Rows that are on the screen can be acted on: their daemon must be open before Ink takes keys.
	if (look !== undefined) await connecting;
	const {showScreen} = await loadScreen();
	const screen = showScreen({
		handles: {
			store,
			commands: context,
			sampler: dashboard.sampler,
			get logs() {
				return dashboard.daemon().logs;
			},
			readNetworkConfig: async (ref) => dashboard.daemon().readNetworkConfig(ref),
			keymap: dashboard.keymap,
			input: keys,
			screen: {size: isSpoken ? () => oneAtATime(tty.size()) : tty.size, onResize: tty.onResize},
			colour,
		},
		stdout,
		ascii,
		screenReader: isSpoken,
	});
	leave = screen.leave;
	try {
		await Promise.race([ending.promise, connecting]);
		return await ending.promise;
	} finally {
		await dashboard.close();
		await screen.close();
		tty.close();
		process.off('exit', restore);
		restore();
	}
};
