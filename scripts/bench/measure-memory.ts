import {join} from 'node:path';
import type {Bench} from './bench.ts';
import {type Figure, figure} from './figure.ts';
import {cpuSeconds, residentMegabytes} from './process-cost.ts';
import {pause} from './rest.ts';
import {writeStillLog} from './sample-log.ts';
import {hasRow} from './screen.ts';
import {median} from './statistics.ts';
import {linesBehind, startWriter, untilFlood} from './writer.ts';

/** Looked at, walked through, and left alone for a while. */
const measureMany = async (bench: Bench): Promise<Figure> =>
	bench.within(async inner => {
		const {address} = await inner.daemon({containers: 200, usage: 'all', logs: [writeStillLog(inner.folder)]});
		const terminal = inner.dashboard(address);
		await terminal.until('the first row', hasRow);
		for (let count = 0; count < 60; count += 1) {
			terminal.press('j');
			await pause(30);
		}
		await pause(bench.isQuick ? 10_000 : 60_000);
		const {now, peak} = residentMegabytes(terminal.pid);
		return figure({
			name: 'memory.rss',
			value: now,
			unit: 'MB',
			budget: 130,
			how: 'VmRSS with 200 containers and their stats in view, after sixty rows of walking and a minute of leaving it open.',
			details: {peak: Math.round(peak)},
		});
	});

/** Every second from when it is warm; a run that only creeps is seen as well as one that jumps. */
const measureFlood = async (bench: Bench): Promise<Figure> =>
	bench.within(async inner => {
		const [seconds, warmUp] = bench.isQuick ? [30, 10] : [600, 60];
		const path = join(inner.folder, 'flood-json.log');
		const writer = await startWriter({path, linesPerSecond: 5000, rotateAtBytes: 64_000_000});
		try {
			const {address} = await inner.daemon({containers: 10, usage: 'all', logs: [path]});
			const terminal = inner.dashboard(address, {isEmulated: true});
			await untilFlood(terminal);
			const all: number[] = [];
			const cpu = cpuSeconds(terminal.pid);
			for (let second = 0; second < seconds; second += 1) {
				if (second % 60 === 0) inner.log(`flood: ${second} of ${seconds} s, ${Math.round(residentMegabytes(terminal.pid).now)} MB`);
				await pause(1000);
				all.push(residentMegabytes(terminal.pid).now);
			}
			const cpuPercent = ((cpuSeconds(terminal.pid) - cpu) / seconds) * 100;
			const behind = await linesBehind(writer, terminal);
			const warm = all.slice(warmUp);
			const middle = median(warm);
			const third = Math.floor(warm.length / 3);
			return figure({
				name: 'memory.flood',
				value: Math.max(...warm.map(value => Math.abs(value - middle) / middle)) * 100,
				unit: '% from the median',
				budget: 5,
				how: `VmRSS every second over ${seconds} s of 5,000 lines a second in the log that is shown, the first ${warmUp} s left out: the farthest one from the median.`,
				details: {
					medianMegabytes: Math.round(middle),
					least: Math.round(Math.min(...warm)),
					most: Math.round(Math.max(...warm)),
					mediansOfThirds: [warm.slice(0, third), warm.slice(third, 2 * third), warm.slice(2 * third)].map(part => Math.round(median(part))),
					cpuPercent: Math.round(cpuPercent * 10) / 10,
					linesBehindAtTheEnd: behind,
				},
			});
		} finally {
			await writer.stop();
		}
	});

export const measureMemory = async (bench: Bench): Promise<readonly Figure[]> => [await measureMany(bench)];
export const measureMemoryInFlood = async (bench: Bench): Promise<readonly Figure[]> => [await measureFlood(bench)];
