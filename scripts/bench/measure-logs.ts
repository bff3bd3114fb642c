import {execFile} from 'node:child_process';
import {closeSync, openSync, rmSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import type {Bench} from './bench.ts';
import {type Figure, figure} from './figure.ts';
import {pause} from './rest.ts';
import {writeStillLog} from './sample-log.ts';
import {hasRow} from './screen.ts';
import {median, spread} from './statistics.ts';
import {linesBehind, startWriter, untilFlood} from './writer.ts';

type ServiceFigures = {
	readonly tail1GbMs: number;
	readonly followLinesPerSecond: number;
	readonly ratio: number;
} & Readonly<Record<string, number>>;

const bigName = 'gigabyte';

const writeGigabyte = (folder: string): string => {
	const path = join(folder, `${bigName}-json.log`);
	const file = openSync(path, 'w');
	const block = Buffer.from(`{"log":"GET /api/items/1 200 12ms referer=/shop agent=curl","stream":"stdout","time":"2026-01-01T00:00:00.000000000Z"}\n`.replace('curl"', 'curl\\n"').repeat(50_000));
	for (let bytes = 0; bytes < 1_000_000_000; ) bytes += writeSync(file, block);
	writeSync(file, `{"log":"${bigName} ends here\\n","stream":"stdout","time":"2026-01-01T00:00:00.000000000Z"}\n`);
	closeSync(file);
	return path;
};

/** From the key that selects the container to the last line of its log on the screen; back to a small log in between. */
const measureTailOnScreen = async (bench: Bench): Promise<readonly number[]> =>
	bench.within(async inner => {
		const big = writeGigabyte(inner.folder);
		try {
			const {address} = await inner.daemon({containers: 2, logs: [writeStillLog(inner.folder), big]});
			const terminal = inner.dashboard(address);
			await terminal.until('the first row', hasRow);
			await terminal.until('the small log', seen => seen.includes('still 300 of 300'));
			const times: number[] = [];
			for (let count = 0; count < (bench.isQuick ? 5 : 15); count += 1) {
				await pause(300);
				terminal.forget();
				const pressedAt = performance.now();
				terminal.press('j');
				times.push((await terminal.until('the end of the big log', seen => seen.includes(`${bigName} ends here`))) - pressedAt);
				await pause(300);
				terminal.forget();
				terminal.press('k');
				await terminal.until('the small log', seen => seen.includes('still 300 of 300'));
			}
			return times;
		} finally {
			rmSync(big);
		}
	});

/** How far the screen is behind a writer of 50,000 lines a second, in lines, looked at ten times. */
const measureFollowOnScreen = async (bench: Bench): Promise<readonly number[]> =>
	bench.within(async inner => {
		const path = join(inner.folder, 'flood-json.log');
		const writer = await startWriter({path, linesPerSecond: 50_000, rotateAtBytes: 256_000_000});
		try {
			const {address} = await inner.daemon({containers: 1, logs: [path]});
			const terminal = inner.dashboard(address, {isEmulated: true});
			await untilFlood(terminal);
			await pause(2000);
			const behind: number[] = [];
			for (let count = 0; count < 10; count += 1) {
				await pause(bench.isQuick ? 300 : 1000);
				behind.push(await linesBehind(writer, terminal));
			}
			return behind;
		} finally {
			await writer.stop();
			rmSync(path, {force: true});
			rmSync(`${path}.1`, {force: true});
		}
	});

/** The log service alone, by its own benchmark, in a process of its own. */
const measureService = async (): Promise<ServiceFigures> => {
	const script = fileURLToPath(new URL('../../test/bench/logs.bench.ts', import.meta.url));
	const {stdout} = await promisify(execFile)(process.execPath, [script], {encoding: 'utf8'});
	return JSON.parse(stdout) as ServiceFigures;
};

export const measureLogs = async (bench: Bench): Promise<readonly Figure[]> => {
	const service = await measureService();
	const tail = await measureTailOnScreen(bench);
	const behind = await measureFollowOnScreen(bench);
	return [
		figure({
			name: 'logs.tail',
			value: median(tail),
			unit: 'ms',
			budget: 150,
			how: 'From the key that selects a container with a log of 1 GB to its last line on the screen; median.',
			details: {ms: spread(tail), serviceAloneMs: service.tail1GbMs},
		}),
		figure({
			name: 'logs.follow',
			value: service.followLinesPerSecond,
			unit: 'lines/s',
			budget: 50_000,
			bound: 'at least',
			how: 'The log service reads a burst of 200,000 lines through follow, decoded.',
			details: {cpuMsPer50000Lines: service['followCpuMsPer50000Lines'], linesBehindOnScreenAt50000PerSecond: spread(behind)},
		}),
		figure({
			name: 'logs.search',
			value: service.ratio,
			unit: '× grep -c',
			budget: 3,
			how: 'Search through a json-file log of 1 GB over grep -c -F on the same file, best of three each.',
			details: service,
		}),
	];
};
