import {useEffect, useState, useSyncExternalStore} from 'react';
import {isAbort, sentence} from '../source/errors.ts';
import {type BuildDetail, type BuildRun, subjectOf} from '../source/model/build-run.ts';
import {chosenStep} from '../source/model/build-list.ts';
import {listedSteps} from '../source/model/build-stages.ts';
import type {BuildStep} from '../source/model/build-steps.ts';
import type {BuildWatch} from '../source/services/build-runs/types.ts';
import type {AppStore} from '../source/store/index.ts';
import {useApp} from './app-context.ts';
import {useSelect} from './use-select.ts';

export type BuildView = {readonly status: 'ready'; readonly detail: BuildDetail} | {readonly status: 'reading'} | {readonly status: 'failed'; readonly failure: string};

type Held = {readonly id: string; readonly watch: BuildWatch | undefined; readonly failure: string | undefined};

const reading: BuildView = {status: 'reading'};

const noListener = () => () => undefined;

/**
The inside of a build while it is looked at. When it ends it is opened again, and what was seen last stays until that is there. Undefined: there is none to
look at.
*/
export const useBuild = (run: BuildRun | undefined): BuildView => {
	const {commands} = useApp();
	const [held, setHeld] = useState<Held>({id: '', watch: undefined, failure: undefined});
	// biome-ignore lint/correctness/useExhaustiveDependencies: the run is a new object at every count; its id, and whether it still runs, say what is looked at.
	useEffect(() => {
		if (run === undefined) return undefined;
		const {id} = run;
		const controller = new AbortController();
		const open = async () => {
			const watch = await commands.services.buildRuns.open(run, {signal: controller.signal});
			if (!controller.signal.aborted) setHeld({id, watch, failure: undefined});
		};
		open().catch((error: unknown) => {
			if (!controller.signal.aborted && !isAbort(error)) setHeld((before) => (before.id === id && before.watch !== undefined ? before : {id, watch: undefined, failure: sentence(error)}));
		});
		return () => controller.abort();
	}, [run?.id, run?.outcome === 'running', commands]);
	const watch = held.id === run?.id ? held.watch : undefined;
	const detail = useSyncExternalStore(watch?.subscribe ?? noListener, () => watch?.detail());
	if (detail !== undefined) return {status: 'ready', detail};
	return held.id === run?.id && held.failure !== undefined ? {status: 'failed', failure: held.failure} : reading;
};

/** Epoch ms, moved twice a second while the build runs, so that its time is seen to pass; of one that is over, its end. */
export const useNow = ({outcome, endedAt}: BuildRun): number => {
	const isRunning = outcome === 'running';
	const [, setTick] = useState(0);
	useEffect(() => {
		if (!isRunning) return undefined;
		const timer = setInterval(() => setTick((tick) => tick + 1), 500);
		return () => clearInterval(timer);
	}, [isRunning]);
	return isRunning ? Date.now() : (endedAt ?? Date.now());
};

/** The step that is looked at, here and in the other tabs of the same build. */
export const useChosenStep = (run: BuildRun, view: BuildView): BuildStep | undefined => {
	const chosen = useSelect((state) => state.view.buildStep);
	return view.status === 'ready' ? chosenStep(view.detail, chosen?.run === run.id ? chosen.vertex : undefined) : undefined;
};

/** Looks at the step that is `by` further in the list. */
export const stepBy = (store: AppStore, run: BuildRun, detail: BuildDetail, by: number): void => {
	const steps = listedSteps(detail.state, store.get().view.isByStage);
	const chosen = store.get().view.buildStep;
	const now = chosenStep(detail, chosen?.run === run.id ? chosen.vertex : undefined);
	const at = now === undefined ? 0 : steps.findIndex(({vertex}) => vertex.digest === now.vertex.digest);
	const next = steps[Math.min(Math.max(at + by, 0), steps.length - 1)];
	if (next !== undefined) store.dispatch({type: 'view-changed', change: {buildStep: {run: run.id, vertex: next.vertex.digest}}});
};

const otherOf = (runs: Iterable<BuildRun>, run: BuildRun, marks: ReadonlySet<string>): BuildRun | undefined => {
	const others = [...runs].filter(({id, outcome}) => id !== run.id && outcome !== 'running');
	const marked = others.find(({id}) => marks.has(id));
	if (marked !== undefined) return marked;
	return others.filter((other) => subjectOf(other) === subjectOf(run) && other.startedAt < run.startedAt).sort((a, b) => b.startedAt - a.startedAt)[0];
};

/** What a build is compared with: a marked one, else the one of the same target before it. */
export const useOtherBuild = (run: BuildRun): BuildRun | undefined => {
	const runs = useSelect((state) => state.builds.items);
	const marks = useSelect((state) => state.view.panes.builds.marks);
	return otherOf(runs.values(), run, marks);
};
