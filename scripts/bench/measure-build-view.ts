import {join} from 'node:path';
import type {Bench} from './bench.ts';
import {measureFirstStep} from './build-view/first-step.ts';
import {startTalkingBuild} from '../../test/fakes/talking-build.ts';
import {type Figure, figure} from './figure.ts';
import {pause, watchAtRest, type Window} from './rest.ts';
import {hasRow} from './screen.ts';
import {median, spread} from './statistics.ts';

const [steps, linesPerSecond] = [300, 5000];

/** The pane of builds, and what of it. */
const views: ReadonlyArray<readonly [tab: string, keys: string, sign: string]> = [
	['steps', '7', 'RUN make part-'],
	['log', ']', 'CC  source/part-'],
];

const cpuOf = (all: readonly Window[]): number => all.reduce((sum, {cpuPercent, seconds}) => sum + cpuPercent * seconds, 0) / all.reduce((sum, {seconds}) => sum + seconds, 0);

/** What it costs to look at a big build that says much. */
const measureTalking = async (bench: Bench): Promise<readonly Figure[]> =>
	bench.within(async inner => {
		const build = await startTalkingBuild(join(inner.folder, 'talking.sock'), {steps, linesPerSecond});
		try {
			const {address} = await inner.daemon({containers: 1});
			const terminal = inner.dashboard(address, {environment: {BUILDKIT_HOST: build.address}});
			await terminal.until('the first row', hasRow);
			const figures: Figure[] = [];
			for (const [tab, keys, sign] of views) {
				terminal.forget();
				terminal.press(keys);
				await terminal.until(`the ${tab} of the build`, seen => seen.includes(sign));
				await pause(bench.isQuick ? 2000 : 5000);
				const [from, saidBefore] = [performance.now(), build.said()];
				const all: Window[] = [];
				for (let count = 0; count < (bench.isQuick ? 2 : 6); count += 1) all.push(await watchAtRest(terminal, 5));
				const taken = ((build.said() - saidBefore) * 1000) / (performance.now() - from);
				figures.push(
					figure({
						name: `build-view.${tab}.cpu`,
						value: cpuOf(all),
						...{unit: '% of a core', budget: 15},
						how: `Processor time of the dashboard at 120×40 on the ${tab} of a build of ${steps} steps that says ${linesPerSecond} lines a second, each a message of its own in a hundred bunches a second.`,
						details: {cpuPercent: spread(all.map(one => one.cpuPercent)), bytesPerSecond: spread(all.map(one => one.bytesPerSecond)), linesPerSecond: Math.round(taken)},
					}),
				);
			}
			return figures;
		} finally {
			await build.stop();
		}
	});

export const measureBuildView = async (bench: Bench): Promise<readonly Figure[]> => {
	const first = await measureFirstStep(bench);
	return [
		figure({
			name: 'build-view.first-step',
			value: median(first),
			...{unit: 'ms', budget: 300},
			how: 'From Enter in the form to the first step on the screen, BuildKit in a dockerd on a private containerd; median.',
			details: {ms: spread(first)},
		}),
		...(await measureTalking(bench)),
	];
};
