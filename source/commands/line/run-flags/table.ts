import type {FlagTable} from '../flag-types.ts';

const list = {type: 'string', isMultiple: true} as const;
/** pflag's StringSlice: commas divide it. */
const slice = {...list, splitsAtComma: true} as const;

const basics = {
	interactive: {type: 'boolean', shortFlag: 'i', help: 'Keep STDIN open even if not attached'},
	tty: {type: 'boolean', shortFlag: 't', help: 'Allocate a pseudo-TTY'},
	restart: {type: 'string', default: 'no', placeholder: 'POLICY', help: 'When to start it again: no, always, on-failure[:N] or unless-stopped'},
	rm: {type: 'boolean', help: 'Remove the container when it exits'},
	pull: {type: 'string', default: 'missing', placeholder: 'WHEN', help: 'Pull the image before: always, missing or never'},
	quiet: {type: 'boolean', shortFlag: 'q', help: 'Suppress the pull output'},
	stopSignal: {type: 'string', placeholder: 'SIGNAL', help: 'Signal to stop the container (the image’s, else SIGTERM)'},
	stopTimeout: {type: 'number', placeholder: 'SECONDS', help: 'How long it may take to stop'},
	platform: {type: 'string', placeholder: 'OS/ARCH', help: 'Platform of the image'},
	init: {type: 'boolean', help: 'Run an init process in the container that forwards signals and reaps processes'},
	initBinary: {type: 'string', placeholder: 'PATH', help: 'The init process, when it is not tini'},
	runtime: {type: 'string', placeholder: 'NAME', help: 'Runtime such as crun, or a containerd runtime such as io.containerd.runsc.v1'},
	isolation: {type: 'string', placeholder: 'KIND', help: 'On Linux only default'},
	verify: {type: 'string', placeholder: 'HOW', help: 'Signatures are not verified here: none is the one value'},
} as const satisfies FlagTable;

const network = {
	network: {...slice, placeholder: 'NETWORK', help: 'bridge, host, none, container:NAME, ns:PATH or networks'},
	net: {...slice, placeholder: 'NETWORK', help: 'The same as --network'},
	networkAlias: {...slice, placeholder: 'NAME', help: 'One more name for the others on its networks'},
	publish: {...slice, shortFlag: 'p', placeholder: '[IP:][HOST:]PORT[/PROTO]', help: 'Publish a port, or a range of them, on this machine'},
	publishAll: {type: 'boolean', shortFlag: 'P', help: 'Publish all exposed ports to free ports'},
	expose: {...slice, placeholder: 'PORT[/PROTO]', help: 'Expose a port or a range of ports'},
	dns: {...slice, placeholder: 'IP', help: 'DNS servers'},
	dnsSearch: {...slice, placeholder: 'DOMAIN', help: 'DNS search domains'},
	dnsOption: {...slice, placeholder: 'OPTION', help: 'DNS options'},
	dnsOpt: {...slice, placeholder: 'OPTION', help: 'The same as --dns-option'},
	addHost: {...slice, placeholder: 'HOST:IP', help: 'Add a line to /etc/hosts; host-gateway is this machine'},
	ip: {type: 'string', placeholder: 'IP', help: 'IPv4 address of the container'},
	ip6: {type: 'string', placeholder: 'IP', help: 'IPv6 address of the container'},
	macAddress: {type: 'string', placeholder: 'MAC', help: 'MAC address of the container'},
	hostname: {type: 'string', shortFlag: 'h', placeholder: 'NAME', help: 'Host name of the container'},
	domainname: {type: 'string', placeholder: 'NAME', help: 'Domain name of the container'},
} as const satisfies FlagTable;

const namespaces = {
	ipc: {type: 'string', placeholder: 'MODE', help: 'IPC namespace: private, shareable, host or container:NAME'},
	pid: {type: 'string', placeholder: 'MODE', help: 'PID namespace: host or container:NAME'},
	uts: {type: 'string', placeholder: 'MODE', help: 'UTS namespace: host'},
	cgroupns: {type: 'string', placeholder: 'MODE', help: 'Cgroup namespace: private or host'},
	userns: {type: 'string', placeholder: 'MODE', help: 'There is no user namespace: host is the one value'},
	shmSize: {type: 'string', placeholder: 'SIZE', help: 'Size of /dev/shm'},
} as const satisfies FlagTable;

