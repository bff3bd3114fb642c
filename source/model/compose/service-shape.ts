import {buildShape} from './build-shape.ts';
import {deployShape, deviceRequests} from './deploy-shape.ts';
import {any, boolean, bytes, duration, file, integer, list, map, nullable, number, object, oneOf, type ScalarShape, type Shape, string, text} from './shape.ts';
import {allGpus, alone, device, healthTest, keyValue, named, startedDependency, under, words} from './short-syntax.ts';
import {extraHosts, fileMounts, keyed, labels, names, scalars, stringOrList, strings, ulimits} from './shared-shapes.ts';
import {portKey, portSyntax} from './port-syntax.ts';
import {textOf, withEntry} from './value.ts';
import {volumeSyntax} from './volume-syntax.ts';

/** Null means: no command, whatever the image or an earlier file says. */
const command: Shape = nullable(list(string, {fromScalar: words, merge: 'replace'}));

const environment = map(nullable(text), {fromList: keyValue, nullHolds: true});

const hook = (keys: Readonly<Record<string, Shape>> = {}) => ({
	command,
	user: string,
	privileged: boolean,
	working_dir: string,
	environment,
	...keys,
});

const envFile = object({path: file, format: oneOf('raw'), required: boolean}, {required: ['path'], fromScalar: under('path')});

const dependency = object(
	{
		condition: oneOf('service_started', 'service_healthy', 'service_completed_successfully'),
		required: boolean,
		restart: boolean,
	},
	{required: ['condition']},
);

const attachment = nullable(
	object({
		aliases: list(string, {key: keyed('')}),
		interface_name: string,
		ipv4_address: string,
		ipv6_address: string,
		link_local_ips: list(string, {key: keyed('')}),
		mac_address: string,
		driver_opts: map(text),
		priority: number,
		gw_priority: number,
	}),
);

const volume = object(
	{
		type: oneOf('bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image'),
		source: string,
		target: string,
		read_only: boolean,
		consistency: string,
		bind: object({
			propagation: string,
			create_host_path: boolean,
			recursive: oneOf('enabled', 'disabled', 'writable', 'readonly'),
			selinux: oneOf('z', 'Z'),
		}),
		volume: object({labels, nocopy: boolean, subpath: string}),
		tmpfs: object({size: bytes, mode: integer}),
		image: object({subpath: string}),
	},
	{
		required: ['type', 'target'],
		fromScalar: volumeSyntax,
		paths: (mount, absolute) => {
			const source = mount.entries.get('source')?.value;
			if (textOf(mount.entries.get('type')?.value) !== 'bind' || source?.kind !== 'scalar') return mount;
			return withEntry(mount, 'source', {...source, value: absolute(String(source.value))});
		},
	},
);

const port = object(
	{name: string, mode: string, host_ip: string, target: integer, published: text, protocol: string, app_protocol: string},
	{required: ['target']},
);

const blkioLimits = list(object({path: string, rate: bytes}));

const containerName: ScalarShape = {
	...string,
	matches: {pattern: /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/, says: 'two or more letters, digits, dots, hyphens and underscores'},
};

const pullPolicy: ScalarShape = {
	...string,
	matches: {
		pattern: /^(?:always|never|build|if_not_present|missing|refresh|daily|weekly|every_(?:\d+[wdhms])+)$/,
		says: 'always, never, missing, if_not_present, build, daily, weekly or every_<duration>',
	},
};

const restart: ScalarShape = {
	...string,
	matches: {pattern: /^(?:no|always|unless-stopped|on-failure(?::\d+)?)$/, says: '"no", always, unless-stopped or on-failure[:times]'},
};

const watchRule = object(
	{
		path: file,
		action: oneOf('rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec'),
		target: string,
		ignore: stringOrList,
		include: stringOrList,
		exec: object(hook(), {required: ['command']}),
		initial_sync: boolean,
	},
	{required: ['path', 'action']},
);

