import {describe, expect, test} from 'vitest';
import {messageOf} from '../../../source/errors.ts';
import {planUp} from '../../../source/model/compose/plan/index.ts';
import type {Project} from '../../../source/model/compose/project.ts';
import {requestOf} from '../../../source/model/compose/request/index.ts';
import {buildRequestOf} from '../../../source/services/compose/build-request.ts';
import {loadFiles} from '../../services/compose/project-files.ts';
import {schemaKeys} from './schema-keys.ts';

/**
What becomes of a key, proved by a service that says it against one that does not:
- container, build, plan: another container is asked for, another image, other operations;
- loaded: gone after loading, into what it stands for;
- kept: it is there for the verb that reads it (and `config`), and changes no container;
- refused: nothing is made, and the error names it;
- told: a warning names it.
*/
type Fate = 'container' | 'build' | 'plan' | 'loaded' | 'kept' | 'refused' | 'told';

type Case = readonly [key: string, fate: Fate, said: string, unsaid?: string, named?: string];

const build = (key: string, value: string, fate: Fate = 'build'): Case => [`build.${key}`, fate, `build: {context: ., ${key}: ${value}}`, 'build: {context: .}'];

const blkio = (kind: string): readonly Case[] => [
	[`blkio_config.${kind}[].path`, 'container', `blkio_config: {${kind}: [{path: /dev/b, rate: 1}]}`, `blkio_config: {${kind}: [{path: /dev/a, rate: 1}]}`],
	[`blkio_config.${kind}[].rate`, 'container', `blkio_config: {${kind}: [{path: /dev/a, rate: 2}]}`, `blkio_config: {${kind}: [{path: /dev/a, rate: 1}]}`],
];

const simple = (fate: Fate, cases: Readonly<Record<string, string>>): readonly Case[] => Object.entries(cases).map(([key, value]) => [key, fate, `${key}: ${value}`]);

/** Keys below one that is refused or told as a whole. */
const whole = (fate: 'refused' | 'told', key: string, said: string, below: readonly string[]): readonly Case[] => below.map(one => [`${key}${one}`, fate, said, undefined, key]);

const nested = (path: string, inner: string): string =>
	path
		.split('.')
		.reduceRight((text, part) => `{${part}: ${text}}`, inner)
		.slice(1, -1);

const within = (outer: string, fate: Fate, values: Readonly<Record<string, string>>): readonly Case[] => Object.entries(values).map(([key, value]) => [`${outer}.${key}`, fate, nested(`${outer}.${key}`, value)]);

/** Of parts such as `mode: 0400`, each said after what they are a part of. */
const parts = (outer: string, fate: Fate, all: readonly string[], says: (part: string, key: string) => readonly [said: string, unsaid?: string, named?: string]): readonly Case[] =>
	all.map(part => {
		const key = part.replace(/:.*/, '');
		return [`${outer}${key}`, fate, ...says(part, key)];
	});

const owned = ['uid: "5"', 'gid: "5"', 'mode: 0400'];

const fileMounts = (kind: string, source: string): readonly Case[] => [
	[`${kind}[].source`, 'container', `${kind}: [{source: ${source}}]`],
	[`${kind}[].target`, 'container', `${kind}: [{source: ${source}, target: /t}]`, `${kind}: [{source: ${source}}]`],
	...parts(`${kind}[].`, 'told', owned, (said, key) => [`${kind}: [{source: ${source}, ${said}}]`, undefined, `${kind}.${source}.${key}`]),
];

const hook = ['[].command', '[].environment', '[].privileged', '[].user', '[].working_dir'];

const gpu = ['[].capabilities', '[].count', '[].device_ids', '[].driver', '[].options'];

const rollout = ['.delay', '.failure_action', '.max_failure_ratio', '.monitor', '.order', '.parallelism'];

