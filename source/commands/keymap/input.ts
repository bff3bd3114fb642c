import {characterEvent, csiEvent, ss3Event} from './input-keys.ts';
import {oldMouse} from './input-mouse.ts';
import type {InputEvent} from './input-types.ts';

/**
Bytes of a terminal in, events out. Pure: whoever owns the tty feeds it, and calls `flush` when nothing came for a moment (25 ms locally,
100 ms over a slow line) while `pending` is true, because a lone ESC may be the key or the start of a sequence that is still on its way.
*/
export type InputParser = {
	feed(bytes: Uint8Array | string): readonly InputEvent[];
	flush(): readonly InputEvent[];
	/** Something is waiting that `flush` would settle. */
	readonly pending: boolean;
};

const esc = '\u001B';
const pasteStart = '200';
const pasteEnd = '\u001B[201~';
const longestPaste = 1_048_576;
/** No key and no report we ask for is that long; a terminal that sends it is broken, and its rest must not become keys. */
const longestSequence = 4096;

/** What one step made of the start of the buffer. */
type Step = {readonly used: number; readonly event?: InputEvent | undefined; readonly paste?: true} | 'more';

const csi = (buffer: string): Step => {
	if (buffer[2] === '[') return buffer.length < 4 ? 'more' : {used: 4, event: linuxFunctionKey(buffer[3] ?? '')};
	if (buffer[2] === 'M') return buffer.length < 6 ? 'more' : {used: 6, event: oldMouse(buffer.slice(3, 6))};
	let at = 2;
	while (at < buffer.length && /[0-?]/.test(buffer[at] ?? '')) at++;
	const parameters = buffer.slice(2, at);
	// rxvt ends shifted keys with a dollar, which is an intermediate byte for everybody else (`ESC [ ? 2026 ; 2 $ y`).
	if (buffer[at] === '$' && /^\d+$/.test(parameters)) return {used: at + 1, event: csiEvent(parameters, '$')};
	while (at < buffer.length && /[ -/]/.test(buffer[at] ?? '')) at++;
	const final = buffer[at];
	if (final === undefined) return at > longestSequence ? {used: at} : 'more';
	// A control or a character that can't be here: the sequence was cut off, and this belongs to what follows.
	if (!/[@-~]/.test(final)) return {used: at};
	// No key has an intermediate byte; answers do.
	if (at > 2 + parameters.length) return {used: at + 1, event: {type: 'report', sequence: buffer.slice(0, at + 1)}};
	if (final === '~' && parameters === pasteStart) return {used: at + 1, paste: true};
	return {used: at + 1, event: csiEvent(parameters, final)};
};

/** The linux console's F1 to F5: `ESC [ [ A`. */
const linuxFunctionKey = (letter: string): InputEvent | undefined => (/^[A-E]$/.test(letter) ? {type: 'key', name: `f${letter.charCodeAt(0) - 64}`, text: undefined} : undefined);

const ss3 = (buffer: string): Step => {
	const match = /^\u001BO(\d?)([A-Za-z])/.exec(buffer);
	if (match !== null) return {used: match[0].length, event: ss3Event(match[1] ?? '', match[2] ?? '')};
	return /^\u001BO\d?$/.test(buffer) ? 'more' : {used: 2, event: characterEvent('O', true)};
};

/** OSC, DCS, APC, PM: an answer that runs to BEL or ST. */
const longString = (buffer: string): Step => {
	const end = /\u0007|\u001B\\/.exec(buffer.slice(2));
	if (end !== null) return {used: 2 + end.index + end[0].length, event: {type: 'report', sequence: buffer.slice(0, 2 + end.index)}};
	return buffer.length > longestSequence ? {used: buffer.length} : 'more';
};

const step = (buffer: string): Step => {
	const first = String.fromCodePoint(buffer.codePointAt(0) ?? 0);
	if (first !== esc) return {used: first.length, event: characterEvent(first, false)};
	const second = buffer.length > 1 ? String.fromCodePoint(buffer.codePointAt(1) ?? 0) : undefined;
	switch (second) {
		case undefined:
			return 'more';
		case esc:
			return {used: 1, event: characterEvent(esc, false)};
		case '[':
			return csi(buffer);
		case 'O':
			return ss3(buffer);
		case ']':
		case 'P':
		case '_':
		case '^':
			return longString(buffer);
		default:
			return {used: 1 + second.length, event: characterEvent(second, true)};
	}
};

export const createInputParser = (): InputParser => {
	const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
	let buffer = '';
	let paste: string | undefined;
	let truncated = false;

	/** True when the paste is over. */
	const takePaste = (events: InputEvent[]): boolean => {
		const end = buffer.indexOf(pasteEnd);
		// The end mark itself may come in two pieces.
		const safe = end >= 0 ? end : Math.max(0, buffer.length - pasteEnd.length + 1);
		const room = longestPaste - (paste?.length ?? 0);
		truncated ||= safe > room;
		paste = (paste ?? '') + buffer.slice(0, Math.min(safe, room));
		buffer = buffer.slice(end >= 0 ? end + pasteEnd.length : safe);
		if (end < 0) return false;
		events.push({type: 'paste', text: paste.replaceAll(/\r\n?/g, '\n').toWellFormed(), truncated});
		paste = undefined;
		truncated = false;
		return true;
	};

	const drain = (): readonly InputEvent[] => {
		const events: InputEvent[] = [];
		while (buffer !== '') {
			if (paste !== undefined) {
				if (!takePaste(events)) break;
				continue;
			}
			const next = step(buffer);
			if (next === 'more') break;
			buffer = buffer.slice(next.used);
			if (next.paste === true) paste = '';
			else if (next.event !== undefined) events.push(next.event);
		}
		return events;
	};

	return {
		get pending() {
			return paste === undefined && buffer !== '';
		},
		feed(bytes) {
			buffer += typeof bytes === 'string' ? bytes : decoder.decode(bytes, {stream: true});
			return drain();
		},
		flush() {
			if (paste !== undefined || buffer === '') return [];
			// ESC alone, or ESC and one character that could have begun a sequence, were keys. A longer piece is the head of something that
			// was cut: a report's rest is still waited for, since as keys it could do anything; of the others nothing follows.
			const isReport = /^\u001B[\]P_^]./.test(buffer);
			if (isReport) return [];
			const held = buffer;
			buffer = '';
			const event = held === esc ? characterEvent(esc, false) : held.length === 2 ? characterEvent(held[1] ?? '', true) : undefined;
			return event === undefined ? [] : [event];
		},
	};
};
