import {containerKey, type Container} from '../../source/model/container.ts';
import {sparkline} from '../../source/model/sparkline.ts';
import {bytes, percent} from '../../source/model/units.ts';
import type {Usage} from '../../source/model/usage.ts';
import {useSampling} from '../../hooks/use-sampling.ts';
import {useSelect} from '../../hooks/use-select.ts';
import type {Theme} from '../kit/theme.ts';
import {useTheme} from '../kit/theme-context.ts';
import {LinesTab} from '../detail/lines-tab.tsx';
import type {TabProps} from '../detail/types.ts';

type Meter = {readonly label: string; readonly now: string; readonly history: readonly number[]; readonly max?: number; readonly top: string};

const rate = (values: readonly number[]): string => `${bytes(values.at(-1) ?? 0)}/s`;

const highest = (values: readonly number[]): number => values.reduce((top, value) => Math.max(top, value), 0);

const meters = (usage: Usage): readonly Meter[] => {
	const {history} = usage;
	const limit = usage.memoryLimitBytes;
	return [
		{label: 'CPU', now: usage.cpuPercent === undefined ? '…' : percent(usage.cpuPercent), history: history.cpuPercent, max: Math.max(100, highest(history.cpuPercent)), top: 'of one core'},
		{
			label: 'Memory',
			now: `${bytes(usage.memoryBytes)}${limit === undefined ? '' : ` of ${bytes(limit)} (${percent((usage.memoryBytes / limit) * 100)})`}`,
			history: history.memoryBytes,
			max: limit ?? Math.max(1, highest(history.memoryBytes)),
			top: limit === undefined ? 'no limit' : '',
		},
		{label: 'Net in', now: usage.network === undefined ? '…' : rate(history.received), history: history.received, top: usage.network === undefined ? '' : `${bytes(usage.network.receivedBytes)} in all`},
		{label: 'Net out', now: usage.network === undefined ? '…' : rate(history.sent), history: history.sent, top: usage.network === undefined ? '' : `${bytes(usage.network.sentBytes)} in all`},
		{label: 'Disk read', now: rate(history.blockRead), history: history.blockRead, top: `${bytes(usage.blockReadBytes)} in all`},
		{label: 'Disk write', now: rate(history.blockWrite), history: history.blockWrite, top: `${bytes(usage.blockWriteBytes)} in all`},
	];
};

const draw = (meter: Meter, width: number, theme: Theme): readonly string[] => [
	`${theme.paint('strong', meter.label.padEnd(11))}${meter.now.padEnd(24)} ${theme.paint('muted', meter.top)}`,
	theme.paint('good', sparkline(meter.history, {width: Math.min(width, 120), ascii: theme.ascii, ...(meter.max === undefined ? {} : {max: meter.max})})),
	'',
];

/** Two minutes of one container, a line of bars per number. */
export const StatsTab = ({container, ...props}: TabProps & {readonly container: Container}) => {
	const theme = useTheme();
	const key = containerKey(container);
	const usage = useSelect((state) => state.usage.get(key));
	useSampling(key);
	const lines =
		usage === undefined
			? [container.task?.status === 'running' ? 'Waiting for the first reading…' : 'Not running: there is nothing to measure.']
			: [...meters(usage).flatMap((meter) => draw(meter, props.width - 4, theme)), `${theme.paint('strong', 'Processes'.padEnd(11))}${usage.pids}`, '', theme.paint('muted', '100 % is one core · memory is usage without inactive file cache')];
	return <LinesTab {...props} subject={key} lines={lines} />;
};
