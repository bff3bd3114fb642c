import type {CreateRequest, NetworkRequest, ProcessRequest, ResourcesRequest, SecurityRequest} from '../../../source/model/create-request.ts';
import type {HostFacts, ImageConfig, SpecInput} from '../../../source/model/oci/index.ts';
import {defaultCapabilities} from '../../../source/model/docker-spec.ts';

const id = 'abcdef0123456789'.repeat(4);

export const image = (changes: Partial<ImageConfig> = {}): ImageConfig => ({
	Entrypoint: [],
	Cmd: ['sh'],
	Env: ['PATH=/bin'],
	WorkingDir: '',
	User: '',
	Volumes: [],
	Labels: {},
	StopSignal: '',
	ExposedPorts: [],
	...changes,
});

export type RequestChanges = Partial<Omit<CreateRequest, 'process' | 'network' | 'resources' | 'security'>> & {
	readonly process?: Partial<ProcessRequest>;
	readonly network?: Partial<NetworkRequest>;
	readonly resources?: Partial<ResourcesRequest>;
	readonly security?: Partial<SecurityRequest>;
};

export const request = ({process, network, resources, security, ...changes}: RequestChanges = {}): CreateRequest => ({
	namespace: 'default',
	snapshotter: 'overlayfs',
	image: 'busybox',
	args: [],
	pull: 'missing',
	labels: {},
	annotations: {},
	mounts: [],
	volumesFrom: [],
	log: {driver: 'json-file', options: {}},
	restart: {kind: 'no'},
	autoRemove: false,
	cgroupManager: 'cgroupfs',
	...changes,
	process: {terminal: false, interactive: false, groups: [], env: [], init: false, ulimits: [], systemd: 'true', ...process},
	network: {networks: ['bridge'], ports: [], publishAll: false, exposed: [], dns: [], dnsSearch: [], dnsOptions: [], extraHosts: [], aliases: {}, ...network},
	resources: {oomKillDisable: false, blkioDevices: [], unified: {}, devices: [], ...resources},
	security: {
		privileged: false,
		capAdd: [],
		capDrop: [],
		noNewPrivileges: false,
		unconfinedSystemPaths: false,
		writableCgroups: false,
		privilegedWithoutHostDevices: false,
		readOnly: false,
		sysctls: {},
		...security,
	},
});

export const host: HostFacts = {
	cgroupVersion: 2,
	rootless: false,
	architecture: 'amd64',
	kernel: {major: 6, minor: 1},
	capabilities: [...defaultCapabilities, 'CAP_NET_ADMIN', 'CAP_SYS_ADMIN'],
	apparmor: 'unavailable',
	apparmorProfiles: [],
};

export const input = (changes: RequestChanges = {}, rest: Partial<Omit<SpecInput, 'request'>> = {}): SpecInput => ({
	request: request(changes),
	id,
	image: image(),
	hostname: id.slice(0, 12),
	user: {uid: 0, gid: 0, additionalGids: []},
	mounts: [],
	files: [],
	namespaces: {network: 'new', pid: 'new', ipc: 'new', uts: 'new'},
	devices: [],
	hostDevices: [],
	blockDevices: {},
	host,
	hooks: {},
	annotations: {},
	...rest,
});
