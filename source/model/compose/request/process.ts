import {Failure} from '../../../errors.ts';
import type {CreateRequest, HealthRequest, ProcessRequest, RestartPolicy} from '../../create-request.ts';
import {parseLog, parseRestart} from '../../request/index.ts';
import {joinWords} from '../../shell-words.ts';
import {parseMilliseconds} from '../quantities.ts';
import type {Service} from '../project.ts';
import {serviceReference} from '../project.ts';
import type {Neighbours} from './network.ts';
import {only} from './resources.ts';

const shared = (key: string, name: string, mode: string | null | undefined, {containerOf}: Neighbours): string | undefined => {
	if (mode === null || mode === undefined || mode === '') return undefined;
	const service = serviceReference(mode);
	if (service !== undefined) return `container:${containerOf(service)}`;
	const known = key === 'pid' ? ['host'] : ['host', 'private', 'shareable'];
	if (!known.includes(mode) && !mode.startsWith('container:')) throw new Failure('invalid', `services.${name}.${key} is ${JSON.stringify(mode)}`, {hint: `it is ${known.join(', ')}, service:NAME or container:NAME`});
	return mode;
};

/** A container that shares another's network has its name, too. */
const hostnameOf = (name: string, {hostname, network_mode: mode, uts}: Service): string | undefined =>
	hostname ?? (uts === 'host' || mode === 'host' || /^(?:service|container):/.test(mode ?? '') ? undefined : name);

export const processOf = (name: string, service: Service, neighbours: Neighbours): ProcessRequest => {
	if (service.uts !== undefined && service.uts !== 'host') throw new Failure('unsupported', `services.${name}.uts is not supported`, {hint: 'it is host, or nothing'});
	return {
		...only({
			user: service.user,
			workingDirectory: service.working_dir,
			hostname: hostnameOf(name, service),
			domainname: service.domainname,
			oomScoreAdj: service.oom_score_adj,
			pid: shared('pid', name, service.pid, neighbours),
			ipc: shared('ipc', name, service.ipc, neighbours),
			uts: service.uts as 'host' | undefined,
			cgroupns: service.cgroup as ProcessRequest['cgroupns'],
			shmBytes: service.shm_size,
		}),
		terminal: service.tty === true,
		interactive: service.stdin_open === true,
		groups: service.group_add ?? [],
		env: Object.entries(service.environment ?? {}).flatMap(([variable, value]) => (value === null ? [] : [`${variable}=${value}`])),
		init: service.init === true,
		ulimits: Object.entries(service.ulimits ?? {}).map(([limit, value]) => (typeof value === 'number' ? {name: limit, soft: value, hard: value} : {name: limit, soft: value.soft, hard: value.hard})),
		systemd: 'false',
	};
};

const milliseconds = (text: string | undefined): number | undefined => (text === undefined ? undefined : parseMilliseconds(text));

/** A list of words becomes a line that a shell parts into the same words: nerdctl keeps health checks as lines. */
const healthCommand = (test: readonly string[]): string | undefined => {
	const [kind, ...words] = test;
	if (kind === undefined) return undefined;
	return kind === 'CMD-SHELL' ? words.join(' ') : joinWords(words);
};

export const healthOf = ({healthcheck}: Service): HealthRequest | 'none' | undefined => {
	if (healthcheck === undefined) return undefined;
	if (healthcheck.disable === true || healthcheck.test?.[0] === 'NONE') return 'none';
	return only<HealthRequest>({
		command: healthCommand(healthcheck.test ?? []),
		intervalMs: milliseconds(healthcheck.interval),
		timeoutMs: milliseconds(healthcheck.timeout),
		retries: healthcheck.retries,
		startPeriodMs: milliseconds(healthcheck.start_period),
	} as HealthRequest);
};

export const restartOf = (name: string, {restart, deploy}: Service): RestartPolicy => {
	if (restart !== undefined) return parseRestart(restart);
	const {condition, max_attempts: attempts = 0} = deploy?.restart_policy ?? {};
	if (condition === undefined) return {kind: 'no'};
	if (condition === 'any' || condition === 'always') return {kind: 'always'};
	if (condition === 'on-failure') return {kind: 'on-failure', retries: attempts};
	if (condition === 'none') return {kind: 'no'};
	throw new Failure('invalid', `services.${name}.deploy.restart_policy.condition is ${JSON.stringify(condition)}`, {hint: 'it is none, on-failure or any'});
};

export const logOf = (name: string, {logging}: Service): CreateRequest['log'] => {
	const options = Object.entries(logging?.options ?? {}).map(([option, value]) => `${option}=${value ?? ''}`);
	try {
		return parseLog(logging?.driver ?? 'json-file', options);
	} catch (error) {
		if (error instanceof Failure) throw new Failure('unsupported', `services.${name}.logging: ${error.message}`, {cause: error, ...(error.hint === undefined ? {} : {hint: error.hint})});
		throw error;
	}
};
