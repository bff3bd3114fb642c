import {shortId, displayName, isSandbox} from '../../source/model/grouping.ts';
import {ownerOf} from '../../source/model/namespace.ts';
import {plain} from '../../source/model/sanitize.ts';
import {statusOf} from '../../source/model/status.ts';
import {age, bytes, percent} from '../../source/model/units.ts';
import type {Usage} from '../../source/model/usage.ts';
import type {ContainerRow, GroupRow} from '../../hooks/types.ts';
import type {Cell, Column} from '../kit/columns.ts';
import type {Tone} from '../kit/theme.ts';

/** A row with what its cells need besides it; all of it cheap to compare. */
export type ContainerLine = {
	readonly row: ContainerRow | GroupRow;
	readonly usage: Usage | undefined;
	readonly pending: string | undefined;
	readonly minute: number;
	readonly ascii: boolean;
};

type Line = ContainerLine;

const asciiGlyphs: Readonly<Record<string, string>> = {'●': '*', '○': 'o', '◐': '!', '‖': '=', '·': '.', '↻': '~', '▾': 'v', '▸': '>'};

const glyph = (line: Line, text: string) => (line.ascii ? (asciiGlyphs[text] ?? text) : text);

const nameCell = (line: Line): Cell => {
	const {row} = line;
	if (row.kind === 'group') return {text: `${glyph(line, row.folded ? '▸' : '▾')} ${plain(row.group.name)}`, tone: 'strong'};
	const {container} = row;
	const status = statusOf(container);
	const tone: Tone = line.pending !== undefined ? 'warning' : status.tone === 'good' ? 'plain' : status.tone;
	return {text: `${'  '.repeat(row.depth)}${glyph(line, status.glyph)} ${plain(displayName(container))}`, tone: isSandbox(container) ? 'muted' : tone};
};

/** What a short row has room for: what is being done, what is wrong, or the word and the numbers of what runs. */
const stateCell = (line: Line): Cell => {
	const {row, usage, pending} = line;
	if (pending !== undefined) return {text: pending, tone: 'warning'};
	if (row.kind === 'group') return {text: `${row.running}/${row.members.filter((member) => !isSandbox(member)).length}`, tone: 'muted'};
	const status = statusOf(row.container);
	if (status.tone !== 'good') return {text: status.word, tone: status.tone};
	const numbers = usage === undefined ? ' '.repeat(10) : `${percentOf(usage).padStart(5)}${bytes(usage.memoryBytes).padStart(5)}`;
	return {text: `${status.word.padEnd(9)}${numbers}`};
};

const percentOf = (usage: Usage): string => (usage.cpuPercent === undefined ? '' : percent(usage.cpuPercent));

const statusCell = (line: Line): Cell => {
	const {row, pending} = line;
	if (pending !== undefined) return {text: pending, tone: 'warning'};
	if (row.kind === 'group') return {text: `${row.running}/${row.members.filter((member) => !isSandbox(member)).length} up`, tone: 'muted'};
	const status = statusOf(row.container);
	return {text: status.word, tone: status.tone};
};

const numbers = (cell: (usage: Usage) => string) => (line: Line): Cell => ({text: line.usage === undefined ? '' : cell(line.usage)});

const ageCell = ({row, minute}: Line): Cell => ({text: row.kind === 'group' ? '' : ageOf(row.container.createdAt, minute), tone: 'muted'});

/** Whole minutes only: a clock that ticks seconds would repaint the list for nothing. */
const ageOf = (at: number, minute: number): string => (at <= 0 ? '' : minute - at < 60_000 ? '<1m' : age(at, minute));

const namespaceCell = ({row}: Line): Cell => ({text: ownerOf(row.namespace) === undefined ? plain(row.namespace) : `${plain(row.namespace)} ⚿`, tone: 'muted'});

const name: Column<Line> = {id: 'name', title: 'NAME', width: 'flex', priority: 0, cell: nameCell};
const namespace: Column<Line> = {id: 'namespace', title: 'NAMESPACE', width: 12, priority: 4, cell: namespaceCell};

/** For the side stack: one line says who, how and since when. */
export const shortColumns = (isAll: boolean): ReadonlyArray<Column<Line>> => [
	name,
	...(isAll ? [{...namespace, width: 8, priority: 5}] : []),
	{id: 'status', title: '', width: 19, priority: 1, align: 'right', cell: stateCell},
	{id: 'age', title: 'AGE', width: 4, priority: 2, align: 'right', cell: ageCell},
];

/** For a list that has the width. */
export const wideColumns = (isAll: boolean): ReadonlyArray<Column<Line>> => [
	name,
	...(isAll ? [namespace] : []),
	{id: 'status', title: 'STATUS', width: 16, priority: 0, cell: statusCell},
	{id: 'image', title: 'IMAGE', width: 28, priority: 3, cut: 'start', cell: ({row}) => ({text: row.kind === 'group' ? '' : plain(row.container.image), tone: 'muted'})},
	{id: 'cpu', title: 'CPU', width: 6, priority: 1, align: 'right', cell: numbers(percentOf)},
	{id: 'memory', title: 'MEM', width: 7, priority: 1, align: 'right', cell: numbers((usage) => bytes(usage.memoryBytes))},
	{id: 'pids', title: 'PIDS', width: 5, priority: 6, align: 'right', cell: numbers((usage) => String(usage.pids))},
	{id: 'age', title: 'AGE', width: 5, priority: 2, align: 'right', cell: ageCell},
	{id: 'id', title: 'ID', width: 12, priority: 7, cell: ({row}) => ({text: row.kind === 'group' ? '' : shortId(row.container.id), tone: 'muted'})},
];

/** The stats screen. */
export const statsColumns = (isAll: boolean): ReadonlyArray<Column<Line>> => [
	name,
	...(isAll ? [namespace] : []),
	{id: 'cpu', title: 'CPU', width: 7, priority: 0, align: 'right', cell: numbers(percentOf)},
	{id: 'memory', title: 'MEM', width: 8, priority: 0, align: 'right', cell: numbers((usage) => bytes(usage.memoryBytes))},
	{id: 'limit', title: 'LIMIT', width: 8, priority: 3, align: 'right', cell: numbers((usage) => (usage.memoryLimitBytes === undefined ? '-' : bytes(usage.memoryLimitBytes)))},
	{id: 'network', title: 'NET ↓/↑', width: 15, priority: 2, align: 'right', cell: numbers((usage) => (usage.network === undefined ? '-' : `${bytes(usage.network.receivedBytes)}/${bytes(usage.network.sentBytes)}`))},
	{id: 'block', title: 'BLOCK R/W', width: 15, priority: 2, align: 'right', cell: numbers((usage) => `${bytes(usage.blockReadBytes)}/${bytes(usage.blockWriteBytes)}`)},
	{id: 'pids', title: 'PIDS', width: 6, priority: 1, align: 'right', cell: numbers((usage) => String(usage.pids))},
];
