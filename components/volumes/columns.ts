import {plain} from '../../source/model/sanitize.ts';
import {age, bytes} from '../../source/model/units.ts';
import type {VolumeRow} from '../../hooks/types.ts';
import type {Column} from '../kit/columns.ts';

export type VolumeLine = {readonly row: VolumeRow; readonly minute: number};

/** A name that nobody gave is 64 digits long: twelve of them tell it apart. */
export const volumeName = (name: string): string => plain(name.replace(/^([0-9a-f]{12})[0-9a-f]{52}$/, '$1'));

export const volumeColumns = (isAll: boolean): ReadonlyArray<Column<VolumeLine>> => [
	{id: 'name', title: 'VOLUME', width: 'flex', priority: 0, cell: ({row: {volume}}) => ({text: volumeName(volume.name), tone: volume.isAnonymous ? 'muted' : 'plain'})},
	...(isAll ? [{id: 'namespace', title: 'NAMESPACE', width: 12, priority: 3, cell: ({row}: VolumeLine) => plain(row.namespace)}] : []),
	{id: 'size', title: 'SIZE', width: 6, priority: 1, align: 'right', cell: ({row: {sizeBytes}}) => (sizeBytes === undefined ? '' : bytes(sizeBytes))},
	{
		id: 'used',
		title: 'USED BY',
		width: 18,
		priority: 2,
		cell: ({row: {usedBy}}) => ({text: usedBy.length === 0 ? 'unused' : plain(usedBy.join(' ')), tone: usedBy.length === 0 ? 'muted' : 'plain'}),
	},
	{id: 'age', title: 'AGE', width: 4, priority: 4, align: 'right', cell: ({row: {volume}, minute}) => ({text: age(volume.createdAt, minute), tone: 'muted'})},
];
