import {EventEmitter} from 'node:events';
import {Box, render} from 'ink';
import {Lines} from './kit/lines.tsx';

/** A terminal that nobody sees. */
const nowhere = (): NodeJS.WriteStream => Object.assign(new EventEmitter(), {columns: 20, rows: 4, isTTY: true, writable: true, write: () => true}) as unknown as NodeJS.WriteStream;

/**
Draws a little where nobody sees it. Half of what the first frame takes is what React, Yoga and Ink do when they are first called; done in
a turn of its own, that holds the event loop for half as long.
*/
export const warmUp = (): void => {
	const instance = render(
		<Box flexDirection="column" width={20} height={4} overflow="hidden">
			<Box flexDirection="row">
				<Lines lines={['\u001B[1m│ a ●\u001B[22m', '\u001B[7m│ b\u001B[27m']} width={10} />
				<Lines lines={['c', '']} width={10} />
			</Box>
		</Box>,
		{stdout: nowhere(), incrementalRendering: true, patchConsole: false, exitOnCtrlC: false, interactive: true, kittyKeyboard: {mode: 'disabled'}},
	);
	instance.unmount();
};
