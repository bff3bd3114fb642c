import type {Container} from '../../model/container.ts';
import {statsCells, statsHeaders, type StatsRow, statsRow, statsTitles} from '../../model/docker-stats.ts';
import type {Metrics} from '../../model/metrics.ts';
import {listContainers} from './containers.ts';
import {inParallel} from './in-parallel.ts';
import {type Format, parseFormat, printItems, printTable, write} from './output.ts';
import {statsTabs} from './tabs.ts';
import {defineLine, type Surroundings} from './types.ts';

/** docker's rhythm. CPU is the rate between two readings, so the first row comes after one step. */
const stepMs = 500;
const clearScreen = '\u001b[2J\u001b[H';

type Readings = ReadonlyMap<string, Metrics>;

const hasProcess = ({task}: Container): boolean => task?.status === 'running' || task?.status === 'paused';

/** One call for all of them. */
const readMetrics = async ({containerd, global, signal}: Surroundings, containers: readonly Container[]): Promise<Readings> => {
	const ids = containers.filter(hasProcess).map(({id}) => id);
	if (ids.length === 0) return new Map();
	return new Map((await containerd.tasks.metrics(global.namespace, {signal, ids})).map(metrics => [metrics.containerId, metrics]));
};

const rowsOf = async (
	context: Surroundings,
	containers: readonly Container[],
	before: Readings,
	after: Readings,
	truncated: boolean,
): Promise<readonly StatsRow[]> => {
	const {memoryBytes} = await context.host.facts();
	return inParallel(containers, async container => {
		const {task} = container;
		return statsRow({
			container,
			before: before.get(container.id),
			after: after.get(container.id),
			network: task === undefined || task.status === 'stopped' ? undefined : await context.host.networkCounters(task.pid),
			hostMemoryBytes: memoryBytes,
			truncated,
		});
	});
};

const printRows = async (context: Surroundings, format: Format, rows: readonly StatsRow[], isStream: boolean): Promise<void> => {
	if (isStream && context.terminal.isTTY) await write(context.stdout, clearScreen);
	if (format.kind === 'template' || format.kind === 'columns') await printItems(context, format, rows, statsHeaders);
	else await printTable(context, [statsTitles, ...rows.map(statsCells)], statsTabs);
};

export const stats = defineLine({
	verbs: ['stats', 'container stats'],
	summary: 'Display resource usage of containers',
	usage: '[flags] [CONTAINER...]',
	arity: {least: 0},
	flags: {
		all: {type: 'boolean', shortFlag: 'a', help: 'Show all containers (default shows just running)'},
		format: {type: 'string', default: '', placeholder: 'FORMAT', help: "table, json or a Go template such as '{{.CPUPerc}}'"},
		noStream: {type: 'boolean', help: 'Print the first result and end'},
		noTrunc: {type: 'boolean', help: "Don't truncate output"},
	},
	async run(context) {
		const {services, global, signal, flags, args, sleep} = context;
		const format = parseFormat(flags.format);
		// A misspelled name is told at once, not after the first step.
		const wanted = new Set(
			(await Promise.all(args.map(argument => services.containers.find(global.namespace, argument, {signal})))).map(({id}) => id),
		);
		const select = async () => {
			const all = await listContainers(context);
			if (wanted.size > 0) return all.filter(({id}) => wanted.has(id));
			return flags.all ? all : all.filter(({task}) => task?.status === 'running');
		};
		let before = await readMetrics(context, await select());
		for (;;) {
			await sleep(stepMs, signal);
			const shown = await select();
			const after = await readMetrics(context, shown);
			await printRows(context, format, await rowsOf(context, shown, before, after, !flags.noTrunc), !flags.noStream);
			if (flags.noStream || (wanted.size > 0 && shown.length === 0)) return 0;
			before = after;
		}
	},
});
