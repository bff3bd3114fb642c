import {EventEmitter} from 'node:events';
import {render} from 'ink';
import {type AppHandles, AppContext} from '../hooks/app-context.ts';
import {App} from './app.tsx';
import {ThemeContext} from './kit/theme-context.ts';
import {createTheme} from './kit/theme.ts';

export type Still = {close(): void};

/** The same tree without a terminal: every frame goes to `onFrame` as text, and nothing is ever written to a screen. */
export const showStill = (handles: AppHandles, {columns, rows, ascii}: {readonly columns: number; readonly rows: number; readonly ascii: boolean}, onFrame: (frame: string) => void): Still => {
	const sink = Object.assign(new EventEmitter(), {
		columns,
		rows,
		isTTY: false,
		writable: true,
		write: (frame: string, ...rest: readonly unknown[]) => {
			onFrame(frame);
			const done = rest.find((argument) => typeof argument === 'function') as (() => void) | undefined;
			done?.();
			return true;
		},
	}) as unknown as NodeJS.WriteStream;
	const instance = render(
		<AppContext.Provider value={handles}>
			<ThemeContext.Provider value={createTheme({colour: handles.colour, ascii})}>
				<App />
			</ThemeContext.Provider>
		</AppContext.Provider>,
		{stdout: sink, debug: true, patchConsole: false, exitOnCtrlC: false, interactive: false},
	);
	return {
		close: () => {
			onFrame = () => undefined;
			instance.unmount();
		},
	};
};
