import {type Container, containerKey} from '../../source/model/container.ts';
import {healthCheckOf, healthStateOf} from '../../source/model/health.ts';
import {plain} from '../../source/model/sanitize.ts';
import {useHealth} from '../../hooks/use-health.ts';
import {LinesTab} from '../detail/lines-tab.tsx';
import type {TabProps} from '../detail/types.ts';
import {field, heading} from '../kit/field.ts';
import {useTheme} from '../kit/theme-context.ts';

const tones = {healthy: 'good', starting: 'warning', unhealthy: 'bad'} as const;

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10}s`;

/** What is checked, how it stands, and the last results, newest first. */
export const HealthTab = ({container, ...props}: TabProps & {readonly container: Container}) => {
	const theme = useTheme();
	const {value, failure} = useHealth(container);
	const check = healthCheckOf(container.labels);
	const state = healthStateOf(container.labels);
	const results = [...(value ?? [])].reverse().flatMap(({startedAt, endedAt, exitCode, output}) => [
		'',
		`${theme.paint(exitCode === 0 ? 'good' : 'bad', exitCode === 0 ? 'passed' : `failed with ${exitCode}`)}  ${startedAt === undefined ? '' : `${new Date(startedAt).toISOString().replace('T', ' ').slice(0, 19)}  took ${seconds(Math.max(0, (endedAt ?? startedAt) - startedAt))}`}`,
		...output.trimEnd().split('\n').map((line) => `  ${plain(line)}`),
	]);
	const lines =
		check === undefined
			? ['Its health check is switched off.']
			: [
					field(theme, 'state', state === undefined ? 'not checked yet' : `${theme.paint(tones[state.Status], state.Status)}${state.FailingStreak > 0 ? `, failed ${state.FailingStreak} times in a row` : ''}`),
					field(theme, 'command', plain(check.args.join(' '))),
					field(theme, 'every', seconds(check.intervalMs)),
					field(theme, 'at most', seconds(check.timeoutMs)),
					field(theme, 'unhealthy', `after ${check.retries} failures in a row`),
					...(check.startPeriodMs > 0 ? [field(theme, 'start', `failures of the first ${seconds(check.startPeriodMs)} count for nothing`)] : []),
					'',
					heading(theme, 'Last results'),
					...(failure !== undefined ? [plain(failure)] : results.length === 0 ? ['', 'None yet. They are kept while gantry is open, or a timer runs gantry healthcheck.'] : results),
				];
	return <LinesTab {...props} subject={containerKey(container)} lines={lines} />;
};
