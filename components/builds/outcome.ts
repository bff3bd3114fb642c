import type {BuildStep} from '../../source/model/build-steps.ts';
import type {BuildRun} from '../../source/model/build-run.ts';
import {span} from '../../source/model/build-times.ts';
import type {Tone} from '../kit/theme.ts';

type Mark = {readonly glyph: string; readonly ascii: string; readonly tone: Tone; readonly word: string};

/** Of a step. The word says what the glyph means, for whoever has no colours or hears the screen read. */
export const stepMarks: Readonly<Record<BuildStep['state'], Mark>> = {
	waiting: {glyph: '·', ascii: '.', tone: 'muted', word: 'waiting'},
	running: {glyph: '▶', ascii: '>', tone: 'accent', word: 'running'},
	done: {glyph: '✓', ascii: '+', tone: 'good', word: 'done'},
	cached: {glyph: '=', ascii: '=', tone: 'muted', word: 'cached'},
	failed: {glyph: '✗', ascii: 'x', tone: 'bad', word: 'failed'},
	cancelled: {glyph: '-', ascii: '-', tone: 'warning', word: 'cancelled'},
};

export const runMarks: Readonly<Record<BuildRun['outcome'], Mark>> = {
	running: stepMarks.running,
	done: stepMarks.done,
	failed: stepMarks.failed,
	cancelled: stepMarks.cancelled,
	lost: {glyph: '?', ascii: '?', tone: 'muted', word: 'lost'},
};

/** How it stands in a word: how far one that runs is, how long one that went well took. */
export const runWord = ({outcome, counts, startedAt, endedAt}: BuildRun): string => {
	if (outcome === 'running') return counts.total === 0 ? 'running' : `${counts.completed}/${counts.total}`;
	return outcome === 'done' && endedAt !== undefined ? span(endedAt - startedAt) : outcome;
};
