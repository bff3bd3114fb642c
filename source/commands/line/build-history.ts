import {Failure} from '../../errors.ts';
import {type BuildDetail, type BuildRun, byStart, commandOf, runName, runOfRecord} from '../../model/build-run.ts';
import type {BuildStep} from '../../model/build-steps.ts';
import {plain} from '../../model/sanitize.ts';
import {ago} from '../../model/units.ts';
import {createTracker} from '../../services/build-runs/index.ts';
import {buildOutputView, troubleLines} from './build-output.ts';
import {findBuildkit, hostFlag} from './buildkit-host.ts';
import {print, printTable} from './output.ts';
import {defineLine, type Surroundings} from './types.ts';

/** Of the daemon's and of our own records: which there are depends on the version of BuildKit and on whose build it was. */
type Known = {readonly runs: readonly BuildRun[]; readonly address: string | undefined; readonly remembered: ReadonlySet<string>; readonly unreached: unknown};

/** Without a daemon there still is what we wrote down ourselves. */
const known = async (context: Surroundings, said: string | undefined): Promise<Known> => {
	const {services, signal} = context;
	const own = await services.buildRuns.list();
	try {
		const address = await findBuildkit(context, said);
		const records = (await services.builds.history(address, {signal})).map(record => runOfRecord(record, address));
		const ids = new Set(own.map(({id}) => id));
		return {runs: [...own, ...records.filter(({id}) => !ids.has(id))].sort(byStart), address, remembered: new Set(records.map(({id}) => id)), unreached: undefined};
	} catch (error) {
		signal.throwIfAborted();
		if (said !== undefined || own.length === 0) throw error;
		return {runs: own, address: undefined, remembered: new Set(), unreached: error};
	}
};

/** The one that the words can only mean: an id, its beginning, or `^0` for the last and `^1` for the one before. */
const oneOf = (runs: readonly BuildRun[], words: string): BuildRun => {
	const back = /^\^(\d+)$/.exec(words)?.[1];
	const found = back === undefined ? runs.filter(({id}) => id.startsWith(words)) : runs.slice(Number(back), Number(back) + 1);
	const exact = found.find(({id}) => id === words) ?? (found.length === 1 ? found[0] : undefined);
	if (exact !== undefined) return exact;
	const hint = {hint: 'gantry build history ls shows them'};
	throw found.length === 0 ? new Failure('not-found', `No build is known by the id ${words}`, hint) : new Failure('conflict', `${found.length} builds begin with ${words}`, {hint: 'say more of the id'});
};

const outcomes: Readonly<Record<BuildRun['outcome'], string>> = {running: 'Running', done: 'Completed', failed: 'Error', cancelled: 'Canceled', lost: 'Lost'};

const duration = ({startedAt, endedAt}: BuildRun, now: number): string => {
	const seconds = Math.max(0, (endedAt ?? now) - startedAt) / 1000;
	return seconds < 60 ? `${seconds.toFixed(1)}s` : `${Math.floor(seconds / 60)}m ${Math.floor(seconds % 60)}s`;
};

const objectOf = (run: BuildRun) => ({
	...{id: run.id, name: runName(run), status: outcomes[run.outcome], by: run.by, user: run.user, address: run.address, namespace: run.namespace},
	...{context: run.context, dockerfile: run.dockerfile, target: run.target, tags: run.tags, digest: run.digest ?? null, error: run.failure ?? null},
	startedAt: new Date(run.startedAt).toISOString(),
	endedAt: run.endedAt === undefined ? null : new Date(run.endedAt).toISOString(),
	steps: run.counts,
	command: run.order === undefined ? null : commandOf(run.order),
});

const formatFlag = {format: {type: 'string', placeholder: 'FORMAT', help: 'Say json for one object a line'}} as const;

const isJson = (format: string | undefined): boolean => {
	if (format !== undefined && format !== 'json' && format !== 'table') throw new Failure('invalid', `--format is ${JSON.stringify(format)}`, {hint: 'say json or table'});
	return format === 'json';
};

const none = {least: 0, most: 0};
const needsNoDaemon = {needsDaemon: false} as const;

export const buildHistoryList = defineLine({
	verbs: ['build history ls', 'build history list', 'builder history ls'],
	summary: 'List the builds that are known, the last first',
	usage: '[flags]',
	arity: none,
	...needsNoDaemon,
	flags: {...hostFlag, ...formatFlag, quiet: {type: 'boolean', shortFlag: 'q', help: 'Only ids'}},
	async run(context) {
		const wantsJson = isJson(context.flags.format);
		const {runs} = await known(context, context.flags.buildkitHost);
		const now = context.clock();
		if (context.flags.quiet) await print(context, runs.map(({id}) => `${id}\n`).join(''));
		else if (wantsJson) await print(context, runs.map(run => `${JSON.stringify(objectOf(run))}\n`).join(''));
		else
			await printTable(context, [
				['BUILD ID', 'NAME', 'STATUS', 'CREATED', 'DURATION', 'STEPS', 'CACHED'],
				...runs.map(run => [run.id, runName(run), outcomes[run.outcome], ago(run.startedAt, now), duration(run, now), `${run.counts.completed}/${run.counts.total}`, String(run.counts.cached)]),
			]);
		return 0;
	},
});