const cases: readonly Case[] = [
	...simple('container', {
		...{annotations: '{a: b}', cap_add: '[SYS_TIME]', cap_drop: '[CHOWN]', cgroup: 'host', cgroup_parent: '/x', command: '[a]', cpu_period: '50000', cpu_quota: '10000', cpu_rt_period: '1000', cpu_rt_runtime: '500'},
		...{cpu_shares: '5', cpus: '0.5', cpuset: '"0"', dns: '1.1.1.1', dns_opt: '[o]', dns_search: '[s]', domainname: 'd', entrypoint: '[e]', environment: '{A: b}', expose: '["80"]', extra_hosts: '["a:1.2.3.4"]'},
		...{group_add: '["5"]', hostname: 'h', image: 'other', init: 'true', ipc: 'host', labels: '{a: b}', mac_address: '"02:42:ac:11:00:09"', mem_limit: '64m', mem_reservation: '32m', mem_swappiness: '5', memswap_limit: '128m'},
		...{network_mode: 'host', oom_kill_disable: 'true', oom_score_adj: '5', pid: 'host', pids_limit: '9', platform: 'linux/arm64', privileged: 'true', read_only: 'true', restart: 'always', runtime: 'x', security_opt: '["no-new-privileges:true"]'},
		...{shm_size: '1m', stdin_open: 'true', stop_grace_period: '5s', stop_signal: 'QUIT', sysctls: '{net.core.somaxconn: 5}', tmpfs: '/t', tty: 'true', user: '"5"', uts: 'host', volumes_from: '[other]', working_dir: '/w'},
	}),
	...simple('plan', {container_name: 'own', scale: '2', pull_policy: 'always', links: '[other]'}),
	...simple('kept', {attach: 'false'}),
	...simple('refused', {device_cgroup_rules: '["c 1:3 r"]', isolation: 'hyperv', storage_opt: '{size: 1G}', use_api_socket: 'true', userns_mode: 'remap'}),
	...simple('told', {cpu_count: '2', cpu_percent: '5', external_links: '[a]', pull_refresh_after: '1d'}),
	...simple('loaded', {label_file: 'one.env', profiles: '[p]'}),
	...['device_read_bps', 'device_read_iops', 'device_write_bps', 'device_write_iops'].flatMap(blkio),
	['blkio_config.weight', 'container', 'blkio_config: {weight: 300}'],
	['blkio_config.weight_device[].path', 'container', 'blkio_config: {weight_device: [{path: /dev/b, weight: 10}]}', 'blkio_config: {weight_device: [{path: /dev/a, weight: 10}]}'],
	['blkio_config.weight_device[].weight', 'container', 'blkio_config: {weight_device: [{path: /dev/a, weight: 20}]}', 'blkio_config: {weight_device: [{path: /dev/a, weight: 10}]}'],
	build('additional_contexts', '{a: ./a}'),
	build('args', '{A: b}'),
	build('cache_from', '[type=registry,ref=example.test/c]'),
	build('cache_to', '[type=registry,ref=example.test/c]'),
	['build.context', 'build', 'build: ./other', 'build: .'],
	build('dockerfile', 'Other'),
	build('dockerfile_inline', '"FROM scratch"'),
	build('entitlements', '[network.host]'),
	build('extra_hosts', '["a:1.2.3.4"]'),
	build('isolation', 'hyperv', 'refused'),
	build('labels', '{a: b}'),
	build('network', 'host'),
	build('no_cache', 'true'),
	build('platforms', '[linux/arm64]'),
	build('privileged', 'true'),
	build('provenance', '"true"'),
	build('pull', 'true'),
	build('sbom', '"true"'),
	['build.secrets[].source', 'build', 'build: {context: ., secrets: [{source: token}]}', 'build: {context: .}'],
	['build.secrets[].target', 'build', 'build: {context: ., secrets: [{source: token, target: t}]}', 'build: {context: ., secrets: [{source: token}]}'],
	...parts('build.secrets[].', 'told', owned, (said, key) => [`build: {context: ., secrets: [{source: token, ${said}}]}`, undefined, `build.secrets.token.${key}`]),
	build('shm_size', '1m', 'refused'),
	build('ssh', '[default]'),
	build('tags', '[other:1]'),
	build('target', 't'),
	...whole('refused', 'build.ulimits', 'build: {context: ., ulimits: {nofile: {soft: 1, hard: 2}}}', ['.*.hard', '.*.soft']),
	...fileMounts('configs', 'settings'),
	...fileMounts('secrets', 'token'),
	...whole('refused', 'credential_spec', 'credential_spec: {file: f}', ['.config', '.file', '.registry']),
	['depends_on.*.condition', 'plan', 'depends_on: {other: {condition: service_healthy}}', 'depends_on: {other: {condition: service_started}}'],
	['depends_on.*.required', 'plan', 'depends_on: {other: {condition: service_healthy, required: false}}', 'depends_on: {other: {condition: service_healthy}}'],
	['depends_on.*.restart', 'container', 'depends_on: {other: {condition: service_started, restart: true}}', 'depends_on: {other: {condition: service_started}}'],
	['deploy.replicas', 'plan', 'deploy: {replicas: 2}'],
	['deploy.endpoint_mode', 'told', 'deploy: {endpoint_mode: vip}'],
	['deploy.labels', 'told', 'deploy: {labels: {a: b}}'],
	['deploy.mode', 'told', 'deploy: {mode: global}'],
	...whole('told', 'deploy.placement', 'deploy: {placement: {constraints: [a]}}', ['.constraints', '.max_replicas_per_node', '.preferences[].spread']),
	...whole('told', 'deploy.rollback_config', 'deploy: {rollback_config: {parallelism: 1}}', rollout),
	...whole('told', 'deploy.update_config', 'deploy: {update_config: {parallelism: 1}}', rollout),
	...within('deploy.resources.limits', 'container', {cpus: '0.5', memory: '64m', pids: '5'}),
	...within('deploy.resources.reservations', 'container', {memory: '32m'}),
	...within('deploy.resources.reservations', 'told', {cpus: '0.5'}),
	...whole('refused', 'deploy.resources.reservations.devices', 'deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}', gpu),
	...whole('told', 'deploy.resources.reservations.generic_resources', 'deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: a, value: 1}}]}}}', ['[].discrete_resource_spec.kind', '[].discrete_resource_spec.value']),
	...within('deploy.restart_policy', 'container', {condition: 'any'}),
	['deploy.restart_policy.max_attempts', 'container', 'deploy: {restart_policy: {condition: on-failure, max_attempts: 3}}', 'deploy: {restart_policy: {condition: on-failure}}'],
	...within('deploy.restart_policy', 'told', {delay: '5s', window: '5s'}),
	['develop.watch[].path', 'kept', 'develop: {watch: [{path: ./b, action: rebuild}]}'],
	['develop.watch[].action', 'kept', 'develop: {watch: [{path: ., action: restart}]}'],
	...parts('develop.watch[].', 'kept', ['ignore: [a]', 'include: [a]', 'initial_sync: true', 'target: /t'], said => [`develop: {watch: [{path: ., action: rebuild, ${said}}]}`]),
	['develop.watch[].exec.command', 'kept', 'develop: {watch: [{path: ., action: sync+exec, target: /t, exec: {command: [x]}}]}'],
	...parts('develop.watch[].exec.', 'kept', ['environment: {A: b}', 'privileged: true', 'user: "5"', 'working_dir: /w'], said => [`develop: {watch: [{path: ., action: sync+exec, target: /t, exec: {command: [x], ${said}}}]}`]),
	['devices[].source', 'container', 'devices: ["/dev/null:/dev/a"]', 'devices: ["/dev/zero:/dev/a"]'],
	['devices[].target', 'container', 'devices: ["/dev/null:/dev/b"]', 'devices: ["/dev/null:/dev/a"]'],
	['devices[].permissions', 'container', 'devices: ["/dev/null:/dev/a:r"]', 'devices: ["/dev/null:/dev/a"]'],
	['env_file[].path', 'loaded', 'env_file: [{path: one.env}]'],
	['env_file[].required', 'loaded', 'env_file: [{path: none.env, required: false}]'],
	['env_file[].format', 'loaded', 'env_file: [{path: one.env, format: raw}]'],
	['extends.service', 'loaded', 'extends: {service: other}'],
	['extends.file', 'loaded', 'extends: {file: more.yaml, service: more}'],
	...whole('refused', 'gpus', 'gpus: all', gpu),
	...within('healthcheck', 'container', {disable: 'true', test: '[CMD, x]'}),
	...parts('healthcheck.', 'container', ['interval: 5s', 'retries: 5', 'start_period: 5s', 'timeout: 5s'], said => [`healthcheck: {test: x, ${said}}`, 'healthcheck: {test: x}']),
	['healthcheck.start_interval', 'told', 'healthcheck: {test: x, start_interval: 1s}'],
	['logging.driver', 'container', 'logging: {driver: none}'],
	['logging.options', 'container', 'logging: {driver: json-file, options: {max-size: 1m}}', 'logging: {driver: json-file}'],
	...whole('refused', 'models', 'models: [m]', ['.*.endpoint_var', '.*.model_var']),
	['networks.*.aliases', 'container', 'networks: {front: {aliases: [a]}}', 'networks: [front]'],
	...parts('networks.*.', 'refused', ['driver_opts: {a: b}', 'interface_name: eth9', 'link_local_ips: [169.254.0.1]'], (said, key) => [`networks: {front: {${said}}}`, undefined, `networks.front.${key}`]),
	['networks.*.gw_priority', 'told', 'networks: {front: {gw_priority: 1}}', undefined, 'networks.front.gw_priority'],
	['networks.*.ipv4_address', 'container', 'networks: {front: {ipv4_address: 10.1.1.9}}', 'networks: [front]'],
	['networks.*.ipv6_address', 'container', 'networks: {front: {ipv6_address: "fd00::9"}}', 'networks: [front]'],
	['networks.*.mac_address', 'container', 'networks: {front: {mac_address: "02:42:ac:11:00:09"}}', 'networks: [front]'],
	['networks.*.priority', 'container', 'networks: {back: , front: {priority: 5}}', 'networks: {back: , front: }'],
	...parts('ports[].', 'kept', ['app_protocol: http', 'mode: host', 'name: http'], said => [`ports: [{target: 80, ${said}}]`, 'ports: [{target: 80}]']),
	...parts('ports[].', 'container', ['host_ip: 127.0.0.1', 'protocol: udp', 'published: "8080"'], said => [`ports: [{target: 80, ${said}}]`, 'ports: [{target: 80}]']),
	['ports[].target', 'container', 'ports: [{target: 81}]', 'ports: [{target: 80}]'],
	...whole('refused', 'post_start', 'post_start: [{command: x}]', hook),
	...whole('refused', 'pre_stop', 'pre_stop: [{command: x}]', hook),
	...whole('refused', 'provider', 'provider: {type: x}', ['.options', '.type']),
	['ulimits.*.soft', 'container', 'ulimits: {nofile: {soft: 1, hard: 3}}', 'ulimits: {nofile: {soft: 2, hard: 3}}'],
	['ulimits.*.hard', 'container', 'ulimits: {nofile: {soft: 1, hard: 3}}', 'ulimits: {nofile: {soft: 1, hard: 2}}'],
	...parts('volumes[].bind.', 'container', ['create_host_path: false', 'propagation: rslave', 'recursive: disabled', 'selinux: z'], said => [`volumes: [{type: bind, source: /a, target: /b, bind: {${said}}}]`, 'volumes: [{type: bind, source: /a, target: /b}]']),
	['volumes[].consistency', 'told', 'volumes: [{type: bind, source: /a, target: /b, consistency: cached}]', undefined, 'volumes[0].consistency'],
	['volumes[].image.subpath', 'refused', 'volumes: [{type: image, source: i, target: /b, image: {subpath: s}}]', undefined, 'volumes[0].image.subpath'],
	['volumes[].read_only', 'container', 'volumes: [{type: bind, source: /a, target: /b, read_only: true}]', 'volumes: [{type: bind, source: /a, target: /b}]'],
	['volumes[].source', 'container', 'volumes: ["/a:/c"]', 'volumes: ["/b:/c"]'],
	['volumes[].target', 'container', 'volumes: ["/a:/c"]', 'volumes: ["/a:/b"]'],
	['volumes[].type', 'container', 'volumes: [{type: tmpfs, target: /b}]', 'volumes: [{type: volume, target: /b}]'],
	['volumes[].tmpfs.mode', 'container', 'volumes: [{type: tmpfs, target: /b, tmpfs: {mode: 0700}}]', 'volumes: [{type: tmpfs, target: /b}]'],
	['volumes[].tmpfs.size', 'container', 'volumes: [{type: tmpfs, target: /b, tmpfs: {size: 1m}}]', 'volumes: [{type: tmpfs, target: /b}]'],
	['volumes[].volume.labels', 'told', 'volumes: [{type: volume, target: /b, volume: {labels: {a: b}}}]', undefined, 'volumes[0].volume.labels'],
	['volumes[].volume.nocopy', 'refused', 'volumes: [{type: volume, target: /b, volume: {nocopy: true}}]', undefined, 'volumes[0].volume.nocopy'],
	['volumes[].volume.subpath', 'refused', 'volumes: [{type: volume, target: /b, volume: {subpath: s}}]', undefined, 'volumes[0].volume.subpath'],
];

