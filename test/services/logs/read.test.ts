import {gzipSync} from 'node:zlib';
import {mkdirSync, writeFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {isFailure} from '../../../source/errors.ts';
import {createLogFolder, criLine, jsonLine, jsonLines, start, textsOf} from './log-files.ts';

const source = (path: string) => ({kind: 'json-file', path}) as const;

test('the tail is the last lines, oldest first, with the places they came from', async () => {
	const {logs, path, write} = createLogFolder();
	write(jsonLines(0, 5000));
	const page = await logs.read(source(path()), {limit: 3});
	expect(textsOf(page.records)).toEqual(['line 4997', 'line 4998', 'line 4999']);
	expect(page).toMatchObject({atStart: false, atEnd: true});
	expect(page.end?.offset).toBe(jsonLines(0, 5000).length);
	expect(page.records[0]).toMatchObject({at: start + 49_970, stream: 'stdout', file: {path: path()}});
});

test('walking back page by page meets every line once, through all rotated files', async () => {
	const {logs, path, write} = createLogFolder();
	write(jsonLines(0, 1500), 'x-json.log.2');
	write(jsonLines(1500, 1500), 'x-json.log.1');
	write(jsonLines(3000, 700));
	write('not of this log', 'x-json.log.bak');
	const texts: string[] = [];
	let page = await logs.read(source(path()), {limit: 400});
	for (;;) {
		texts.unshift(...textsOf(page.records));
		if (page.atStart || page.start === undefined) break;
		page = await logs.read(source(path()), {limit: 400, before: page.start});
	}
	expect(texts).toEqual(Array.from({length: 3700}, (_, index) => `line ${index}`));
});

test('walking forward does, too', async () => {
	const {logs, path, write} = createLogFolder();
	write(jsonLines(0, 1500), 'x-json.log.1');
	write(jsonLines(1500, 700));
	const texts: string[] = [];
	let page = await logs.read(source(path()), {limit: 400, after: 'oldest'});
	for (;;) {
		texts.push(...textsOf(page.records));
		if (page.atEnd || page.end === undefined) break;
		page = await logs.read(source(path()), {limit: 400, after: page.end});
	}
	expect(texts).toEqual(Array.from({length: 2200}, (_, index) => `line ${index}`));
});

test('CRI: earlier starts and compressed rotated files come first', async () => {
	const {logs, path, write} = createLogFolder();
	write(criLine('start 0', start), '0.log');
	write(gzipSync(criLine('rotated 1', start + 1000) + criLine('rotated 2', start + 2000)), '1.log.20261124-034222.gz');
	write(criLine('half', start + 2500), '1.log.20261124-034223.tmp');
	write(criLine('start 1', start + 3000), '1.log');
	const page = await logs.read({kind: 'cri', path: path('1.log')});
	expect(textsOf(page.records)).toEqual(['start 0', 'rotated 1', 'rotated 2', 'start 1']);
	expect(page.atStart).toBe(true);
	expect(textsOf((await logs.read({kind: 'cri', path: path('1.log')}, {after: 'oldest'})).records)).toEqual(['start 0', 'rotated 1', 'rotated 2', 'start 1']);
});

test('a time window ends the page at its edge', async () => {
	const {logs, path, write} = createLogFolder();
	write(jsonLines(0, 5000));
	const page = await logs.read(source(path()), {since: start + 49_950, limit: 1000});
	expect(textsOf(page.records)).toEqual(['line 4995', 'line 4996', 'line 4997', 'line 4998', 'line 4999']);
	expect(page.atStart).toBe(true);
	const late = await logs.read(source(path()), {after: 'oldest', since: start + 49_980});
	expect(textsOf(late.records)).toEqual(['line 4998', 'line 4999']);
	expect(late.start!.offset).toBeGreaterThan(0);
	const early = await logs.read(source(path()), {after: 'oldest', until: start + 20});
	expect(textsOf(early.records)).toEqual(['line 0', 'line 1', 'line 2']);
	const texts: string[] = [];
	for await (const records of logs.whole(source(path()), {since: start + 49_980})) texts.push(...textsOf(records));
	expect(texts).toEqual(['line 4998', 'line 4999']);
});

test('a filter looks further back than a page', async () => {
	const {logs, path, write} = createLogFolder();
	write(jsonLines(0, 30_000, index => (index % 10_000 === 5 ? `needle ${index}` : `hay ${index}`)));
	const page = await logs.read(source(path()), {accept: text => text.startsWith('needle'), limit: 2});
	expect(textsOf(page.records).slice(-2)).toEqual(['needle 10005', 'needle 20005']);
});

test('broken, binary and unfinished lines', async () => {
	const {logs, path, write} = createLogFolder();
	const binary = Buffer.concat([Buffer.from('{"log":"'), Buffer.from([0xff, 0xfe, 0x41]), Buffer.from('\\n","stream":"stderr","time":"2026-11-24T03:42:20Z"}\n')]);
	write(Buffer.concat([Buffer.from(`{"log":"cut\n${jsonLine('good')}\n`), binary, Buffer.from('{"log":"being wri')]));
	const {records, end} = await logs.read(source(path()));
	expect(records.map(({text, broken}) => [text, broken])).toEqual([['{"log":"cut', true], ['good', undefined], ['\ufffd\ufffdA', undefined]]);
	// The unfinished line is left for whoever follows.
	expect(end?.offset).toBe(records.at(-1)!.offset + records.at(-1)!.bytes);
	const whole: string[] = [];
	for await (const batch of logs.whole(source(path()))) whole.push(...textsOf(batch));
	expect(whole.at(-1)).toBe('{"log":"being wri');
});

test('a 100 MB line is told in 64 KiB and a number, and holds no memory', async () => {
	const {logs, path, write, append} = createLogFolder();
	write(jsonLine('before'));
	append('{"log":"');
	const megabyte = 'x'.repeat(1_000_000);
	for (let count = 0; count < 100; count++) append(megabyte);
	append('\\n","stream":"stderr","time":"2026-11-24T03:42:21Z"}\n');
	append(jsonLine('after'));
	const before = process.memoryUsage().rss;
	const {records, start: begin} = await logs.read(source(path()), {limit: 3});
	expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
	const long = records.find(({skippedBytes}) => skippedBytes !== undefined);
	expect(records.map(({text}) => text.length)).toEqual([long?.text.length, 5]);
	expect(textsOf((await logs.read(source(path()), {before: begin!})).records)).toEqual(['before']);
	expect(long).toMatchObject({stream: 'stderr', at: start + 1000});
	expect(long?.text.slice(-10)).toBe('x… +100 MB');
	expect(long?.text.length).toBeLessThan(66_000);
});

test('no file is an empty page; no permission and no file are failures with a sentence', async () => {
	const {logs, path} = createLogFolder();
	expect(await logs.read(source(path()))).toMatchObject({records: [], atStart: true, atEnd: true});
	mkdirSync(path('gone'));
	writeFileSync(path('gone/x'), '');
	expect(await logs.read(source(path('gone')))).toMatchObject({records: []});
	await expect(logs.save(path('gone/none/x'), (async function* () {})())).rejects.toSatisfy(error => isFailure(error, 'not-found'));
});

test('an aborted read rejects with the abort', async () => {
	const {logs, path, write} = createLogFolder();
	write(jsonLines(0, 1000));
	await expect(logs.read(source(path()), {signal: AbortSignal.abort()})).rejects.toMatchObject({name: 'AbortError'});
});