export const buildHistoryInspect = defineLine({
	verbs: ['build history inspect', 'builder history inspect'],
	summary: 'Show what is known of one or more builds',
	usage: '[flags] BUILD [BUILD...]',
	arity: {least: 1},
	...needsNoDaemon,
	flags: {...hostFlag, ...formatFlag},
	async run(context) {
		const wantsJson = isJson(context.flags.format);
		const {runs} = await known(context, context.flags.buildkitHost);
		const now = context.clock();
		const chosen = context.args.map(words => oneOf(runs, words));
		if (wantsJson) {
			await print(context, chosen.map(run => `${JSON.stringify(objectOf(run))}\n`).join(''));
			return 0;
		}
		for (const [index, run] of chosen.entries()) {
			const {steps: _steps, startedAt: _started, endedAt: _ended, tags, ...rest} = objectOf(run);
			const rows: ReadonlyArray<readonly [string, string]> = [
				...Object.entries(rest).map(([key, value]) => [key, value ?? ''] as const),
				['tags', tags.join(', ')],
				['created', ago(run.startedAt, now)],
				['duration', duration(run, now)],
				['steps', `${run.counts.completed} of ${run.counts.total}, ${run.counts.cached} from the cache`],
				['warnings', String(run.counts.warnings)],
			];
			const shown = rows.filter(([, value]) => value !== '');
			if (index > 0) await print(context, '\n');
			await print(context, shown.map(([key, value]) => `${`${key[0]?.toUpperCase() ?? ''}${key.slice(1)}:`.padEnd(12)}${plain(value)}\n`).join(''));
		}
		return 0;
	},
});

/** All that the daemon says of one that is over. */
const recalled = async ({services, signal, clock}: Surroundings, address: string, id: string): Promise<BuildDetail> => {
	const tracker = createTracker();
	await services.builds.follow(address, id, {signal, onStatus: tracker.onStatus});
	tracker.end(undefined, clock());
	return tracker.detail();
};

const ending = ({state, vertex, elapsedMs}: BuildStep): string =>
	state === 'cached' ? 'CACHED' : state === 'failed' ? `ERROR: ${plain(vertex.error)}` : state === 'cancelled' ? 'CANCELED' : state === 'waiting' ? 'not begun' : `DONE ${(elapsedMs / 1000).toFixed(1)}s`;

/** Step by step, in the order in which they began: of a build that is over nobody wants to know what was said in between. */
const stepTexts = ({state, logOf}: BuildDetail): readonly string[] =>
	[...state.steps.values()]
		.sort((a, b) => (a.begunAt ?? Number.POSITIVE_INFINITY) - (b.begunAt ?? Number.POSITIVE_INFINITY) || (a.number ?? 0) - (b.number ?? 0))
		.map((step, index) => {
			const {lines, dropped} = logOf(step.vertex.digest);
			const gap = dropped > 0 ? [`… ${dropped} lines are not kept`] : [];
			return [plain(step.vertex.name), ...gap, ...lines, ending(step)].map(line => `#${index + 1} ${line}\n`).join('');
		});

export const buildHistoryLogs = defineLine({
	verbs: ['build history logs', 'builder history logs'],
	summary: 'Show the steps and the output of a build, and follow it while it runs',
	usage: '[flags] BUILD',
	arity: {least: 1, most: 1},
	...needsNoDaemon,
	flags: {...hostFlag, progress: {type: 'string', default: 'plain', placeholder: 'WAY', help: 'plain, or json for one message of BuildKit a line'}},
	async run(context) {
		const {flags, services, stdout, terminal, clock, signal} = context;
		if (flags.progress !== 'plain' && flags.progress !== 'json' && flags.progress !== 'rawjson') throw new Failure('invalid', `--progress is ${JSON.stringify(flags.progress)}`, {hint: 'say plain or json'});
		const {runs, address, remembered, unreached} = await known(context, flags.buildkitHost);
		const run = oneOf(runs, context.args[0] ?? '');
		const isAsked = address !== undefined && (remembered.has(run.id) || run.outcome === 'running');
		if (isAsked && (run.outcome === 'running' || flags.progress !== 'plain')) {
			const view = buildOutputView(flags.progress === 'plain' ? 'plain' : 'json', {to: stdout, terminal, clock});
			await services.builds.follow(address, run.id, {signal, onStatus: view.onStatus});
			view.end();
			return 0;
		}
		if (flags.progress !== 'plain') throw new Failure('unsupported', `Only our own record of ${run.id} is left, which is not what BuildKit said word by word`, {hint: 'leave out --progress', cause: unreached});
		const detail = isAsked && run.by === 'somebody else' ? await recalled(context, address, run.id) : (await services.buildRuns.open(run, {signal})).detail();
		await print(context, stepTexts(detail).join('\n'));
		if (detail.trouble !== undefined) await print(context, troubleLines(detail.trouble, []).map(line => `${line}\n`).join(''));
		return 0;
	},
});

export const buildHistoryRemove = defineLine({
	verbs: ['build history rm', 'build history remove', 'builder history rm'],
	summary: 'Forget one or more builds; what they made stays',
	usage: '[flags] BUILD [BUILD...] | --all',
	arity: {least: 0},
	...needsNoDaemon,
	flags: {...hostFlag, all: {type: 'boolean', help: 'All that are over'}},
	async run(context) {
		const {flags, args, services, signal} = context;
		if (flags.all === args.length > 0) throw new Failure('invalid', flags.all ? '--all and builds by name exclude each other' : 'No build is named', {hint: 'say the ids of builds, or --all'});
		const {runs, address, remembered} = await known(context, flags.buildkitHost);
		const chosen = flags.all ? runs.filter(({outcome}) => outcome !== 'running') : args.map(words => oneOf(runs, words));
		const running = chosen.find(({outcome}) => outcome === 'running');
		if (running !== undefined) throw new Failure('conflict', `${running.id} is still being built`, {hint: 'wait for its end, or cancel it'});
		for (const {id} of chosen) {
			if (address !== undefined && remembered.has(id)) await services.builds.forget(address, id, {signal});
			await services.buildRuns.forget(id);
			await print(context, `${id}\n`);
		}
		return 0;
	},
});
