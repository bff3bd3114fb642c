import {plain} from '../../source/model/sanitize.ts';
import {age, bytes} from '../../source/model/units.ts';
import type {ImageRow} from '../../hooks/types.ts';
import type {Cell, Column} from '../kit/columns.ts';

export type ImageLine = {readonly row: ImageRow; readonly minute: number};

/** `docker.io/library/` says nothing: it is where a bare name comes from. */
export const familiarName = (name: string): string => plain(name).replace(/^docker\.io\/(library\/)?/, '');

const nameCell = ({row}: ImageLine): Cell => {
	const more = row.images.length - 1;
	return {text: `${familiarName(row.images[0].name)}${more > 0 ? ` +${more}` : ''}${row.update?.is === 'newer' ? ' ↑newer' : ''}`};
};

const size = (value: number | undefined): string => (value === undefined ? '' : bytes(value));

const platforms = ({row}: ImageLine): Cell => ({
	text: row.summary?.platforms.map(({os, architecture, variant}) => `${os}/${architecture}${variant === undefined ? '' : `/${variant}`}`).join(' ') ?? '',
	tone: 'muted',
});

const name: Column<ImageLine> = {id: 'name', title: 'NAME', width: 'flex', least: 26, priority: 0, cut: 'start', cell: nameCell};
const used: Column<ImageLine> = {
	id: 'used',
	title: 'USED',
	width: 4,
	priority: 2,
	align: 'right',
	cell: ({row}) => ({text: row.usedBy === 0 ? '' : `●${row.usedBy}`, tone: 'good'}),
};

export const shortImageColumns = (): ReadonlyArray<Column<ImageLine>> => [
	name,
	used,
	{id: 'size', title: 'SIZE', width: 6, priority: 1, align: 'right', cell: ({row}) => ({text: size(row.summary?.unpackedBytes ?? row.summary?.compressedBytes), tone: 'muted'})},
];

export const wideImageColumns = (isAll: boolean): ReadonlyArray<Column<ImageLine>> => [
	name,
	...(isAll ? [{id: 'namespace', title: 'NAMESPACE', width: 12, priority: 4, cell: ({row}: ImageLine) => ({text: plain(row.namespace), tone: 'muted'}) as Cell}] : []),
	used,
	{id: 'size', title: 'ON DISK', width: 8, priority: 1, align: 'right', cell: ({row}) => size(row.summary?.unpackedBytes)},
	{id: 'compressed', title: 'COMPR.', width: 8, priority: 2, align: 'right', cell: ({row}) => size(row.summary?.compressedBytes)},
	{id: 'platforms', title: 'PLATFORMS', width: 22, priority: 4, cell: platforms},
	{id: 'age', title: 'AGE', width: 5, priority: 3, align: 'right', cell: ({row, minute}) => ({text: age(row.images[0].createdAt, minute), tone: 'muted'})},
	{id: 'digest', title: 'DIGEST', width: 12, priority: 5, cell: ({row}) => ({text: row.digest.replace(/^sha256:/, '').slice(0, 12), tone: 'muted'})},
];
