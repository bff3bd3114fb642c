import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {labels} from '../../../source/model/labels.ts';
import {hour, id, type LineBench, now, openLineBench, type RunOptions} from './surroundings.ts';

let bench: LineBench;
const state = `/var/lib/nerdctl/1935db59/containers/default/${id('a')}`;

const files: Readonly<Record<string, string>> = {
	[`${state}/network-config.json`]: '{"portMappings":[{"HostPort":8080,"ContainerPort":80,"Protocol":"tcp","HostIP":"0.0.0.0"}]}',
	'/sys/dev/block/8:0/uevent': 'MAJOR=8\nMINOR=0\nDEVNAME=sda\nDEVTYPE=disk\n',
	[`${state}/lifecycle.json`]: '{"started_at":"2024-05-01T10:00:01.500Z","create_error":false}',
	[`${state}/health.json`]: '{"Start":"2024-05-01T10:00:01Z","ExitCode":0,"Output":"ok"}\nhalf a li',
	[`/var/lib/nerdctl/1935db59/etchosts/default/${id('a')}/meta.json`]: JSON.stringify({
		Networks: {
			bridge: {
				interfaces: [
					{name: 'nerdctl0', mac: 'aa:aa:aa:aa:aa:aa'},
					{name: 'eth0', mac: 'c2:00:00:00:00:01', sandbox: '/proc/1/ns/net'},
				],
				ips: [
					{interface: 1, address: '10.4.0.7/24'},
					{interface: 1, address: 'fd00::7/64'},
				],
			},
		},
	}),
};
const host: RunOptions['host'] = {
	readText: async path => files[path],
	exists: async path => path === `${state}/resolv.conf` || path.endsWith('-json.log'),
};

const spec = {
	ociVersion: '1.0.2',
	process: {
		args: ['/bin/sh', '-c', 'sleep 1'],
		env: ['PATH=/bin', 'A=1'],
		cwd: '/',
		user: {uid: 0, gid: 0, additionalGids: [0, 10]},
		capabilities: {bounding: ['CAP_CHOWN', 'CAP_SYS_ADMIN']},
		rlimits: [
			{type: 'RLIMIT_NOFILE', hard: 1024, soft: 512},
			{type: 'RLIMIT_CORE', hard: 2 ** 64, soft: 0},
		],
		oomScoreAdj: -5,
	},
	root: {path: 'rootfs', readonly: true},
	hostname: 'inside',
	mounts: [
		{type: 'proc', source: 'proc', destination: '/proc'},
		{type: 'bind', source: '/host/data', destination: '/data', options: ['rbind', 'ro', 'rslave']},
		{type: 'bind', source: '/host/hosts', destination: '/etc/hosts', options: ['bind']},
	],
	annotations: {'nerdctl/name': 'web', mine: 'yes'},
	linux: {
		namespaces: [{type: 'pid'}, {type: 'cgroup'}, {type: 'uts'}],
		sysctl: {'net.core.somaxconn': '1024'},
		resources: {
			memory: {limit: 67_108_864, swap: -1, swappiness: 10},
			cpu: {shares: 512, quota: -1, period: 100_000, cpus: '0-1'},
			pids: {limit: 100},
			blockIO: {weight: 300, throttleReadBpsDevice: [{major: 8, minor: 0, rate: 5}], throttleWriteIOPSDevice: [{major: 8, minor: 16, rate: 6}]},
		},
	},
};

