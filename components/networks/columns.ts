import {plain} from '../../source/model/sanitize.ts';
import type {NetworkRow} from '../../hooks/types.ts';
import type {Column} from '../kit/columns.ts';

export type NetworkLine = {readonly row: NetworkRow};

const isLive = ({task}: NetworkRow['members'][number]): boolean => task?.status === 'running' || task?.status === 'paused';

/** Those that run, of those that name it. */
export const memberCount = ({members}: NetworkRow): string => {
	const live = members.filter(isLive).length;
	return live === members.length ? String(live) : `${live}/${members.length}`;
};

export const networkColumns = (isAll: boolean): ReadonlyArray<Column<NetworkLine>> => [
	{id: 'name', title: 'NETWORK', width: 'flex', priority: 0, cell: ({row: {network}}) => ({text: plain(network.name), tone: network.id === '' ? 'muted' : 'plain'})},
	...(isAll ? [{id: 'namespace', title: 'NAMESPACE', width: 12, priority: 4, cell: ({row}: NetworkLine) => ({text: plain(row.namespace) || 'all', tone: row.namespace === '' ? ('muted' as const) : ('plain' as const)})}] : []),
	{id: 'driver', title: 'DRIVER', width: 8, priority: 3, cell: ({row: {network}}) => plain(network.driver)},
	{id: 'subnet', title: 'SUBNET', width: 18, priority: 1, cell: ({row: {network}}) => plain(network.subnets[0]?.subnet ?? '')},
	{
		id: 'containers',
		title: 'CONT',
		width: 5,
		priority: 2,
		align: 'right',
		cell: ({row}) => ({text: memberCount(row), tone: row.members.length === 0 ? 'muted' : 'plain'}),
	},
];
