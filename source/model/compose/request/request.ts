import {Failure} from '../../../errors.ts';
import type {CreateRequest, SecurityRequest} from '../../create-request.ts';
import {parseSecurity} from '../../request/index.ts';
import {imageOf} from '../hash.ts';
import {parseMilliseconds} from '../quantities.ts';
import type {Project, Service} from '../project.ts';
import {containerLabelsOf, type Replica} from './labels.ts';
import {type FilePaths, mountsOf} from './mounts.ts';
import {type Neighbours, networkOf} from './network.ts';
import {healthOf, logOf, processOf, restartOf} from './process.ts';
import {only, resourcesOf} from './resources.ts';
import {checkSupport} from './unsupported.ts';

export type RequestOptions = Pick<CreateRequest, 'namespace' | 'snapshotter' | 'cgroupManager'> &
	Neighbours &
	Replica & {
		readonly containerName: string;
		readonly files: FilePaths;
		/** The texts of seccomp profiles by their path. */
		readonly profiles?: Readonly<Record<string, string>>;
	};

/** Compose files say `no-new-privileges:true`, the command line has `=`. */
const securityOptions = ({security_opt: all = [], privileged}: Service) =>
	parseSecurity(
		all.map(text => (text.includes('=') ? text : text.replace(':', '='))),
		privileged === true,
	);

/** As docker sets it: runc knows the field of the specification only since 1.2, and passes it over before. */
const domainOf = ({domainname, uts}: Service): Readonly<Record<string, string>> => (domainname === undefined || uts === 'host' ? {} : {'kernel.domainname': domainname});

const securityOf = (name: string, service: Service, profiles: Readonly<Record<string, string>>): SecurityRequest => {
	const {seccomp, ...options} = securityOptions(service);
	const profile = seccomp === undefined || seccomp === 'unconfined' ? seccomp : profiles[seccomp];
	if (seccomp !== undefined && profile === undefined) throw new Failure('invalid', `services.${name}.security_opt names the profile ${seccomp}, which was not read`);
	return {
		...options,
		...(profile === undefined ? {} : {seccomp: profile}),
		privileged: service.privileged === true,
		capAdd: service.cap_add ?? [],
		capDrop: service.cap_drop ?? [],
		readOnly: service.read_only === true,
		sysctls: {...domainOf(service), ...service.sysctls},
	};
};

const volumesFrom = ({volumes_from: all = []}: Service, {containerOf}: Neighbours): readonly string[] =>
	all.map(from => {
		const isContainer = from.startsWith('container:');
		const [name = '', ...mode] = (isContainer ? from.slice('container:'.length) : from).split(':');
		return [isContainer ? name : containerOf(name), ...mode].join(':');
	});

/** Paths of the seccomp profiles that a service names: whoever makes a request reads them first. */
export const profilesOf = (service: Service): readonly string[] => {
	const {seccomp} = securityOptions(service);
	return seccomp === undefined || seccomp === 'unconfined' ? [] : [seccomp];
};

export type Requested = {readonly request: CreateRequest; readonly warnings: readonly string[]};

/** What one container of a service is to be. A key that can not be honoured is refused or told, never passed over. */
export const requestOf = (project: Project, name: string, options: RequestOptions): Requested => {
	const service = project.services[name] ?? {};
	const warnings = checkSupport(name, service);
	const {network, extra} = networkOf(project, name, options);
	const files = mountsOf(project, name, options.files);
	const health = healthOf(service);
	const stop = service.stop_grace_period === undefined ? undefined : parseMilliseconds(service.stop_grace_period);
	const request: CreateRequest = {
		namespace: options.namespace,
		snapshotter: options.snapshotter,
		cgroupManager: options.cgroupManager,
		image: imageOf(project, name, service),
		args: service.command ?? [],
		...only({
			entrypoint: service.entrypoint ?? undefined,
			platform: service.platform,
			health,
			stopSignal: service.stop_signal,
			stopTimeoutSeconds: stop === undefined ? undefined : Math.ceil(stop / 1000),
			runtime: service.runtime,
		}),
		// Pulling is an operation of its own in the plan, once for all replicas.
		pull: service.pull_policy === 'never' ? 'never' : 'missing',
		name: options.containerName,
		labels: {...containerLabelsOf(project, name, options), ...extra},
		annotations: {...service.annotations, ...extra},
		process: processOf(name, service, options),
		network,
		resources: resourcesOf(name, service),
		security: securityOf(name, service, options.profiles ?? {}),
		mounts: files.mounts,
		volumesFrom: volumesFrom(service, options),
		log: logOf(name, service),
		restart: restartOf(name, service),
		autoRemove: false,
	};
	return {request, warnings: [...warnings, ...files.warnings]};
};

/** `<project>-<service>-<n>`, or what the file says. */
export const containerName = (project: Project, name: string, number: number): string => project.services[name]?.container_name ?? `${project.name}-${name}-${number}`;
