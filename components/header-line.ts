import {cellWidth, fit} from '../source/model/cells.ts';
import {ownerOf} from '../source/model/namespace.ts';
import {plain} from '../source/model/sanitize.ts';
import {sparkline} from '../source/model/sparkline.ts';
import {isUp, statusOf} from '../source/model/status.ts';
import {percent} from '../source/model/units.ts';
import type {State} from '../hooks/types.ts';
import type {Theme} from './kit/theme.ts';

/** How many run, have ended, are ill. */
export const countsText = ({containers}: Pick<State, 'containers'>): string => {
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

/** A namespace that another program keeps its own books about says so. */
const namespaceText = (namespace: string): string => {
	const owner = ownerOf(namespace);
	return owner === undefined ? plain(namespace) : `${plain(namespace)} (owned by ${owner})`;
};

/** Where we are: host, daemon, namespace, snapshotter. */
export const placeText = ({connection, scope, hostname, snapshotter, readonly}: Pick<State, 'connection' | 'scope' | 'hostname' | 'snapshotter' | 'readonly'>, theme: Theme): string => {
	const version = connection.status === 'live' ? `containerd ${plain(connection.version)}` : connection.status;
	const parts = [plain(hostname), version, scope.kind === 'all' ? 'all namespaces' : namespaceText(scope.namespace), plain(snapshotter), ...(readonly ? ['read-only'] : [])];
	return `${theme.paint('strong', 'gantry')}  ${parts.join(theme.ascii ? ' | ' : ' · ')}`;
};

/** One decimal under ten, so that the last digit stands still while nothing much happens. */
const gigabytes = (count: number): string => {
	const value = count / 1024 ** 3;
	return value < 10 ? value.toFixed(1) : String(Math.round(value));
};

export const loadText = ({cpuHistory, machine, usage}: Pick<State, 'cpuHistory' | 'machine' | 'usage'>, theme: Theme): string => {
	if (usage.size === 0) return '';
	const cores = machine?.cores ?? 1;
	const bars = theme.spoken ? '' : sparkline(cpuHistory.slice(-8), {width: 8, max: Math.max(100, cores * 100), ascii: theme.ascii});
	const memory = machine === undefined ? '' : `  mem ${gigabytes(machine.memoryUsedBytes)}/${gigabytes(machine.memoryTotalBytes)}G  disk ${machine.diskUsedPercent}%`;
	return `${theme.paint('good', bars)} cpu ${percent(cpuHistory.at(-1) ?? 0).padStart(4)}${memory}`;
};

/** One line of exactly `width` cells. What there is no room for is left out from the middle. */
export const headerLine = (place: string, load: string, counts: string, width: number): string => {
	const used = cellWidth(place) + cellWidth(counts) + 4;
	const shown = cellWidth(load) + used + 2 <= width ? load : '';
	const space = Math.max(1, width - cellWidth(place) - cellWidth(shown) - cellWidth(counts) - 2);
	const before = Math.floor(space / 2);
	return fit(` ${place}${' '.repeat(before)}${shown}${' '.repeat(space - before)}${counts} `, width);
};
