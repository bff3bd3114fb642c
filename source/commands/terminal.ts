import type {InputFeed} from './keymap/index.ts';
import type {HandedOver, Terminal} from './types.ts';

/** What a terminal is made of; `clients/host/tty.ts` is the real one. */
export type TtyLike = {
	onBytes(listener: (bytes: Uint8Array) => void): () => void;
	size(): {readonly columns: number; readonly rows: number};
	onResize(listener: () => void): () => void;
	write(bytes: Uint8Array | string): void;
	spawn(program: string, args: readonly string[]): Promise<void>;
};

export type TerminalOptions = {
	readonly tty: TtyLike;
	readonly input: InputFeed;
	/** Leave the dashboard's screen; answers how to come back, with a full repaint. */
	readonly leaveScreen: () => Promise<() => Promise<void>>;
	readonly stop: () => void;
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly isMouseOn: () => boolean;
};

const mouseOn = '\u001B[?1000h\u001B[?1006h';
const mouseOff = '\u001B[?1006l\u001B[?1000l';
const pasteOn = '\u001B[?2004h';
const pasteOff = '\u001B[?2004l';

/** Everything that must be undone before somebody else has the terminal, and on every way out. */
export const calmSequence = `${mouseOff}${pasteOff}\u001B[?25h\u001B[0m`;

/** Terminals cut longer pastes; the number is hterm's and k9s' limit for OSC 52. */
const longestCopy = 74_994;

/** OSC 52: the terminal at the far end of the SSH session takes it. tmux and screen pass it on when it is wrapped for them. */
export const copySequence = (text: string, environment: Readonly<Record<string, string | undefined>>): string => {
	const sequence = `\u001B]52;c;${Buffer.from(text).toString('base64').slice(0, longestCopy)}\u0007`;
	if (environment['TMUX'] !== undefined) return `\u001BPtmux;${sequence.replaceAll('\u001B', '\u001B\u001B')}\u001B\\${sequence}`;
	if (environment['TERM']?.startsWith('screen') === true) return `\u001BP${sequence}\u001B\\`;
	return sequence;
};

export const createTerminal = ({tty, input, leaveScreen, stop, environment, isMouseOn}: TerminalOptions): Terminal => {
	const wake = () => tty.write(`${isMouseOn() ? mouseOn : mouseOff}${pasteOn}`);
	const handOver = async (work: (handed: HandedOver) => Promise<void>): Promise<void> => {
		const unmute = input.mute();
		tty.write(calmSequence);
		const comeBack = await leaveScreen();
		try {
			await work({write: tty.write, onInput: tty.onBytes, onResize: tty.onResize, spawn: tty.spawn});
		} finally {
			tty.write(calmSequence);
			await comeBack();
			wake();
			unmute();
		}
	};
	wake();
	return {
		size: tty.size,
		handOver,
		copy: (text) => tty.write(copySequence(text, environment)),
		redraw: () => void handOver(async () => undefined),
		suspend: () =>
			void handOver(async () => {
				stop();
			}),
		setMouse: (isOn) => tty.write(isOn ? mouseOn : mouseOff),
	};
};
