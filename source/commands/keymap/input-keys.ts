import {keyName, type Modifiers} from './key-name.ts';
import type {InputEvent, KeyEvent} from './input-types.ts';
import {sgrMouse} from './input-mouse.ts';

/** `ESC [ number ~`, as VT220, xterm, rxvt and the linux console send it. */
const byNumber: Readonly<Record<number, string>> = {
	1: 'home', 2: 'insert', 3: 'delete', 4: 'end', 5: 'pageup', 6: 'pagedown', 7: 'home', 8: 'end',
	11: 'f1', 12: 'f2', 13: 'f3', 14: 'f4', 15: 'f5', 17: 'f6', 18: 'f7', 19: 'f8', 20: 'f9', 21: 'f10', 23: 'f11', 24: 'f12',
};

/** `ESC [ letter` and `ESC O letter`. */
const byLetter: Readonly<Record<string, string>> = {A: 'up', B: 'down', C: 'right', D: 'left', F: 'end', H: 'home', P: 'f1', Q: 'f2', R: 'f3', S: 'f4'};

/** The keypad in application mode: `ESC O letter`. */
const keypad: Readonly<Record<string, string>> = {
	M: 'enter', X: '=', j: '*', k: '+', l: ',', m: '-', n: '.', o: '/',
	p: '0', q: '1', r: '2', s: '3', t: '4', u: '5', v: '6', w: '7', x: '8', y: '9',
};

/** Code points that the kitty protocol and modifyOtherKeys use for keys with a name. */
const byCode: Readonly<Record<number, string>> = {
	8: 'backspace', 9: 'tab', 13: 'enter', 27: 'esc', 32: 'space', 127: 'backspace',
	57414: 'enter', 57417: 'left', 57418: 'right', 57419: 'up', 57420: 'down', 57421: 'pageup', 57422: 'pagedown', 57423: 'home', 57424: 'end', 57425: 'insert', 57426: 'delete',
};
const kittyKeypad = '0123456789./*-+';
const kittyKeypadFrom = 57_399;

const press = (key: string, modifiers: Modifiers = {}): KeyEvent => ({
	type: 'key',
	name: keyName(key, modifiers),
	text: modifiers.ctrl === true || modifiers.alt === true ? undefined : key === 'space' ? ' ' : [...key].length === 1 ? (modifiers.shift === true ? key.toUpperCase() : key) : undefined,
});

/** xterm's and kitty's parameter is one more than the bits. Super, hyper and the locks are not ours; a super key is the window manager's. */
const modifiersOf = (parameter: number): Modifiers | 'not ours' => {
	const bits = Math.max(0, parameter - 1);
	if ((bits & 0b01_1000) !== 0) return 'not ours';
	return {shift: (bits & 1) !== 0, alt: (bits & 0b10_0010) !== 0, ctrl: (bits & 4) !== 0};
};

const pressed = (key: string | undefined, modifier: number): InputEvent | undefined => {
	const modifiers = modifiersOf(modifier);
	return key === undefined || modifiers === 'not ours' ? undefined : press(key, modifiers);
};

/** By code point. Kitty adds what shift makes of the key, which depends on the layout and can't be worked out here. */
const byCodePoint = (code: number, modifier: number, shifted: number | undefined): InputEvent | undefined => {
	const onKeypad = kittyKeypad[code - kittyKeypadFrom];
	if (onKeypad !== undefined) return pressed(onKeypad, modifier);
	const name = byCode[code];
	if (name !== undefined) return pressed(name, modifier);
	// Kitty's other functional keys live in a private use area: media keys, the modifiers themselves.
	if (code < 33 || code > 0x10_ffff || (code >= 0xe0_00 && code <= 0xf8_ff)) return undefined;
	const modifiers = modifiersOf(modifier);
	if (modifiers === 'not ours') return undefined;
	const isShifted = shifted !== undefined && shifted > 32 && shifted <= 0x10_ffff && modifiers.ctrl !== true;
	return isShifted ? press(String.fromCodePoint(shifted), {...modifiers, shift: false}) : press(String.fromCodePoint(code), modifiers);
};

/** One complete `ESC [ parameters final`. Undefined: understood as nothing we want, and never text. */
export const csiEvent = (parameters: string, final: string): InputEvent | undefined => {
	if (parameters.startsWith('<') && (final === 'M' || final === 'm')) return sgrMouse(parameters, final);
	if (/^[?>=]/.test(parameters) || final === 'c' || final === 'n' || final === 't' || final === 'y') return {type: 'report', sequence: `\u001B[${parameters}${final}`};
	const fields = parameters.split(';').map(field => field.split(':'));
	const number = (field: number, part = 0): number | undefined => {
		const text = fields[field]?.[part];
		return text === undefined || text === '' ? undefined : Number(text);
	};
	// Kitty's third event kind is the release of a key: it was acted on when it went down.
	if (number(1, 1) === 3) return undefined;
	const modifier = number(1) ?? 1;
	switch (final) {
		case '~':
			return number(0) === 27 ? byCodePoint(number(2) ?? 0, modifier, undefined) : pressed(byNumber[number(0) ?? 0], modifier);
		case 'u':
			return byCodePoint(number(0) ?? 0, modifier, number(0, 1));
		case 'Z':
			return press('tab', {shift: true});
		case 'I':
		case 'O':
			return {type: 'focus', focused: final === 'I'};
		case 'R':
			// F3 and the cursor's position look alike; a position in the first row is F3's only double, and is never asked for there.
			return parameters === '' || number(0) === 1 ? pressed('f3', modifier) : {type: 'report', sequence: `\u001B[${parameters}R`};
		case '$':
			return press(byNumber[number(0) ?? 0] ?? 'insert', {shift: true});
		case '^':
			return pressed(byNumber[number(0) ?? 0], 5);
		case '@':
			return pressed(byNumber[number(0) ?? 0], 6);
		case 'a':
		case 'b':
		case 'd':
			return press(byLetter[final.toUpperCase()] ?? 'up', {shift: true});
		default:
			return pressed(byLetter[final], modifier);
	}
};

/** One complete `ESC O modifier? letter`. */
export const ss3Event = (modifier: string, letter: string): InputEvent | undefined => {
	const arrow = byLetter[letter];
	if (arrow !== undefined) return pressed(arrow, modifier === '' ? 1 : Number(modifier));
	// rxvt's ctrl with an arrow.
	if (/^[a-d]$/.test(letter)) return press(byLetter[letter.toUpperCase()] ?? 'up', {ctrl: true});
	const key = keypad[letter];
	return key === undefined ? undefined : press(key);
};

/** A character that is no part of a sequence, perhaps behind the ESC that alt sends. C1 controls and what was no UTF-8 are nobody's key. */
export const characterEvent = (character: string, alt: boolean): KeyEvent | undefined => {
	const code = character.codePointAt(0) ?? 0;
	if (character === '\uFFFD' || (code >= 0x80 && code < 0xa0)) return undefined;
	const name = code === 0 ? undefined : code === 10 ? 'enter' : byCode[code];
	if (code === 0) return press('space', {ctrl: true, alt});
	if (name !== undefined) return press(name, {alt});
	if (code < 32) return press(String.fromCodePoint(code + 64).toLowerCase(), {ctrl: true, alt});
	return press(character, {alt});
};
