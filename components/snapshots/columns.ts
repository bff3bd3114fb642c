import {plain} from '../../source/model/sanitize.ts';
import {age, bytes} from '../../source/model/units.ts';
import type {SnapshotRow, SnapshotterRow} from '../../hooks/types.ts';
import type {Cell, Column} from '../kit/columns.ts';

export type SnapshotterLine = {readonly row: SnapshotterRow; readonly isDefault: boolean};

const health = ({row: {entry}}: SnapshotterLine): Cell => {
	switch (entry.health) {
		case 'ok':
			return {text: 'ok', tone: 'good'};
		case 'skipped':
			return {text: 'skipped', tone: 'muted'};
		case 'error':
			return {text: 'error', tone: 'bad'};
	}
};

export const snapshotterColumns = (): ReadonlyArray<Column<SnapshotterLine>> => [
	{
		id: 'name',
		title: 'SNAPSHOTTER',
		width: 'flex',
		priority: 0,
		cell: ({row: {entry}, isDefault}) => ({text: `${plain(entry.name)}${isDefault ? ' ★' : ''}`, tone: entry.health === 'ok' ? 'plain' : 'muted'}),
	},
	{id: 'kind', title: 'KIND', width: 7, priority: 4, cell: ({row: {entry}}) => ({text: entry.kind, tone: 'muted'})},
	{id: 'health', title: 'HEALTH', width: 7, priority: 0, cell: health},
	{id: 'count', title: 'SNAPS', width: 6, priority: 2, align: 'right', cell: ({row: {entry}}) => (entry.totals === undefined ? '' : String(entry.totals.count))},
	{id: 'size', title: 'SIZE', width: 7, priority: 1, align: 'right', cell: ({row: {entry}}) => (entry.totals === undefined ? '' : bytes(entry.totals.sizeBytes))},
];

export type SnapshotLine = {readonly row: SnapshotRow; readonly minute: number; readonly ascii: boolean};

const shortKey = (key: string): string => plain(key.replace(/^sha256:([0-9a-f]{12})[0-9a-f]{52}$/, '$1').replace(/^([0-9a-f]{12})[0-9a-f]{52}$/, '$1'));

const guide = (text: string, ascii: boolean) => (ascii ? text.replaceAll('├', '|').replaceAll('└', '`').replaceAll('│', '|') : text);

const kindTone = {active: 'good', view: 'accent', committed: 'muted', unknown: 'warning'} as const;

export const snapshotColumns = (): ReadonlyArray<Column<SnapshotLine>> => [
	{id: 'tree', title: 'SNAPSHOT', width: 'flex', priority: 0, cell: ({row, ascii}) => `${guide(row.guide, ascii)}${shortKey(row.snapshot.key)}`},
	{id: 'kind', title: 'KIND', width: 9, priority: 1, cell: ({row}) => ({text: row.snapshot.kind, tone: kindTone[row.snapshot.kind]})},
	{id: 'used', title: 'USED BY', width: 14, priority: 2, cell: ({row}) => plain(row.usedBy ?? '')},
	{id: 'parent', title: 'PARENT', width: 12, priority: 5, cell: ({row}) => ({text: shortKey(row.snapshot.parent), tone: 'muted'})},
	{id: 'age', title: 'AGE', width: 4, priority: 4, align: 'right', cell: ({row, minute}) => ({text: age(row.snapshot.createdAt, minute), tone: 'muted'})},
];
