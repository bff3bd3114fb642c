/**
`npm run bench`: every figure of how fast this is, as one JSON document on standard output; progress goes to standard error. It measures and
does not judge: the exit code is 0 unless the measuring itself failed.

  --only GROUP,…   start, rest, keys, memory, flood, logs, many, images, run, builds, build-view, compose
  --quick          short and few, for trying
  --program PATH   measure another build
*/
import {availableParallelism, cpus, loadavg, release, totalmem} from 'node:os';
import {parseArgs} from 'node:util';
import {fileURLToPath} from 'node:url';
import {type Bench, openBench} from './bench/bench.ts';
import type {Figure} from './bench/figure.ts';
import {measureBuildView} from './bench/measure-build-view.ts';
import {measureBuilds} from './bench/measure-builds.ts';
import {measureCompose} from './bench/measure-compose.ts';
import {measureImages} from './bench/measure-images.ts';
import {measureKeys} from './bench/measure-keys.ts';
import {measureLogs} from './bench/measure-logs.ts';
import {measureManyContainers} from './bench/measure-many.ts';
import {measureMemory, measureMemoryInFlood} from './bench/measure-memory.ts';
import {measureRest} from './bench/measure-rest.ts';
import {measureRun} from './bench/measure-run.ts';
import {measureStart} from './bench/measure-start.ts';

const groups: Readonly<Record<string, (bench: Bench) => Promise<readonly Figure[]>>> = {
	start: measureStart,
	rest: measureRest,
	keys: measureKeys,
	memory: measureMemory,
	many: measureManyContainers,
	logs: measureLogs,
	flood: measureMemoryInFlood,
	run: measureRun,
	images: measureImages,
	builds: measureBuilds,
	compose: measureCompose,
	'build-view': measureBuildView,
};

const {values} = parseArgs({options: {only: {type: 'string'}, quick: {type: 'boolean', default: false}, program: {type: 'string'}}});
const wanted = values.only?.split(',') ?? Object.keys(groups);
const unknown = wanted.filter(name => !Object.hasOwn(groups, name));
if (unknown.length > 0) {
	process.stderr.write(`There is nothing called ${unknown.join(', ')} to measure: say some of ${Object.keys(groups).join(', ')}\n`);
	process.exit(1);
}

const bench = openBench({program: values.program ?? fileURLToPath(new URL('../dist/gantry', import.meta.url)), isQuick: values.quick});
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
	process.once(signal, () => {
		void bench.close().finally(() => process.exit(code));
	});
}

const figures: Figure[] = [];
const failed: Array<{readonly group: string; readonly reason: string}> = [];
const loadBefore = loadavg()[0];
try {
	for (const name of wanted) {
		bench.log(name);
		try {
			const measured = (await groups[name]?.(bench)) ?? [];
			for (const {name: of, value, unit, bound, budget, met} of measured) bench.log(`${met ? '  ' : '! '}${of} ${value} ${unit} (${bound} ${budget})`);
			figures.push(...measured);
		} catch (error) {
			// The other figures are still worth having.
			const reason = error instanceof Error ? error.message : String(error);
			bench.log(`${name} could not be measured: ${reason}`);
			failed.push({group: name, reason});
		}
	}
} finally {
	await bench.close();
}

const machine = {
	node: process.version,
	kernel: release(),
	processor: cpus()[0]?.model,
	cores: availableParallelism(),
	memoryGB: Math.round(totalmem() / 1e9),
	loadBefore,
	quick: values.quick,
};
process.stdout.write(`${JSON.stringify({machine, figures, failed}, undefined, '\t')}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
