import type {Drift} from '../../model/compose/drift.ts';
import {type ProjectFile, sourceOf} from '../../model/compose/project-source.ts';
import type {Container} from '../../model/container.ts';
import {createFilter} from '../../model/filter.ts';
import {type Project, projectsOf} from '../../model/grouping.ts';
import {naturalCompare} from '../../model/sort.ts';
import type {Listing, ProjectRow, ServiceRow} from './types.ts';

export type ProjectsKnown = {
	readonly containers: ReadonlyMap<string, Container>;
	readonly files: readonly ProjectFile[];
	readonly drifts: ReadonlyMap<string, Drift>;
	/** Where projects that only files know would be brought up. */
	readonly namespace: string;
};

const nothingRuns = (key: string, namespace: string, {name, directory, files}: ProjectFile): Project => ({
	key,
	namespace,
	name,
	services: [],
	running: 0,
	total: 0,
	configFiles: files.join(','),
	workingDir: directory,
});

/** The services that run with those that only the file has. */
const withServices = (project: Project, drift: Drift | undefined): Project => {
	const there = new Set(project.services.map(({name}) => name));
	const missing = Object.keys(drift?.services ?? {}).filter((name) => !there.has(name));
	if (missing.length === 0) return project;
	return {...project, services: [...project.services, ...missing.map((name) => ({name, containers: []}))].sort((a, b) => naturalCompare(a.name, b.name))};
};

/**
Projects by their labels and by their files. Files that a project's containers name, and files of the name of one whose containers name none, are that
project's; files of the same name from elsewhere are a row of their own: going up they would take the containers over.
*/
export const projectsKnown = ({containers, files, drifts, namespace}: ProjectsKnown): readonly ProjectRow[] => {
	const taken = new Set<ProjectFile>();
	const labelled = projectsOf(containers.values()).map((project): ProjectRow => {
		const own = sourceOf(project);
		const file = files.find((one) => (own === undefined ? one.name === project.name && project.namespace === namespace : one.files.join(',') === own.files.join(',')));
		const isOwn = file !== undefined && file.name === project.name;
		if (isOwn) taken.add(file);
		const source = own ?? (file === undefined ? undefined : {directory: file.directory, files: file.files, name: project.name, services: project.services.map(({name}) => name)});
		const drift = drifts.get(project.key);
		return {kind: 'project', key: project.key, depth: 0, namespace: project.namespace, project: withServices(project, drift), source, drift, file: isOwn ? file : undefined, folded: undefined};
	});
	const names = new Set(labelled.filter((row) => row.namespace === namespace).map(({project}) => project.name));
	const written = files
		.filter((file) => !taken.has(file))
		.map((file): ProjectRow => {
			const plainKey = `${namespace} project ${file.name}`;
			const key = names.has(file.name) ? `${plainKey} ${file.files.join(',')}` : plainKey;
			names.add(file.name);
			const drift = drifts.get(key);
			const source = {directory: file.directory, files: file.files, name: undefined, services: []};
			return {kind: 'project', key, depth: 0, namespace, project: withServices(nothingRuns(key, namespace, file), drift), source, drift, file, folded: undefined};
		});
	return [...labelled, ...written];
};

const urgency = ({drift}: ProjectRow): number => ({broken: 0, gone: 1, refused: 2, differs: 3, none: 4, same: 5})[drift?.status ?? 'same'];

const comparators: Readonly<Record<string, (a: ProjectRow, b: ProjectRow) => number>> = {
	name: (a, b) => naturalCompare(a.project.name, b.project.name),
	running: (a, b) => a.project.running - b.project.running,
	drift: (a, b) => urgency(a) - urgency(b),
};

/** Projects, each with its services below while the pane is looked at. A service that the filter finds is shown with its project. */
export const projectRows = (known: readonly ProjectRow[], pane: Listing, isLookedAt: boolean): ReadonlyArray<ProjectRow | ServiceRow> => {
	const filter = createFilter(pane.filter);
	const compare = comparators[pane.sort.column] ?? comparators['name'];
	const sign = pane.sort.descending ? -1 : 1;
	const textOf = ({project, drift}: ProjectRow) => `${project.name} ${project.services.map((service) => service.name).join(' ')} ${project.namespace} ${drift?.words ?? ''}`;
	return known
		.filter((row) => pane.filter === '' || filter.matches({text: textOf(row)}))
		.sort((a, b) => sign * (compare?.(a, b) ?? 0) || naturalCompare(a.key, b.key))
		.flatMap((row): ReadonlyArray<ProjectRow | ServiceRow> => {
			if (!isLookedAt) return [row];
			const folded = pane.folded.has(row.key);
			const services = folded ? [] : row.project.services.map((service): ServiceRow => ({
				kind: 'service',
				key: `${row.key} service ${service.name}`,
				depth: 1,
				namespace: row.namespace,
				service,
				project: row,
				drift: row.drift?.services[service.name],
			}));
			return [{...row, folded}, ...services];
		});
};
