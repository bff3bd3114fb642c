import {useEffect} from 'react';
import {containerKey} from '../source/model/container.ts';
import {type Plan, printPlan} from '../source/model/compose/plan/index.ts';
import type {Project} from '../source/model/compose/project.ts';
import {printYaml} from '../source/model/compose/print-yaml.ts';
import {render} from '../source/model/compose/render.ts';
import type {Container} from '../source/model/container.ts';
import {portMappings, portsText} from '../source/model/docker-ports.ts';
import type {ProjectRow} from '../source/store/index.ts';
import {useApp} from './app-context.ts';
import {type Resource, useResource} from './use-resource.ts';

/** Projects are found by their files, and held against them, while the pane is looked at. */
export const useProjectWatch = (isLookedAt: boolean): void => {
	const {commands} = useApp();
	useEffect(() => (isLookedAt ? commands.watch.holdProjects() : undefined), [commands, isLookedAt]);
};

/** Everything that, when it changes, makes another text. */
const versionOf = ({drift}: ProjectRow): string => `${drift?.stamp ?? ''} ${drift?.words ?? ''} ${drift?.reason ?? ''}`;

/** A project as its files have it; its warnings are of no use here. Undefined: there are no files. */
export const useProject = (row: ProjectRow): Resource<Project | undefined> => {
	const {commands} = useApp();
	return useResource(row.key, versionOf(row), async (signal) => (row.source === undefined ? undefined : (await commands.services.compose.read(row.source, {signal})).project));
};

/** The project as one file without variables, as `compose config` prints it, or one service of it. */
export const configLines = (project: Project, service?: string): readonly string[] => {
	const whole = render(project, {isInterpolated: true});
	const shown = service === undefined ? whole : {services: {[service]: (whole['services'] as Record<string, never>)[service] ?? {}}};
	return printYaml(shown).trimEnd().split('\n');
};

/** What `up` would do now, as it is printed before it is done. Undefined: there are no files. */
export const usePlan = (row: ProjectRow): Resource<{readonly plan: Plan; readonly lines: readonly string[]} | undefined> => {
	const {commands} = useApp();
	return useResource(row.key, versionOf(row), async (signal) => {
		if (row.source === undefined) return undefined;
		const {compose} = commands.services;
		const [{project}, service] = await Promise.all([compose.read(row.source, {signal}), compose.at(row.namespace)]);
		const plan = await (await service.look({signal}))(project);
		return {plan, lines: printPlan(plan).trimEnd().split('\n')};
	});
};

/** What each container publishes, as `ps` prints it, by the container's key; read again when one starts. */
export const useAllPorts = (subject: string, containers: readonly Container[]): ReadonlyMap<string, string> => {
	const {readNetworkConfig} = useApp();
	const version = containers.map((container) => `${containerKey(container)} ${container.task?.pid ?? 0}`).join(' ');
	const {value} = useResource(subject, version, async () => {
		const texts = await Promise.all(
			containers.map(async (container) => [containerKey(container), portsText(portMappings(await readNetworkConfig(container).catch(() => undefined), container.labels))] as const),
		);
		return new Map(texts);
	});
	return value ?? noPorts;
};

const noPorts: ReadonlyMap<string, string> = new Map();
