import {expect, test} from 'vitest';
import {commands} from '../../../source/commands/index.ts';
import {resolveKeymap} from '../../../source/commands/keymap/index.ts';
import {presets} from '../../../source/commands/keymap/presets.ts';

test.each(['lazy', 'k9s'] as const)('the dashboard has no clash in preset %s, and everything that has keys is reached by them', preset => {
	const keymap = resolveKeymap({commands, preset});
	expect(keymap.problems).toEqual([]);
	const unreached = commands.filter(({id, keys}) => keys.length > 0 && keymap.keysOf(id).length === 0);
	expect(unreached.map(({id}) => id)).toEqual([]);
});

test('presets name only commands that are there', () => {
	const ids = new Set(commands.map(({id}) => id));
	for (const preset of Object.values(presets)) expect(Object.keys(preset).filter(id => !ids.has(id))).toEqual([]);
});

test.each(['lazy', 'k9s'] as const)('nothing that changes something sits on a key that scrolls, in preset %s', preset => {
	const keymap = resolveKeymap({commands, preset});
	const scroll = new Set(commands.filter(({id}) => /^(move|detail)\./.test(id)).flatMap(({id}) => keymap.keysOf(id)));
	expect(scroll.size).toBeGreaterThan(10);
	for (const {id} of commands.filter(({changes}) => changes === true)) expect(keymap.keysOf(id).filter(key => scroll.has(key))).toEqual([]);
});
