import {goStruct, nilSlice, sliceOf} from './template-struct.ts';
import {rfc3339Nano} from './template-values.ts';
import {binaryBytes} from './units.ts';

export type InfoParts = {
	readonly uuid: string;
	readonly version: string;
	readonly snapshotter: string;
	readonly snapshotters: readonly string[];
	readonly now: number;
	readonly name: string;
	readonly kernel: string;
	readonly machine: string;
	readonly operatingSystem: string;
	readonly cpus: number;
	readonly memoryBytes: number;
	readonly cgroupVersion: 1 | 2;
	readonly controllers: readonly string[];
	readonly forwardsIpv4: boolean;
	readonly hasAppArmor: boolean;
	readonly hasSystemd: boolean;
};

/** Log drivers that can be read back or written: nerdctl's own list. */
const logDrivers = ['fluentd', 'journald', 'json-file', 'none', 'syslog'];

/** `info` in docker's shape. `Driver` and the log drivers are the client's, since containerd has none: nerdctl says them the same way. */
export const dockerInfo = (parts: InfoParts) => {
	const has = (controller: string) => parts.controllers.includes(controller);
	const isOld = parts.cgroupVersion === 1;
	const limits = {
		MemoryLimit: has('memory'),
		SwapLimit: has('memory'),
		CpuCfsPeriod: has('cpu'),
		CpuCfsQuota: has('cpu'),
		CPUShares: has('cpu'),
		CPUSet: has('cpuset'),
		CPURealtime: false,
		PidsLimit: has('pids'),
	};
	const missing: ReadonlyArray<readonly [boolean, string]> = [
		[limits.MemoryLimit, 'No memory limit support'],
		[limits.SwapLimit, 'No swap limit support'],
		[limits.CpuCfsPeriod, 'No cpu cfs period support'],
		[limits.CpuCfsQuota, 'No cpu cfs quota support'],
		[limits.CPUShares, 'No cpu shares support'],
		[limits.CPUSet, 'No cpuset support'],
		[limits.PidsLimit, 'No pids limit support'],
		[parts.forwardsIpv4, 'IPv4 forwarding is disabled'],
	];
	return goStruct(
		'*dockercompat.Info',
		{
			ID: parts.uuid,
			Driver: parts.snapshotter,
			Plugins: goStruct('dockercompat.PluginsInfo', {Log: logDrivers, Storage: sliceOf(parts.snapshotters)}),
			...limits,
			IPv4Forwarding: parts.forwardsIpv4,
			BridgeNfIptables: true,
			BridgeNfIp6tables: true,
			OomKillDisable: isOld && has('memory'),
			SystemTime: rfc3339Nano(parts.now),
			LoggingDriver: 'json-file',
			CgroupDriver: !isOld && parts.hasSystemd ? 'systemd' : 'cgroupfs',
			CgroupVersion: String(parts.cgroupVersion),
			KernelVersion: parts.kernel,
			OperatingSystem: parts.operatingSystem,
			OSType: 'linux',
			Architecture: parts.machine,
			NCPU: parts.cpus,
			MemTotal: parts.memoryBytes,
			Name: parts.name,
			ServerVersion: parts.version,
			SecurityOptions: [
				...(parts.hasAppArmor ? ['name=apparmor'] : []),
				'name=seccomp,profile=builtin',
				...(isOld ? [] : ['name=cgroupns']),
			],
			Warnings: missing.every(([supported]) => supported)
				? nilSlice
				: missing.filter(([supported]) => !supported).map(([, text]) => `WARNING: ${text}`),
		},
		{names: {CPUCfsPeriod: 'CpuCfsPeriod', CPUCfsQuota: 'CpuCfsQuota', BridgeNfIP6tables: 'BridgeNfIp6tables'}},
	);
};

export type DockerInfo = ReturnType<typeof dockerInfo>;

const securityLines = (options: readonly string[]): readonly string[] =>
	options.flatMap(option => {
		const [name = '', ...rest] = option.split(',').map(pair => pair.slice(pair.indexOf('=') + 1));
		return [`  ${name}`, ...rest.map(profile => `   Profile: ${profile}`)];
	});

/** The text of `info`. */
export const infoText = (info: DockerInfo, namespace: string): string =>
	[
		'Client:',
		` Namespace:\t${namespace}`,
		' Debug Mode:\tfalse',
		'',
		'Server:',
		` Server Version: ${info.ServerVersion}`,
		` Storage Driver: ${info.Driver}`,
		` Logging Driver: ${info.LoggingDriver}`,
		` Cgroup Driver: ${info.CgroupDriver}`,
		` Cgroup Version: ${info.CgroupVersion}`,
		' Plugins:',
		`  Log:     ${info.Plugins.Log.join(' ')}`,
		`  Storage: ${info.Plugins.Storage.join(' ')}`,
		' Security Options:',
		...securityLines(info.SecurityOptions),
		` Kernel Version:   ${info.KernelVersion}`,
		` Operating System: ${info.OperatingSystem}`,
		` OSType:           ${info.OSType}`,
		` Architecture:     ${info.Architecture}`,
		` CPUs:             ${info.NCPU}`,
		` Total Memory:     ${binaryBytes(info.MemTotal)}`,
		` Name:             ${info.Name}`,
		` ID:               ${info.ID}`,
		'\n',
	].join('\n');
