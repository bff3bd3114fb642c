import {cellWidth, fit} from '../../source/model/cells.ts';
import {containerKey} from '../../source/model/container.ts';
import {displayName} from '../../source/model/grouping.ts';
import {plain} from '../../source/model/sanitize.ts';
import {naturalCompare} from '../../source/model/sort.ts';
import {statusOf} from '../../source/model/status.ts';
import {bytes, percent} from '../../source/model/units.ts';
import {wrapWords} from '../../source/model/wrap-words.ts';
import type {Usage} from '../../source/model/usage.ts';
import type {ProjectRow, ServiceRow} from '../../hooks/types.ts';
import {useAllPorts} from '../../hooks/use-project.ts';
import {useSelect} from '../../hooks/use-select.ts';
import {field} from '../kit/field.ts';
import type {Theme} from '../kit/theme.ts';
import {useTheme} from '../kit/theme-context.ts';
import {LinesTab} from '../detail/lines-tab.tsx';
import type {TabProps} from '../detail/types.ts';
import {driftCell, glyphOf, standingOfRow, wantedOf} from './columns.ts';

type Around = {readonly theme: Theme; /** Cells for names and states, so that columns stand under each other in all services. */ readonly nameWidth: number; readonly stateWidth: number; readonly ports: ReadonlyMap<string, string>; readonly usage: ReadonlyMap<string, Usage>};

const serviceLines = (row: ServiceRow, {theme, ports, usage, nameWidth, stateWidth}: Around): readonly string[] => {
	const {service, drift} = row;
	const standing = standingOfRow(row);
	const cell = driftCell(row);
	const head = `${theme.paint('strong', fit(plain(service.name), nameWidth + 4))} ${theme.paint(standing.tone, fit(standing.word, stateWidth))} ${fit(`${standing.running}/${wantedOf(row)}`, 6)} ${theme.paint(cell.tone ?? 'plain', cell.text)}`;
	const needs = drift === undefined || drift.dependsOn.length === 0 ? [] : [`  ${theme.paint('muted', `after ${drift.dependsOn.map(plain).join(', ')}`)}`];
	const containers = service.containers.toSorted((a, b) => naturalCompare(displayName(a), displayName(b))).map((container) => {
		const status = statusOf(container);
		const used = usage.get(containerKey(container));
		const numbers = used === undefined ? '' : `${used.cpuPercent === undefined ? '' : percent(used.cpuPercent)} ${bytes(used.memoryBytes)}`;
		return `  ${theme.paint(status.tone, `${glyphOf(status.glyph, theme.ascii)} ${fit(plain(displayName(container)), nameWidth)} ${fit(status.word, stateWidth)}`)} ${fit(numbers, 10)} ${plain(`${ports.get(containerKey(container)) ?? ''}  `.trimStart())}${theme.paint('muted', plain(container.image))}`;
	});
	return [head, ...needs, ...containers];
};

/** A project's own facts, then service by service what is there and what should be. */
export const ServicesTab = ({row, ...props}: TabProps & {readonly row: ProjectRow | ServiceRow}) => {
	const theme = useTheme();
	const owner = row.kind === 'service' ? row.project : row;
	const {project, source, drift} = owner;
	const containers = project.services.flatMap((service) => service.containers);
	const nameWidth = Math.min(30, Math.max(12, ...containers.map((container) => cellWidth(plain(displayName(container)))), ...project.services.map(({name}) => cellWidth(plain(name)) - 4)));
	const stateWidth = Math.max(7, ...containers.map((container) => cellWidth(statusOf(container).word)));
	const around: Around = {theme, nameWidth, stateWidth, ports: useAllPorts(owner.key, containers), usage: useSelect((state) => state.usage)};
	const rows = project.services
		.map((service): ServiceRow => ({kind: 'service', key: `${owner.key} service ${service.name}`, depth: 1, namespace: owner.namespace, service, project: owner, drift: drift?.services[service.name]}))
		.filter(({service}) => row.kind === 'project' || service.name === row.service.name);
	const cell = driftCell(owner);
	const lines = [
		row.kind === 'service' ? field(theme, 'service of', plain(project.name)) : field(theme, 'running', `${project.running} of ${project.total} containers`),
		field(theme, 'namespace', plain(project.namespace)),
		field(theme, 'files', source === undefined ? 'not in the labels: nerdctl does not write them' : plain(source.files.join(' '))),
		...(source === undefined ? [] : [field(theme, 'directory', plain(source.directory))]),
		field(theme, 'up would', theme.paint(cell.tone ?? 'plain', drift === undefined ? 'not looked at yet' : drift.status === 'same' ? 'change nothing' : cell.text)),
		...(drift === undefined || drift.reason === '' ? [] : ['', ...wrapWords(plain(drift.reason), Math.max(10, props.width - 4)).map((line) => theme.paint('warning', line))]),
		...rows.flatMap((service) => ['', ...serviceLines(service, around)]),
	];
	return <LinesTab {...props} subject={row.key} lines={lines} />;
};
