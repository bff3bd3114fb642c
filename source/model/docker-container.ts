import type {ContainerRecord, Task} from './container.ts';
import {jsonLabel, type MountPoint, mountsLabel, stringsLabel} from './docker-labels.ts';
import {type ContainerInterface, networkSettings} from './docker-network.ts';
import type {PortMapping} from './docker-ports.ts';
import {
	argsOf,
	blkioFromSpec,
	hostConfigFromSpec,
	listOf,
	mountsFromSpec,
	numberOf,
	processOf,
	recordOf,
	type Spec,
	stringsOf,
	textOf,
} from './docker-spec.ts';
import {dockerState, restartPolicyOf} from './docker-status.ts';
import {labels} from './labels.ts';
import {goStruct, nilMap, nilSlice, sliceOf} from './template-struct.ts';
import {rfc3339Nano} from './template-values.ts';

/** What the machine knows beyond containerd, read from nerdctl's state directory. */
export type ContainerExtras = {
	readonly ports: readonly PortMapping[];
	readonly interfaces: readonly ContainerInterface[];
	/** Which of `resolv.conf`, `hostname`, `hosts` and the log are there: their paths. */
	readonly paths: {readonly resolvConf?: string; readonly hostname?: string; readonly hosts?: string; readonly log?: string};
	/** RFC 3339, from `lifecycle.json`; empty when nobody wrote it down. */
	readonly startedAt: string;
	/** The last probes, from `health.json`. */
	readonly healthLog: readonly unknown[];
	/** Where block devices are, by their numbers: `8:0`. */
	readonly blockDevices?: Readonly<Record<string, string>>;
	/** With `--size`: of the writable layer and of all layers. */
	readonly size?: {readonly writableBytes: number; readonly allBytes: number};
};

export const noExtras: ContainerExtras = {ports: [], interfaces: [], paths: {}, startedAt: '', healthLog: []};

const key = {
	autoRemove: labels.autoRemove,
	dns: 'nerdctl/dns',
	domainname: 'nerdctl/domainname',
	error: 'nerdctl/error',
	exposedPorts: 'nerdctl/exposed-ports',
	extraHosts: 'nerdctl/extraHosts',
	healthCheck: 'nerdctl/healthcheck',
	hostConfig: 'nerdctl/host-config',
	pidContainer: 'nerdctl/pid-container',
	privileged: 'nerdctl/privileged',
	user: 'nerdctl/user',
} as const;

const binary: Readonly<Record<string, number>> = {k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4};

/** go-units' `RAMInBytes`: `64m`. */
const ramBytes = (text: string): number => {
	const [, number = '0', unit = ''] = /^([\d.]+)\s*([kmgt])?i?b?$/i.exec(text.trim()) ?? [];
	return Math.trunc(Number(number) * (binary[unit.toLowerCase()] ?? 1));
};

const mountPoints = (mounts: readonly MountPoint[]) =>
	mounts.map(mount => goStruct('dockercompat.MountPoint', mount, {omitEmpty: ['Type', 'Name', 'Driver']}));

const logConfigOf = (record: ContainerRecord) => {
	const config = recordOf(jsonLabel(record.labels, labels.logConfig));
	const known = record.labels[labels.logConfig] !== undefined;
	return goStruct(
		'dockercompat.loggerLogConfig',
		// Go's field for the URI is no part of the JSON, and nobody fills it in.
		{driver: known ? textOf(config['driver']) : 'json-file', opts: recordOf(config['opts']), LogURI: '', address: textOf(config['address'])},
		{
			omitEmpty: ['opts', 'LogURI'],
			names: {Driver: 'driver', Opts: 'opts', Address: 'address'},
		},
	);
};

