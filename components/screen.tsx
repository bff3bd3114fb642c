import {PassThrough} from 'node:stream';
import {type Instance, render, useApp as useInk} from 'ink';
import {useEffect} from 'react';
import {type AppHandles, AppContext} from '../hooks/app-context.ts';
import {App} from './app.tsx';
import {ThemeContext} from './kit/theme-context.ts';
import {createTheme} from './kit/theme.ts';

export type ScreenOptions = {
	readonly handles: AppHandles;
	readonly stdout: NodeJS.WriteStream;
	readonly ascii: boolean;
	readonly screenReader: boolean;
};

export type ShownScreen = {
	/** Leave the screen for somebody else; answers how to come back. */
	leave(): Promise<() => Promise<void>>;
	close(): Promise<void>;
	readonly ended: Promise<unknown>;
};

/** Keys come from our own terminal stream: Ink gets an input that never says anything. */
const silentInput = (): NodeJS.ReadStream =>
	Object.assign(new PassThrough(), {isTTY: true, setRawMode: () => undefined, ref: () => undefined, unref: () => undefined}) as unknown as NodeJS.ReadStream;

type Suspend = ReturnType<typeof useInk>['suspendTerminal'];

const Bridge = ({onReady}: {readonly onReady: (suspend: Suspend) => void}) => {
	const {suspendTerminal} = useInk();
	useEffect(() => onReady(suspendTerminal), [onReady, suspendTerminal]);
	return null;
};

/** Puts the dashboard on the terminal. `--once` and tests render the same tree elsewhere. */
export const showScreen = ({handles, stdout, ascii, screenReader}: ScreenOptions): ShownScreen => {
	const theme = createTheme({colour: handles.colour, ascii, spoken: screenReader});
	let suspend: Suspend | undefined;
	const instance: Instance = render(
		<AppContext.Provider value={handles}>
			<ThemeContext.Provider value={theme}>
				<App />
				<Bridge
					onReady={(ready) => {
						suspend = ready;
					}}
				/>
			</ThemeContext.Provider>
		</AppContext.Provider>,
		{
			stdout,
			stdin: silentInput(),
			alternateScreen: true,
			incrementalRendering: true,
			// What paints is bounded elsewhere (logs eight times a second, numbers once); a key must not wait for a frame that was just drawn.
			maxFps: 120,
			patchConsole: false,
			exitOnCtrlC: false,
			interactive: true,
			isScreenReaderEnabled: screenReader,
			kittyKeyboard: {mode: 'disabled'},
		},
	);
	return {
		leave: async () => {
			const suspension = await suspend?.();
			return async () => suspension?.resume();
		},
		close: async () => {
			instance.unmount();
			await instance.waitUntilExit();
		},
		ended: instance.waitUntilExit(),
	};
};
