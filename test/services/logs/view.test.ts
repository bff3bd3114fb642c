import {existsSync, readFileSync, rmSync} from 'node:fs';
import {afterEach, describe, expect, test} from 'vitest';
import {cellWidth} from '../../../source/model/cells.ts';
import {stripSgr} from '../../../source/model/sanitize.ts';
import {createLogView, type LogFrame, type LogView, type LogViewOptions} from '../../../source/services/logs/index.ts';
import {createLogFolder, jsonLine, jsonLines, type LogFolder, start} from './log-files.ts';

const views: LogView[] = [];

afterEach(() => {
	for (const view of views.splice(0)) view.close();
});

const open = async (folder: LogFolder, change: Partial<LogViewOptions> = {}): Promise<LogView> => {
	const view = createLogView({
		sources: [{label: 'web', colour: 0, source: {kind: 'json-file', path: folder.path()}}],
		service: folder.logs,
		columns: 40,
		rows: 5,
		now: () => start + 100_000,
		...change,
	});
	views.push(view);
	await view.settled();
	return view;
};

const shown = (view: LogView): readonly string[] => view.frame().rows.map(stripSgr);

/** Waits for the view's own word, never for time. */
const until = async (view: LogView, isSo: (frame: LogFrame) => boolean): Promise<LogFrame> => {
	if (isSo(view.frame())) return view.frame();
	return new Promise(resolve => {
		const stop = view.subscribe(() => {
			if (!isSo(view.frame())) return;
			stop();
			resolve(view.frame());
		});
	});
};

const lines = (...numbers: readonly number[]): readonly string[] => numbers.map(number => `line ${number}`);

describe('following', () => {
	test('the end is shown and stays in view as lines come', async () => {
		const folder = createLogFolder();
		folder.write(jsonLines(0, 2000));
		const view = await open(folder);
		expect(shown(view)).toEqual(lines(1995, 1996, 1997, 1998, 1999));
		expect(view.frame()).toMatchObject({following: true, status: '▼ following'});
		folder.append(jsonLines(2000, 2));
		await until(view, frame => frame.rows[4] === 'line 2001');
		expect(shown(view)).toEqual(lines(1997, 1998, 1999, 2000, 2001));
	});

	test('any scroll detaches; nothing moves under the reader; End re-attaches', async () => {
		const folder = createLogFolder();
		folder.write(jsonLines(0, 2000));
		const view = await open(folder);
		view.scrollBy(-2);
		expect(shown(view)).toEqual(lines(1993, 1994, 1995, 1996, 1997));
		folder.append(jsonLines(2000, 37));
		const frame = await until(view, ({status}) => status.startsWith('37 new'));
		expect(frame).toMatchObject({following: false, status: '37 new · End re-attaches'});
		expect(shown(view)).toEqual(lines(1993, 1994, 1995, 1996, 1997));
		view.toEnd();
		expect(shown(view)).toEqual(lines(2032, 2033, 2034, 2035, 2036));
		expect(view.frame().status).toBe('▼ following');
	});

	test('scrolling down goes no further than the end, and down at the end goes on following', async () => {
		const folder = createLogFolder();
		folder.write(jsonLines(0, 20));
		const view = await open(folder);
		view.scrollBy(3);
		expect(view.frame().following).toBe(true);
		view.scrollBy(-7);
		view.scrollBy(100);
		expect(shown(view)).toEqual(lines(15, 16, 17, 18, 19));
		expect(view.frame().following).toBe(false);
	});

	test('f is a switch', async () => {
		const folder = createLogFolder();
		folder.write(jsonLines(0, 20));
		const view = await open(folder);
		view.toggle('follow');
		expect(view.frame()).toMatchObject({following: false, status: 'End re-attaches'});
		expect(shown(view)).toEqual(lines(15, 16, 17, 18, 19));
		view.toggle('follow');
		expect(view.frame().following).toBe(true);
	});
});

