import type {Bench} from './bench.ts';
import type {DaemonOptions} from './daemon.ts';
import {type Figure, figure} from './figure.ts';
import {pause, watchAtRest, type Window} from './rest.ts';
import {writeStillLog} from './sample-log.ts';
import {hasRow} from './screen.ts';
import {median, spread} from './statistics.ts';

/** The header's sparkline grows for its first 24 samples: until then something does change every second. */
const warmUpMs = 28_000;

const windows = async (bench: Bench, options: Omit<DaemonOptions, 'containers'>, keys = ''): Promise<readonly Window[]> =>
	bench.within(async inner => {
		const {address} = await inner.daemon({containers: 50, logs: [writeStillLog(inner.folder)], ...options});
		const terminal = inner.dashboard(address);
		await terminal.until('the first row', hasRow);
		terminal.press(keys);
		await pause(warmUpMs);
		const all: Window[] = [];
		for (let count = 0; count < (bench.isQuick ? 2 : 6); count += 1) all.push(await watchAtRest(terminal, bench.isQuick ? 5 : 10));
		return all;
	});

const cpuOf = (all: readonly Window[]): number => all.reduce((sum, {cpuPercent, seconds}) => sum + cpuPercent * seconds, 0) / all.reduce((sum, {seconds}) => sum + seconds, 0);

const details = (all: readonly Window[]) => ({cpuPercent: spread(all.map(one => one.cpuPercent)), bytes: all.map(one => one.bytes), windowSeconds: all[0]?.seconds});

const statsFigures = (name: string, what: string, all: readonly Window[]): readonly Figure[] => [
	figure({
		name: `${name}.cpu`,
		value: cpuOf(all),
		unit: '% of a core',
		budget: 1.5,
		how: `${what}: processor time of the dashboard over the whole watch, at 120×40.`,
		details: details(all),
	}),
	figure({
		name: `${name}.bytes`,
		value: median(all.map(one => one.bytesPerSecond)) / 1000,
		unit: 'KB/s to the terminal',
		budget: 1.5,
		how: `${what}: the median window of the same watch.`,
		details: {bytesPerSecond: spread(all.map(one => one.bytesPerSecond))},
	}),
];

/** What the dashboard costs when it is left open. */
export const measureRest = async (bench: Bench): Promise<readonly Figure[]> => {
	const some = await windows(bench, {usage: 'some'});
	const all = await windows(bench, {usage: 'all'});
	const still = await windows(bench, {usage: 'still'});
	const unsampled = await windows(bench, {usage: 'still', status: 'stopped'});
	return [
		...statsFigures('stats', '50 running containers sampled every second, ten of them busy', some),
		...statsFigures('stats-all-moving', '50 running containers sampled every second, every number of each changing every time', all),
		figure({
			name: 'quiet.bytes',
			value: median(still.map(one => one.bytes)),
			unit: 'bytes per window',
			budget: 0,
			how: '50 running containers whose numbers stay the same, sampled every second: the median window (the header shows the memory of the machine, which may change on its own).',
			details: details(still),
		}),
		figure({
			name: 'quiet.cpu',
			value: cpuOf(unsampled),
			unit: '% of a core',
			budget: 0.1,
			how: '50 exited containers, so that there is nothing to sample and nothing changes.',
			details: {...details(unsampled), whileSamplingFiftyThatStayTheSame: spread(still.map(one => one.cpuPercent))},
		}),
	];
};
