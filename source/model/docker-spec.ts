import type {MountPoint} from './docker-labels.ts';
import {goStruct, nilMap, nilSlice, sliceOf} from './template-struct.ts';

/**
What `inspect` takes from an OCI runtime spec. A spec is any JSON that somebody once gave containerd: a part that is missing or of
another shape counts as not said.
*/
export type Spec = Readonly<Record<string, unknown>>;

export const recordOf = (value: unknown): Spec =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Spec) : {};
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
export const stringsOf = (value: unknown): readonly string[] => listOf(value).filter((item): item is string => typeof item === 'string');

const part = (spec: Spec, ...path: readonly string[]): Spec => path.reduce((at, key) => recordOf(at[key]), spec);

export const processOf = (spec: Spec | undefined): Spec => recordOf(spec?.['process']);
export const argsOf = (spec: Spec | undefined): readonly string[] | undefined =>
	spec === undefined || spec['process'] === undefined ? undefined : stringsOf(processOf(spec)['args']);

/** containerd's default capabilities: what a container has without asking. */
export const defaultCapabilities: readonly string[] = [
	'CHOWN',
	'DAC_OVERRIDE',
	'FSETID',
	'FOWNER',
	'MKNOD',
	'NET_RAW',
	'SETGID',
	'SETUID',
	'SETFCAP',
	'SETPCAP',
	'NET_BIND_SERVICE',
	'SYS_CHROOT',
	'KILL',
	'AUDIT_WRITE',
].map(name => `CAP_${name}`);

const ordinary = new Set(defaultCapabilities);

const capabilities = (process: Spec) => {
	if (process['capabilities'] === undefined) return {CapAdd: nilSlice, CapDrop: nilSlice};
	const bounding = stringsOf(recordOf(process['capabilities'])['bounding']);
	return {CapAdd: bounding.filter(name => !ordinary.has(name)), CapDrop: defaultCapabilities.filter(name => !bounding.includes(name))};
};

/** No limit is the largest number of 64 bits, which Docker calls −1. */
const limitOf = (value: unknown): number => (numberOf(value) >= 2 ** 63 ? -1 : numberOf(value));

const positive = (value: unknown): number => Math.max(0, numberOf(value));

/** The fields of HostConfig that the spec decides, by their names in Go. */
export const hostConfigFromSpec = (spec: Spec) => {
	const process = processOf(spec);
	const [cpu, memory] = [part(spec, 'linux', 'resources', 'cpu'), part(spec, 'linux', 'resources', 'memory')];
	const namespaces = listOf(part(spec, 'linux')['namespaces']).map(namespace => textOf(recordOf(namespace)['type']));
	const rlimits = listOf(process['rlimits']).map(recordOf);
	const gids = listOf(recordOf(process['user'])['additionalGids']).filter(gid => typeof gid === 'number' && gid !== 0);
	const sysctl = part(spec, 'linux')['sysctl'];
	return {
		...capabilities(process),
		CgroupnsMode: namespaces.includes('cgroup') ? 'private' : '',
		GroupAdd: gids.map(String),
		OomScoreAdj: numberOf(process['oomScoreAdj']),
		ReadonlyRootfs: part(spec, 'root')['readonly'] === true,
		UTSMode: namespaces.includes('uts') ? '' : 'host',
		Sysctls: sysctl === undefined ? nilMap : recordOf(sysctl),
		CPUSetMems: textOf(cpu['mems']),
		CPUSetCPUs: textOf(cpu['cpus']),
		CPUQuota: positive(cpu['quota']),
		CPUShares: positive(cpu['shares']),
		CPUPeriod: positive(cpu['period']),
		CPURealtimePeriod: positive(cpu['realtimePeriod']),
		CPURealtimeRuntime: positive(cpu['realtimeRuntime']),
		Memory: numberOf(memory['limit']),
		MemorySwap: numberOf(memory['swap']),
		MemoryReservation: numberOf(memory['reservation']),
		MemorySwappiness: typeof memory['swappiness'] === 'number' ? memory['swappiness'] : null,
		PidsLimit: numberOf(part(spec, 'linux', 'resources', 'pids')['limit']),
		Ulimits: sliceOf(
			rlimits.map(limit =>
				goStruct('*units.Ulimit', {
					Name: textOf(limit['type'])
						.replace(/^RLIMIT_/, '')
						.toLowerCase(),
					Hard: limitOf(limit['hard']),
					Soft: limitOf(limit['soft']),
				}),
			),
		),
		OomKillDisable: memory['disableOOMKiller'] === true,
	};
};

const numbersOf = (device: Spec): string => `${numberOf(device['major'])}:${numberOf(device['minor'])}`;

/** The block devices with a limit of their own, as `8:0`. */
export const limitedDevices = (spec: Spec): readonly string[] => {
	const block = part(spec, 'linux', 'resources', 'blockIO');
	return [...new Set(Object.values(block).flatMap(listOf).map(recordOf).map(numbersOf))];
};

/** `names`: where devices are, by their numbers. */
export const blkioFromSpec = (spec: Spec, names: Readonly<Record<string, string>> = {}) => {
	const block = part(spec, 'linux', 'resources', 'blockIO');
	const devicePath = (device: Spec): string => names[numbersOf(device)] ?? `/dev/block/${numbersOf(device)}`;
	const throttle = (key: string) =>
		listOf(block[key])
			.map(recordOf)
			.map(device => ({Path: devicePath(device), Rate: numberOf(device['rate'])}));
	return {
		weight: numberOf(block['weight']),
		devices: {
			BlkioWeightDevice: listOf(block['weightDevice'])
				.map(recordOf)
				.map(device => ({Path: devicePath(device), Weight: numberOf(device['weight'])})),
			BlkioDeviceReadBps: throttle('throttleReadBpsDevice'),
			BlkioDeviceWriteBps: throttle('throttleWriteBpsDevice'),
			BlkioDeviceReadIOps: throttle('throttleReadIOPSDevice'),
			BlkioDeviceWriteIOps: throttle('throttleWriteIOPSDevice'),
		},
	};
};

const propagations = new Set(['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']);

/** Bind mounts only: the others are the container's own furniture. */
export const mountsFromSpec = (spec: Spec): readonly MountPoint[] =>
	listOf(spec['mounts'])
		.map(recordOf)
		.filter(mount => mount['type'] === 'bind')
		.map(mount => {
			const options = stringsOf(mount['options']);
			return {
				Type: 'bind',
				Name: '',
				Source: textOf(mount['source']),
				Destination: textOf(mount['destination']),
				Driver: '',
				Mode: options.join(','),
				RW: !options.includes('ro') && !options.includes('rro'),
				Propagation: options.findLast(option => propagations.has(option)) ?? '',
			};
		});