beforeAll(async () => {
	bench = await openLineBench();
	const {fake} = bench;
	fake.addContainer({
		id: id('a'),
		image: 'registry.test/shop/web:1',
		labels: {
			[labels.name]: 'web',
			[labels.stateDir]: state,
			[labels.networks]: '["bridge"]',
			[labels.restartPolicy]: 'on-failure:3',
			[labels.restartCount]: '2',
			[labels.restartStatus]: 'running',
			[labels.ipc]: '{"mode":"private","shmSize":"64m"}',
			[labels.logConfig]: '{"driver":"json-file","opts":{"max-size":"1m"},"address":"/run/c.sock"}',
			[labels.healthState]: '{"Status":"healthy","FailingStreak":0}',
			'nerdctl/dns': '{"DNSServers":["1.1.1.1"],"DNSResolvConfOptions":null,"DNSSearchDomains":null}',
			'nerdctl/host-config':
				'{"BlkioWeight":0,"CidFile":"/tmp/cid","Devices":[{"PathOnHost":"/dev/null","PathInContainer":"/dev/nil","CgroupPermissions":"rwm"}]}',
			'nerdctl/extraHosts': '["a:1.2.3.4"]',
			'nerdctl/healthcheck': '{"Retries":3,"Interval":5000000000,"Test":["CMD-SHELL","true"],"StartPeriod":0}',
		},
		spec,
		pid: 4242,
		createdAt: now - 2 * hour,
	});
	fake.addContainer({id: id('b'), labels: {[labels.name]: 'job'}, status: 'stopped', exitStatus: 137, exitedAt: now, createdAt: now});
	fake.addContainer({id: id('c'), labels: {[labels.name]: 'bare'}, status: 'none', spec: undefined, createdAt: now});
	fake.addSnapshot({key: id('a'), kind: 'active', parent: 'layer', sizeBytes: 100});
	fake.addSnapshot({key: 'layer', sizeBytes: 1000});
	fake.addImage({name: 'docker.io/library/both:latest', createdAt: now});
	fake.addContainer({id: id('d'), labels: {[labels.name]: 'both'}});
	fake.addContainer({id: id('e'), labels: {[labels.name]: 'guest', [labels.networks]: `["container:${id('a')}"]`}, spec, pid: 77, createdAt: now});
});

afterAll(async () => bench.close());

const inspect = async (...argv: readonly string[]) => {
	const {code, out} = await bench.run(['inspect', ...argv], {host});
	expect(code).toBe(0);
	return (JSON.parse(out) as ReadonlyArray<Readonly<Record<string, unknown>>>)[0];
};

/** The names of the fields in the order in which they are printed. */
const orderOf = (value: unknown): readonly string[] => Object.keys(value as object);

