import {runName} from '../../source/model/build-run.ts';
import {span} from '../../source/model/build-times.ts';
import {plain} from '../../source/model/sanitize.ts';
import {age} from '../../source/model/units.ts';
import type {BuildRow} from '../../hooks/types.ts';
import type {Column} from '../kit/columns.ts';
import {runMarks, runWord} from './outcome.ts';

export type BuildLine = {readonly row: BuildRow; readonly minute: number; readonly ascii: boolean};

const nameColumn: Column<BuildLine> = {
	...{id: 'name', title: 'BUILD', width: 'flex', priority: 0},
	cell: ({row: {run}, ascii}) => {
		const mark = runMarks[run.outcome];
		return {text: `${ascii ? mark.ascii : mark.glyph} ${plain(runName(run))}`, tone: mark.tone};
	},
};

const ageColumn: Column<BuildLine> = {id: 'age', title: 'AGE', width: 4, priority: 2, align: 'right', cell: ({row: {run}, minute}) => ({text: age(run.startedAt, Math.max(minute, run.startedAt)), tone: 'muted'})};

export const shortBuildColumns = (): ReadonlyArray<Column<BuildLine>> => [
	nameColumn,
	{id: 'status', title: 'STATE', width: 9, priority: 1, align: 'right', cell: ({row: {run}}) => ({text: runWord(run), tone: runMarks[run.outcome].tone})},
	ageColumn,
];

const took = ({row: {run}}: BuildLine): string => (run.endedAt === undefined ? '' : span(run.endedAt - run.startedAt));

export const wideBuildColumns = (): ReadonlyArray<Column<BuildLine>> => [
	nameColumn,
	{id: 'status', title: 'STATE', width: 9, priority: 1, cell: ({row: {run}}) => ({text: runMarks[run.outcome].word, tone: runMarks[run.outcome].tone})},
	{id: 'time', title: 'TIME', width: 6, priority: 2, align: 'right', cell: took},
	{id: 'steps', title: 'STEPS', width: 7, priority: 3, align: 'right', cell: ({row: {run: {counts}}}) => (counts.total === 0 ? '' : `${counts.completed}/${counts.total}`)},
	{id: 'cached', title: 'CACHED', width: 6, priority: 4, align: 'right', cell: ({row: {run: {counts}}}) => (counts.total === 0 ? '' : `${Math.round((100 * counts.cached) / counts.total)}%`)},
	{id: 'by', title: 'BY', width: 10, priority: 5, cell: ({row: {run}}) => ({text: plain(run.user) || '-', tone: 'muted'})},
	ageColumn,
];