const resources = {
	cpus: {type: 'string', placeholder: 'COUNT', help: 'Number of CPUs, as 1.5'},
	cpuShares: {type: 'number', placeholder: 'WEIGHT', help: 'CPU shares (relative weight)'},
	cpuQuota: {type: 'number', placeholder: 'US', help: 'Microseconds of CPU in each period'},
	cpuPeriod: {type: 'number', placeholder: 'US', help: 'Length of the period'},
	cpuRtPeriod: {type: 'number', placeholder: 'US', help: 'Real-time period'},
	cpuRtRuntime: {type: 'number', placeholder: 'US', help: 'Real-time runtime'},
	cpusetCpus: {type: 'string', placeholder: 'LIST', help: 'CPUs to run on (0-3, 0,1)'},
	cpusetMems: {type: 'string', placeholder: 'LIST', help: 'Memory nodes to use (0-3, 0,1)'},
	memory: {type: 'string', shortFlag: 'm', placeholder: 'SIZE', help: 'Memory limit'},
	memoryReservation: {type: 'string', placeholder: 'SIZE', help: 'Memory soft limit'},
	memorySwap: {type: 'string', placeholder: 'SIZE', help: 'Limit of memory plus swap; -1 is none'},
	memorySwappiness: {type: 'number', placeholder: 'PERCENT', help: 'Swappiness, 0 to 100'},
	oomKillDisable: {type: 'boolean', help: 'Disable the OOM killer'},
	oomScoreAdj: {type: 'number', placeholder: 'SCORE', help: 'OOM preference, -1000 to 1000'},
	pidsLimit: {type: 'number', placeholder: 'COUNT', help: 'Most processes; -1 is no limit'},
	cgroupConf: {...slice, placeholder: 'KEY=VALUE', help: 'Write a file of the cgroup (v2)'},
	cgroupParent: {type: 'string', placeholder: 'CGROUP', help: 'Parent cgroup, or slice'},
	device: {...slice, placeholder: 'HOST[:CONTAINER[:rwm]]', help: 'Add a device of this machine'},
	ulimit: {...slice, placeholder: 'NAME=SOFT[:HARD]', help: 'Limits of the process'},
	rdtClass: {type: 'string', placeholder: 'NAME', help: 'RDT class (CLOS)'},
	blkioWeight: {type: 'number', placeholder: 'WEIGHT', help: 'Block IO weight, 10 to 1000'},
	blkioWeightDevice: {...list, placeholder: 'DEVICE:WEIGHT', help: 'Block IO weight of a device'},
	deviceReadBps: {...list, placeholder: 'DEVICE:RATE', help: 'Limit bytes read per second'},
	deviceWriteBps: {...list, placeholder: 'DEVICE:RATE', help: 'Limit bytes written per second'},
	deviceReadIops: {...list, placeholder: 'DEVICE:RATE', help: 'Limit reads per second'},
	deviceWriteIops: {...list, placeholder: 'DEVICE:RATE', help: 'Limit writes per second'},
} as const satisfies FlagTable;

const security = {
	user: {type: 'string', shortFlag: 'u', placeholder: 'NAME[:GROUP]', help: 'Username or UID, and group'},
	umask: {type: 'string', placeholder: 'OCTAL', help: 'umask of the process'},
	groupAdd: {...slice, placeholder: 'GROUP', help: 'More groups'},
	securityOpt: {...list, placeholder: 'OPTION', help: 'seccomp=FILE, apparmor=PROFILE, no-new-privileges, systempaths=unconfined, writable-cgroups …'},
	capAdd: {...slice, placeholder: 'CAPABILITY', help: 'Add capabilities, or ALL'},
	capDrop: {...slice, placeholder: 'CAPABILITY', help: 'Drop capabilities, or ALL'},
	privileged: {type: 'boolean', help: 'Give everything that this machine has to give'},
	systemd: {type: 'string', default: 'false', placeholder: 'WHEN', help: 'Make a place for systemd: true, false or always'},
	sysctl: {...list, placeholder: 'NAME=VALUE', help: 'Kernel parameters of its namespaces'},
	readOnly: {type: 'boolean', help: 'Mount the root file system read-only'},
} as const satisfies FlagTable;