const hostConfig = (
	record: ContainerRecord,
	task: Task | undefined,
	spec: Spec,
	mounts: readonly MountPoint[],
	network: {readonly Ports: object},
	blockDevices: Readonly<Record<string, string>>,
) => {
	const {labels: all} = record;
	const own = recordOf(jsonLabel(all, key.hostConfig));
	const ipc = recordOf(jsonLabel(all, labels.ipc));
	const dns = recordOf(jsonLabel(all, key.dns));
	const policy = restartPolicyOf(all[labels.restartPolicy] ?? '');
	const from = hostConfigFromSpec(spec);
	const blkio = blkioFromSpec(spec, blockDevices);
	const annotations = Object.fromEntries(Object.entries(recordOf(spec['annotations'])).filter(([name]) => !name.startsWith('nerdctl/')));
	const tmpfs = Object.fromEntries(mounts.filter(({Type}) => Type === 'tmpfs').map(({Destination, Mode}) => [Destination, Mode]));
	return goStruct(
		'*dockercompat.HostConfig',
		{
			ContainerIDFile: textOf(own['CidFile']),
			LogConfig: logConfigOf(record),
			NetworkMode: stringsLabel(all, labels.networks)[0] ?? '',
			PortBindings: task === undefined ? nilMap : network.Ports,
			RestartPolicy: goStruct('dockercompat.RestartPolicy', {Name: policy?.name ?? '', MaximumRetryCount: policy?.maximumRetries ?? 0}),
			AutoRemove: all[key.autoRemove] === 'true',
			CapAdd: from.CapAdd,
			CapDrop: from.CapDrop,
			CgroupnsMode: from.CgroupnsMode,
			Dns: sliceOf(stringsOf(dns['DNSServers'])),
			DnsOptions: sliceOf(stringsOf(dns['DNSResolvConfOptions'])),
			DnsSearch: sliceOf(stringsOf(dns['DNSSearchDomains'])),
			ExtraHosts: all[key.extraHosts] === undefined ? nilSlice : stringsLabel(all, key.extraHosts),
			GroupAdd: from.GroupAdd,
			IpcMode: textOf(ipc['mode']),
			Annotations: annotations,
			OomScoreAdj: from.OomScoreAdj,
			PidMode: all[key.pidContainer] ?? '',
			Privileged: all[key.privileged] === 'true',
			ReadonlyRootfs: from.ReadonlyRootfs,
			Tmpfs: tmpfs,
			UTSMode: from.UTSMode,
			ShmSize: textOf(ipc['shmSize']) === '' ? 0 : ramBytes(textOf(ipc['shmSize'])),
			Sysctls: from.Sysctls,
			Runtime: record.runtime,
			CpusetMems: from.CPUSetMems,
			CpusetCpus: from.CPUSetCPUs,
			CpuQuota: from.CPUQuota,
			CpuShares: from.CPUShares,
			CpuPeriod: from.CPUPeriod,
			CpuRealtimePeriod: from.CPURealtimePeriod,
			CpuRealtimeRuntime: from.CPURealtimeRuntime,
			Memory: from.Memory,
			MemorySwap: from.MemorySwap,
			MemoryReservation: from.MemoryReservation,
			MemorySwappiness: from.MemorySwappiness,
			PidsLimit: from.PidsLimit,
			Ulimits: from.Ulimits,
			OomKillDisable: from.OomKillDisable,
			Devices: sliceOf(listOf(own['Devices']).map(deviceOf)),
			BlkioWeight: blkio.weight > 0 ? blkio.weight : numberOf(own['BlkioWeight']),
			...blkio.devices,
		},
		{
			omitEmpty: ['Annotations', 'Tmpfs'],
			names: {
				DNS: 'Dns',
				DNSOptions: 'DnsOptions',
				DNSSearch: 'DnsSearch',
				CPUSetMems: 'CpusetMems',
				CPUSetCPUs: 'CpusetCpus',
				CPUQuota: 'CpuQuota',
				CPUShares: 'CpuShares',
				CPUPeriod: 'CpuPeriod',
				CPURealtimePeriod: 'CpuRealtimePeriod',
				CPURealtimeRuntime: 'CpuRealtimeRuntime',
			},
		},
	);
};

const mostHealthOutput = 4096;

const cutOutput = (text: string): string => (text.length > mostHealthOutput ? `${text.slice(0, mostHealthOutput)}... [truncated]` : text);

/** In Go's order, whatever the order in the file. */
const healthResult = (result: unknown) => {
	const {Start, End, ExitCode, Output} = recordOf(result);
	const never = '0001-01-01T00:00:00Z';
	return goStruct('*healthcheck.HealthcheckResult', {Start: textOf(Start) || never, End: textOf(End) || never, ExitCode: numberOf(ExitCode), Output: cutOutput(textOf(Output))});
};

/** The last results, the newest first. */
const healthOf = (record: ContainerRecord, log: readonly unknown[]) => {
	const state = jsonLabel(record.labels, labels.healthState);
	if (state === undefined) return null;
	const {Status: status, FailingStreak: streak} = recordOf(state);
	return goStruct('*healthcheck.Health', {Status: textOf(status), FailingStreak: numberOf(streak), Log: sliceOf(log.slice(-5).toReversed().map(healthResult))});
};

