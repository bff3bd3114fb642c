import {describe, expect, test} from 'vitest';
import {requestOf, type RequestOptions} from '../../../source/model/compose/request/index.ts';
import {loadFiles} from '../../services/compose/project-files.ts';

const options: RequestOptions = {
	namespace: 'default',
	snapshotter: 'overlayfs',
	cgroupManager: 'cgroupfs',
	containerName: 'p-web-1',
	number: 1,
	isOneOff: false,
	files: {secrets: {token: '/files/token'}, configs: {settings: '/files/settings'}},
	containerOf: service => `p-${service}-1`,
};

const top = `
  other: {image: other}
networks: {front: , back: {name: the-back}}
volumes: {data: }
secrets: {token: {file: /t}, outside: {external: true}}
configs: {settings: {content: x}}
`;

const requested = async (keys: string, more: Partial<RequestOptions> = {}) => {
	const text = `services:\n  web:\n    image: example.test/web:1\n${keys.replaceAll(/^/gm, '    ')}${top}`;
	const {project} = await loadFiles({'compose.yaml': text}, {projectName: 'p'});
	return requestOf(project, 'web', {...options, ...more});
};

const request = async (keys: string, more: Partial<RequestOptions> = {}) => (await requested(keys, more)).request;

describe('a service becomes a request', () => {
	test('with the labels that docker compose and nerdctl look for', async () => {
		const {name, image, labels, network, process} = await request('labels: {own: 1}\ndepends_on: {other: {condition: service_started, restart: true}}', {number: 2, imageDigest: 'sha256:1'});
		expect({name, image}).toEqual({name: 'p-web-1', image: 'example.test/web:1'});
		expect(labels).toEqual({
			own: '1',
			'com.docker.compose.project': 'p',
			'com.docker.compose.service': 'web',
			'com.docker.compose.config-hash': expect.stringMatching(/^[0-9a-f]{64}$/),
			'com.docker.compose.container-number': '2',
			'com.docker.compose.oneoff': 'False',
			'com.docker.compose.project.working_dir': expect.stringMatching(/^\//),
			'com.docker.compose.project.config_files': expect.stringMatching(/\/compose\.yaml$/),
			'com.docker.compose.depends_on': 'other:service_started:true',
			'com.docker.compose.image': 'sha256:1',
			'com.docker.compose.version': 'gantry',
		});
		expect(network.networks).toEqual(['p_default']);
		expect(network.aliases).toEqual({p_default: ['web']});
		expect(process.hostname).toBe('web');
	});

	test.each([
		['command: run it\nentrypoint: [/e]', {args: ['run', 'it'], entrypoint: ['/e']}],
		['entrypoint: []', {entrypoint: []}],
		['user: "1:2"\nworking_dir: /w\ntty: true\nstdin_open: true', {process: {user: '1:2', workingDirectory: '/w', terminal: true, interactive: true}}],
		['environment: {A: 1, B: , C: "x=y"}', {process: {env: ['A=1', 'C=x=y']}}],
		['init: true\nhostname: h\ndomainname: d\nshm_size: 1m\noom_score_adj: 5\ngroup_add: [1, g]', {process: {init: true, hostname: 'h', domainname: 'd', shmBytes: 1_048_576, oomScoreAdj: 5, groups: ['1', 'g']}}],
		['ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}', {process: {ulimits: [{name: 'nproc', soft: 5, hard: 5}, {name: 'nofile', soft: 1, hard: 2}]}}],
		['pid: service:other\nipc: shareable\nuts: host\ncgroup: host', {process: {pid: 'container:p-other-1', ipc: 'shareable', uts: 'host', cgroupns: 'host'}}],
		['network_mode: service:other', {network: {networks: ['container:p-other-1'], aliases: {}}}],
		['network_mode: host', {network: {networks: ['host']}}],
		['networks: {back: {aliases: [b], ipv4_address: 10.0.0.9, priority: 5}}', {network: {networks: ['the-back'], aliases: {'the-back': ['web', 'b']}, ip: '10.0.0.9'}}],
		['networks: {front: {priority: 1}, back: {priority: 9, mac_address: "02:42:ac:11:00:09"}}', {network: {networks: ['the-back', 'p_front'], macAddress: '02:42:ac:11:00:09'}}],
		['ports: ["8080:80", "127.0.0.1:53:53/udp", "90"]', {network: {ports: [{HostPort: 8080, ContainerPort: 80, Protocol: 'tcp', HostIP: '0.0.0.0'}, {HostPort: 53, ContainerPort: 53, Protocol: 'udp', HostIP: '127.0.0.1'}, {HostPort: 0, ContainerPort: 90, Protocol: 'tcp', HostIP: '0.0.0.0'}]}}],
		['expose: ["80", "90-91/udp"]', {network: {exposed: ['80/tcp', '90/udp', '91/udp']}}],
		['dns: 1.1.1.1\ndns_search: [s]\ndns_opt: [o]\nextra_hosts: ["a:1.2.3.4", "h:host-gateway"]', {network: {dns: ['1.1.1.1'], dnsSearch: ['s'], dnsOptions: ['o'], extraHosts: ['a:1.2.3.4', 'h:host-gateway']}}],
		['cpus: 0.5\nmem_limit: 64m\nmem_reservation: 32m\nmemswap_limit: -1\npids_limit: 9\ncpuset: "0"\ncpu_shares: 5', {resources: {cpus: 0.5, memoryBytes: 67_108_864, memoryReservationBytes: 33_554_432, memorySwapBytes: -1, pids: 9, cpusetCpus: '0', cpuShares: 5}}],
		['deploy: {resources: {limits: {cpus: 2, memory: 1m, pids: 3}, reservations: {memory: 1k}}}', {resources: {cpus: 2, memoryBytes: 1_048_576, pids: 3, memoryReservationBytes: 1024}}],
		['blkio_config: {weight: 300, weight_device: [{path: /dev/sda, weight: 400}], device_read_bps: [{path: /dev/sda, rate: 1m}]}', {resources: {blkioWeight: 300, blkioDevices: [{kind: 'weight', path: '/dev/sda', value: 400}, {kind: 'readBps', path: '/dev/sda', value: 1_048_576}]}}],
		['devices: ["/dev/null:/dev/n:r"]', {resources: {devices: ['/dev/null:/dev/n:r']}}],
		['privileged: true\nread_only: true\ncap_add: [A]\ncap_drop: [B]\nsysctls: {a: 1}\nsecurity_opt: ["no-new-privileges:true", "seccomp=unconfined", "apparmor=x"]', {security: {privileged: true, readOnly: true, capAdd: ['A'], capDrop: ['B'], sysctls: {a: '1'}, noNewPrivileges: true, seccomp: 'unconfined', apparmor: 'x'}}],
		['restart: on-failure:3', {restart: {kind: 'on-failure', retries: 3}}],
		['restart: "no"', {restart: {kind: 'no'}}],
		['deploy: {restart_policy: {condition: any}}', {restart: {kind: 'always'}}],
		['healthcheck: {test: [CMD, a, "b c"], interval: 1m, timeout: 1s, retries: 2, start_period: 500ms}', {health: {command: "a 'b c'", intervalMs: 60_000, timeoutMs: 1000, retries: 2, startPeriodMs: 500}}],
		['healthcheck: {test: a | b}', {health: {command: 'a | b'}}],
		['healthcheck: {disable: true}', {health: 'none'}],
		['healthcheck: {test: [NONE]}', {health: 'none'}],
		['stop_signal: QUIT\nstop_grace_period: 1.5s', {stopSignal: 'QUIT', stopTimeoutSeconds: 2}],
		['logging: {driver: json-file, options: {max-size: 10m}}', {log: {driver: 'json-file', options: {'max-size': '10m'}}}],
		['volumes_from: ["other:ro", "container:x"]', {volumesFrom: ['p-other-1:ro', 'x']}],
		['pull_policy: never\nplatform: linux/arm64', {pull: 'never', platform: 'linux/arm64'}],
	])('%s', async (keys, expected) => {
		expect(await request(keys)).toMatchObject(expected);
	});

	test('with its mounts, secrets and configs', async () => {
		const keys = `volumes:
  - /here:/there:ro,rslave
  - data:/data
  - /anonymous
  - {type: tmpfs, target: /t, tmpfs: {size: 1m, mode: 0755}}
  - {type: bind, source: /must/be, target: /m, bind: {create_host_path: false}}
  - {type: image, source: i, target: /i}
tmpfs: ["/run:size=1m"]
secrets: [token, {source: token, target: short}]
configs: [settings]`;
		const {mounts} = await request(keys);
		expect(mounts.map(({type, source, target, readOnly, makeSource, options: said}) => [type, source, target, readOnly, makeSource, said.join(',')])).toEqual([
			['bind', '/here', '/there', true, true, 'rslave'],
			['volume', 'p_data', '/data', false, false, ''],
			['volume', '', '/anonymous', false, false, ''],
			['tmpfs', '', '/t', false, false, 'size=1048576,mode=755'],
			['bind', '/must/be', '/m', false, false, ''],
			['image', 'i', '/i', false, false, ''],
			['tmpfs', '', '/run', false, false, 'size=1m'],
			['bind', '/files/token', '/run/secrets/token', true, false, ''],
			['bind', '/files/token', '/run/secrets/short', true, false, ''],
			['bind', '/files/settings', '/settings', true, false, ''],
		]);
	});

	test('a range of ports is one to choose from', async () => {
		const {network} = await request('ports: ["8000-8001:80"]');
		expect(network.ports).toEqual([{HostPort: 0, choices: {first: 8000, last: 8001}, ContainerPort: 80, Protocol: 'tcp', HostIP: '0.0.0.0'}]);
	});

	test('static addresses on several networks go where the hook finds them', async () => {
		const {labels, annotations, network} = await request('networks: {front: {ipv4_address: 10.1.0.9}, back: {ipv4_address: 10.2.0.9, ipv6_address: "fd00::9"}}');
		const said = {'gantry/network-addresses': JSON.stringify({'the-back': {ip: '10.2.0.9', ip6: 'fd00::9'}, p_front: {ip: '10.1.0.9'}})};
		expect(labels).toMatchObject(said);
		expect(annotations).toEqual(said);
		expect(network.ip).toBeUndefined();
	});
});

describe('what can not be done', () => {
	test.each([
		['gpus: all', 'services.web.gpus is not supported'],
		['deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}', 'services.web.deploy.resources.reservations.devices is not supported'],
		['userns_mode: remap', 'services.web.userns_mode is not supported'],
		['post_start: [{command: x}]', 'services.web.post_start is not supported'],
		['device_cgroup_rules: ["c 1:3 r"]', 'services.web.device_cgroup_rules is not supported'],
		['storage_opt: {size: 1G}', 'services.web.storage_opt is not supported'],
		['volumes: [{type: volume, source: data, target: /d, volume: {subpath: s}}]', 'services.web.volumes[0].volume.subpath is not supported'],
		['volumes: [{type: npipe, source: a, target: /d}]', 'services.web.volumes[0].type npipe is not supported'],
		['networks: {front: {link_local_ips: [169.254.0.1]}}', 'services.web.networks.front.link_local_ips is not supported'],
		['logging: {driver: syslog}', 'services.web.logging: log driver "syslog" is not supported'],
		['secrets: [outside]', 'services.web.secrets uses outside, which is external'],
		['pid: other', 'services.web.pid is "other"'],
		['security_opt: ["seccomp=/p.json"]', 'services.web.security_opt names the profile /p.json, which was not read'],
	])('%s is refused by its key', async (keys, message) => {
		await expect(request(keys)).rejects.toThrow(message);
	});

	test('or is told, when nothing is lost', async () => {
		const keys = `deploy: {mode: global, endpoint_mode: vip, placement: {constraints: [a]}, update_config: {parallelism: 1}, resources: {reservations: {cpus: 1}}}
healthcheck: {test: x, start_interval: 1s}
external_links: [a]
links: ["other:o"]
cpu_count: 2
secrets: [{source: token, mode: 0400, uid: "5"}]`;
		expect((await requested(keys)).warnings).toEqual([
			'services.web.cpu_count is ignored: it is for Windows containers',
			'services.web.deploy.endpoint_mode is ignored: there is no swarm',
			'services.web.deploy.mode is ignored: there is no swarm',
			'services.web.deploy.placement is ignored: there is one machine',
			'services.web.deploy.resources.reservations.cpus is ignored: the kernel can not reserve it',
			'services.web.deploy.update_config is ignored: there is no swarm',
			'services.web.external_links is ignored: put both containers into one network',
			'services.web.healthcheck.start_interval is ignored: probes have one interval',
			'services.web.links is ignored: give the other service an alias in a network instead',
			'services.web.secrets.token.uid is ignored: the file is mounted as it is',
			'services.web.secrets.token.mode is ignored: the file is mounted as it is',
		]);
	});

	test('a profile that was read is passed on', async () => {
		const {security} = await request('security_opt: ["seccomp=/p.json"]', {profiles: {'/p.json': '{}'}});
		expect(security.seccomp).toBe('{}');
	});
});
