import {expect, test} from 'vitest';
import {editKey, insert} from '../../source/model/line-edit.ts';

/** `ab|cd` is a line with its cursor. */
const line = (marked: string) => ({text: marked.replace('|', ''), cursor: marked.indexOf('|')});

const marked = ({text, cursor}: {readonly text: string; readonly cursor: number}) => `${text.slice(0, cursor)}|${text.slice(cursor)}`;

test.each([
	['x', 'ab|cd', 'abx|cd'],
	['space', 'ab|cd', 'ab |cd'],
	['🚀', '|', '🚀|'],
	['backspace', 'ab|cd', 'a|cd'],
	['backspace', '|cd', '|cd'],
	['backspace', 'a🚀|', 'a|'],
	['delete', 'ab|cd', 'ab|d'],
	['delete', 'ab|', 'ab|'],
	['delete', 'a|🚀b', 'a|b'],
	['left', 'ab|', 'a|b'],
	['left', 'a🚀|', 'a|🚀'],
	['right', 'a|🚀b', 'a🚀|b'],
	['right', 'ab|', 'ab|'],
	['home', 'ab|cd', '|abcd'],
	['ctrl-a', 'ab|cd', '|abcd'],
	['ctrl-e', 'ab|cd', 'abcd|'],
	['ctrl-u', 'ab|cd', '|cd'],
	['ctrl-k', 'ab|cd', 'ab|'],
	['ctrl-w', 'one two|three', 'one |three'],
	['ctrl-w', 'one two  |', 'one |'],
])('%s on %s makes %s', (key, before, after) => {
	expect(marked(editKey(line(before), key) ?? line('nothing|'))).toBe(after);
});

test.each(['f5', 'pageup', 'ctrl-x', 'alt-x', 'enter', 'esc'])('%s is not for a line', (key) => {
	expect(editKey(line('ab|'), key)).toBeUndefined();
});

test('pasted text goes to the cursor', () => {
	expect(marked(insert(line('a|b'), 'xyz'))).toBe('axyz|b');
});
