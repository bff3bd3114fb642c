import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {render} from 'ink';
import {onTestFinished} from 'vitest';
import {App} from '../../components/app.tsx';
import {createTheme} from '../../components/kit/theme.ts';
import {ThemeContext} from '../../components/kit/theme-context.ts';
import {AppContext} from '../../hooks/app-context.ts';
import type {InputEvent} from '../../source/commands/keymap/index.ts';
import {createTerminal} from '../../source/commands/terminal.ts';
import {defaultPreferences, type Preferences, resolveSettings} from '../../source/config/index.ts';
import type {BuildsService} from '../../source/services/builds/types.ts';
import type {AppStore} from '../../source/store/index.ts';
import {createDashboard} from '../../source/wiring/dashboard.ts';
import {fakeFiles} from '../config/fake-files.ts';
import {type FakeContainerd, type FakeOptions, startFakeContainerd} from '../fakes/containerd.ts';
import {createFrames, type Frames} from './frames.ts';

export type OpenOptions = {
	readonly columns?: number;
	readonly rows?: number;
	/** `undecided` is nobody's choice: the dashboard looks for one itself. */
	readonly namespace?: string;
	readonly readonly?: boolean;
	readonly preferences?: Partial<Preferences>;
	readonly environment?: Readonly<Record<string, string>>;
	readonly ascii?: boolean;
	readonly screenReader?: boolean;
	/** Where the person stands; somewhere without anything. */
	readonly cwd?: string;
	/** Does what a program on the terminal does. */
	readonly spawn?: (program: string, args: readonly string[]) => Promise<void>;
	/** A BuildKit in place of a real one. */
	readonly builds?: Partial<BuildsService>;
	/** How long `until` waits. */
	readonly patienceMs?: number;
};

/** The dashboard as a person has it: a screen to read and keys to press. */
export type Screen = Frames & {
	/** Keys in the keymap's notation, one after the other. */
	press(...keys: readonly string[]): void;
	/** A text, key by key. */
	type(text: string): void;
	paste(text: string): void;
	click(x: number, y: number): void;
	wheel(x: number, y: number, button: 'wheel-up' | 'wheel-down'): void;
	/** Moves the cursor down until its row shows `name`. */
	select(name: string): Promise<void>;
	/** What went to the terminal beside the frames: OSC 52, mouse modes. */
	readonly written: readonly string[];
	readonly store: AppStore;
	readonly exited: Promise<void>;
	/** As quitting does: what is under way is put away first. */
	leave(): Promise<void>;
};

/** A fake containerd that is taken down with the test. */
export const fakeDaemon = async (options: FakeOptions = {}): Promise<FakeContainerd> => {
	const daemon = await startFakeContainerd(options);
	onTestFinished(daemon.stop);
	return daemon;
};

