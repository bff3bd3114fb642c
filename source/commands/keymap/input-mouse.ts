import type {MouseButton, MouseEvent} from './input-types.ts';

const buttons: readonly MouseButton[] = ['left', 'middle', 'right', 'none'];
const wheels: readonly MouseButton[] = ['wheel-up', 'wheel-down', 'wheel-left', 'wheel-right'];

/**
xterm's button code: two bits of button, then shift 4, alt 8, ctrl 16, motion 32, wheel 64; 128 is for buttons that nobody binds.
`released` comes from the SGR form's final `m`; the older form says it with button 3.
*/
export const mouseEvent = (code: number, column: number, row: number, released: boolean): MouseEvent | undefined => {
	if (code >= 128 || column < 1 || row < 1) return undefined;
	const isWheel = (code & 64) !== 0;
	const isMotion = (code & 32) !== 0;
	const button = (isWheel ? wheels : buttons)[code & 3] ?? 'none';
	const kind = isWheel ? 'wheel' : isMotion ? (button === 'none' ? 'move' : 'drag') : released || button === 'none' ? 'release' : 'press';
	return {type: 'mouse', kind, button, x: column - 1, y: row - 1, shift: (code & 4) !== 0, alt: (code & 8) !== 0, ctrl: (code & 16) !== 0};
};

/** `<button;column;row` of an SGR report. */
export const sgrMouse = (parameters: string, final: string): MouseEvent | undefined => {
	const match = /^<(\d{1,4});(\d{1,6});(\d{1,6})$/.exec(parameters);
	return match === null ? undefined : mouseEvent(Number(match[1]), Number(match[2]), Number(match[3]), final === 'm');
};

/** The three characters after `ESC [ M`, from terminals that don't know the SGR form. Beyond column 95 they are not valid UTF-8: no event. */
export const oldMouse = (characters: string): MouseEvent | undefined => {
	const [code = 0, column = 0, row = 0] = characters.split('').map(character => (character === '\uFFFD' ? 0 : character.charCodeAt(0) - 32));
	return code < 0 ? undefined : mouseEvent(code, column, row, false);
};
