import {createHash} from 'node:crypto';
import type {Project, Service} from './project.ts';

/** What does not change the container that a service makes: where its image comes from, how many there are, who waits for whom. */
const aside = new Set(['build', 'pull_policy', 'pull_refresh_after', 'scale', 'depends_on', 'profiles', 'develop', 'attach', 'links', 'external_links']);

const stable = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(stable);
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).filter(([key, one]) => one !== undefined && !key.startsWith('x-'));
	return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, one]) => [key, stable(one)]));
};

/** The resources by the names that they really have, and files by what they are made of: a renamed volume is another one. */
const resolved = (project: Project, service: Service): unknown => ({
	networks: Object.keys(service.networks ?? {}).map(key => project.networks[key]?.name),
	volumes: (service.volumes ?? []).map(({type, source}) => (type === 'volume' && source !== undefined ? project.volumes[source]?.name : undefined)),
	secrets: (service.secrets ?? []).map(({source}) => project.secrets[source]),
	configs: (service.configs ?? []).map(({source}) => project.configs[source]),
});

/**
What a running container is compared with: SHA-256 of what the service says. It is our own; docker compose and nerdctl hash their own
data structures, so that what they made has a hash which says nothing here.
*/
export const configHash = (project: Project, name: string): string => {
	const service = project.services[name] ?? {};
	const {replicas: _, ...deploy} = service.deploy ?? {};
	const own = Object.fromEntries(Object.entries(service).filter(([key]) => !aside.has(key)));
	const whole = {...own, ...(Object.keys(deploy).length === 0 ? {deploy: undefined} : {deploy}), resolved: resolved(project, service)};
	return createHash('sha256').update(JSON.stringify(stable(whole))).digest('hex');
};

/** `<project>-<service>`, as docker compose and nerdctl call an image that the file gives no name. */
export const imageOf = (project: Pick<Project, 'name'>, name: string, {image}: Service): string => image ?? `${project.name}-${name}`;
