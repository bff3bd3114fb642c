import {randomBytes} from 'node:crypto';
import {PassThrough, Readable} from 'node:stream';
import type {BuildOrder} from '../../model/build-run.ts';
import {countsOf, runName} from '../../model/build-run.ts';
import {orderedSteps} from '../../model/build-list.ts';
import type {ProgressItem} from '../../model/progress.ts';
import {type BuildState, emptyBuild, reduceBuild} from '../../model/build-steps.ts';
import {plain} from '../../model/sanitize.ts';
import type {BuildRequest} from '../../services/builds/types.ts';
import type {State} from '../../store/index.ts';
import type {Context} from '../types.ts';
import {showPane} from './panes.ts';

const namespaceOf = ({scope}: State): string => (scope.kind === 'one' ? scope.namespace : 'default');

/** The BuildKit that was found when builds were looked at, else the one that is found now; fails with which were tried. */
export const buildkitOf = async ({store, services, environment}: Context, said?: string, signal = new AbortController().signal): Promise<string> => {
	const {buildkit} = store.get();
	if (said === undefined && buildkit.status === 'there') return buildkit.address;
	const {findBuildkit} = await import('../line/buildkit-host.ts');
	return findBuildkit({services, env: environment, global: {namespace: namespaceOf(store.get())}, signal}, said);
};

export type ReadOrder = {readonly request: BuildRequest; readonly host: string | undefined};

/** A command line of `build`, read by the parser that reads it from a shell: what the one refuses the other refuses too. */
export const readOrder = async ({store, environment}: Context, {args, workingFolder}: BuildOrder): Promise<ReadOrder> => {
	const [{buildFlags, buildRequestOf, refusedBuildFlags}, {parseFlags}] = await Promise.all([import('../line/build-request.ts'), import('../line/flags.ts')]);
	const parsed = await parseFlags(args, buildFlags, {interspersed: true, refused: refusedBuildFlags});
	// The parser made the values from this very table.
	const flags = parsed.values as Parameters<typeof buildRequestOf>[0]['flags'];
	const state = store.get();
	const request = await buildRequestOf(
		{
			...{flags, args: parsed.args, given: parsed.given, env: environment},
			global: {namespace: namespaceOf(state), snapshotter: state.snapshotter},
			// There is only the screen: nothing can be read from it, and no archive be written to it.
			...{terminal: {isTTY: true, isInputTTY: true}, stdin: Readable.from([]), stdout: new PassThrough()},
		},
		workingFolder,
	);
	return {request, host: flags.buildkitHost};
};

const phases = {waiting: 'waiting', running: 'writing', done: 'done', cached: 'exists', failed: 'failed', cancelled: 'failed'} as const;

/** Steps count no bytes together: each is one part of the whole. */
const itemsOf = (state: BuildState): readonly ProgressItem[] =>
	orderedSteps(state).map(({vertex, state: how}) => ({id: vertex.digest, label: plain(vertex.name), phase: phases[how], doneBytes: 0, totalBytes: 0}));

/** Begins it and shows it; it goes on while the user looks elsewhere. */
export const startBuild = (context: Context, order: BuildOrder, {request, host}: ReadOrder): void => {
	const {store, services, jobs, watch} = context;
	const id = randomBytes(12).toString('hex');
	const name = plain(runName({tags: request.tags, context: request.context, target: request.flags.target ?? ''}));
	jobs.start(`Build ${name}`, async ({signal, report}) => {
		const address = await buildkitOf(context, host, signal);
		let state = emptyBuild;
		await services.buildRuns.build({...request, address}, {id, by: 'dashboard', order}, {
			signal,
			onStatus: (status) => {
				const next = reduceBuild(state, status);
				if (next === state) return;
				state = next;
				const {completed, total} = countsOf(state);
				report({items: itemsOf(state), step: `${completed}/${total} steps`});
			},
		});
		watch.refresh();
		return `Built ${name}`;
	});
	store.dispatch({type: 'pane-changed', pane: 'builds', change: {selected: id, filter: ''}});
	store.dispatch({type: 'tab-changed', pane: 'builds', tab: 'steps'});
	showPane(context, 'builds');
};
