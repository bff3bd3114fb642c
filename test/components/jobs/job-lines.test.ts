import {stripVTControlCharacters} from 'node:util';
import {expect, test} from 'vitest';
import {jobsLines} from '../../../components/jobs/job-lines.ts';
import {createTheme} from '../../../components/kit/theme.ts';
import type {Job} from '../../../source/commands/index.ts';
import type {ProgressItem} from '../../../source/model/progress.ts';
import {cellWidth} from '../../../source/model/cells.ts';

const theme = createTheme({colour: false, ascii: false});

const items = (count: number, phase: ProgressItem['phase'], from = 0): ProgressItem[] =>
	Array.from({length: count}, (_, at) => ({id: `${from + at}`, label: `layer ${from + at}`, phase, doneBytes: phase === 'waiting' ? 0 : 500, totalBytes: 1000}));

const plainLines = (...call: Parameters<typeof jobsLines>): string[] => jobsLines(...call).map((line) => stripVTControlCharacters(line));

const jobOf = (title: string, parts: readonly ProgressItem[], more: Partial<Job> = {}): Job => ({
	...{id: 1, title, status: 'running', startedAt: 0, endedAt: undefined, failure: undefined},
	progress: {step: 'fetching layers', items: parts},
	sum: {doneBytes: 0, totalBytes: 1000, percent: 12, finished: 0, count: parts.length},
	pace: {rate: 2048, remainingMs: 5000},
	rates: new Map([['0', 1024]]),
	...more,
});

test('each part has its phase, bytes and speed; the whole has percent and time left', () => {
	const lines = plainLines([jobOf('Pull app', items(2, 'fetching'))], 76, 20, theme);
	expect(lines[0]).toBe(' 1 Pull app');
	expect(lines[1]).toMatch(/fetching layers +12% +.*2\.0K\/s +5s left/);
	expect(lines[2]).toMatch(/^ layer 0 +fetching +[━─]+ 500B\/.* +1.*K\/s$/);
	expect(lines[3]).toMatch(/^ layer 1 +fetching +[━─]+ 500B\/.*$/);
});

test('an image of a hundred layers fits: what moves is shown, the rest is counted', () => {
	const lines = plainLines([jobOf('Pull big', [...items(40, 'done'), ...items(3, 'fetching', 40), ...items(57, 'waiting', 43)])], 76, 14, theme);
	expect(lines.length).toBeLessThanOrEqual(14);
	expect(lines.filter((line) => /^ layer .* fetching /.test(line))).toHaveLength(3);
	expect(lines.join('\n')).toContain('40 done · 57 waiting');
	for (const line of lines) expect(cellWidth(line)).toBeLessThanOrEqual(76);
});

test('those that run come first and have the key that cancels them', () => {
	const failed = jobOf('Push app', [], {id: 3, status: 'failed', failure: 'Could not push app: no\u001B[31m room'});
	const lines = plainLines([failed, jobOf('Pull b', items(1, 'fetching')), jobOf('Pull a', items(1, 'fetching'))], 76, 30, theme);
	expect(lines.filter((line) => /^ \d? ?P/.test(line))).toEqual([' 1 Pull b', ' 2 Pull a', ' Push app']);
	expect(lines.join('\n')).toContain('Could not push app: no room');
	expect(plainLines([], 76, 30, theme)).toEqual([' Nothing has run yet.']);
});
