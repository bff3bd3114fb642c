import {plain} from '../../source/model/sanitize.ts';
import type {ProjectRow} from '../../hooks/types.ts';
import type {Column} from '../kit/columns.ts';

export type ProjectLine = {readonly row: ProjectRow};

export const projectColumns = (isAll: boolean): ReadonlyArray<Column<ProjectLine>> => [
	{id: 'name', title: 'PROJECT', width: 'flex', priority: 0, cell: ({row}) => plain(row.project.name)},
	...(isAll ? [{id: 'namespace', title: 'NAMESPACE', width: 12, priority: 3, cell: ({row}: ProjectLine) => plain(row.namespace)}] : []),
	{
		id: 'running',
		title: 'RUNNING',
		width: 8,
		priority: 1,
		align: 'right',
		cell: ({row: {project}}) => ({text: `${project.running}/${project.total}`, tone: project.running === project.total ? 'good' : project.running === 0 ? 'muted' : 'warning'}),
	},
	{
		id: 'services',
		title: 'SERVICES',
		width: 24,
		priority: 4,
		cell: ({row: {project}}) => ({text: plain(project.services.map((service) => service.name).join(' ')), tone: 'muted'}),
	},
	{id: 'files', title: 'CONFIG FILES', width: 32, priority: 6, cut: 'start', cell: ({row: {project}}) => ({text: plain(project.configFiles ?? ''), tone: 'muted'})},
];
