import {existsSync} from 'node:fs';

/** What a container gets unless it asks for more: the list docker and nerdctl agree on. */
const capabilities = [
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

const maskedPaths = ['acpi', 'asound', 'kcore', 'keys', 'latency_stats', 'timer_list', 'timer_stats', 'sched_debug', 'scsi'].map(name => `/proc/${name}`);

const readonlyPaths = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].map(name => `/proc/${name}`);

const mounts = [
	{destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev']},
	{destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k']},
	{destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5']},
	{destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k']},
	{destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev']},
	{destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro']},
	{destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid', 'noexec', 'nodev', 'relatime', 'ro']},
];

const devices = [
	{allow: false, access: 'rwm'},
	...[
		[1, 3],
		[1, 5],
		[1, 7],
		[1, 8],
		[1, 9],
		[5, 0],
		[5, 2],
	].map(([major, minor]) => ({allow: true, type: 'c', major, minor, access: 'rwm'})),
	{allow: true, type: 'c', major: 136, access: 'rwm'},
];

export type SpecOptions = {
	readonly commandLine: readonly string[];
	readonly environment: readonly string[];
	readonly workingDir: string;
	readonly terminal: boolean;
	readonly hostname: string;
	readonly cgroupsPath: string;
	readonly annotations: Readonly<Record<string, string>>;
	readonly memoryLimitBytes?: number;
	/** Files of the host bound over files of the image. */
	readonly binds: ReadonlyArray<{readonly source: string; readonly destination: string}>;
	/** The PID whose network namespace to share, as containers of a pod do. */
	readonly networkOf?: number;
};

/**
The OCI spec of an ordinary container with a network namespace of its own and nothing in it. No oomScoreAdj and no rlimits: raising
either needs CAP_SYS_RESOURCE, which root in a sandboxed machine may not have.
*/
export const ociSpec = (options: SpecOptions): Readonly<Record<string, unknown>> => ({
	ociVersion: '1.0.2',
	process: {
		terminal: options.terminal,
		user: {uid: 0, gid: 0, additionalGids: [0]},
		args: options.commandLine,
		env: options.environment,
		cwd: options.workingDir,
		capabilities: {bounding: capabilities, effective: capabilities, permitted: capabilities},
		noNewPrivileges: true,
	},
	root: {path: 'rootfs'},
	hostname: options.hostname,
	mounts: [
		...mounts,
		...options.binds.map(({source, destination}) => ({destination, type: 'bind', source, options: ['rbind', 'rprivate', 'rw']})),
	],
	annotations: options.annotations,
	linux: {
		cgroupsPath: options.cgroupsPath,
		resources: {
			devices,
			...(options.memoryLimitBytes === undefined ? {} : {memory: {limit: options.memoryLimitBytes}}),
			cpu: {shares: 1024},
		},
		namespaces: [
			{type: 'pid'},
			{type: 'ipc'},
			{type: 'uts'},
			{type: 'mount'},
			{type: 'network', ...(options.networkOf === undefined ? {} : {path: `/proc/${options.networkOf}/ns/net`})},
			// On cgroup v2 alone, as nerdctl does: there the container would otherwise see the host's tree.
			...(existsSync('/sys/fs/cgroup/cgroup.controllers') ? [{type: 'cgroup'}] : []),
		],
		maskedPaths,
		readonlyPaths,
	},
});
