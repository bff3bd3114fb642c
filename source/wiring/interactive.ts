import process from 'node:process';
import {openTty} from '../clients/host/tty.ts';
import {createInputFeed} from '../commands/keymap/index.ts';
import {calmSequence, createTerminal} from '../commands/terminal.ts';
import {createDashboard, type DashboardOptions} from './dashboard.ts';
import {appearance} from './appearance.ts';

const enterScreen = '\u001B[?1049h\u001B[?25l\u001B[H\u001B[2J';
const leaveScreen = '\u001B[?1049l';

/**
The dashboard on a real terminal, from the first frame to the restored prompt.

The frame's outline is painted before React is loaded and the daemon is asked after the screen stands: what a person waits for comes
first. Whatever ends the program, the terminal is given back as it was.
*/
export const runInteractive = async (options: DashboardOptions, firstFrame: (columns: number, rows: number) => string): Promise<number> => {
	const {stdout} = process;
	stdout.write(enterScreen + firstFrame(stdout.columns || 80, stdout.rows || 24));
	const restore = () => stdout.write(calmSequence + leaveScreen);
	process.once('exit', restore);
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
	for (const [signal, code] of [['SIGTERM', 143], ['SIGHUP', 129], ['SIGINT', 130]] as const) process.once(signal, () => ending.resolve(code));
	const connecting = dashboard.connect();
	const {showScreen} = await import('../../components/screen.tsx');
	const screen = showScreen({
		handles: {
			store: dashboard.store,
			commands: dashboard.context,
			sampler: dashboard.sampler,
			get logs() {
				return dashboard.daemon().logs;
			},
			readNetworkConfig: async (ref) => dashboard.daemon().readNetworkConfig(ref),
			keymap: dashboard.keymap,
			input,
			screen: {size: tty.size, onResize: tty.onResize},
			colour,
		},
		stdout,
		ascii,
		screenReader: options.flags.screenReader || options.loaded.preferences.screenReader,
	});
	leave = screen.leave;
	try {
		const [code] = await Promise.all([ending.promise, connecting]);
		return code;
	} finally {
		dashboard.close();
		await screen.close();
		tty.close();
		process.off('exit', restore);
		restore();
	}
};
