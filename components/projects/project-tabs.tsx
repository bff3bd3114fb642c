import {useMemo} from 'react';
import {dependencyTree} from '../../source/model/compose/dependency-tree.ts';
import {plain} from '../../source/model/sanitize.ts';
import {standingOf} from '../../source/model/compose/standing.ts';
import {wrapWords} from '../../source/model/wrap-words.ts';
import type {ProjectRow, ServiceRow} from '../../hooks/types.ts';
import {configLines, usePlan, useProject} from '../../hooks/use-project.ts';
import {useTheme} from '../kit/theme-context.ts';
import type {Theme} from '../kit/theme.ts';
import {LinesTab} from '../detail/lines-tab.tsx';
import type {TabProps} from '../detail/types.ts';
import {glyphOf} from './columns.ts';

/** Why a tab that needs the files has nothing to show. */
const without = ({drift, source}: ProjectRow, failure: string | undefined, width: number, theme: Theme): readonly string[] => {
	if (failure !== undefined) return wrapWords(plain(failure), Math.max(10, width - 4)).map((line) => theme.paint('bad', line));
	return [theme.paint('muted', source === undefined ? plain(drift?.reason ?? 'No files are known') : 'Reading…')];
};

/** Keys stand out from what they say. */
const yamlLine = (line: string, theme: Theme): string => {
	const [, lead = '', key = '', rest = ''] = /^([\s-]*)([^\s:][^:]*:)(.*)$/.exec(line) ?? [];
	return key === '' ? plain(line) : `${lead}${theme.paint('accent', plain(key))}${plain(rest)}`;
};

export const ConfigTab = ({row, ...props}: TabProps & {readonly row: ProjectRow | ServiceRow}) => {
	const theme = useTheme();
	const owner = row.kind === 'service' ? row.project : row;
	const {value, failure} = useProject(owner);
	const service = row.kind === 'service' ? row.service.name : undefined;
	const lines = useMemo(() => (value === undefined ? undefined : configLines(value, service).map((line) => yamlLine(line, theme))), [value, service, theme]);
	return <LinesTab {...props} subject={row.key} lines={lines ?? without(owner, failure, props.width, theme)} />;
};

/** Who waits for whom, and how those that are waited for stand. */
export const GraphTab = ({row, ...props}: TabProps & {readonly row: ProjectRow}) => {
	const theme = useTheme();
	const {value, failure} = useProject(row);
	const states = new Map(row.project.services.map(({name, containers}) => [name, standingOf(containers, row.drift?.services[name]?.replicas)]));
	const guideOf = (guide: string) => (theme.ascii ? guide.replaceAll('├', '+').replaceAll('└', '`').replaceAll('│', '|') : guide);
	const lines =
		value === undefined
			? without(row, failure, props.width, theme)
			: dependencyTree(value).map(({guide, service, condition, isRepeated}) => {
					const {glyph, tone, word} = states.get(service) ?? standingOf([], undefined);
					const wait = condition === '' ? '' : theme.paint('muted', `  when ${condition}`);
					return `${theme.paint('muted', guideOf(guide))}${theme.paint(tone, glyphOf(glyph, theme.ascii))} ${plain(service)} ${theme.paint(tone, word)}${wait}${isRepeated ? theme.paint('muted', '  as above') : ''}`;
				});
	return <LinesTab {...props} subject={row.key} lines={lines.length === 0 ? [theme.paint('muted', 'The project has no services')] : lines} />;
};

/** The plan of `up`, as it is shown before it is done. */
export const PlanTab = ({row, ...props}: TabProps & {readonly row: ProjectRow}) => {
	const theme = useTheme();
	const {value, failure} = usePlan(row);
	const lines = value === undefined ? without(row, failure, props.width, theme) : value.lines.map((line) => (line.startsWith('warning: ') ? theme.paint('warning', plain(line)) : plain(line)));
	return <LinesTab {...props} subject={row.key} lines={lines} />;
};
