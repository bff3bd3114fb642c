import {truncate} from '../../source/model/cells.ts';
import {amountOf} from '../../source/model/build-list.ts';
import {span, takenBy} from '../../source/model/build-times.ts';
import {plain} from '../../source/model/sanitize.ts';
import type {BuildRow} from '../../hooks/types.ts';
import {useBuild, useChosenStep, useNow} from '../../hooks/use-build.ts';
import {useFollow} from '../../hooks/use-follow.ts';
import {DetailFrame} from '../detail/detail-frame.tsx';
import type {TabProps} from '../detail/types.ts';
import {dropCells} from '../kit/drop-cells.ts';
import {useTheme} from '../kit/theme-context.ts';
import {stepMarks} from './outcome.ts';

/** What one step has said, what it needs, and what it fetches; `<` and `>` go to the steps before and after it. */
export const BuildLogTab = ({row: {run}, ...props}: TabProps & {readonly row: BuildRow}) => {
	const theme = useTheme();
	const view = useBuild(run);
	const step = useChosenStep(run, view);
	const now = useNow(run);
	const detail = view.status === 'ready' ? view.detail : undefined;
	const digest = step?.vertex.digest ?? '';
	const {lines: said, dropped} = detail?.logOf(digest) ?? {lines: [], dropped: 0};
	const width = Math.max(1, props.width - 4);
	const mark = step === undefined ? undefined : stepMarks[step.state];
	const inputs = step?.vertex.inputs.flatMap((input) => detail?.state.steps.get(input)?.number ?? []) ?? [];
	const head =
		step === undefined || mark === undefined
			? []
			: [
					`${theme.paint(mark.tone, theme.ascii ? mark.ascii : mark.glyph)} ${theme.paint('strong', truncate(`${step.number ?? ''} ${plain(step.vertex.name)}`, width - 2))}`,
					theme.paint('muted', truncate([mark.word, span(takenBy(step, now)), ...(inputs.length === 0 ? [] : [`needs ${inputs.join(' ')}`])].join(' · '), width)),
					...(step.vertex.error === '' ? [] : [theme.paint('bad', truncate(plain(step.vertex.error), width))]),
					...step.statuses.slice(-4).map((status) => theme.paint('muted', truncate(`${amountOf(status)}${status.completedAt === undefined ? '' : ' done'}`, width))),
					'',
				];
	const height = Math.max(1, props.height - 2 - head.length);
	const {offset, x, isFollowing} = useFollow(`${run.id} ${digest}`, said.length, height);
	if (detail === undefined || step === undefined) return <DetailFrame {...props} lines={[` ${view.status === 'failed' ? plain(view.failure) : run.failure !== undefined ? plain(run.failure) : 'No step has begun yet'}`]} />;
	const seen = said.slice(offset, offset + height).map((line) => (x === 0 ? line : dropCells(line, x)));
	const body = said.length === 0 ? [theme.paint('muted', 'This step has said nothing.')] : seen;
	const bottom = [
		...(dropped === 0 ? [] : [`${dropped} lines before are gone`]),
		...(said.length === 0 ? [] : [`${Math.min(said.length, offset + height)}/${said.length}`]),
		...(run.outcome === 'running' && isFollowing ? ['following'] : []),
	];
	return <DetailFrame {...props} lines={[...head, ...body].map((line) => ` ${line}`)} bottom={bottom.join(' · ')} />;
};
