/**
How a key is written, in config.yaml, in hints and between the input parser and the keymap: `s`, `J`, `ctrl-k`, `alt-x`, `shift-tab`, `f5`,
`space`, `[`. A printable key is its own character, so shift is part of it (`J`, not `shift-j`).
*/
export type Modifiers = {readonly ctrl?: boolean; readonly alt?: boolean; readonly shift?: boolean};

const named = new Set([
	...['enter', 'esc', 'tab', 'space', 'backspace', 'delete', 'insert', 'home', 'end', 'pageup', 'pagedown', 'up', 'down', 'left', 'right'],
	...Array.from({length: 12}, (_, index) => `f${index + 1}`),
]);

const otherNames: Readonly<Record<string, string>> = {
	escape: 'esc',
	return: 'enter',
	cr: 'enter',
	del: 'delete',
	ins: 'insert',
	bs: 'backspace',
	pgup: 'pageup',
	'page-up': 'pageup',
	pgdn: 'pagedown',
	pgdown: 'pagedown',
	'page-down': 'pagedown',
	spc: 'space',
	' ': 'space',
	minus: '-',
	plus: '+',
};

/** What a terminal can't tell apart has one name: these are the same byte. */
const sameByte: Readonly<Record<string, string>> = {i: 'tab', m: 'enter', j: 'enter', '[': 'esc', h: 'backspace', '@': 'space'};

const withModifiers = (key: string, {ctrl = false, alt = false, shift = false}: Modifiers): string =>
	`${ctrl ? 'ctrl-' : ''}${alt ? 'alt-' : ''}${shift ? 'shift-' : ''}${key}`;

/** The one name of a key with its modifiers. `key` is a name of the list above or one character. */
export const keyName = (key: string, {ctrl = false, alt = false, shift = false}: Modifiers = {}): string => {
	const base = key === ' ' ? 'space' : key;
	if (named.has(base)) return withModifiers(base, {ctrl, alt, shift: shift && base !== 'space'});
	const lower = base.toLowerCase();
	if (ctrl) {
		const same = sameByte[lower];
		if (same !== undefined && !shift) return withModifiers(same, {ctrl: lower === '@', alt});
		return withModifiers(lower, {ctrl, alt, shift});
	}
	return withModifiers(shift ? base.toUpperCase() : base, {alt});
};

/** What a person wrote (`Ctrl+K`, `^k`, `shift-j`, `PgDn`) to the key's one name; undefined when it is no key. */
export const parseKeyName = (text: string): string | undefined => {
	const modifiers = {ctrl: false, alt: false, shift: false};
	let rest = text === ' ' ? text : text.trim();
	for (;;) {
		const match = /^(ctrl|control|c|alt|meta|m|shift|s)[-+](?=.)/iu.exec(rest) ?? /^(\^)(?=.)/u.exec(rest);
		if (match === null) break;
		const word = (match[1] as string).toLowerCase();
		if (word === 'alt' || word === 'meta' || word === 'm') modifiers.alt = true;
		else if (word.startsWith('s')) modifiers.shift = true;
		else modifiers.ctrl = true;
		rest = rest.slice(match[0].length);
	}
	const lower = rest.toLowerCase();
	const name = Object.hasOwn(otherNames, lower) ? otherNames[lower] : named.has(lower) ? lower : rest;
	if (name === undefined || (!named.has(name) && [...name].length !== 1) || /[\p{C}\p{Z}]/u.test(name)) return undefined;
	return keyName(name, modifiers);
};

const arrows: Readonly<Record<string, string>> = {up: '↑', down: '↓', left: '←', right: '→'};
const words: Readonly<Record<string, string>> = {pageup: 'PgUp', pagedown: 'PgDn', enter: 'Enter', esc: 'Esc', tab: 'Tab', home: 'Home', end: 'End'};

/** As hints and help show it: short, and with arrows where the terminal has them. */
export const keyLabel = (key: string, {ascii = false}: {readonly ascii?: boolean} = {}): string => {
	const cut = key.length > 1 ? key.lastIndexOf('-', key.length - 2) + 1 : 0;
	const base = key.slice(cut);
	return key.slice(0, cut) + ((ascii ? undefined : arrows[base]) ?? words[base] ?? base);
};
