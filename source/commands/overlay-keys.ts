import {fuzzyMatch} from '../model/fuzzy.ts';
import {pasteForm, pressForm} from '../model/form.ts';
import {editKey, insert} from '../model/line-edit.ts';
import type {Choice, Overlay} from '../store/index.ts';

/** What a key did to a dialog: an answer (undefined is Escape), another state of it, or nothing. */
export type OverlayOutcome = {readonly answer: string | undefined} | {readonly overlay: Overlay} | undefined;

/** The choices that the typed text leaves, fuzzily: letters in order are enough, and the best match leads. */
export const visibleChoices = (overlay: Overlay & {readonly kind: 'choose'}): readonly Choice[] => {
	if (!overlay.searchable || overlay.text === '') return overlay.choices;
	return overlay.choices
		.map((choice) => ({choice, score: fuzzyMatch(overlay.text, choice.label)?.score}))
		.filter((scored): scored is {choice: Choice; score: number} => scored.score !== undefined)
		.sort((a, b) => b.score - a.score)
		.map(({choice}) => choice);
};

const movesOf = (key: string, typing: boolean): number | undefined => {
	switch (key) {
		case 'down':
		case 'ctrl-n':
		case 'tab':
			return 1;
		case 'up':
		case 'ctrl-p':
		case 'shift-tab':
			return -1;
		case 'pagedown':
			return 10;
		case 'pageup':
			return -10;
		case 'j':
			return typing ? undefined : 1;
		case 'k':
			return typing ? undefined : -1;
		default:
			return undefined;
	}
};

const pressChoose = (overlay: Overlay & {readonly kind: 'choose'}, key: string): OverlayOutcome => {
	const choices = visibleChoices(overlay);
	if (key === 'esc' || key === 'ctrl-c') return {answer: undefined};
	if (key === 'enter') {
		const choice = choices[overlay.index];
		return choice === undefined || choice.refusal !== undefined ? undefined : {answer: choice.id};
	}
	const move = movesOf(key, overlay.searchable);
	if (move !== undefined) {
		const last = Math.max(0, choices.length - 1);
		const next = Math.abs(move) === 1 ? (overlay.index + move + choices.length) % Math.max(1, choices.length) : overlay.index + move;
		return {overlay: {...overlay, index: Math.min(Math.max(next, 0), last)}};
	}
	if (overlay.searchable) {
		const edited = editKey({text: overlay.text, cursor: overlay.text.length}, key);
		return edited === undefined ? undefined : {overlay: {...overlay, text: edited.text, index: 0}};
	}
	if (key === 'q') return {answer: undefined};
	const hot = choices.find((choice) => choice.hotkey === key);
	return hot === undefined || hot.refusal !== undefined ? undefined : {answer: hot.id};
};

/** Only y agrees: Enter is pressed too easily for something that deletes. */
const pressConfirm = (overlay: Overlay & {readonly kind: 'confirm'}, key: string): OverlayOutcome => {
	if (key === 'y' || key === 'Y') return {answer: 'yes'};
	if (key === 'enter') return overlay.danger ? undefined : {answer: 'yes'};
	if (key === 'n' || key === 'N' || key === 'esc' || key === 'q' || key === 'ctrl-c') return {answer: undefined};
	return scrolled(overlay, key);
};

/** A text that may be longer than the screen. */
const scrolled = (overlay: Overlay & {readonly kind: 'confirm' | 'text'}, key: string): OverlayOutcome => {
	const move = key === 'g' || key === 'home' ? Number.NEGATIVE_INFINITY : key === 'G' || key === 'end' ? Number.POSITIVE_INFINITY : movesOf(key, false);
	return move === undefined ? undefined : {overlay: {...overlay, offset: Math.min(Math.max(overlay.offset + move, 0), Math.max(0, overlay.lines.length - 1))}};
};

const pressText = (overlay: Overlay & {readonly kind: 'text'}, key: string): OverlayOutcome => {
	if (key === 'esc' || key === 'q' || key === 'enter' || key === '?' || key === 'ctrl-c') return {answer: undefined};
	return scrolled(overlay, key);
};

const pressDisk = (overlay: Overlay & {readonly kind: 'disk'}, key: string): OverlayOutcome => {
	if (key === 'esc' || key === 'q' || key === 'ctrl-c' || key === 'ctrl-g') return {answer: undefined};
	if (key === 'r' || key === 'ctrl-r') return {answer: 'again'};
	if (key === 'enter') return overlay.prunes[overlay.index] === undefined ? undefined : {answer: overlay.prunes[overlay.index]?.id};
	const move = movesOf(key, false);
	if (move === 1 || move === -1) return {overlay: {...overlay, index: (overlay.index + move + overlay.prunes.length) % overlay.prunes.length}};
	const scroll = move ?? (key === 'J' ? 1 : key === 'K' ? -1 : key === 'g' || key === 'home' ? Number.NEGATIVE_INFINITY : key === 'G' || key === 'end' ? Number.POSITIVE_INFINITY : undefined);
	if (scroll === undefined) return undefined;
	return {overlay: {...overlay, offset: Math.min(Math.max(overlay.offset + scroll, 0), Math.max(0, overlay.details.length - 1))}};
};

const pressLine = (overlay: Overlay & {readonly kind: 'line'}, key: string): OverlayOutcome => {
	if (key === 'esc' || key === 'ctrl-c') return {answer: undefined};
	if (key === 'enter') return {answer: overlay.text};
	const edited = editKey(overlay, key);
	return edited === undefined ? undefined : {overlay: {...overlay, ...edited}};
};

/** Enter agrees from any field, but not to what can't be done. */
const pressFormOverlay = (overlay: Overlay & {readonly kind: 'form'}, key: string): OverlayOutcome => {
	if (key === 'esc' || key === 'ctrl-c') return {answer: undefined};
	if (key === 'enter') return overlay.problem === undefined ? {answer: 'done'} : undefined;
	const form = pressForm(overlay, key);
	return form === undefined ? undefined : {overlay: {...overlay, ...form}};
};

/** Dialogs have fixed keys: they are the same everywhere and no remapping may lock somebody in one. */
export const pressOverlay = (overlay: Overlay, key: string): OverlayOutcome => {
	switch (overlay.kind) {
		case 'confirm':
			return pressConfirm(overlay, key);
		case 'choose':
			return pressChoose(overlay, key);
		case 'line':
			return pressLine(overlay, key);
		case 'text':
			return pressText(overlay, key);
		case 'form':
			return pressFormOverlay(overlay, key);
		case 'disk':
			return pressDisk(overlay, key);
		case 'jobs':
			if (/^[1-9]$/.test(key)) return {answer: key};
			return key === 'x' ? {answer: 'cancel'} : key === 'esc' || key === 'q' || key === 'enter' || key === 'ctrl-c' || key === 'ctrl-p' ? {answer: undefined} : undefined;
	}
};

/** Pasted text is text: it goes where something is typed, without its line breaks, and is never read as keys. */
export const pasteOverlay = (overlay: Overlay, text: string): OverlayOutcome => {
	const line = text.replaceAll(/[\r\n\t]+/g, ' ').replaceAll(/\p{Cc}/gu, '');
	if (overlay.kind === 'line') return {overlay: {...overlay, ...insert(overlay, line)}};
	if (overlay.kind === 'choose' && overlay.searchable) return {overlay: {...overlay, text: overlay.text + line, index: 0}};
	if (overlay.kind === 'form') return {overlay: {...overlay, ...pasteForm(overlay, line)}};
	return undefined;
};
