import {useMemo, useRef} from 'react';
import type {DetailView} from '../../source/commands/index.ts';
import {countsOf} from '../../source/model/build-run.ts';
import {orderedSteps} from '../../source/model/build-list.ts';
import {stagesOf} from '../../source/model/build-stages.ts';
import {span, timesOf} from '../../source/model/build-times.ts';
import {plain} from '../../source/model/sanitize.ts';
import {useApp} from '../../hooks/app-context.ts';
import type {BuildRow} from '../../hooks/types.ts';
import {stepBy, useBuild, useChosenStep, useNow} from '../../hooks/use-build.ts';
import {useDetailView} from '../../hooks/use-detail-view.ts';
import {useSelect} from '../../hooks/use-select.ts';
import {DetailFrame} from '../detail/detail-frame.tsx';
import type {TabProps} from '../detail/types.ts';
import {useTheme} from '../kit/theme-context.ts';
import {runMarks} from './outcome.ts';
import {stepWindow} from './step-lines.ts';

/** Every step of a build with its bar on one axis of time; the one under the cursor is the one whose log the next tab shows. */
export const StepsTab = ({row: {run}, ...props}: TabProps & {readonly row: BuildRow}) => {
	const theme = useTheme();
	const {store} = useApp();
	const isByStage = useSelect((state) => state.view.isByStage);
	const view = useBuild(run);
	const chosen = useChosenStep(run, view);
	const now = useNow(run);
	const top = useRef(0);
	const height = Math.max(1, props.height - 2);
	const held = useRef({run, view, height});
	held.current = {run, view, height};
	useDetailView(
		useMemo((): DetailView => {
			const by = (steps: number) => {
				const {run: shown, view: seen} = held.current;
				if (seen.status === 'ready') stepBy(store, shown, seen.detail, steps);
			};
			return {scrollBy: by, toHome: () => by(Number.NEGATIVE_INFINITY), toEnd: () => by(Number.POSITIVE_INFINITY), pageRows: () => held.current.height};
		}, [store]),
	);
	if (view.status !== 'ready') return <DetailFrame {...props} lines={[` ${view.status === 'failed' ? plain(view.failure) : run.outcome === 'running' ? 'Waiting for the first step…' : 'Reading…'}`]} />;
	const {detail} = view;
	const stages = isByStage ? stagesOf(detail.state) : undefined;
	const steps = stages?.flatMap((stage) => stage.steps) ?? orderedSteps(detail.state);
	const window = stepWindow(steps, detail, {...{width: props.width - 4, height, now, theme, stages: height < 4 ? undefined : stages, top: top.current}, hasFocus: props.hasFocus, chosen: chosen?.vertex.digest});
	top.current = window.top;
	const counts = countsOf(detail.state);
	const parts = [
		runMarks[run.outcome].word,
		...(counts.total === 0 ? [] : [`${counts.completed}/${counts.total} steps`, `${counts.cached} cached`]),
		...(counts.warnings === 0 ? [] : [`${counts.warnings} ${counts.warnings === 1 ? 'warning' : 'warnings'}`]),
		span(timesOf(detail.state, now).realMs),
	];
	return <DetailFrame {...props} lines={steps.length === 0 ? [` ${run.failure === undefined ? 'Waiting for the first step…' : plain(run.failure)}`] : window.lines.map((line) => ` ${line}`)} bottom={parts.join(' · ')} />;
};
