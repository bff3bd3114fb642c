import {describe, expect, test} from 'vitest';
import {fieldAt, type Form, pasteForm, pressForm, valuesOf} from '../../source/model/form.ts';

const empty: Form = {
	fields: [
		{id: 'image', label: 'Image', text: '', cursor: 0, hint: 'alpine'},
		{id: 'restart', label: 'Restart', text: 'no', cursor: 2, hint: '', choices: ['no', 'always', 'on-failure']},
		{id: 'command', label: 'Command', text: 'sleep', cursor: 5, hint: ''},
	],
	index: 0,
	preview: '',
	problem: undefined,
	candidates: [],
};

const pressed = (form: Form, ...keys: readonly string[]): Form => keys.reduce((now, key) => pressForm(now, key) ?? now, form);

test('what is typed goes where the cursor is, and nowhere else', () => {
	const typed = pressed(empty, 'b', 'u', 's', 'y', 'left', 'x', 'down', 'down', '-');
	expect(valuesOf(typed)).toEqual({image: 'busxy', restart: 'no', command: 'sleep-'});
	expect(typed.index).toBe(2);
});

test.each([
	['down', 1],
	['tab', 1],
	['ctrl-n', 1],
	['up', 2],
	['shift-tab', 2],
	['ctrl-p', 2],
])('%s goes to field %i and round', (key, index) => expect(pressed(empty, key).index).toBe(index));

describe('a field of choices', () => {
	const at = pressed(empty, 'down');
	test.each([
		[['right'], 'always'],
		[['space', 'space'], 'on-failure'],
		[['right', 'right', 'right'], 'no'],
		[['left'], 'on-failure'],
		[['l', 'h'], 'no'],
	])('%j: %s', (keys, text) => expect(fieldAt(pressed(at, ...keys)).text).toBe(text));
	test('takes no letters and no paste', () => {
		expect(pressForm(at, 'x')).toBeUndefined();
		expect(pasteForm(at, 'always')).toBe(at);
	});
	test('starts at the first when it holds something else', () => {
		const strange = {...at, fields: at.fields.map(field => ({...field, text: field.id === 'restart' ? 'sometimes' : field.text}))};
		expect(fieldAt(pressed(strange, 'right')).text).toBe('always');
	});
});

describe('tab', () => {
	const offered = {...pressed(empty, 'a', 'l'), candidates: ['alpine:3', 'almalinux:9']};
	test('takes the best candidate and stays', () => {
		const taken = pressed(offered, 'tab');
		expect(fieldAt(taken)).toMatchObject({id: 'image', text: 'alpine:3', cursor: 8});
		expect(taken.candidates).toEqual([]);
	});
	test('goes on when there is nothing to take, or it is taken already', () => {
		expect(pressed(offered, 'tab', 'tab').index).toBe(1);
		expect(pressed({...empty, candidates: ['']}, 'tab').index).toBe(1);
	});
	test('the candidates of a field are gone with the field', () => expect(pressed(offered, 'down').candidates).toEqual([]));
});

test('paste goes in at the cursor', () => {
	expect(fieldAt(pasteForm(pressed(empty, 'a', 'c', 'left'), 'b'))).toMatchObject({text: 'abc', cursor: 2});
});

test('a key that means nothing makes nothing', () => expect(pressForm(empty, 'f5')).toBeUndefined());
