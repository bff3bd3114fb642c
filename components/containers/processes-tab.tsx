import {containerKey, type Container} from '../../source/model/container.ts';
import {plain} from '../../source/model/sanitize.ts';
import {age, bytes, duration} from '../../source/model/units.ts';
import type {ProcessRow} from '../../hooks/types.ts';
import {useProcesses} from '../../hooks/use-processes.ts';
import {useSelect} from '../../hooks/use-select.ts';
import {type Column, fitColumns, headingText, rowText} from '../kit/columns.ts';
import {useTheme} from '../kit/theme-context.ts';
import {LinesTab} from '../detail/lines-tab.tsx';
import type {TabProps} from '../detail/types.ts';

type Line = {readonly process: ProcessRow; readonly minute: number};

const columns: ReadonlyArray<Column<Line>> = [
	{id: 'pid', title: 'PID', width: 7, priority: 0, align: 'right', cell: ({process}) => String(process.pid)},
	{id: 'user', title: 'USER', width: 9, priority: 3, cell: ({process}) => plain(process.user)},
	{id: 'state', title: 'S', width: 1, priority: 4, cell: ({process}) => process.state},
	{id: 'cpu', title: 'CPU TIME', width: 8, priority: 2, align: 'right', cell: ({process}) => duration(process.cpuNanoseconds / 1e6)},
	{id: 'memory', title: 'RSS', width: 6, priority: 1, align: 'right', cell: ({process}) => bytes(process.residentBytes)},
	{id: 'age', title: 'AGE', width: 4, priority: 5, align: 'right', cell: ({process, minute}) => age(process.startedAt, Math.max(minute, process.startedAt))},
	{id: 'command', title: 'COMMAND', width: 'flex', priority: 0, cell: ({process}) => ({text: `${process.execId === undefined ? '' : '» '}${plain(process.command)}`, tone: process.execId === undefined ? 'plain' : 'accent'})},
];

export const ProcessesTab = ({container, ...props}: TabProps & {readonly container: Container}) => {
	const theme = useTheme();
	const minute = useSelect((state) => state.minute);
	const {value, failure} = useProcesses(container);
	const fitted = fitColumns(columns, props.width - 5);
	const style = {theme, isSelected: false, hasFocus: false, isMarked: false, isStale: false};
	const lines =
		failure !== undefined
			? [plain(failure)]
			: value === undefined
				? ['Reading the processes…']
				: value.length === 0
					? ['Not running: there are no processes.']
					: [headingText(fitted, {column: '', descending: false}, theme), ...value.map((process) => rowText({process, minute}, fitted, style))];
	return <LinesTab {...props} subject={containerKey(container)} lines={lines} />;
};
