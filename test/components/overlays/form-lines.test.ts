import {describe, expect, test} from 'vitest';
import {formLines} from '../../../components/overlays/form-lines.ts';
import {createTheme} from '../../../components/kit/theme.ts';
import {cellWidth} from '../../../source/model/cells.ts';
import {stripSgr} from '../../../source/model/sanitize.ts';
import type {Overlay} from '../../../source/store/index.ts';

type FormOverlay = Overlay & {readonly kind: 'form'};

const theme = createTheme({colour: true, ascii: false});

const form = (more: Partial<FormOverlay> = {}): FormOverlay => ({
	kind: 'form',
	id: 1,
	title: 'Run',
	fields: [
		{id: 'image', label: 'Image', text: 'alpine', cursor: 6, hint: ''},
		{id: 'ports', label: 'Ports', text: '', cursor: 0, hint: '8080:80'},
		{id: 'restart', label: 'Restart', text: 'no', cursor: 2, hint: '', choices: ['no', 'always']},
	],
	index: 0,
	preview: 'gantry run -d alpine',
	problem: undefined,
	candidates: [],
	...more,
});

const shown = (overlay: FormOverlay, width = 60, high = 20) => formLines(overlay, width, high, theme).map(stripSgr);

test('labels in a column, hints where nothing is typed, the command line below', () => {
	expect(shown(form())).toEqual([' Image   › alpine ', ' Ports     8080:80', ' Restart   no', '', ' $ gantry run -d alpine']);
});

test('choices show their arrows only with the cursor', () => expect(shown(form({index: 2}))[2]).toBe(' Restart › ‹ no ›'));

test('candidates stand under their field', () => {
	expect(shown(form({candidates: ['alpine:3', 'alpine:edge']})).slice(1, 3).map(line => line.trimEnd())).toEqual(['           alpine:3', '           alpine:edge']);
});

test('a problem is said', () => expect(shown(form({problem: 'Ports: 80 is taken'})).at(-1)).toBe(' Ports: 80 is taken'));

test('a long command line is broken between words, and a long word anywhere', () => {
	const preview = `gantry run -d --name web -e KEY=${'x'.repeat(40)} image`;
	expect(shown(form({preview}), 40).slice(4)).toEqual([' $ gantry run -d --name web -e', `   KEY=${'x'.repeat(32)}`, `   ${'x'.repeat(8)} image`]);
});

describe('whatever is typed', () => {
	const texts = ['a'.repeat(300), '漢字'.repeat(50), '👩‍👩‍👧‍👦'.repeat(20), '\u001B[31mred\u0007', '\u202Eevil'];
	test.each(texts)('no line is wider than the box, and nothing drives the terminal: %j', text => {
		for (const cursor of [0, 5, text.length]) {
			const overlay = form({fields: [{id: 'image', label: 'Image', text, cursor, hint: ''}], preview: `gantry run ${text}`, problem: text, candidates: [text]});
			for (const line of formLines(overlay, 40, 20, theme)) {
				expect(cellWidth(line)).toBeLessThanOrEqual(40);
				expect(stripSgr(line)).not.toMatch(/[\u0000-\u001F\u007F\u202E]/);
			}
		}
	});
});

test('a low screen keeps the field with the cursor and the problem', () => {
	const fields = Array.from({length: 9}, (_, at) => ({id: `f${at}`, label: `Field ${at}`, text: '', cursor: 0, hint: ''}));
	const lines = shown(form({fields, index: 7, problem: 'no image'}), 60, 3);
	expect(lines).toHaveLength(3);
	expect(lines.join('\n')).toContain('Field 7');
	expect(lines.at(-1)).toBe(' no image');
});
