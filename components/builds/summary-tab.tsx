import {type BuildDetail, type BuildRun, commandOf} from '../../source/model/build-run.ts';
import {type BuildTimes, span, timesOf} from '../../source/model/build-times.ts';
import {fit} from '../../source/model/cells.ts';
import {plain} from '../../source/model/sanitize.ts';
import {wrapWords} from '../../source/model/wrap-words.ts';
import type {BuildRow} from '../../hooks/types.ts';
import {useBuild, useNow} from '../../hooks/use-build.ts';
import {useSelect} from '../../hooks/use-select.ts';
import {LinesTab} from '../detail/lines-tab.tsx';
import type {TabProps} from '../detail/types.ts';
import {field, heading} from '../kit/field.ts';
import type {Theme} from '../kit/theme.ts';
import {useTheme} from '../kit/theme-context.ts';
import {runMarks} from './outcome.ts';

type Draw = {readonly theme: Theme; readonly width: number};

const wrapped = ({theme, width}: Draw, label: string, text: string): readonly string[] => wrapWords(text, Math.max(10, width - 15)).map((line, at) => field(theme, at === 0 ? label : '', line));

const gauge = (share: number, cells: number, theme: Theme): string => {
	const full = Math.round(share * cells);
	return `${(theme.ascii ? '#' : '█').repeat(full)}${(theme.ascii ? '.' : '░').repeat(cells - full)}`;
};

const timeLines = ({realMs, accumulatedMs, cachedShare, slowest}: BuildTimes, {theme, width}: Draw): readonly string[] => {
	const beside = realMs > 0 && accumulatedMs > realMs ? `, ${(accumulatedMs / realMs).toFixed(1)} at once` : '';
	const longest = slowest[0]?.ms ?? 0;
	const bars = theme.spoken || width < 50 ? 0 : 12;
	return [
		field(theme, 'real time', span(realMs)),
		field(theme, 'all steps', `${span(accumulatedMs)}${beside}`),
		...(cachedShare === undefined ? [] : [field(theme, 'from cache', `${Math.round(cachedShare * 100)}% of the steps${theme.spoken ? '' : ` ${gauge(cachedShare, 12, theme)}`}`)]),
		...(slowest.length === 0 ? [] : ['', heading(theme, 'Slowest steps')]),
		...slowest.map(({step, ms}) => {
			const rest = Math.max(1, width - 8 - (bars === 0 ? 0 : bars + 1));
			const share = longest === 0 ? 0 : ms / longest;
			return `${span(ms).padStart(6)}  ${bars === 0 ? '' : `${gauge(share, bars, theme)} `}${fit(`${step.number ?? ''} ${plain(step.vertex.name)}`, rest).trimEnd()}`;
		}),
	];
};

const warningLines = ({state}: BuildDetail, draw: Draw): readonly string[] =>
	state.warnings.length === 0 ? [] : ['', heading(draw.theme, 'Warnings'), ...state.warnings.flatMap(({short}) => wrapWords(plain(short), draw.width).map((line) => draw.theme.paint('warning', line)))];

const when = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19);

const aboutLines = (run: BuildRun, address: string, draw: Draw): readonly string[] => {
	const {theme} = draw;
	const by = run.by === 'somebody else' ? 'somebody else, as the daemon tells' : `${plain(run.user)}, from the ${run.by}`;
	return [
		field(theme, 'outcome', theme.paint(runMarks[run.outcome].tone, runMarks[run.outcome].word)),
		...(run.failure === undefined ? [] : wrapped(draw, 'because', plain(run.failure))),
		field(theme, 'began', when(run.startedAt)),
		...(run.endedAt === undefined ? [] : [field(theme, 'took', span(run.endedAt - run.startedAt))]),
		...run.tags.map((tag, at) => field(theme, at === 0 ? 'image' : '', plain(tag))),
		...(run.digest === undefined ? [] : [field(theme, 'digest', run.digest)]),
		...wrapped(draw, 'context', plain(run.context) || 'not known'),
		...(run.dockerfile === '' ? [] : wrapped(draw, 'dockerfile', run.dockerfile === '-' ? 'from standard input' : plain(run.dockerfile))),
		...(run.target === '' ? [] : [field(theme, 'target', plain(run.target))]),
		field(theme, 'built by', by),
		field(theme, 'buildkit', plain(run.address || address)),
		...(run.order === undefined ? [] : wrapped(draw, 'command', plain(commandOf(run.order)))),
	];
};

/** What a build came to, where its time went, and how it was asked for. */
export const BuildSummaryTab = ({row: {run}, ...props}: TabProps & {readonly row: BuildRow}) => {
	const theme = useTheme();
	const view = useBuild(run);
	const now = useNow(run);
	const buildkit = useSelect((state) => state.buildkit);
	const draw = {theme, width: Math.max(1, props.width - 4)};
	const about = aboutLines(run, buildkit.status === 'there' ? buildkit.address : '', draw);
	const inside = view.status === 'ready' ? [...timeLines(timesOf(view.detail.state, now), draw), ...warningLines(view.detail, draw)] : [view.status === 'failed' ? plain(view.failure) : 'Reading…'];
	return <LinesTab {...props} subject={run.id} lines={[...about, '', ...inside]} />;
};