const files = {
	volume: {...list, shortFlag: 'v', placeholder: '[SOURCE:]TARGET[:OPTIONS]', help: 'Mount a volume or a path of this machine'},
	mount: {...list, placeholder: 'type=…,source=…,target=…', help: 'Mount a volume, a path, a tmpfs or an image'},
	tmpfs: {...list, placeholder: 'TARGET[:OPTIONS]', help: 'Mount a tmpfs'},
	volumesFrom: {...list, placeholder: 'CONTAINER[:ro]', help: 'Mount what another container mounts'},
	rootfs: {type: 'boolean', help: 'The first argument is a directory to run in, not an image'},
} as const satisfies FlagTable;

const words = {
	name: {type: 'string', placeholder: 'NAME', help: 'Name of the container'},
	entrypoint: {...list, placeholder: 'COMMAND', help: 'Replace the image’s entrypoint; empty clears it'},
	workdir: {type: 'string', shortFlag: 'w', placeholder: 'DIR', help: 'Working directory in the container'},
	env: {...list, shortFlag: 'e', placeholder: 'NAME=VALUE', help: 'Set environment variables'},
	envFile: {...slice, placeholder: 'FILE', help: 'Set environment variables from file'},
	label: {...list, shortFlag: 'l', placeholder: 'KEY=VALUE', help: 'Set labels'},
	labelFile: {...slice, placeholder: 'FILE', help: 'Set labels from file'},
	annotation: {...list, placeholder: 'KEY=VALUE', help: 'Set annotations, which the runtime sees'},
	cidfile: {type: 'string', placeholder: 'FILE', help: 'Write the container’s id to a file'},
	pidfile: {type: 'string', placeholder: 'FILE', help: 'Write the process’ id to a file'},
	logDriver: {type: 'string', default: 'json-file', placeholder: 'DRIVER', help: 'json-file, none or a URI such as binary://PATH'},
	logOpt: {...list, placeholder: 'KEY=VALUE', help: 'max-size, max-file, log-path, labels, env'},
	healthCmd: {type: 'string', placeholder: 'COMMAND', help: 'Command that tells whether it is healthy'},
	healthInterval: {type: 'string', placeholder: 'SPAN', help: 'Time between two checks'},
	healthTimeout: {type: 'string', placeholder: 'SPAN', help: 'The longest that a check may take'},
	healthRetries: {type: 'number', placeholder: 'COUNT', help: 'Failures in a row that make it unhealthy'},
	healthStartPeriod: {type: 'string', placeholder: 'SPAN', help: 'Time to begin in, before failures count'},
	noHealthcheck: {type: 'boolean', help: 'Ignore the image’s health check'},
} as const satisfies FlagTable;

/** What `create` and `run` have in common. */
export const createFlags = {...basics, ...network, ...namespaces, ...resources, ...security, ...files, ...words} as const satisfies FlagTable;

const noSignatures = 'verify the signature before, and run the image by its digest';

/** nerdctl's flags that are not honoured, with the reason. */
export const refusedCreateFlags: Readonly<Record<string, string>> = {
	link: 'put both on a network of their own, where they find each other by name',
	'device-cgroup-rule': 'name the device with --device',
	'storage-opt': 'a snapshotter has no limit per container',
	'volume-driver': 'there is one kind of volumes here',
	'disable-content-trust': noSignatures,
	'health-start-interval': 'in the start period it is probed as often as after it: see --health-interval',
	gpus: 'device injection (CDI) is not done here; name the devices with --device',
	'kernel-memory': 'kernels no longer have this limit',
	'ipfs-address': 'IPFS is not spoken here',
	'cosign-key': noSignatures,
	'cosign-certificate-identity': noSignatures,
	'cosign-certificate-identity-regexp': noSignatures,
	'cosign-certificate-oidc-issuer': noSignatures,
	'cosign-certificate-oidc-issuer-regexp': noSignatures,
};