describe('inspect of a container', () => {
	test('looks into the network of one whose network is not its own', async () => {
		const asked: string[] = [];
		const run: NonNullable<NonNullable<RunOptions['host']>['run']> = async (program, args) => {
			asked.push([program, ...args].join(' '));
			const link = {ifindex: 2, ifname: 'eth0', flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'], mtu: 1500, address: '02:42:ac:11:00:02', addr_info: [{local: '10.4.0.2', prefixlen: 24}]};
			return {stdout: JSON.stringify([link]), stderr: '', exitCode: 0};
		};
		const one = async (...argv: readonly string[]) => (JSON.parse((await bench.run(['inspect', ...argv], {host: {...host, run}})).out) as ReadonlyArray<Record<string, unknown>>)[0];
		expect(await one('guest')).toMatchObject({NetworkSettings: {IPAddress: '10.4.0.2', IPPrefixLen: 24, MacAddress: '02:42:ac:11:00:02', Networks: {'unknown-eth0': {IPAddress: '10.4.0.2'}}}});
		expect(asked).toEqual(['nsenter --target 77 --net -- ip -j address']);
		// What CNI said of it is at hand.
		expect(await one('web')).toMatchObject({NetworkSettings: {IPAddress: '10.4.0.7'}});
		expect(await one('job')).toMatchObject({NetworkSettings: {Networks: {}}});
		expect(asked).toHaveLength(1);
		expect(await one('--mode', 'native', 'web')).toMatchObject({
			Process: {
				NetNS: {
					PrimaryInterface: 2,
					Interfaces: [{Index: 2, MTU: 1500, Name: 'eth0', HardwareAddr: '02:42:ac:11:00:02', Flags: ['up', 'broadcast', 'multicast', 'running'], Addrs: ['10.4.0.2/24']}],
					PortMappings: [{HostPort: 8080, ContainerPort: 80, Protocol: 'tcp', HostIP: '0.0.0.0'}],
				},
			},
		});
	});

	test('prints fields in the order of their Go types', async () => {
		const {HostConfig: host, Config: config} = (await inspect('web')) as {HostConfig: Record<string, readonly unknown[]>; Config: Record<string, unknown>};
		expect(orderOf(host['Ulimits']?.[0])).toEqual(['Name', 'Hard', 'Soft']);
		expect(orderOf(host['Devices']?.[0])).toEqual(['PathOnHost', 'PathInContainer', 'CgroupPermissions']);
		expect(config['Healthcheck']).toEqual({Test: ['CMD-SHELL', 'true'], Interval: 5e9, Retries: 3});
		expect(orderOf(config['Healthcheck'])).toEqual(['Test', 'Interval', 'Retries']);
	});

	test('says what docker would', async () => {
		expect(await inspect('web')).toMatchObject({
			Id: id('a'),
			Created: '2024-05-01T10:00:00Z',
			Path: '/bin/sh',
			Args: ['-c', 'sleep 1'],
			State: {
				Status: 'running',
				Running: true,
				Restarting: true,
				Pid: 4242,
				StartedAt: '2024-05-01T10:00:01.5Z',
				FinishedAt: '',
				Health: {Status: 'healthy', FailingStreak: 0, Log: [{Start: '2024-05-01T10:00:01Z', End: '0001-01-01T00:00:00Z', ExitCode: 0, Output: 'ok'}]},
			},
			Image: 'registry.test/shop/web:1',
			ResolvConfPath: `${state}/resolv.conf`,
			HostsPath: '/host/hosts',
			LogPath: `${state}/${id('a')}-json.log`,
			Name: 'web',
			RestartCount: 2,
			Driver: 'overlayfs',
			HostConfig: {
				ContainerIDFile: '/tmp/cid',
				LogConfig: {driver: 'json-file', opts: {'max-size': '1m'}, address: '/run/c.sock'},
				NetworkMode: 'bridge',
				PortBindings: {'80/tcp': [{HostIp: '0.0.0.0', HostPort: '8080'}]},
				RestartPolicy: {Name: 'on-failure', MaximumRetryCount: 3},
				CapAdd: ['CAP_SYS_ADMIN'],
				CgroupnsMode: 'private',
				Dns: ['1.1.1.1'],
				DnsOptions: null,
				ExtraHosts: ['a:1.2.3.4'],
				GroupAdd: ['10'],
				IpcMode: 'private',
				Annotations: {mine: 'yes'},
				OomScoreAdj: -5,
				ReadonlyRootfs: true,
				UTSMode: '',
				ShmSize: 67_108_864,
				Sysctls: {'net.core.somaxconn': '1024'},
				CpusetCpus: '0-1',
				CpuQuota: 0,
				CpuShares: 512,
				CpuPeriod: 100_000,
				Memory: 67_108_864,
				MemorySwap: -1,
				MemorySwappiness: 10,
				PidsLimit: 100,
				Ulimits: [
					{Name: 'nofile', Hard: 1024, Soft: 512},
					{Name: 'core', Hard: -1, Soft: 0},
				],
				Devices: [{PathOnHost: '/dev/null', PathInContainer: '/dev/nil', CgroupPermissions: 'rwm'}],
				BlkioWeight: 300,
				BlkioDeviceReadBps: [{Path: '/dev/sda', Rate: 5}],
				BlkioDeviceWriteIOps: [{Path: '/dev/block/8:16', Rate: 6}],
			},
			Mounts: [
				{Type: 'bind', Source: '/host/data', Destination: '/data', Mode: 'rbind,ro,rslave', RW: false, Propagation: 'rslave'},
				{Type: 'bind', Source: '/host/hosts', Destination: '/etc/hosts', RW: true, Propagation: ''},
			],
			Config: {Hostname: 'inside', Env: ['PATH=/bin', 'A=1'], Image: 'registry.test/shop/web:1'},
			NetworkSettings: {
				Ports: {'80/tcp': [{HostIp: '0.0.0.0', HostPort: '8080'}]},
				IPAddress: '10.4.0.7',
				IPPrefixLen: 24,
				MacAddress: 'c2:00:00:00:00:01',
				Networks: {'unknown-eth0': {IPAddress: '10.4.0.7', GlobalIPv6Address: 'fd00::7', GlobalIPv6PrefixLen: 64}},
			},
		});
	});

	test('one that has ended, and one without task and spec', async () => {
		expect(await inspect('job')).toMatchObject({
			State: {Status: 'exited', Running: false, Pid: 0, ExitCode: 137, FinishedAt: '2024-05-01T12:00:00Z'},
		});
		expect(await inspect('bare')).toMatchObject({
			Path: '',
			Args: null,
			State: {Status: '', Pid: 0},
			HostConfig: {PortBindings: null, CapAdd: null, UTSMode: 'host'},
			NetworkSettings: {Networks: {}},
		});
	});

	test('fields that docker leaves out are left out, and templates know them all the same', async () => {
		const object = await inspect('job');
		expect(object).not.toHaveProperty('SizeRw');
		expect(object?.['Config']).not.toHaveProperty('ExposedPorts');
		expect((await bench.run(['inspect', '-f', '{{.Config.ExposedPorts}} {{.Config.Cmd}} {{.Args}}', 'job'])).out).toBe(
			'map[] [] [infinity]\n',
		);
	});

	test('--size', async () => {
		expect(await inspect('--size', 'web')).toMatchObject({SizeRw: 100, SizeRootFs: 1100});
	});

	test.each([
		['{{.Id}} {{.ID}}', `${id('a')} ${id('a')}`],
		['{{.State.Status}} {{.State.Pid}}', 'running 4242'],
		['{{range .Config.Env}}{{.}},{{end}}', 'PATH=/bin,A=1,'],
		['{{index .Config.Labels "nerdctl/name"}}', 'web'],
		['{{json .HostConfig.RestartPolicy}}', '{"Name":"on-failure","MaximumRetryCount":3}'],
		['{{.HostConfig.DNS}} {{.HostConfig.Dns}}', '[1.1.1.1] [1.1.1.1]'],
		['{{range $port, $at := .NetworkSettings.Ports}}{{$port}}={{(index $at 0).HostPort}}{{end}}', '80/tcp=8080'],
		['{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', '10.4.0.7'],
		['{{.HostConfig.MemorySwappiness}} {{.SizeRw}}', '10 <nil>'],
	])('%s', async (format, printed) => {
		expect((await bench.run(['container', 'inspect', '--format', format, 'web'], {host})).out.trimEnd()).toBe(printed);
	});

	test('native is the record with its spec', async () => {
		const object = await inspect('--mode', 'native', 'web');
		expect(Object.keys(object ?? {})).toEqual([
			'ID',
			'Labels',
			'Image',
			'Runtime',
			'SnapshotKey',
			'Snapshotter',
			'CreatedAt',
			'UpdatedAt',
			'Extensions',
			'SandboxID',
			'Spec',
			'Process',
			'SnapshotInfo',
		]);
		expect(object).toMatchObject({
			ID: id('a'),
			Runtime: {Name: 'io.containerd.runc.v2'},
			Spec: {process: {cwd: '/'}},
			Process: {Pid: 4242, Status: {Status: 'running'}},
			SnapshotInfo: {Kind: 'Active', Name: id('a'), Parent: 'layer'},
		});
		expect((await bench.run(['inspect', '--mode=native', '-f', '{{.Spec.process.cwd}} {{.Spec.Process.Cwd}}', 'web'])).out).toBe('/ /\n');
	});
});

describe('what inspect finds', () => {
	test('an image first, as nerdctl looks; --type decides', async () => {
		expect((await bench.run(['inspect', '--type', 'container', '-f', '{{.Name}}', 'both'])).out).toBe('both\n');
		expect(await bench.run(['inspect', '--type', 'image', 'web'])).toMatchObject({code: 1, out: '', err: 'no such object web\n'});
	});

	test('what is there is printed even when something is not', async () => {
		expect(await bench.run(['inspect', '-f', '{{.Name}}', 'web', 'nope', 'job'])).toEqual({
			code: 1,
			out: 'web\njob\n',
			err: 'no such object nope\n',
		});
	});

	test.each([
		[['--type', 'volume', 'x'], '"volume" is not a valid value for --type'],
		[['--mode', 'docker', 'x'], '"docker" is not a valid value for --mode'],
		[['-f', '{{.Nope}}', 'web'], "can't evaluate field Nope in type *dockercompat.Container"],
		[['-f', '{{range}}', 'web'], 'a value is missing'],
	] as const)('%j is refused', async (argv, problem) => {
		expect(await bench.run(['inspect', ...argv])).toMatchObject({code: 1, out: '', err: expect.stringContaining(problem)});
	});
});