const load = async (keys: string): Promise<Project> => {
	const image = /^(?:image|extends):/.test(keys) ? '' : '    image: web\n';
	const text = `services:
  other: {image: other, labels: {of: other}}
  web:
${image}${keys.replaceAll(/^/gm, '    ')}
networks: {front: , back: }
secrets: {token: {file: /t}}
configs: {settings: {content: x}}
models: {m: {model: x}}
`;
	const files = {'compose.yaml': text, 'one.env': 'FROM=file', 'more.yaml': 'services: {more: {image: more}}'};
	return (await loadFiles(files, {projectName: 'p'})).project;
};

/** A container of the service, but for its hash: that is another one for every key. */
const requested = (project: Project) => {
	const {request, warnings} = requestOf(project, 'web', {
		...{namespace: 'default', snapshotter: 'overlayfs', cgroupManager: 'cgroupfs', containerName: 'p-web-1', number: 1, isOneOff: false},
		...{files: {secrets: {token: '/t'}, configs: {settings: '/s'}}, containerOf: service => `p-${service}-1`},
	});
	const {'com.docker.compose.config-hash': _, 'com.docker.compose.project.working_dir': __, 'com.docker.compose.project.config_files': ___, ...labels} = request.labels;
	return {request: {...request, labels}, warnings};
};

