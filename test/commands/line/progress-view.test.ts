import {Terminal} from '@xterm/headless';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {createProgressView} from '../../../source/commands/line/progress-view.ts';
import type {Progress} from '../../../source/model/progress.ts';
import {Sink} from './surroundings.ts';

const item = (id: string, phase: Progress['items'][number]['phase'], doneBytes = 0) => ({
	id,
	label: `layer ${id}`,
	phase,
	doneBytes,
	totalBytes: 1_000_000,
});
const terminal = (columns: number, rows: number, isTTY = true) => ({
	isTTY,
	isInputTTY: isTTY,
	columns,
	rows,
	setRawMode: () => undefined,
	onResize: () => () => undefined,
});

const screen = async (text: string, columns: number, rows: number): Promise<readonly string[]> => {
	const shown = new Terminal({cols: columns, rows, allowProposedApi: true, convertEol: true});
	await new Promise<void>(resolve => shown.write(text, resolve));
	return Array.from(
		{length: rows},
		(_, at) => shown.buffer.active.getLine(shown.buffer.active.baseY + at)?.translateToString(true) ?? '',
	).filter(line => line !== '');
};

describe('on a terminal', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	test('the state is drawn over the last one, ten times a second at most', async () => {
		const to = new Sink();
		const view = createProgressView('image', {terminal: terminal(60, 10), clock: Date.now, to});
		const drawings = () => to.text.split('image: ').length - 1;
		view.onProgress({items: [item('a', 'fetching', 100)], step: 'fetching layers'});
		vi.advanceTimersByTime(1);
		expect(drawings()).toBe(1);
		for (let at = 0; at < 50; at++) {
			view.onProgress({items: [item('a', 'fetching', at * 20_000), item('b', 'waiting')], step: 'fetching layers'});
			vi.advanceTimersByTime(10);
		}
		expect(drawings()).toBeLessThanOrEqual(6);
		view.onProgress({items: [item('a', 'done', 1_000_000), item('b', 'exists', 1_000_000)], step: 'done'});
		view.end();
		vi.useRealTimers();
		const lines = await screen(to.text, 60, 10);
		expect(lines).toHaveLength(4);
		expect(lines[0]).toBe('image: done');
		expect(lines[1]).toMatch(/^layer a +done /);
		expect(lines[3]).toMatch(/^2\/2 {2}100%/);
	});

	test('more layers than rows show the ones that move, and no line wraps', async () => {
		const to = new Sink();
		const view = createProgressView('an image with a name that is longer than the line', {terminal: terminal(30, 6), clock: Date.now, to});
		for (const done of [0, 1000])
			view.onProgress({
				items: [...Array.from({length: 20}, (_, at) => item(`old${at}`, 'done', 1_000_000)), item('new', 'fetching', done)],
				step: 'fetching',
			});
		view.end();
		vi.useRealTimers();
		const lines = await screen(to.text, 30, 6);
		expect(lines).toHaveLength(5);
		expect(lines[1]).toMatch(/^layer new/);
		for (const line of lines) expect(line.length).toBeLessThan(30);
	});
});

test('elsewhere each change of phase is a line', () => {
	const to = new Sink();
	const view = createProgressView('image', {terminal: terminal(80, 24, false), clock: Date.now, to});
	view.onProgress({items: [item('a', 'waiting')], step: 'resolving'});
	for (const done of [1, 2, 3]) view.onProgress({items: [item('a', 'fetching', done)], step: 'fetching layers'});
	view.onProgress({items: [item('a', 'done', 1_000_000)], step: 'fetching layers'});
	view.end();
	expect(to.text).toBe('image: resolving\nimage: fetching layers\nlayer a: fetching\nlayer a: done\n');
});
