import {cellWidth, fit, padStart, truncate} from '../../source/model/cells.ts';
import type {BuildDetail} from '../../source/model/build-run.ts';
import {type BuildStage, placeOf, progressOf} from '../../source/model/build-stages.ts';
import type {BuildStep} from '../../source/model/build-steps.ts';
import {axisOf, barOf, span, takenBy, type TimeAxis} from '../../source/model/build-times.ts';
import {notesOf} from '../../source/model/build-list.ts';
import {plain, stripSgr} from '../../source/model/sanitize.ts';
import type {Theme} from '../kit/theme.ts';
import {stepMarks} from './outcome.ts';

export type StepPicture = {readonly width: number; readonly now: number; readonly theme: Theme; readonly hasFocus: boolean; readonly chosen: string | undefined; /** When steps stand below their stages. */ readonly stages?: readonly BuildStage[] | undefined};

const timeWidth = 9;

/** A quarter of the line for bars, where the name has room enough without it. */
const barWidth = (width: number): number => (width < 60 ? 0 : Math.min(30, Math.floor(width / 4)));

const bar = (step: BuildStep, axis: TimeAxis | undefined, width: number, {now, theme}: Pick<StepPicture, 'now' | 'theme'>): string => {
	const place = axis === undefined || step.state === 'cached' ? undefined : barOf(step, axis, now, width);
	if (place === undefined) return ' '.repeat(width);
	const full = step.state === 'running' ? (theme.ascii ? '-' : '▒') : theme.ascii ? '#' : '█';
	return `${' '.repeat(place.before)}${full.repeat(place.cells)}`.padEnd(width);
};

const timeOf = (step: BuildStep, now: number): string => {
	if (step.state === 'done' || step.state === 'running') return span(takenBy(step, now));
	return stepMarks[step.state].word;
};

const stepLine = (step: BuildStep, axis: TimeAxis | undefined, {width, now, theme, hasFocus, chosen, stages}: StepPicture): string => {
	const mark = stepMarks[step.state];
	const bars = theme.spoken ? 0 : barWidth(width);
	const nameWidth = Math.max(1, width - 6 - timeWidth - 1 - (bars === 0 ? 0 : bars + 1));
	const number = padStart(step.number === undefined ? '' : String(step.number), 3);
	const name = fit(plain(stages === undefined ? step.vertex.name : placeOf(step.vertex.name).rest), nameWidth);
	const time = padStart(theme.spoken ? `${mark.word} ${timeOf(step, now)}` : timeOf(step, now), timeWidth);
	const parts = [`${theme.ascii ? mark.ascii : mark.glyph} ${number}`, name, ...(bars === 0 ? [] : [bar(step, axis, bars, {now, theme})]), time];
	if (step.vertex.digest === chosen) return theme.cursor(parts.join(' '), hasFocus);
	const [lead = '', text = '', ...rest] = parts;
	return [theme.paint(mark.tone, lead), step.state === 'cached' || step.state === 'waiting' ? theme.paint('muted', text) : text, ...rest.map((part) => theme.paint(mark.tone, part))].join(' ');
};

/** `base ───── 2/3 · 4.1s`, above the first step of a stage. */
const headOf = (step: BuildStep, {stages, now, width, theme}: StepPicture): string | undefined => {
	const stage = stages?.find(({steps}) => steps[0] === step);
	if (stage === undefined) return undefined;
	const {completed, total, ms} = progressOf(stage, now);
	const end = `${completed}/${total} · ${span(ms)}`;
	const name = truncate(plain(stage.name === '' ? 'other' : stage.name), Math.max(1, width - end.length - 4));
	const rule = theme.spoken ? '' : (theme.ascii ? '-' : '─').repeat(Math.max(1, width - cellWidth(name) - end.length - 2));
	return `${theme.paint('strong', name)} ${theme.paint('muted', `${rule} ${theme.ascii ? end.replace('·', '-') : end}`)}`;
};

/** A step and what it does right now, as lines: the first is the step's, below its stage's when it is the first of one. */
export const stepLines = (step: BuildStep, detail: BuildDetail, axis: TimeAxis | undefined, picture: StepPicture): readonly string[] => {
	const {width, theme} = picture;
	const head = headOf(step, picture);
	return [...(head === undefined ? [] : [head]), stepLine(step, axis, picture), ...notesOf(step, detail).map((note) => `      ${theme.paint('muted', truncate(stripSgr(note), Math.max(1, width - 6)))}`)];
};

export type StepWindow = {readonly lines: readonly string[]; /** The step that the first line belongs to. */ readonly top: number};

/** How many lines a step has. */
const heightOf = (step: BuildStep, detail: BuildDetail, stages: StepPicture['stages']): number => (stages?.some(({steps}) => steps[0] === step) ? 2 : 1) + notesOf(step, detail).length;

/**
The part of the list that is seen: it begins with step `top`, moved as little as it must be so that the chosen one is seen whole. Only what is seen is drawn,
however many steps there are.
*/
export const stepWindow = (steps: readonly BuildStep[], detail: BuildDetail, {top, height, ...picture}: StepPicture & {readonly top: number; readonly height: number}): StepWindow => {
	const at = Math.max(0, steps.findIndex(({vertex}) => vertex.digest === picture.chosen));
	let first = Math.min(Math.max(0, top), at);
	const rowsTo = (from: number) => {
		let rows = 0;
		for (let index = from; index <= at; index += 1) rows += heightOf(steps[index] as BuildStep, detail, picture.stages);
		return rows;
	};
	if (steps.length > 0) {
		// The tallest that fits is at most a step a line.
		first = Math.max(first, at - height + 1);
		while (first < at && rowsTo(first) > height) first += 1;
	}
	const axis = axisOf(detail.state, picture.now);
	const lines: string[] = [];
	for (let index = first; index < steps.length && lines.length < height; index += 1) lines.push(...stepLines(steps[index] as BuildStep, detail, axis, picture));
	// What would stand empty below the last step is better filled from above.
	while (first > 0 && lines.length < height) {
		const above = stepLines(steps[first - 1] as BuildStep, detail, axis, picture);
		if (lines.length + above.length > height) break;
		lines.unshift(...above);
		first -= 1;
	}
	return {lines: lines.slice(0, height), top: first};
};
