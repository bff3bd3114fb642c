import {describe, expect, test} from 'vitest';
import {pasteOverlay, pressOverlay, visibleChoices} from '../../source/commands/index.ts';
import {overlayBox} from '../../components/overlays/overlay-lines.ts';
import {createTheme} from '../../components/kit/theme.ts';
import type {Overlay} from '../../source/store/index.ts';

const confirm = (danger: boolean): Overlay => ({kind: 'confirm', id: 1, title: 'Remove?', lines: [], danger, offset: 0});

const choose = (more: Partial<Overlay & {kind: 'choose'}> = {}): Overlay & {kind: 'choose'} => ({
	kind: 'choose',
	id: 1,
	title: '',
	choices: [
		{id: 'stop', label: 'Stop', hotkey: 's'},
		{id: 'start', label: 'Start', refusal: 'runs already', hotkey: 't'},
		{id: 'prune', label: 'Prune'},
		{id: 'pause', label: 'Pause or unpause'},
	],
	index: 0,
	text: '',
	searchable: false,
	...more,
});

const line = (text: string): Overlay => ({kind: 'line', id: 1, title: '/', text, cursor: text.length, note: '', live: true});

const yes = {answer: 'yes'};
const no = {answer: undefined};

describe('a question longer than the screen', () => {
	const long: Overlay & {kind: 'confirm'} = {kind: 'confirm', id: 1, title: 'Up?', lines: Array.from({length: 40}, (_, at) => `#${at + 1}`), danger: false, offset: 0};

	test.each([
		['j', 0, 1],
		['k', 0, 0],
		['k', 5, 4],
		['pagedown', 5, 15],
		['G', 0, 39],
		['g', 20, 0],
	])('%s scrolls it from %i to %i', (key, from, to) => {
		expect(pressOverlay({...long, offset: from}, key)).toEqual({overlay: {...long, offset: to}});
	});

	test('is read to its last line, and says how far that is', () => {
		const box = (offset: number) => overlayBox({...long, offset}, {columns: 60, rows: 20}, createTheme({colour: false, ascii: false})).lines.join('\n');
		expect(box(0)).toContain('#1 ');
		expect(box(0)).toContain('14/40');
		expect(box(39)).toContain('#40');
		expect(box(39)).toContain('40/40');
	});
});

describe('a question', () => {
	test.each([
		['y', yes],
		['Y', yes],
		['n', no],
		['esc', no],
		['q', no],
		['ctrl-c', no],
		['enter', undefined],
		['d', undefined],
		['space', undefined],
	])('that is dangerous: %s', (key, outcome) => expect(pressOverlay(confirm(true), key)).toEqual(outcome));

	test('that is not: Enter agrees', () => expect(pressOverlay(confirm(false), 'enter')).toEqual(yes));
});

describe('a choice', () => {
	const indexAfter = (overlay: Overlay & {kind: 'choose'}, ...keys: readonly string[]): number =>
		keys.reduce((now, key) => {
			const outcome = pressOverlay(now, key);
			return outcome !== undefined && 'overlay' in outcome && outcome.overlay.kind === 'choose' ? outcome.overlay : now;
		}, overlay).index;

	test('moves round by one, and stops at the ends by pages', () => {
		expect(indexAfter(choose(), 'down', 'j')).toBe(2);
		expect(indexAfter(choose(), 'up')).toBe(3);
		expect(indexAfter(choose(), 'k', 'tab')).toBe(0);
		expect(indexAfter(choose(), 'pagedown', 'pagedown')).toBe(3);
		expect(indexAfter(choose({index: 3}), 'pageup')).toBe(0);
	});

	test('Enter takes what is chosen, but not what is refused; letters are hotkeys', () => {
		expect(pressOverlay(choose(), 'enter')).toEqual({answer: 'stop'});
		expect(pressOverlay(choose({index: 1}), 'enter')).toBeUndefined();
		expect(pressOverlay(choose(), 's')).toEqual({answer: 'stop'});
		expect(pressOverlay(choose(), 't')).toBeUndefined();
		expect(pressOverlay(choose(), 'q')).toEqual(no);
	});

	test('that is searched: letters are text, the best match is first', () => {
		const searched = choose({searchable: true, text: 'prune'});
		expect(visibleChoices(searched).map(({id}) => id)[0]).toBe('prune');
		expect(pressOverlay(searched, 'enter')).toEqual({answer: 'prune'});
		expect(pressOverlay(choose({searchable: true, index: 2}), 'q')).toMatchObject({overlay: {text: 'q', index: 0}});
		expect(pressOverlay(choose({searchable: true, text: 'zzz'}), 'enter')).toBeUndefined();
	});
});

describe('a line', () => {
	test('is typed, answered, and left', () => {
		expect(pressOverlay(line('we'), 'b')).toMatchObject({overlay: {text: 'web', cursor: 3}});
		expect(pressOverlay(line('web'), 'enter')).toEqual({answer: 'web'});
		expect(pressOverlay(line('web'), 'esc')).toEqual(no);
		expect(pressOverlay(line('web'), 'f5')).toBeUndefined();
	});

	test('a paste is text, without line breaks and control characters', () => {
		expect(pasteOverlay(line('a '), 'b\r\nc\u001B[2J')).toMatchObject({overlay: {text: 'a b c[2J'}});
		expect(pasteOverlay(choose({searchable: true}), 'x')).toMatchObject({overlay: {text: 'x'}});
		expect(pasteOverlay(confirm(true), 'y')).toBeUndefined();
		expect(pasteOverlay(choose(), 's')).toBeUndefined();
	});
});

test('a text is scrolled to its ends and closed', () => {
	const text = (offset: number): Overlay => ({kind: 'text', id: 1, title: '', lines: ['a', 'b', 'c'], offset});
	expect(pressOverlay(text(0), 'j')).toMatchObject({overlay: {offset: 1}});
	expect(pressOverlay(text(0), 'k')).toMatchObject({overlay: {offset: 0}});
	expect(pressOverlay(text(0), 'G')).toMatchObject({overlay: {offset: 2}});
	expect(pressOverlay(text(2), 'g')).toMatchObject({overlay: {offset: 0}});
	expect(pressOverlay(text(1), 'esc')).toEqual(no);
});

describe('a form', () => {
	const form = (problem?: string): Overlay => ({
		kind: 'form',
		id: 1,
		title: 'Run',
		fields: [{id: 'image', label: 'Image', text: 'al', cursor: 2, hint: ''}],
		index: 0,
		preview: '',
		problem,
		candidates: [],
	});
	test('enter agrees, but not to what can’t be done', () => {
		expect(pressOverlay(form(), 'enter')).toEqual({answer: 'done'});
		expect(pressOverlay(form('no image'), 'enter')).toBeUndefined();
	});
	test('escape gives up', () => expect(pressOverlay(form(), 'esc')).toEqual(no));
	test('letters and pastes are text', () => {
		expect(pressOverlay(form(), 'q')).toMatchObject({overlay: {fields: [{text: 'alq', cursor: 3}]}});
		expect(pasteOverlay(form(), 'pi\nne')).toMatchObject({overlay: {fields: [{text: 'alpi ne'}]}});
	});
});
