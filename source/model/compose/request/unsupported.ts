import {Failure} from '../../../errors.ts';
import type {Service} from '../project.ts';

type Rule = readonly [key: string, isSaid: (service: Service) => boolean, reason: string];

const said = (key: string) => (service: Service) => service[key] !== undefined && service[key] !== null;

const deploySaid = (key: string) => (service: Service) => service.deploy?.[key] !== undefined;

/** Without these the container would not be what the file describes, or not as safe. */
const refused: readonly Rule[] = [
	['credential_spec', said('credential_spec'), 'it is for Windows containers'],
	['deploy.resources.reservations.devices', ({deploy}) => deploy?.resources?.reservations?.devices !== undefined, 'no GPU can be given to a container here'],
	['device_cgroup_rules', said('device_cgroup_rules'), 'name the devices under devices instead'],
	['gpus', said('gpus'), 'no GPU can be given to a container here'],
	['isolation', ({isolation}) => isolation !== undefined && isolation !== 'default', 'on Linux there is only default'],
	['models', said('models'), 'there is nothing here that runs models'],
	['post_start', said('post_start'), 'run it with exec once the service is up'],
	['pre_start', said('pre_start'), 'make it a service of its own that others wait for with service_completed_successfully'],
	['pre_stop', said('pre_stop'), 'run it with exec before the service is stopped'],
	['provider', said('provider'), 'nothing here starts programs of others'],
	['storage_opt', said('storage_opt'), 'snapshotters know no limit of size'],
	['use_api_socket', said('use_api_socket'), 'there is no Docker API here'],
	['userns_mode', ({userns_mode: mode}) => mode !== undefined && mode !== 'host' && mode !== '', 'containers have no user namespace here'],
];

/** What only a swarm acts upon, or what changes nothing that a container does. */
const ignored: readonly Rule[] = [
	['cpu_count', said('cpu_count'), 'it is for Windows containers'],
	['cpu_percent', said('cpu_percent'), 'it is for Windows containers'],
	['deploy.endpoint_mode', deploySaid('endpoint_mode'), 'there is no swarm'],
	['deploy.labels', deploySaid('labels'), 'there is no swarm, and containers have those of labels'],
	['deploy.mode', ({deploy}) => deploy?.mode !== undefined && deploy.mode !== 'replicated', 'there is no swarm'],
	['deploy.placement', deploySaid('placement'), 'there is one machine'],
	['deploy.resources.reservations.cpus', ({deploy}) => deploy?.resources?.reservations?.cpus !== undefined, 'the kernel can not reserve it'],
	['deploy.resources.reservations.generic_resources', ({deploy}) => deploy?.resources?.reservations?.generic_resources !== undefined, 'there is no swarm'],
	['deploy.restart_policy.delay', ({deploy}) => deploy?.restart_policy?.delay !== undefined, "containerd's monitor has its own"],
	['deploy.restart_policy.window', ({deploy}) => deploy?.restart_policy?.window !== undefined, "containerd's monitor has its own"],
	['deploy.rollback_config', deploySaid('rollback_config'), 'there is no swarm'],
	['deploy.update_config', deploySaid('update_config'), 'there is no swarm'],
	['external_links', said('external_links'), 'put both containers into one network'],
	['healthcheck.start_interval', ({healthcheck}) => healthcheck?.start_interval !== undefined, 'probes have one interval'],
	['pull_refresh_after', said('pull_refresh_after'), 'nobody writes down when an image was pulled'],
	['links', ({links = []}) => links.some(link => link.includes(':')), 'give the other service an alias in a network instead'],
];

type Told = readonly [key: string, reason: string];

/** The same for parts of lists and mappings, which are named one by one. */
const ignoredParts = ({volumes = [], networks, build}: Service): readonly Told[] => [
	...volumes.flatMap(({consistency, volume}, at): readonly Told[] => [
		...(consistency === undefined ? [] : [[`volumes[${at}].consistency`, 'it is for machines that share files with a virtual one'] as const]),
		...(volume?.labels === undefined ? [] : [[`volumes[${at}].volume.labels`, 'volumes are labelled where they are defined'] as const]),
	]),
	...Object.entries(networks ?? {}).flatMap(([name, attachment]): readonly Told[] => (attachment?.gw_priority === undefined ? [] : [[`networks.${name}.gw_priority`, 'CNI has no place for it']])),
	...(build?.secrets ?? []).flatMap(({source, uid, gid, mode}) =>
		Object.entries({uid, gid, mode}).flatMap(([key, value]): readonly Told[] => (value === undefined ? [] : [[`build.secrets.${source}.${key}`, 'the Dockerfile says it, where it mounts the secret']])),
	),
];

/** The keys of a service that the runtime can not honour: those that matter are refused, the others are told. */
export const checkSupport = (name: string, service: Service): readonly string[] => {
	for (const [key, isSaid, reason] of refused)
		if (isSaid(service)) throw new Failure('unsupported', `services.${name}.${key} is not supported`, {hint: reason});
	const told = [...ignored.filter(([, isSaid]) => isSaid(service)).map(([key, , reason]): Told => [key, reason]), ...ignoredParts(service)];
	return told.map(([key, reason]) => `services.${name}.${key} is ignored: ${reason}`);
};