/** The real tree on the real wiring, with the terminal replaced: the screen that a user of `daemon` sees. */
export const openScreen = async (daemon: Pick<FakeContainerd, 'address'>, options: OpenOptions = {}): Promise<Screen> => {
	const {columns = 120, rows = 40, namespace = 'default', environment = {}, ascii = false, screenReader = false} = options;
	const size = {columns, rows};
	const folder = await mkdtemp(join(tmpdir(), 'gantry-app-'));
	const where = {env: environment, home: folder, uid: 0, files: fakeFiles({})};
	const settings = await resolveSettings({flags: {address: daemon.address, dataRoot: folder, cniNetconfpath: join(folder, 'net.d'), ...(namespace === 'undecided' ? {} : {namespace})}, ...where});
	const frames = createFrames(size, options.patienceMs);
	const listeners = new Set<(event: InputEvent) => void>();
	const resized = new Set<() => void>();
	const written: string[] = [];
	const ending = Promise.withResolvers<void>();
	const input = {
		subscribe: (listener: (event: InputEvent) => void) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		mute: () => () => undefined,
	};
	const onResize = (listener: () => void) => {
		resized.add(listener);
		return () => resized.delete(listener);
	};
	const dashboard = createDashboard(
		{
			flags: {readonly: options.readonly ?? false, once: false, json: false, ascii, screenReader: false, allNamespaces: false},
			settings,
			// Twenty readings a second: a test must not wait for the second that a person would.
			loaded: {preferences: {...defaultPreferences, refresh: 0.05, ...options.preferences}, path: '', problems: []},
			environment,
			cwd: options.cwd ?? folder,
		},
		({store}) =>
			createTerminal({
				tty: {
					onBytes: () => () => undefined,
					size: () => size,
					onResize,
					write: (bytes) => {
						written.push(typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString());
					},
					spawn: options.spawn ?? (async () => undefined),
				},
				input,
				leaveScreen: async () => async () => undefined,
				stop: () => undefined,
				environment,
				isMouseOn: () => store.get().view.mouse,
			}),
		ending.resolve,
	);
	if (options.builds !== undefined) Object.defineProperty(dashboard.context.services, 'builds', {value: options.builds});
	const instance = render(
		<AppContext.Provider
			value={{
				store: dashboard.store,
				commands: dashboard.context,
				sampler: dashboard.sampler,
				get logs() {
					return dashboard.daemon().logs;
				},
				readNetworkConfig: async (ref) => dashboard.daemon().readNetworkConfig(ref),
				keymap: dashboard.keymap,
				input,
				screen: {size: () => ({...size}), onResize},
				colour: true,
			}}
		>
			<ThemeContext.Provider value={createTheme({colour: true, ascii, spoken: screenReader})}>
				<App />
			</ThemeContext.Provider>
		</AppContext.Provider>,
		{stdout: frames.stdout, debug: true, patchConsole: false, exitOnCtrlC: false, interactive: false, isScreenReaderEnabled: screenReader},
	);
	onTestFinished(async () => {
		instance.unmount();
		await dashboard.close();
		await rm(folder, {recursive: true, force: true});
	});
	dashboard.store.subscribe(frames.look);
	const tell = (event: InputEvent) => {
		for (const listener of [...listeners]) listener(event);
	};
	const press = (...keys: readonly string[]) => {
		for (const name of keys) tell({type: 'key', name, text: name === 'space' ? ' ' : [...name].length === 1 ? name : undefined});
	};
	const at = {x: 0, y: 0, shift: false, alt: false, ctrl: false};
	await dashboard.connect();
	await frames.untilTrue('somebody who listens to the keys', () => listeners.size > 0);
	return {
		...frames,
		written,
		store: dashboard.store,
		exited: ending.promise,
		press,
		leave: async () => dashboard.close(),
		type: (text) => press(...Array.from(text, (character) => (character === ' ' ? 'space' : character))),
		paste: (text) => tell({type: 'paste', text, truncated: false}),
		click: (x, y) => tell({...at, type: 'mouse', kind: 'press', button: 'left', x, y}),
		wheel: (x, y, button) => tell({...at, type: 'mouse', kind: 'wheel', button, x, y}),
		resize: (wide, high) => {
			frames.resize(wide, high);
			for (const listener of [...resized]) listener();
		},
		select: async (name) => {
			press('g');
			for (let step = 0; step < 200; step += 1) {
				const painted = frames.painted();
				if (cursorLine(painted).includes(name)) return;
				const {pane, panes} = dashboard.store.get().view;
				const before = panes[pane].index;
				press('j');
				// At the end; or just at the first row, which nobody had to select to stand on it.
				if (dashboard.store.get().view.panes[pane].index === before && step > 0) break;
				// The next frame, not the next look at this one: on a busy machine the keys would run past the row.
				await frames.untilTrue(`the cursor on the way to ${name}`, () => frames.painted() !== painted || dashboard.store.get().view.panes[pane].index === before);
			}
			await frames.untilTrue(`${name} under the cursor`, () => cursorLine(frames.painted()).includes(name));
		},
	};
};

/** The text of the row under the cursor: what is reversed on the screen, or bold when the details have the keys. */
export const cursorLine = (painted: string): string => /\u001B\[7m([^\u001B]*)\u001B\[27m/.exec(painted)?.[1] ?? '';
