import {execFileSync} from 'node:child_process';
import {appendFileSync, closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {parseLogQuery} from '../../source/model/log-query.ts';
import {createLogs, createLogView} from '../../source/services/logs/index.ts';

/**
How fast logs are, as JSON on stdout. A 1 GB json-file is made in memory-backed storage, so the disk is not what is measured;
`grep -c` reads the same file in the same run.
*/
const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'gantry-bench-'));
const path = join(directory, 'x-json.log');
const source = {kind: 'json-file', path} as const;
const logs = createLogs({host: {stateDir: () => directory}});

const lineAt = (number: number): string => {
	const at = new Date(1_795_000_000_000 + number).toISOString().replace('Z', '123456Z');
	const text = number % 100_000 === 7 ? `upstream timeout while reading from worker ${number}` : `GET /api/items/${number} 200 ${number % 97}ms referer=/shop agent=curl`;
	return `{"log":"${text}\\n","stream":"${number % 10 === 0 ? 'stderr' : 'stdout'}","time":"${at}"}\n`;
};

const block = (from: number, lines: number): string => Array.from({length: lines}, (_, index) => lineAt(from + index)).join('');

const writeGigabyte = (): number => {
	const file = openSync(path, 'w');
	let lines = 0;
	for (let bytes = 0; bytes < 1_000_000_000; lines += 50_000) bytes += writeSync(file, block(lines, 50_000));
	closeSync(file);
	return lines;
};

const timed = async <T>(run: () => Promise<T> | T): Promise<{readonly ms: number; readonly cpuMs: number; readonly value: T}> => {
	const cpu = process.cpuUsage();
	const startedAt = performance.now();
	const value = await run();
	const {user, system} = process.cpuUsage(cpu);
	return {ms: performance.now() - startedAt, cpuMs: (user + system) / 1000, value};
};

/** The kindest of three: the other runs are the machine's business. */
const best = async (run: () => Promise<unknown> | unknown): Promise<number> => {
	const times: number[] = [];
	for (let round = 0; round < 3; round++) times.push((await timed(run)).ms);
	return Math.min(...times);
};

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** Lines are appended in a burst and read to the end: what follow can do at most, and what a second of 50,000 lines costs. */
const measureFollow = async (lines: number): Promise<{readonly linesPerSecond: number; readonly cpu: number}> => {
	const page = await logs.read(source, {limit: 1});
	const stop = new AbortController();
	const burst = block(lines, 200_000);
	appendFileSync(path, burst);
	const {ms, cpuMs} = await timed(async () => {
		let seen = 0;
		for await (const batch of logs.follow(source, {from: page.end, signal: stop.signal})) {
			seen += batch.records.length;
			if (seen >= 200_000) break;
		}
	});
	stop.abort();
	return {linesPerSecond: 200_000 / (ms / 1000), cpu: (cpuMs / 200_000) * 50_000};
};

/** A key on a view while 5,000 lines a second arrive: from the call to the finished frame, and how long it had to wait for its turn. */
const measureKeys = async (): Promise<{readonly p50: number; readonly p95: number; readonly cpuShare: number}> => {
	const view = createLogView({sources: [{label: 'x', colour: 0, source}], service: logs, columns: 120, rows: 40});
	await view.settled();
	const times: number[] = [];
	const stopDrawing = view.subscribe(() => view.frame());
	const {cpuMs, ms} = await timed(async () => {
		for (let turn = 0; turn < 200; turn++) {
			appendFileSync(path, block(turn * 125, 125));
			const due = performance.now() + 25;
			await setTimeout(25);
			view.scrollBy(turn % 3 === 0 ? -7 : 3);
			view.frame();
			times.push(performance.now() - due);
			if (turn % 20 === 0) view.toEnd();
		}
	});
	stopDrawing();
	view.close();
	const sorted = times.toSorted((a, b) => a - b);
	return {p50: sorted[100] ?? 0, p95: sorted[190] ?? 0, cpuShare: cpuMs / ms};
};

const queryOf = (text: string) => {
	const {query} = parseLogQuery(text);
	if (query === undefined) throw new Error(`no query: ${text}`);
	return query;
};

const grep = (needle: string): number => Number(execFileSync('grep', ['-c', '-F', '--', needle, path], {encoding: 'utf8', env: {...process.env, LC_ALL: 'C'}}).trim());

const measureSearch = async (pattern: string, needle: string): Promise<{readonly ms: number; readonly grepMs: number}> => {
	const query = queryOf(pattern);
	const {count} = await logs.search(source, query);
	const wanted = grep(needle);
	if (count !== wanted) throw new Error(`search found ${count} lines, grep ${wanted}`);
	return {ms: await best(async () => logs.search(source, query)), grepMs: await best(() => grep(needle))};
};

try {
	const lines = writeGigabyte();
	const tail = await best(async () => logs.read(source, {limit: 1000}));
	const follow = await measureFollow(lines);
	// A capital makes it exact; without one it matches both cases, which grep is not asked to do.
	const exact = await measureSearch('GET /api/items/1234567 200', 'GET /api/items/1234567 200');
	const anyCase = await measureSearch('upstream timeout', 'upstream timeout');
	const keys = await measureKeys();
	const result = {
		lines,
		tail1GbMs: round(tail),
		followLinesPerSecond: Math.round(follow.linesPerSecond),
		followCpuMsPer50000Lines: round(follow.cpu),
		keyMsAt5000LinesPerSecond: {p50: round(keys.p50), p95: round(keys.p95)},
		cpuShareAt5000LinesPerSecond: round(keys.cpuShare, 3),
		search1GbMs: round(exact.ms),
		grepMs: round(exact.grepMs),
		ratio: round(exact.ms / exact.grepMs, 2),
		anyCaseMs: round(anyCase.ms),
		anyCaseRatio: round(anyCase.ms / anyCase.grepMs, 2),
	};
	process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
	rmSync(directory, {recursive: true, force: true});
}
