import {memo} from 'react';
import {cellWidth, fit} from '../source/model/cells.ts';
import {plain} from '../source/model/sanitize.ts';
import {sparkline} from '../source/model/sparkline.ts';
import {isUp, statusOf} from '../source/model/status.ts';
import {bytes, percent} from '../source/model/units.ts';
import type {State} from '../hooks/types.ts';
import {useSelect} from '../hooks/use-select.ts';
import {Lines} from './kit/lines.tsx';
import type {Theme} from './kit/theme.ts';
import {useTheme} from './kit/theme-context.ts';

const counts = ({containers}: State): string => {
	let up = 0;
	let exited = 0;
	let unhealthy = 0;
	for (const container of containers.items.values()) {
		if (isUp(container)) up += 1;
		else if (container.task?.status === 'stopped') exited += 1;
		if (statusOf(container).word === 'unhealthy') unhealthy += 1;
	}
	return [`${up} up`, ...(exited > 0 ? [`${exited} exited`] : []), ...(unhealthy > 0 ? [`${unhealthy} unhealthy`] : [])].join('  ');
};

const place = ({connection, scope, hostname, snapshotter, readonly}: State, theme: Theme): string => {
	const version = connection.status === 'live' ? `containerd ${plain(connection.version)}` : connection.status;
	const parts = [plain(hostname), version, scope.kind === 'all' ? 'all namespaces' : plain(scope.namespace), plain(snapshotter), ...(readonly ? ['read-only'] : [])];
	return `${theme.paint('strong', 'gantry')}  ${parts.join(theme.ascii ? ' | ' : ' · ')}`;
};

const load = ({cpuHistory, machine, usage}: State, theme: Theme): string => {
	if (usage.size === 0) return '';
	const cores = machine?.cores ?? 1;
	const bars = sparkline(cpuHistory.slice(-8), {width: 8, max: Math.max(100, cores * 100), ascii: theme.ascii});
	const memory = machine === undefined ? '' : `  mem ${bytes(machine.memoryUsedBytes)}/${bytes(machine.memoryTotalBytes)}  disk ${machine.diskUsedPercent}%`;
	return `${theme.paint('good', bars)} cpu ${percent(cpuHistory.at(-1) ?? 0).padStart(4)}${memory}`;
};

/** One line that says where we are and how it is there. What there is no room for is left out from the middle. */
export const Header = memo(({width}: {readonly width: number}) => {
	const theme = useTheme();
	const left = useSelect((state) => place(state, theme));
	const middle = useSelect((state) => load(state, theme));
	const right = useSelect(counts);
	const used = cellWidth(left) + cellWidth(right) + 4;
	const shown = cellWidth(middle) + used + 2 <= width ? middle : '';
	const space = Math.max(1, width - cellWidth(left) - cellWidth(shown) - cellWidth(right) - 2);
	const before = Math.floor(space / 2);
	const line = ` ${left}${' '.repeat(before)}${shown}${' '.repeat(space - before)}${right} `;
	return <Lines lines={[fit(line, width)]} width={width} />;
});
Header.displayName = 'Header';