export const serviceShape = object({
	annotations: labels,
	attach: boolean,
	blkio_config: object({
		device_read_bps: blkioLimits,
		device_read_iops: blkioLimits,
		device_write_bps: blkioLimits,
		device_write_iops: blkioLimits,
		weight: integer,
		weight_device: list(object({path: string, weight: integer})),
	}),
	build: buildShape,
	cap_add: list(string, {key: keyed('')}),
	cap_drop: list(string, {key: keyed('')}),
	cgroup: oneOf('host', 'private'),
	cgroup_parent: string,
	command,
	configs: fileMounts(''),
	container_name: containerName,
	cpu_count: integer,
	cpu_percent: number,
	cpu_period: integer,
	cpu_quota: integer,
	cpu_rt_period: integer,
	cpu_rt_runtime: integer,
	cpu_shares: integer,
	cpus: number,
	cpuset: string,
	credential_spec: object({config: string, file: string, registry: string}),
	depends_on: map(dependency, {keys: names, fromList: startedDependency}),
	deploy: deployShape,
	develop: nullable(object({watch: list(watchRule)})),
	device_cgroup_rules: strings,
	devices: list(object({source: string, target: string, permissions: string}, {required: ['source'], fromScalar: device}), {key: keyed('target')}),
	dns: stringOrList,
	dns_opt: list(string, {key: keyed('')}),
	dns_search: stringOrList,
	domainname: string,
	entrypoint: command,
	env_file: list(envFile, {fromScalar: alone, key: keyed('path')}),
	environment,
	expose: list(text, {key: keyed('')}),
	extends: object({service: string, file}, {required: ['service'], fromScalar: under('service')}),
	external_links: list(string, {key: keyed('')}),
	extra_hosts: extraHosts,
	gpus: list(deviceRequests.of, {fromScalar: allGpus}),
	group_add: list(text, {key: keyed('')}),
	healthcheck: object({
		disable: boolean,
		interval: duration,
		retries: integer,
		start_interval: duration,
		start_period: duration,
		test: list(string, {fromScalar: healthTest, merge: 'replace'}),
		timeout: duration,
	}),
	hostname: string,
	image: string,
	init: boolean,
	ipc: string,
	isolation: string,
	label_file: list(file, {fromScalar: alone, key: keyed('')}),
	labels,
	links: list(string, {key: keyed('')}),
	logging: object(
		{driver: string, options: map(nullable(text))},
		{
			replaces: (base, over) => {
				const [before, after] = [base, over].map(one => textOf(one.entries.get('driver')?.value));
				return before !== undefined && after !== undefined && before !== after;
			},
		},
	),
	mac_address: string,
	mem_limit: bytes,
	mem_reservation: bytes,
	mem_swappiness: integer,
	memswap_limit: bytes,
	models: map(nullable(object({endpoint_var: string, model_var: string})), {keys: names, fromList: named}),
	network_mode: string,
	networks: nullable(map(attachment, {keys: names, fromList: named})),
	oom_kill_disable: boolean,
	oom_score_adj: integer,
	pid: nullable(string),
	pids_limit: integer,
	platform: string,
	ports: list(port, {each: portSyntax, key: portKey}),
	post_start: list(object(hook(), {required: ['command']})),
	pre_start: list(object(hook({image: string, per_replica: boolean}))),
	pre_stop: list(object(hook(), {required: ['command']})),
	privileged: boolean,
	profiles: list(string, {key: keyed('')}),
	provider: object({type: string, options: any}, {required: ['type']}),
	pull_policy: pullPolicy,
	pull_refresh_after: string,
	read_only: boolean,
	restart,
	runtime: string,
	scale: integer,
	secrets: fileMounts('/run/secrets'),
	security_opt: list(string, {key: keyed('')}),
	shm_size: bytes,
	stdin_open: boolean,
	stop_grace_period: duration,
	stop_signal: string,
	storage_opt: any,
	sysctls: scalars,
	tmpfs: stringOrList,
	tty: boolean,
	ulimits,
	use_api_socket: boolean,
	user: string,
	userns_mode: string,
	uts: string,
	volumes: list(volume, {key: keyed('target')}),
	volumes_from: list(string, {key: keyed('')}),
	working_dir: string,
});
