import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {type BuildDetail, type BuildRun, commandOf, runName} from '../../model/build-run.ts';
import {chosenStep, orderedSteps} from '../../model/build-list.ts';
import {listedSteps} from '../../model/build-stages.ts';
import {plain, stripSgr} from '../../model/sanitize.ts';
import type {State} from '../../store/index.ts';
import {selectedRow} from '../../store/rows/index.ts';
import {notify} from '../runner.ts';
import type {Command, Context} from '../types.ts';
import {words} from './container-look.ts';
import {readOrder, startBuild} from './build-start.ts';

const chosen = (state: State): BuildRun | undefined => {
	const row = selectedRow(state, 'builds');
	return row?.kind === 'build' ? row.run : undefined;
};

const noBuild = (state: State): string | undefined => (chosen(state) === undefined ? 'Select a build first' : undefined);

const unknownOrder = (state: State): string | undefined => noBuild(state) ?? (chosen(state)?.order === undefined ? 'How it was asked for is not known: somebody else built it' : undefined);

const again: Command = {
	id: 'builds.again',
	title: 'Build it again',
	scope: 'builds',
	keys: ['r'],
	changes: true,
	hint: {label: 'again', order: 1},
	refusal: unknownOrder,
	nerdctl: (state) => {
		const order = chosen(state)?.order;
		return order === undefined ? undefined : commandOf(order);
	},
	run: async (context) => {
		const order = chosen(context.store.get())?.order;
		if (order !== undefined) startBuild(context, order, await readOrder(context, order));
	},
};

/** Why a build that another process runs can not be ended from here; undefined when that process can be asked to. */
const elsewhere = (run: BuildRun): string | undefined => {
	const name = runName(run);
	if (run.pid === 0) return `${name} runs for somebody else: a BuildKit ends a build for nobody but who began it`;
	if (run.by === 'dashboard') return `${name} runs in another dashboard, process ${run.pid}: cancel it there`;
	return run.pidSince === undefined ? `${name} runs in process ${run.pid}: end it there` : undefined;
};

const cancel: Command = {
	id: 'builds.cancel',
	title: 'Cancel',
	scope: 'builds',
	keys: ['s'],
	changes: true,
	hint: {label: 'cancel', order: 2},
	refusal: (state) => {
		const run = chosen(state);
		if (run === undefined) return 'Select a build first';
		if (run.outcome !== 'running') return `${runName(run)} does not run`;
		return run.pid === process.pid ? undefined : elsewhere(run);
	},
	confirmation: (state) => {
		const run = chosen(state);
		if (run === undefined || run.pid === process.pid) return undefined;
		const lines = [`It is asked of process ${run.pid} of ${run.user}, as ctrl-c would in its terminal.`, ...(run.order === undefined ? [] : [`$ ${commandOf(run.order)}`])];
		return {title: `Cancel ${runName(run)}, which another program runs?`, lines, danger: true};
	},
	run: async ({store, services}) => {
		const run = chosen(store.get());
		if (run === undefined) return;
		if (run.pid !== process.pid) await services.buildRuns.interrupt(run);
		else if (!services.buildRuns.cancel(run.id)) notify(store, 'info', `${runName(run)} is over`);
	},
};

const forget: Command = {
	id: 'builds.forget',
	title: 'Forget it: our record of the build, and the daemon’s',
	scope: 'builds',
	keys: ['d', 'delete'],
	changes: true,
	refusal: (state) => {
		const run = chosen(state);
		if (run === undefined) return 'Select a build first';
		return run.outcome === 'running' ? `${runName(run)} runs: cancel it first` : undefined;
	},
	confirmation: (state) => {
		const run = chosen(state);
		return run === undefined ? undefined : {title: `Forget the build of ${runName(run)}?`, lines: ['What was built stays.'], danger: false};
	},
	run: async ({store, services, watch}) => {
		const run = chosen(store.get());
		if (run === undefined) return;
		await services.buildRuns.forget(run.id);
		try {
			await services.builds.forget(run.address, run.id);
		} catch (error) {
			// Most do not remember it in the first place; where it was only theirs, it matters.
			if (run.by === 'somebody else') throw error;
		}
		watch.refresh();
	},
};

