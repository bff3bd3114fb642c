import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Buildkit, createBuildkit} from '../../source/clients/buildkit/index.ts';
import {startContainerd} from '../lab/containerd.ts';
import {startDockerd} from '../lab/dockerd.ts';
import type {Bench} from './bench.ts';
import {type Built, type Client, openClients} from './builds/clients.ts';
import {writeManyFiles, writeOneFile} from './builds/contexts.ts';
import {byTurns, pairwise, type Turns} from './by-turns.ts';
import {type Figure, figure} from './figure.ts';
import {spread} from './statistics.ts';

type Setting = {readonly bench: Bench; readonly buildkit: Buildkit; readonly ours: Client; readonly theirs: Client; readonly rounds: number; readonly dockerfile: string};

const summary = (runs: readonly Built[]) => ({
	loadSeconds: spread(runs.map(({loadSeconds}) => loadSeconds)),
	wallSeconds: spread(runs.map(({wallSeconds}) => wallSeconds)),
	cpuSeconds: spread(runs.map(({cpuSeconds}) => cpuSeconds)),
	peakMegabytes: spread(runs.map(({peakMegabytes}) => peakMegabytes)),
});

const detailsOf = ({ours, theirs}: Turns<Built>) => ({
	wallRatio: pairwise(ours.map(({wallSeconds}) => wallSeconds), theirs.map(({wallSeconds}) => wallSeconds)),
	gantry: summary(ours),
	buildx: summary(theirs),
});

const prune = async ({buildkit}: Setting): Promise<void> => {
	for await (const _record of buildkit.prune({all: true, filters: [], keepMs: 0, reservedBytes: 0}));
};

const ratioOf = ({ours, theirs}: Turns<Built>, of: 'loadSeconds' | 'wallSeconds'): number => pairwise(ours.map(run => run[of]), theirs.map(run => run[of]));

const peakOf = (runs: readonly Built[]): number => Math.max(...runs.map(({peakMegabytes}) => peakMegabytes));

/** The daemon knows nothing of it before. */
const upload = async (setting: Setting, context: string): Promise<Turns<Built>> => {
	const fresh = (client: Client) => async (): Promise<Built> => {
		await prune(setting);
		return client('-f', setting.dockerfile, '--output', 'type=cacheonly', context);
	};
	return byTurns(setting.rounds, fresh(setting.ours), fresh(setting.theirs));
};

/** Each has sent it before, and the daemon has what either sent. */
const again = async (setting: Setting, context: string): Promise<Turns<Built>> => {
	const known = (client: Client) => async (): Promise<Built> => client('-f', setting.dockerfile, '--output', 'type=cacheonly', context);
	await known(setting.ours)();
	await known(setting.theirs)();
	return byTurns(setting.rounds, known(setting.ours), known(setting.theirs));
};

const archiveBack = async (setting: Setting, context: string): Promise<Turns<Built>> => {
	const to = join(setting.bench.folder, 'back.tar');
	const back = (client: Client) => async (): Promise<Built> => {
		const run = await client('-f', setting.dockerfile, '--output', `type=tar,dest=${to}`, context);
		rmSync(to);
		return run;
	};
	await back(setting.ours)();
	await back(setting.theirs)();
	return byTurns(setting.rounds, back(setting.ours), back(setting.theirs));
};

/** Builds beside docker buildx on the same BuildKit. Needs root, a containerd and the dockerd and buildx that `npm test` fetches. */
export const measureBuilds = async (bench: Bench): Promise<readonly Figure[]> => {
	const [files, megabytes] = bench.isQuick ? [2000, 21] : [20_000, 210];
	const [many, one] = [join(bench.folder, 'many'), join(bench.folder, 'one')];
	writeManyFiles(many, files);
	writeOneFile(one, megabytes);
	mkdirSync(join(bench.folder, 'buildx'), {recursive: true});
	const dockerfile = join(bench.folder, 'Dockerfile');
	writeFileSync(dockerfile, 'FROM scratch\nCOPY . /\n');
	const lab = await startContainerd();
	try {
		const dockerd = await startDockerd(lab);
		const buildkit = createBuildkit(dockerd.address);
		try {
			const setting = {bench, buildkit, dockerfile, rounds: bench.isQuick ? 1 : 5, ...openClients(bench, lab, dockerd)};
			// Unmeasured: the first start ever compiles.
			await setting.ours('-f', dockerfile, '--output', 'type=cacheonly', one);
			bench.log(`builds: ${files} files up`);
			const manyUp = await upload(setting, many);
			bench.log('builds: the same again');
			const second = await again(setting, many);
			bench.log(`builds: ${megabytes} MB up`);
			const oneUp = await upload(setting, one);
			bench.log(`builds: ${megabytes} MB back`);
			const back = await archiveBack(setting, one);
			const same = 'all in memory, by turns; median of the pairs';
			return [
				figure({
					name: 'builds.upload-many',
					value: ratioOf(manyUp, 'loadSeconds'),
					unit: '× docker buildx',
					budget: 1.1,
					how: `The daemon's own time for taking in ${files} files of ${megabytes} MB, its cache pruned before each, from gantry build over docker buildx; ${same}.`,
					details: detailsOf(manyUp),
				}),
				figure({
					name: 'builds.upload-one',
					value: ratioOf(oneUp, 'loadSeconds'),
					unit: '× docker buildx',
					budget: 1.1,
					how: `The same for one file of ${megabytes} MB.`,
					details: detailsOf(oneUp),
				}),
				figure({
					name: 'builds.again',
					value: ratioOf(second, 'wallSeconds'),
					unit: '× docker buildx',
					budget: 1.2,
					how: `gantry build of ${files} files that the daemon has and that have not changed, over docker buildx, whole processes; ${same}.`,
					details: detailsOf(second),
				}),
				figure({
					name: 'builds.archive',
					value: ratioOf(back, 'wallSeconds'),
					unit: '× docker buildx',
					budget: 1.3,
					how: `A build that is known, taken back as a tar of ${megabytes} MB, over docker buildx, whole processes; ${same}.`,
					details: detailsOf(back),
				}),
				figure({
					name: 'builds.memory',
					value: peakOf([...manyUp.ours, ...second.ours, ...oneUp.ours, ...back.ours]),
					unit: 'MB',
					budget: 200,
					how: 'The most resident memory of gantry build in any of these.',
				}),
			];
		} finally {
			buildkit.close();
			await dockerd.stop();
		}
	} finally {
		await lab.stop();
	}
};
