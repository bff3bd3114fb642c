import {expect, test} from 'vitest';
import {keyLabel, parseKeyName} from '../../../source/commands/keymap/index.ts';

test.each([
	['s', 's'],
	['J', 'J'],
	['shift-j', 'J'],
	['Ctrl+K', 'ctrl-k'],
	['C-k', 'ctrl-k'],
	['^k', 'ctrl-k'],
	['^', '^'],
	['ctrl-K', 'ctrl-k'],
	['ctrl-shift-k', 'ctrl-shift-k'],
	['shift-ctrl-k', 'ctrl-shift-k'],
	['M-x', 'alt-x'],
	['alt-X', 'alt-X'],
	['alt-shift-x', 'alt-X'],
	['shift-tab', 'shift-tab'],
	['ctrl-shift-up', 'ctrl-shift-up'],
	['F5', 'f5'],
	['f12', 'f12'],
	['Space', 'space'],
	[' ', 'space'],
	['shift-space', 'space'],
	['ctrl-space', 'ctrl-space'],
	['ctrl-@', 'ctrl-space'],
	['Escape', 'esc'],
	['Return', 'enter'],
	['PgDn', 'pagedown'],
	['page-up', 'pageup'],
	['Del', 'delete'],
	['[', '['],
	['-', '-'],
	['ctrl--', 'ctrl--'],
	['+', '+'],
	['é', 'é'],
	['ctrl-i', 'tab'],
	['ctrl-m', 'enter'],
	['ctrl-[', 'esc'],
	['ctrl-h', 'backspace'],
	['', undefined],
	['ctrl-', undefined],
	['ctrl', undefined],
	['f13', undefined],
	['f0', undefined],
	['stop', undefined],
	['\u0007', undefined],
	['\u200B', undefined],
	['constructor', undefined],
])('%j is the key %j', (text, name) => {
	expect(parseKeyName(text)).toBe(name);
	if (name !== undefined) expect(parseKeyName(name)).toBe(name);
});

test.each([
	['up', '↑', 'up'],
	['ctrl-left', 'ctrl-←', 'ctrl-left'],
	['pagedown', 'PgDn', 'PgDn'],
	['shift-tab', 'shift-Tab', 'shift-Tab'],
	['ctrl--', 'ctrl--', 'ctrl--'],
	['-', '-', '-'],
	['s', 's', 's'],
])('%s is shown as %s, or %s', (key, label, ascii) => {
	expect(keyLabel(key)).toBe(label);
	expect(keyLabel(key, {ascii: true})).toBe(ascii);
});