const copyCommand: Command = {
	id: 'builds.copy-command',
	title: 'Copy the command line',
	scope: 'builds',
	keys: ['Y'],
	refusal: unknownOrder,
	run: ({store, terminal}) => {
		const order = chosen(store.get())?.order;
		if (order === undefined) return;
		terminal.copy(commandOf(order));
		notify(store, 'good', `Copied ${plain(commandOf(order))}`);
	},
};

/** Step by step, without colours, as a file is read. */
const logText = ({state, logOf}: BuildDetail): string =>
	orderedSteps(state)
		.map(({number, vertex, state: how}) => {
			const {lines, dropped} = logOf(vertex.digest);
			const lost = dropped === 0 ? [] : [`(${dropped} lines before are gone)`];
			return [`#${number ?? '-'} ${plain(vertex.name)} (${how})`, ...lost, ...lines.map(stripSgr), ...(vertex.error === '' ? [] : [`ERROR: ${plain(vertex.error)}`]), ''].join('\n');
		})
		.join('\n');

const inside = async ({store, services}: Context): Promise<BuildDetail | undefined> => {
	const run = chosen(store.get());
	if (run === undefined) return undefined;
	const controller = new AbortController();
	try {
		return (await services.buildRuns.open(run, {signal: controller.signal})).detail();
	} finally {
		controller.abort();
	}
};

const page: Command = {
	id: 'builds.page',
	title: 'Open the log of all steps in $PAGER',
	scope: 'builds',
	keys: ['v'],
	hint: {label: 'pager', order: 4},
	refusal: noBuild,
	run: async (context) => {
		const detail = await inside(context);
		if (detail === undefined) return;
		const folder = await mkdtemp(join(tmpdir(), 'gantry-build-log-'));
		try {
			const path = join(folder, 'build.log');
			await writeFile(path, logText(detail), {mode: 0o600});
			const [program = 'less', ...args] = words(context.environment['PAGER'] ?? 'less -R');
			await context.terminal.handOver(async (tty) => tty.spawn(program, [...args, path]));
		} finally {
			await rm(folder, {recursive: true, force: true});
		}
	},
};

/** The tabs of one build look at one step. */
const step = (id: string, title: string, keys: readonly string[], by: 1 | -1): Command => ({
	...{id, title, scope: 'steps', keys},
	run: async (context) => {
		const {store} = context;
		const run = chosen(store.get());
		const detail = await inside(context);
		if (run === undefined || detail === undefined) return;
		const {buildStep, isByStage} = store.get().view;
		const steps = listedSteps(detail.state, isByStage);
		const now = chosenStep(detail, buildStep?.run === run.id ? buildStep.vertex : undefined);
		const next = steps[steps.findIndex(({vertex}) => vertex.digest === now?.vertex.digest) + by];
		if (next !== undefined) store.dispatch({type: 'view-changed', change: {buildStep: {run: run.id, vertex: next.vertex.digest}}});
	},
});

const openLog: Command = {
	id: 'builds.step-log',
	title: 'The log of the step, and back',
	scope: 'steps',
	keys: ['enter'],
	hint: {label: 'log', order: 1},
	run: ({store}) => store.dispatch({type: 'tab-changed', pane: 'builds', tab: store.get().view.tabs.builds === 'log' ? 'steps' : 'log'}),
};

const byStage: Command = {
	id: 'builds.by-stage',
	title: 'The steps by stage, or in the order in which they began',
	scope: 'steps',
	keys: ['t'],
	hint: {label: 'stages', order: 3},
	run: ({store}) => store.dispatch({type: 'view-changed', change: {isByStage: !store.get().view.isByStage}}),
};

export const buildCommands: readonly Command[] = [again, cancel, page, copyCommand, forget, openLog, byStage, step('builds.step-next', 'The next step', ['>'], 1), step('builds.step-previous', 'The step before', ['<'], -1)];