const stateOf = (record: ContainerRecord, task: Task | undefined, {startedAt, healthLog}: ContainerExtras) =>
	goStruct(
		'*dockercompat.ContainerState',
		{
			Status: task === undefined ? '' : dockerState(record, task),
			Running: task?.status === 'running',
			Paused: task?.status === 'paused',
			Restarting: record.labels[labels.restartStatus] === 'running',
			Pid: task === undefined || task.status === 'stopped' ? 0 : task.pid,
			ExitCode: task?.status === 'stopped' ? task.exitStatus : 0,
			Error: record.labels[key.error] ?? '',
			StartedAt: task === undefined ? '' : startedAt,
			FinishedAt: task?.exitedAt === undefined ? '' : rfc3339Nano(task.exitedAt, task.exitedNanos),
			Health: healthOf(record, healthLog),
		},
		{omitEmpty: ['Health']},
	);

const deviceOf = (value: unknown) => {
	const {PathOnHost: host, PathInContainer: inside, CgroupPermissions: access} = recordOf(value);
	return goStruct('dockercompat.DeviceMapping', {PathOnHost: textOf(host), PathInContainer: textOf(inside), CgroupPermissions: textOf(access)});
};

const healthcheckOf = (label: unknown) => {
	if (label === undefined) return null;
	const {Test: words, Interval, Timeout, Retries, StartPeriod} = recordOf(label);
	const fields = {Test: stringsOf(words), Interval: numberOf(Interval), Timeout: numberOf(Timeout), Retries: numberOf(Retries), StartPeriod: numberOf(StartPeriod)};
	return goStruct('*healthcheck.Healthcheck', fields, {omitEmpty: ['Test', 'Interval', 'Timeout', 'Retries', 'StartPeriod']});
};

const configOf = (record: ContainerRecord, spec: Spec) => {
	const {labels: all} = record;
	return goStruct(
		'*dockercompat.Config',
		{
			Hostname: all[labels.hostname] || textOf(spec['hostname']),
			Domainname: all[key.domainname] ?? '',
			User: all[key.user] ?? '',
			AttachStdin: false,
			ExposedPorts: recordOf(jsonLabel(all, key.exposedPorts)),
			Env: stringsOf(processOf(spec)['env']),
			Cmd: nilSlice,
			Healthcheck: healthcheckOf(jsonLabel(all, key.healthCheck)),
			Image: record.image,
			Volumes: nilMap,
			WorkingDir: '',
			Entrypoint: nilSlice,
			Labels: all,
		},
		{
			omitEmpty: [
				'Hostname',
				'Domainname',
				'User',
				'ExposedPorts',
				'Env',
				'Cmd',
				'Healthcheck',
				'Image',
				'Volumes',
				'WorkingDir',
				'Entrypoint',
				'Labels',
			],
		},
	);
};

/** `inspect` as docker shapes it, field by field what nerdctl's dockercompat fills in. */
export const dockerContainer = (
	record: ContainerRecord,
	task: Task | undefined,
	spec: Spec | undefined,
	extras: ContainerExtras = noExtras,
) => {
	const {labels: all} = record;
	const known = spec ?? {};
	const bound = mountsFromSpec(known);
	const mounts = mountsLabel(all) ?? bound;
	const sourceOf = (destination: string) => bound.find(mount => mount.Destination === destination)?.Source ?? '';
	const isAlive = task?.status === 'running' || task?.status === 'paused';
	const network = networkSettings(isAlive ? extras.interfaces : [], extras.ports);
	const [path = '', ...args] = argsOf(spec) ?? [];
	return goStruct(
		'*dockercompat.Container',
		{
			Id: record.id,
			Created: rfc3339Nano(record.createdAt, record.createdNanos),
			Path: path,
			Args: sliceOf(args),
			State: stateOf(record, task, extras),
			Image: record.image,
			ResolvConfPath: extras.paths.resolvConf ?? sourceOf('/etc/resolv.conf'),
			HostnamePath: extras.paths.hostname ?? sourceOf('/etc/hostname'),
			HostsPath: extras.paths.hosts ?? sourceOf('/etc/hosts'),
			LogPath: extras.paths.log ?? '',
			Name: all[labels.name] ?? '',
			RestartCount: all[labels.restartStatus] === 'running' ? Number.parseInt(all[labels.restartCount] ?? '0', 10) || 0 : 0,
			Driver: record.snapshotter,
			Platform: 'linux',
			AppArmorProfile: textOf(processOf(spec)['apparmorProfile']),
			HostConfig: hostConfig(record, task, known, mounts, network, extras.blockDevices ?? {}),
			SizeRw: extras.size?.writableBytes ?? null,
			SizeRootFs: extras.size?.allBytes ?? null,
			Mounts: mountPoints(mounts),
			Config: configOf(record, known),
			NetworkSettings: network,
		},
		{omitEmpty: extras.size === undefined ? ['SizeRw', 'SizeRootFs'] : [], names: {ID: 'Id'}},
	);
};

export type DockerContainer = ReturnType<typeof dockerContainer>;
