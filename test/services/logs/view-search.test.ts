import {afterEach, describe, expect, test} from 'vitest';
import {stripSgr} from '../../../source/model/sanitize.ts';
import {createLogView, type LogView, type LogViewOptions} from '../../../source/services/logs/index.ts';
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
const lit = '\u001b[7m';
const litCurrent = '\u001b[1;4;7m';
const litText = /\u001b\[1;4;7m[^\u001b]/;
const currentRow = (view: LogView): string | undefined => view.frame().rows.filter(row => litText.test(row)).map(stripSgr)[0];

describe('search', () => {
	test('matches are lit and counted; N and n walk them, and round', async () => {
		const folder = createLogFolder();
		folder.write(jsonLines(0, 100, index => (index % 10 === 0 ? `Error ${index}` : `fine ${index}`)));
		const view = await open(folder);
		view.setSearch('error');
		expect(view.frame().status).toBe('10 matches · ▼ following');
		view.nextMatch(-1);
		expect(currentRow(view)).toBe('Error 90');
		expect(view.frame().rows.join('')).toContain(`${litCurrent}Error\u001b[22;24;27m 90`);
		expect(view.frame()).toMatchObject({status: '10/10 matches · End re-attaches', following: false});
		view.nextMatch(-1);
		expect(currentRow(view)).toBe('Error 80');
		expect(view.frame().status).toContain('9/10 matches');
		view.nextMatch(1);
		view.nextMatch(1);
		expect(currentRow(view)).toBe('Error 0');
		view.setSearch('');
		expect(view.frame().rows.join('')).not.toContain(lit);
		expect(view.frame().status).toBe('End re-attaches');
	});

	test('beyond what is in memory the files are searched, with their count', async () => {
		const folder = createLogFolder();
		folder.write(jsonLines(0, 20_000, index => (index === 7 ? 'needle early' : `hay ${index}`)), 'x-json.log.1');
		folder.write(jsonLines(20_000, 20_000, index => (index === 39_999 ? 'needle late' : `hay ${index}`)));
		const view = await open(folder);
		view.setSearch('needle');
		view.nextMatch(-1);
		expect(currentRow(view)).toBe('needle late');
		view.nextMatch(-1);
		expect(view.frame().status).toMatch(/^searching/);
		await view.settled();
		expect(currentRow(view)).toBe('needle early');
		expect(view.frame().status).toBe('1/1 match · 2 in the files · End re-attaches');
		view.nextMatch(1);
		await view.settled();
		expect(currentRow(view)).toBe('needle late');
		view.toEnd();
		await view.settled();
		expect(view.frame().following).toBe(true);
	});

	test('a match far down a wrapped line and far right in an unwrapped one comes into view', async () => {
		const folder = createLogFolder();
		folder.write(jsonLine(`${'x'.repeat(3000)}needle${'x'.repeat(3000)}`) + jsonLines(1, 50));
		const view = await open(folder);
		view.setSearch('needle');
		view.nextMatch(-1);
		expect(currentRow(view)).toContain('needle');
		view.toggle('wrap');
		view.setSearch('needle');
		view.nextMatch(-1);
		expect(currentRow(view)).toContain('needle');
	});

	test('colours in the text do not hide a match, and a half-typed expression hides nothing', async () => {
		const folder = createLogFolder();
		folder.write(jsonLine('\u001b[32mfoo\u001b[0mbar'));
		const view = await open(folder);
		view.setSearch('foobar');
		expect(view.frame().status).toContain('1 match');
		view.setSearch('/foo(/');
		expect(view.frame().status).toMatch(/^search: /);
		expect(shown(view)[0]).toBe('foobar');
	});
});

describe('filter', () => {
	test('only what matches is shown, also of what comes', async () => {
		const folder = createLogFolder();
		folder.write(jsonLines(0, 100, index => (index % 10 === 0 ? `Error ${index}` : `fine ${index}`)));
		const view = await open(folder);
		view.setFilter('error');
		expect(shown(view)).toEqual(['Error 50', 'Error 60', 'Error 70', 'Error 80', 'Error 90']);
		expect(view.frame().status).toBe('& error · ▼ following');
		folder.append(jsonLine('fine') + jsonLine('Error now'));
		await new Promise<void>(resolve => {
			const stop = view.subscribe(() => {
				if (shown(view)[4] !== 'Error now') return;
				stop();
				resolve();
			});
		});
		view.setFilter('!fine');
		expect(shown(view)[4]).toBe('Error now');
		view.setFilter('/^fine [12]$/');
		expect(shown(view).slice(0, 2)).toEqual(['fine 1', 'fine 2']);
		view.setFilter('/fine(/');
		expect(view.frame().status).toMatch(/^filter: /);
		expect(shown(view)[0]).toBe('fine 1');
		view.setFilter('nowhere');
		await view.settled();
		expect(shown(view)[0]).toBe('No line passes the filter & nowhere');
		view.setFilter('');
		expect(shown(view)[4]).toBe('Error now');
	});

	test('a rare line is looked for further up, until the screen is full or the log ends', async () => {
		const folder = createLogFolder();
		folder.write(jsonLines(0, 30_000, index => (index % 5000 === 0 ? `rare ${index}` : `hay ${index}`)));
		const view = await open(folder);
		view.setFilter('rare');
		await view.settled();
		expect(shown(view)).toEqual(['rare 5000', 'rare 10000', 'rare 15000', 'rare 20000', 'rare 25000']);
		view.setFilter('');
		await view.settled();
		expect(shown(view)[4]).toBe('hay 29999');
		view.scrollBy(-1);
		expect(shown(view)[0]).toBe('hay 29994');
	});
});

test('a filter typed letter by letter, and another after it, miss nothing that the one before left out', async () => {
	const folder = createLogFolder();
	folder.write(jsonLines(0, 250_000, index => (index % 50_000 === 3 ? `rare ${index}` : `hay ${index} ${'.'.repeat(20)}`)));
	const view = await open(folder);
	const said = new Set<string>();
	view.subscribe(() => said.add(view.frame().status.replace(/ · .*/, '')));
	for (const text of ['r', 'ra', 'rar', 'rare']) view.setFilter(text);
	await view.settled();
	expect(shown(view)).toEqual([3, 50_003, 100_003, 150_003, 200_003].map(number => `rare ${number}`));
	expect([...said].some(text => /^filtering \d+ MB back$/.test(text))).toBe(true);
	view.setFilter('zzz');
	await view.settled();
	expect(shown(view)[0]).toBe('No line passes the filter & zzz');
	view.setFilter('hay 7 ');
	await view.settled();
	expect(shown(view)[0]).toBe(`hay 7 ${'.'.repeat(20)}`);
	view.setFilter('');
	await view.settled();
	expect(shown(view)[4]).toBe(`hay 249999 ${'.'.repeat(20)}`);
});

describe('several containers', () => {
	const sources = (folder: LogFolder) =>
		[
			{label: 'web', colour: 0, source: {kind: 'json-file', path: folder.path()}},
			{label: 'database', colour: 1, source: {kind: 'json-file', path: folder.path('db')}},
			{label: 'job', colour: 2, source: {kind: 'none', reason: 'Nobody keeps it'}},
		] as const;

	test('lines are merged by time under coloured names, and those that come are, too', async () => {
		const folder = createLogFolder();
		folder.write(jsonLine('w1', start) + jsonLine('w2', start + 20));
		folder.write(jsonLine('d1', start + 10) + jsonLine('d2', start + 30), 'db');
		const view = await open(folder, {sources: sources(folder)});
		expect(shown(view)).toEqual(['web      w1', 'database d1', 'web      w2', 'database d2', 'job      · Nobody keeps it']);
		expect(view.frame().rows[0]).toBe('\u001b[36mweb     \u001b[39m w1');
		view.clear();
		folder.append(jsonLine('w3', start + 200_000));
		folder.append(jsonLine('d3', start + 150_000), 'db');
		await new Promise<void>(resolve => {
			const stop = view.subscribe(() => {
				if (shown(view)[1] !== 'web      w3') return;
				stop();
				resolve();
			});
		});
		expect(shown(view).slice(0, 2)).toEqual(['database d3', 'web      w3']);
	});

	test('walking up a merge meets every line of every source in order', async () => {
		const folder = createLogFolder();
		folder.write(jsonLines(0, 5000, index => `w${index}`));
		folder.write(Array.from({length: 50}, (_, index) => jsonLine(`d${index}`, start + index * 1000 + 5)).join(''), 'db');
		const view = await open(folder, {sources: sources(folder).slice(0, 2), rows: 10});
		const seen: string[] = [];
		for (let previous = ''; ; ) {
			const rows = shown(view);
			if (rows.join('\n') === previous) break;
			previous = rows.join('\n');
			seen.unshift(...rows);
			view.scrollBy(-10);
			await view.settled();
		}
		const texts = [...new Set(seen.map(row => row.slice(9)))];
		expect(texts.length).toBe(5050);
		const times = seen.map(row => row.slice(9)).map(text => (text.startsWith('w') ? Number(text.slice(1)) * 10 : Number(text.slice(1)) * 1000 + 5));
		const last = seen.length - 5050;
		expect(times.slice(last)).toEqual(times.slice(last).toSorted((a, b) => a - b));
	});

	test('saved together, each line has its name', async () => {
		const folder = createLogFolder();
		folder.write(jsonLine('w1', start) + jsonLine('w2', start + 20));
		folder.write(jsonLine('d1', start + 10), 'db');
		const {exportText} = await import('../../../source/services/logs/view/export.ts');
		const pieces: string[] = [];
		const entries = [
			{index: 0, label: 'web', source: {kind: 'json-file', path: folder.path()}},
			{index: 1, label: 'db', source: {kind: 'json-file', path: folder.path('db')}},
		] as const;
		for await (const piece of exportText({sources: entries, service: folder.logs, timestamps: false, whole: {}})) pieces.push(piece);
		expect(pieces.join('')).toBe('web | w1\ndb | d1\nweb | w2\n');
	});
});

describe('how lines look', () => {
	test('times, streams, wrap, JSON and scrolling sideways', async () => {
		const folder = createLogFolder();
		folder.write(jsonLine('{"level":"info","n":1}', start, 'stderr') + jsonLine('abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP'));
		const view = await open(folder);
		expect(shown(view).slice(0, 3)).toEqual(['{"level":"info","n":1}', 'abcdefghijklmnopqrstuvwxyz0123456789ABCD', 'EFGHIJKLMNOP']);
		view.toggle('wrap');
		expect(shown(view)[1]).toBe('abcdefghijklmnopqrstuvwxyz0123456789ABC…');
		view.scrollX(20);
		expect(shown(view)[1]).toBe('uvwxyz0123456789ABCDEFGHIJKLMNOP');
		view.scrollX(-30);
		view.toggle('json');
		expect(shown(view)).toEqual(['{', '  "level": "info",', '  "n": 1', '}', 'abcdefghijklmnopqrstuvwxyz0123456789ABC…']);
		view.toggle('json');
		view.toggle('streams');
		expect(view.frame().rows[0]).toBe('\u001b[31mE\u001b[39m {"level":"info","n":1}');
		expect(shown(view)[1]?.startsWith('o abc')).toBe(true);
		view.toggle('timestamps');
		expect(shown(view)[0]).toMatch(/^\d\d:\d\d:\d\d\.000 E \{"level":"info"/);
	});

	test('without colours nothing but inverse and bold remains', async () => {
		const folder = createLogFolder();
		folder.write(`${jsonLine('\u001b[31mred\u001b[0m', start, 'stderr')}{"log":"bro\n`);
		const view = await open(folder, {colour: false, ascii: true});
		view.toggle('streams');
		view.setSearch('red');
		expect(view.frame().rows.slice(0, 2)).toEqual(['E \u001b[7mred\u001b[27m', 'o ! {"log":"bro']);
		expect(view.frame().status).toBe('1 match - following');
	});

	test('pieces of a line are one line, before and after they come', async () => {
		const folder = createLogFolder();
		const part = (text: string): string => jsonLine(text).replace('\\n"', '"');
		folder.write(part('one ') + part('two ') + jsonLine('three') + part('Password: '));
		const view = await open(folder);
		expect(shown(view).slice(0, 2)).toEqual(['one two three', 'Password: ']);
		folder.append(jsonLine('accepted'));
		await new Promise<void>(resolve => {
			const stop = view.subscribe(() => {
				if (shown(view)[1] === 'Password: ') return;
				stop();
				resolve();
			});
		});
		expect(shown(view).slice(0, 3)).toEqual(['one two three', 'Password: accepted', '']);
	});
});
