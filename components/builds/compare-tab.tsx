import {compareBuilds, type ComparedStep} from '../../source/model/build-compare.ts';
import type {BuildRun} from '../../source/model/build-run.ts';
import type {BuildStep} from '../../source/model/build-steps.ts';
import {span, timesOf} from '../../source/model/build-times.ts';
import {fit, padStart} from '../../source/model/cells.ts';
import {plain} from '../../source/model/sanitize.ts';
import {wrapWords} from '../../source/model/wrap-words.ts';
import type {BuildRow} from '../../hooks/types.ts';
import {type BuildView, useBuild, useNow, useOtherBuild} from '../../hooks/use-build.ts';
import {LinesTab} from '../detail/lines-tab.tsx';
import type {TabProps} from '../detail/types.ts';
import type {Theme} from '../kit/theme.ts';
import {useTheme} from '../kit/theme-context.ts';
import {stepMarks} from './outcome.ts';

const cell = (step: BuildStep | undefined): string => (step === undefined ? 'no such' : step.state === 'done' ? span(step.elapsedMs) : stepMarks[step.state].word);

/** Less than this is how two runs of the same differ anyway. */
const noiseMs = 100;

const difference = (ms: number | undefined): string => (ms === undefined || Math.abs(ms) < noiseMs ? '' : `${ms > 0 ? '+' : '-'}${span(Math.abs(ms))}`);

const rowLine = ({name, before, now, moreMs}: ComparedStep, width: number, theme: Theme): string => {
	const diff = padStart(difference(moreMs), 7);
	const tone = moreMs === undefined || Math.abs(moreMs) < noiseMs ? 'plain' : moreMs > 0 ? 'warning' : 'good';
	const what = now === undefined ? '-' : before === undefined ? '+' : ' ';
	return `${padStart(cell(before), 9)} ${padStart(cell(now), 9)} ${theme.paint(tone, diff)} ${what} ${fit(plain(name), Math.max(1, width - 30)).trimEnd()}`;
};

const clock = ({startedAt}: BuildRun): string => new Date(startedAt).toISOString().slice(5, 16).replace('T', ' ');

const compared = (before: BuildView, now: BuildView, at: number, width: number, theme: Theme): readonly string[] | undefined => {
	if (before.status !== 'ready' || now.status !== 'ready') return undefined;
	const [left, right] = [timesOf(before.detail.state, at), timesOf(now.detail.state, at)];
	const share = (value: number | undefined) => (value === undefined ? '' : `${Math.round(value * 100)}%`);
	return [
		theme.paint('muted', `${padStart('BEFORE', 9)} ${padStart('NOW', 9)} ${padStart('MORE', 7)}   STEP`),
		`${padStart(span(left.realMs), 9)} ${padStart(span(right.realMs), 9)} ${padStart(difference(right.realMs - left.realMs), 7)}   ${theme.paint('strong', 'real time')}`,
		`${padStart(share(left.cachedShare), 9)} ${padStart(share(right.cachedShare), 9)} ${' '.repeat(7)}   ${theme.paint('strong', 'from cache')}`,
		'',
		...compareBuilds(before.detail.state, now.detail.state).map((step) => rowLine(step, width, theme)),
		'',
		theme.paint('muted', '+ new   - gone'),
	];
};

/** This run beside the one before it of the same target, or beside one that is marked. */
export const CompareTab = ({row: {run}, ...props}: TabProps & {readonly row: BuildRow}) => {
	const theme = useTheme();
	const other = useOtherBuild(run);
	const now = useBuild(run);
	const before = useBuild(other);
	const at = useNow(run);
	const width = Math.max(1, props.width - 4);
	const failure = now.status === 'failed' ? now.failure : before.status === 'failed' ? before.failure : undefined;
	const lines =
		other === undefined
			? wrapWords('There is no run before this one of the same context, Dockerfile and target. Mark another run with space to compare with that.', width)
			: [theme.paint('muted', `${clock(other)} beside ${clock(run)}`), ...(compared(before, now, at, width, theme) ?? wrapWords(failure === undefined ? 'Reading…' : plain(failure), width))];
	return <LinesTab {...props} subject={`${run.id} ${other?.id ?? ''}`} lines={lines} />;
};