describe('memory', () => {
	test('what does not fit is dropped from the top and counted; going up loads it again', async () => {
		const folder = createLogFolder();
		folder.write(jsonLines(0, 300));
		const view = await open(folder, {maxBytes: 100_000});
		folder.append(jsonLines(300, 300));
		const {status} = await until(view, frame => frame.rows[4] === 'line 599');
		expect(status).toMatch(/^⚠ \d+ lines dropped · ▼ following$/);
		for (let page = 0; page < 200; page++) {
			view.scrollBy(-4);
			await view.settled();
		}
		expect(shown(view)).toEqual(lines(0, 1, 2, 3, 4));
		for (let page = 0; page < 200; page++) {
			view.scrollBy(4);
			await view.settled();
		}
		expect(shown(view)).toEqual(lines(595, 596, 597, 598, 599));
		view.toEnd();
		await view.settled();
		expect(view.frame().status).toBe('▼ following');
		folder.append(jsonLine('newest'));
		await until(view, frame => frame.rows[4] === 'newest');
	});

	test('a flood while one reads above is counted and loses nothing', async () => {
		const folder = createLogFolder();
		folder.write(jsonLines(0, 300));
		const view = await open(folder, {maxBytes: 100_000});
		view.scrollBy(-10);
		const before = shown(view);
		folder.append(jsonLines(300, 5000));
		await until(view, ({status}) => status.startsWith('5\u00a0000 new'));
		expect(shown(view)).toEqual(before);
		view.toEnd();
		await view.settled();
		expect(shown(view)).toEqual(lines(5295, 5296, 5297, 5298, 5299));
	});
});

describe('windows', () => {
	test('head, tail, all and minutes', async () => {
		const folder = createLogFolder();
		folder.write(jsonLines(0, 10_000));
		const view = await open(folder);
		view.setWindow('head');
		await view.settled();
		expect(shown(view)).toEqual(lines(0, 1, 2, 3, 4));
		expect(view.frame()).toMatchObject({following: false, window: 'head'});
		view.setWindow('1m');
		await view.settled();
		// Lines are 10 ms apart and now is 100 s after the first.
		expect(view.frame().status).toBe('last minute · ▼ following');
		view.toHome();
		await view.settled();
		expect(shown(view)[0]).toBe('line 4000');
		view.setWindow('tail');
		await view.settled();
		view.toHome();
		await view.settled();
		expect(shown(view)).toEqual(lines(0, 1, 2, 3, 4));
	});

	test('an empty window says so', async () => {
		const folder = createLogFolder();
		folder.write(jsonLines(0, 10));
		const view = await open(folder, {now: () => start + 1e9});
		view.setWindow('5m');
		await view.settled();
		expect(shown(view)[0]).toBe('No lines in the last 5 minutes');
	});
});

test('clear empties the screen, a mark is drawn, and what comes goes below it', async () => {
	const folder = createLogFolder();
	folder.write(jsonLines(0, 10));
	const view = await open(folder);
	view.clear();
	expect(shown(view)[0]).toBe('The log is empty');
	view.mark();
	folder.append(jsonLine('next'));
	await until(view, frame => frame.rows[1] === 'next');
	expect(shown(view)[0]).toMatch(/^── \d\d:\d\d:\d\d\.\d{3} ─+$/);
});

test('the whole log is saved as plain text, rotated files first', async () => {
	const folder = createLogFolder();
	folder.write(jsonLines(0, 3000), 'x-json.log.1');
	folder.write(jsonLines(3000, 10) + jsonLine('\u001b[31mred\u001b[0m\u001b[2J'));
	const view = await open(folder);
	await view.save(folder.path('saved.txt'));
	expect(readFileSync(folder.path('saved.txt'), 'utf8')).toBe([...lines(...Array.from({length: 3010}, (_, index) => index)), 'red', ''].join('\n'));
	const path = await view.plainFile();
	expect(readFileSync(path, 'utf8')).toMatch(/line 0\n/);
	rmSync(path);
	await expect(view.save(folder.path('no/such/place'))).rejects.toMatchObject({code: 'not-found'});
	expect(existsSync(folder.path('no'))).toBe(false);
});

test('what can not be read says why', async () => {
	const folder = createLogFolder();
	const view = await open(folder, {sources: [{label: 'web', colour: 0, source: {kind: 'none', reason: 'Nobody keeps it', hint: 'run it detached'}}], columns: 60});
	expect(shown(view)[0]).toBe('· Nobody keeps it — run it detached');
});

test('a frame is exactly as large as it is asked for, at any size', async () => {
	const folder = createLogFolder();
	folder.write(jsonLines(0, 50, index => `日本 ${index} \u001b[31m${'x'.repeat(index * 3)}\u001b[0m \u001b]0;title\u0007é`));
	const view = await open(folder);
	for (const what of ['timestamps', 'streams', 'wrap', 'json'] as const) {
		view.toggle(what);
		for (const [columns, rows] of [[20, 5], [1, 1], [200, 60], [3, 0]] as const) {
			view.resize(columns, rows);
			await view.settled();
			const frame = view.frame();
			expect(frame.rows.length).toBe(rows);
			expect(Math.max(0, ...frame.rows.map(cellWidth))).toBeLessThanOrEqual(Math.max(columns, 2));
			expect(frame.rows.join('')).not.toMatch(/\u001b[^[]|\u001b\[[^m]*[^\d;:m]/);
		}
	}
});