const built = (project: Project): unknown => {
	const request = buildRequestOf({...project, workingDirectory: '/'}, 'web', {namespace: 'default', snapshotter: 'overlayfs', cgroupManager: 'none'});
	return JSON.parse(JSON.stringify(request).replaceAll(/[^"]*gantry-compose-\w+/g, ''));
};

const planned = (project: Project) => planUp(project, {containers: [], networks: [], volumes: [], images: {}}, {recreate: 'changed', scale: {}, removeOrphans: false, start: true, build: false}).operations;

const proofs: Readonly<Record<Fate, (one: Case) => Promise<void>>> = {
	container: async ([, , said, unsaid = '']) => expect(requested(await load(said)).request).not.toEqual(requested(await load(unsaid)).request),
	build: async ([, , said, unsaid = '']) => expect(built(await load(said))).not.toEqual(built(await load(unsaid))),
	plan: async ([, , said, unsaid = '']) => expect(planned(await load(said))).not.toEqual(planned(await load(unsaid))),
	loaded: async ([key, , said]) => {
		const [project, plain] = [await load(said), await load('')];
		const top = key.replace(/\W.*/, '');
		expect(project.services['web'] === undefined ? project.disabled : project.services['web']).not.toHaveProperty(top === 'profiles' ? 'nothing' : top);
		if (!key.endsWith('required')) expect(project.services).not.toEqual(plain.services);
	},
	kept: async ([key, , said, unsaid = '']) => {
		const [project, plain] = [await load(said), await load(unsaid)];
		const text = JSON.stringify(project.services['web']);
		expect(text).toContain(`"${key.replace(/.*\W/, '')}"`);
		expect(text).not.toEqual(JSON.stringify(plain.services['web']));
	},
	refused: async ([key, , said, , named = key]) => {
		const project = await load(said);
		const told = ((): string => {
			try {
				if (key.startsWith('build.')) built(project);
				else requested(project);
				return 'nothing was refused';
			} catch (error) {
				return messageOf(error);
			}
		})();
		expect(told).toContain(`services.web.${named} is not supported`);
	},
	told: async ([key, , said, , named = key]) => expect(requested(await load(said)).warnings).toContainEqual(expect.stringMatching(new RegExp(`^services\\.web\\.${named.replaceAll(/[.[\]]/g, '\\$&')} is ignored: `))),
};

describe('what becomes of every key of a service', () => {
	test('is decided for each of the published schema', () => {
		expect(cases.map(([key]) => key).sort()).toEqual([...schemaKeys].sort());
	});

	test.each(cases.map(one => [one[0], one[1], one] as const))('%s: %s', async (_, fate, one) => proofs[fate](one));
});
