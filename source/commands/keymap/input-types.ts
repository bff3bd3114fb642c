/** What came from the terminal. */
export type InputEvent = KeyEvent | MouseEvent | {readonly type: 'paste'; readonly text: string; readonly truncated: boolean} | {readonly type: 'focus'; readonly focused: boolean} | ReportEvent;

export type KeyEvent = {
	readonly type: 'key';
	/** In the notation of `key-name.ts`. */
	readonly name: string;
	/** What it adds to a text that is being typed; undefined for keys that only do something. */
	readonly text: string | undefined;
};

export type MouseButton = 'left' | 'middle' | 'right' | 'wheel-up' | 'wheel-down' | 'wheel-left' | 'wheel-right' | 'none';

export type MouseEvent = {
	readonly type: 'mouse';
	readonly kind: 'press' | 'release' | 'drag' | 'move' | 'wheel';
	readonly button: MouseButton;
	/** Cells from the top left corner, which is 0, 0. */
	readonly x: number;
	readonly y: number;
	readonly shift: boolean;
	readonly alt: boolean;
	readonly ctrl: boolean;
};

/** The terminal's answer to a question (colours, cursor position, device attributes): never a key. */
export type ReportEvent = {readonly type: 'report'; readonly sequence: string};
