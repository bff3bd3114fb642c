import {displayName} from '../../source/model/grouping.ts';
import {plain} from '../../source/model/sanitize.ts';
import {statusOf} from '../../source/model/status.ts';
import type {ProjectRow} from '../../hooks/types.ts';
import {field, heading} from '../kit/field.ts';
import {useTheme} from '../kit/theme-context.ts';
import {LinesTab} from '../detail/lines-tab.tsx';
import type {TabProps} from '../detail/types.ts';

export const ServicesTab = ({row, ...props}: TabProps & {readonly row: ProjectRow}) => {
	const theme = useTheme();
	const {project} = row;
	const lines = [
		field(theme, 'running', `${project.running} of ${project.total} containers`),
		field(theme, 'namespace', plain(project.namespace)),
		field(theme, 'config files', plain(project.configFiles ?? 'not in the labels: nerdctl does not write them')),
		...(project.workingDir === undefined ? [] : [field(theme, 'directory', plain(project.workingDir))]),
		'',
		...project.services.flatMap((service) => [
			heading(theme, plain(service.name)),
			...service.containers.map((container) => {
				const status = statusOf(container);
				return `  ${theme.paint(status.tone, `${theme.ascii ? '*' : status.glyph} ${plain(displayName(container)).padEnd(26)} ${status.word.padEnd(14)}`)} ${theme.paint('muted', plain(container.image))}`;
			}),
		]),
	];
	return <LinesTab {...props} subject={row.key} lines={lines} />;
};
