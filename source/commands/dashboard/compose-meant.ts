import type {Container} from '../../model/container.ts';
import {isUp} from '../../model/status.ts';
import type {ProjectRow, ServiceRow, State} from '../../store/index.ts';
import {targetRows} from '../../store/rows/index.ts';

/** What the keys of the Compose pane act on: a whole project, or some of its services. */
export type Meant = {
	readonly row: ProjectRow;
	/** None: all. */
	readonly services: readonly string[];
	readonly containers: readonly Container[];
};

const membersOf = (row: ProjectRow | ServiceRow): readonly Container[] =>
	row.kind === 'service' ? row.service.containers : row.project.services.flatMap((service) => service.containers);

/** Undefined: nothing, or of several projects, each of which has a plan of its own. */
export const meantBy = (state: State): Meant | undefined => {
	const rows = targetRows(state, 'projects').filter((row) => row.kind === 'project' || row.kind === 'service');
	const owners = new Map(rows.map((row) => (row.kind === 'service' ? row.project : row)).map((row) => [row.key, row]));
	const [row, other] = [...owners.values()];
	if (row === undefined || other !== undefined) return undefined;
	const isWhole = rows.some((one) => one.kind === 'project');
	const services = isWhole ? [] : rows.flatMap((one) => (one.kind === 'service' ? [one.service.name] : []));
	return {row, services, containers: isWhole ? membersOf(row) : rows.flatMap(membersOf)};
};

/** `shop`, `shop/web`, `shop/web and shop/db`, `3 services of shop`. */
export const nameOf = ({row, services}: Pick<Meant, 'row' | 'services'>): string => {
	const {name} = row.project;
	const [first, second] = services;
	if (first === undefined) return name;
	if (services.length > 2) return `${services.length} services of ${name}`;
	return second === undefined ? `${name}/${first}` : `${name}/${first} and ${name}/${second}`;
};

export const noProject = (state: State): string | undefined => {
	if (meantBy(state) !== undefined) return undefined;
	return targetRows(state, 'projects').length === 0 ? 'Select a project first; n looks into a directory that has one' : 'Mark services of one project at a time: each has a plan of its own';
};

/** For what needs the files; that they are gone or broken is told by who reads them. */
export const noFiles = (state: State): string | undefined => {
	const meant = meantBy(state);
	if (meant === undefined) return noProject(state);
	return meant.row.source === undefined ? `Nobody has written down which files ${meant.row.project.name} comes from: n names them` : undefined;
};

/** For what needs containers; `wanted` those that it does something to. */
export const noContainers = (wanted: (container: Container) => boolean, complaint: string) => (state: State): string | undefined => {
	const meant = meantBy(state);
	if (meant === undefined) return noProject(state);
	if (meant.containers.length === 0) return `${nameOf(meant)} has no containers: u brings it up`;
	return meant.containers.some(wanted) ? undefined : `${nameOf(meant)} ${complaint}`;
};

export const isDown = (container: Container): boolean => !isUp(container);
