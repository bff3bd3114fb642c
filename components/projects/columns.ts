import {containerKey} from '../../source/model/container.ts';
import {type Standing, standingOf, usageOf} from '../../source/model/compose/standing.ts';
import type {Drift} from '../../source/model/compose/drift.ts';
import {plain} from '../../source/model/sanitize.ts';
import {bytes, percent} from '../../source/model/units.ts';
import type {Usage} from '../../source/model/usage.ts';
import type {ProjectRow, ServiceRow} from '../../hooks/types.ts';
import type {Cell, Column} from '../kit/columns.ts';
import type {Tone} from '../kit/theme.ts';

export type ProjectLine = {readonly row: ProjectRow | ServiceRow; readonly usage: ReadonlyMap<string, Usage>; readonly pending: string | undefined; readonly ascii: boolean};

const asciiGlyphs: Readonly<Record<string, string>> = {'●': '*', '○': 'o', '◐': '!', '‖': '=', '·': '.', '↻': '~', '▾': 'v', '▸': '>'};

export const glyphOf = (glyph: string, ascii: boolean): string => (ascii ? (asciiGlyphs[glyph] ?? glyph) : glyph);

/** Replicas that there should be: as the file says, else as many as there are. */
export const wantedOf = ({service, drift}: ServiceRow): number => drift?.replicas ?? service.containers.length;

const containersOf = (row: ProjectRow | ServiceRow) => (row.kind === 'service' ? row.service.containers : row.project.services.flatMap(({containers}) => containers));

const wantedInAll = ({project, drift}: ProjectRow): number => project.services.reduce((sum, {name, containers}) => sum + (drift?.services[name]?.replicas ?? containers.length), 0);

export const standingOfRow = (row: ProjectRow | ServiceRow): Standing => standingOf(containersOf(row), row.kind === 'service' ? wantedOf(row) : wantedInAll(row));

const nameCell = ({row, ascii}: ProjectLine): Cell => {
	if (row.kind === 'project') return row.folded === undefined ? {text: plain(row.project.name)} : {text: `${glyphOf(row.folded ? '▸' : '▾', ascii)} ${plain(row.project.name)}`, tone: 'strong'};
	const {glyph, tone} = standingOfRow(row);
	return {text: `  ${glyphOf(glyph, ascii)} ${plain(row.service.name)}`, tone: tone === 'good' ? 'plain' : tone};
};

const stateCell = ({row, pending}: ProjectLine): Cell => {
	if (pending !== undefined) return {text: pending, tone: 'warning'};
	const {word, tone} = standingOfRow(row);
	return {text: word, ...(tone === 'good' ? {} : {tone})};
};

const replicasCell = ({row}: ProjectLine): Cell => {
	const {running} = standingOfRow(row);
	const wanted = row.kind === 'service' ? wantedOf(row) : wantedInAll(row);
	return {text: `${running}/${wanted}`, tone: running === wanted && wanted > 0 ? 'good' : running === 0 ? 'muted' : 'warning'};
};

const driftTones: Readonly<Record<Drift['status'], Tone>> = {same: 'muted', differs: 'warning', none: 'muted', gone: 'bad', broken: 'bad', refused: 'bad'};

/** What `up` would do, or why nobody can say. */
export const driftCell = (row: ProjectRow | ServiceRow): Cell => {
	if (row.kind === 'project') return row.drift === undefined ? {text: '', tone: 'muted'} : {text: plain(row.drift.words), tone: driftTones[row.drift.status]};
	if (row.drift !== undefined) return {text: plain(row.drift.words), tone: 'warning'};
	const {status} = row.project.drift ?? {};
	return status === 'same' || status === 'differs' ? {text: 'not in the file', tone: 'warning'} : {text: ''};
};

const summed = (show: (usage: NonNullable<ReturnType<typeof usageOf>>) => string) => ({row, usage}: ProjectLine): string => {
	const sum = usageOf(containersOf(row).map((container) => usage.get(containerKey(container))));
	return sum === undefined ? '' : show(sum);
};

const name: Column<ProjectLine> = {id: 'name', title: 'PROJECT', width: 'flex', priority: 0, cell: nameCell};
const namespace: Column<ProjectLine> = {id: 'namespace', title: 'NAMESPACE', width: 12, priority: 5, cell: ({row}) => ({text: row.kind === 'project' ? plain(row.namespace) : '', tone: 'muted'})};
const running: Column<ProjectLine> = {id: 'running', title: 'RUNNING', width: 8, priority: 1, align: 'right', cell: replicasCell};

/** For the side stack. */
export const shortProjectColumns = (isAll: boolean): ReadonlyArray<Column<ProjectLine>> => [
	name,
	...(isAll ? [{...namespace, width: 8}] : []),
	{...running, title: 'UP', width: 5},
	{id: 'drift', title: 'DRIFT', width: 18, priority: 2, cell: ({row, pending}) => (pending === undefined ? driftCell(row) : {text: pending, tone: 'warning'})},
];

/** For a list that has the width. */
export const wideProjectColumns = (isAll: boolean): ReadonlyArray<Column<ProjectLine>> => [
	{...name, least: 18},
	...(isAll ? [namespace] : []),
	{id: 'state', title: 'STATE', width: 12, priority: 0, cell: stateCell},
	running,
	{id: 'cpu', title: 'CPU', width: 6, priority: 3, align: 'right', cell: summed(({cpuPercent}) => (cpuPercent === undefined ? '' : percent(cpuPercent)))},
	{id: 'memory', title: 'MEM', width: 6, priority: 3, align: 'right', cell: summed(({memoryBytes}) => bytes(memoryBytes))},
	{id: 'drift', title: 'DRIFT', width: 20, priority: 1, cell: ({row}) => driftCell(row)},
	{id: 'files', title: 'CONFIG FILES', width: 32, priority: 6, cut: 'start', cell: ({row}) => ({text: row.kind === 'project' ? plain(row.source?.files.join(' ') ?? '') : '', tone: 'muted'})},
];
