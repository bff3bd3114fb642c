import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {parseNetworkCounters} from '../../../source/model/network-counters.ts';
import {labels} from '../../../source/model/labels.ts';
import type {ProcessRow} from '../../../source/services/containers/index.ts';
import {hour, id, type LineBench, now, openLineBench, type RunOptions, Sink} from './surroundings.ts';

let bench: LineBench;

beforeAll(async () => {
	bench = await openLineBench();
	const {fake} = bench;
	fake.addContainer({
		id: id('a'),
		labels: {[labels.name]: 'web-with-a-long-name'},
		pid: 100,
		createdAt: now - hour,
		usage: {cpu: 0, memoryBytes: 52_428_800, memoryLimitBytes: 104_857_600, pids: 7},
	});
	fake.addContainer({
		id: id('b'),
		labels: {[labels.name]: 'db'},
		pid: 200,
		createdAt: now - 2 * hour,
		usage: {cpu: 0, memoryBytes: 1_572_864, pids: 2},
	});
	fake.addContainer({id: id('c'), labels: {[labels.name]: 'done'}, status: 'stopped', createdAt: now - 3 * hour});
	fake.addNamespace('k8s.io', {'b.example': '2', 'a.example': '1'});
	fake.addImage({name: 'docker.io/library/a:1', namespace: 'k8s.io'});
});

afterAll(async () => bench.close());

describe('stats', () => {
	const host: RunOptions['host'] = {networkCounters: async pid => ({receivedBytes: pid * 1234, sentBytes: pid})};

	test('one table, with --no-stream', async () => {
		const {code, out} = await bench.run(['stats', '--no-stream'], {host});
		expect(code).toBe(0);
		const [head, ...rows] = out.trimEnd().split('\n');
		expect(head).toBe('CONTAINER ID   NAME           CPU %     MEM USAGE / LIMIT   MEM %     NET I/O        BLOCK I/O   PIDS');
		expect(rows).toEqual([
			'aaaaaaaaaaaa   web-with-a-l   0.00%     50MiB / 100MiB      50.00%    123kB / 100B   0B / 0B     7',
			'bbbbbbbbbbbb   db             0.00%     1.5MiB / 8GiB       0.02%     247kB / 200B   0B / 0B     2',
		]);
	});

	test('json, --no-trunc, -a and names', async () => {
		const {out} = await bench.run(['stats', '--no-stream', '--no-trunc', '--format', 'json', 'web-with-a-long-name'], {host});
		expect(JSON.parse(out)).toEqual({
			Name: 'web-with-a-long-name',
			ID: id('a'),
			CPUPerc: '0.00%',
			MemUsage: '50MiB / 100MiB',
			MemPerc: '50.00%',
			NetIO: '123kB / 100B',
			BlockIO: '0B / 0B',
			PIDs: '7',
		});
		expect((await bench.run(['stats', '-a', '--no-stream', '--format', '{{.Name}} {{.MemUsage}} {{.PIDs}}'])).out).toContain(
			'done 0B / 0B 0\n',
		);
		expect(await bench.run(['stats', '--no-stream', 'nope'])).toMatchObject({code: 1, out: ''});
	});

	test('a stream goes on until it is stopped, and clears a terminal only', async () => {
		for (const isTTY of [true, false]) {
			const abort = new AbortController();
			let steps = 0;
			const sleep = async () => {
				if (++steps > 3) abort.abort();
				abort.signal.throwIfAborted();
			};
			const {code, out} = await bench.run(['stats'], {host, terminal: {isTTY}, signal: abort.signal, sleep});
			expect(code).toBe(130);
			expect(out.split('CONTAINER ID')).toHaveLength(4);
			expect(out.split('\u001b[2J')).toHaveLength(isTTY ? 4 : 1);
		}
	});

	test('network counters leave the loopback out', () => {
		expect(
			parseNetworkCounters(
				'Inter-|\n face |\n    lo: 5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n  eth0:  100 2 0 0 0 0 0 0 7 1 0 0 0 0 0 0\n eth1: 1 0 0 0 0 0 0 0 2 0 0 0 0 0 0 0\n',
			),
		).toEqual({receivedBytes: 101, sentBytes: 9});
	});
});

describe('top', () => {
	const process = (pid: number): ProcessRow => ({
		pid,
		parentPid: 1,
		user: 'root',
		state: 'S',
		cpuNanoseconds: 65e9,
		residentBytes: 0,
		startedAt: now - hour,
		command: 'sleep 1000',
		execId: undefined,
	});
	const services = {containers: {processes: async () => [process(100), process(101)]}};
	const asked: string[][] = [];
	const ps =
		'UID          PID    PPID  C STIME TTY          TIME CMD\nroot         100       1  0 10:00 ?        00:01:05 sleep 1000\nroot           7       1  0 10:00 ?        00:00:00 other\nroot         101     100  0 10:00 ?        00:00:00 sh -c  x\n';
	const machine = (result: Awaited<ReturnType<NonNullable<NonNullable<RunOptions['host']>['run']>>>): RunOptions['host'] => ({
		run: async (_, args) => {
			asked.push([...args]);
			return result;
		},
	});

	test("is the machine's ps, the container's processes only", async () => {
		const {code, out} = await bench.run(['top', 'db'], {services, host: machine({stdout: ps, stderr: '', exitCode: 0})});
		expect(code).toBe(0);
		expect(asked.at(-1)).toEqual(['-ef', '-q100,101']);
		expect(out.split('\n').map(line => line.split(/ {3,}/))).toEqual([
			['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'],
			['root', '100', '1', '0', '10:00', '?', '00:01:05', 'sleep 1000'],
			['root', '101', '100', '0', '10:00', '?', '00:00:00', 'sh -c x'],
			[''],
		]);
	});

	test('options of ps, flags too, are passed on', async () => {
		await bench.run(['top', 'db', '-o', 'pid,comm', '--no-headers'], {services, host: machine({stdout: 'PID\n', stderr: '', exitCode: 0})});
		expect(asked.at(-1)).toEqual(['-o', 'pid,comm', '--no-headers', '-q100,101']);
	});

	test.each([
		[['top', 'db', '-o', 'comm=PID'], {stdout: '', stderr: '', exitCode: 0}, 'specifying "comm=PID" is not allowed'],
		[['top', 'db', '-o', 'comm'], {stdout: 'COMMAND\nx\n', stderr: '', exitCode: 0}, "couldn't find PID field in ps output"],
		[['top', 'db', '-z'], {stdout: '', stderr: 'error: unknown option\nUsage', exitCode: 1}, 'error: unknown option\n'],
		[['top', 'nope'], undefined, 'Could not find nope'],
	] as const)('%j is refused', async (argv, result, problem) => {
		const ran = await bench.run(argv, {services, host: machine(result)});
		expect(ran).toMatchObject({code: 1, out: '', err: expect.stringContaining(problem)});
	});

	test('without a ps /proc is enough; without processes there is nothing to say', async () => {
		expect((await bench.run(['top', 'db'], {services})).out.split('\n')[1]?.split(/ {3,}/)).toEqual([
			'root',
			'100',
			'1',
			'S',
			'About an hour',
			'00:01:05',
			'sleep 1000',
		]);
		expect(await bench.run(['top', 'done'], {services: {containers: {processes: async () => []}}})).toEqual({
			code: 0,
			out: '',
			err: 'done is not running\n',
		});
	});
});

describe('namespaces', () => {
	test('ls counts what is in them', async () => {
		const {out} = await bench.run(['namespace', 'ls']);
		expect(out.split('\n').map(line => line.trimEnd().split(/ {2,}/))).toEqual([
			['NAME', 'CONTAINERS', 'IMAGES', 'VOLUMES', 'LABELS'],
			['default', '3', '0', '0'],
			['k8s.io', '0', '1', '0', 'a.example=1,b.example=2'],
			[''],
		]);
		expect((await bench.run(['ns', 'ls', '-q'])).out).toBe('default\nk8s.io\n');
		expect((await bench.run(['namespace', 'ls', '--format', 'json'])).out).toContain(
			'{"Name":"default","Containers":3,"Images":0,"Volumes":0,"Labels":null}\n',
		);
	});

	test('create, update, inspect, remove', async () => {
		expect(await bench.run(['namespace', 'create', '--label', 'a=b', '-l', 'bare', 'made'])).toEqual({code: 0, out: '', err: ''});
		expect(await bench.run(['namespace', 'update', 'made', '-l', 'c=d=e'])).toEqual({code: 0, out: '', err: ''});
		expect(await bench.run(['namespace', 'inspect', 'made', 'nope'])).toEqual({
			code: 1,
			out: '[\n    {\n        "Name": "made",\n        "Labels": {\n            "a": "b",\n            "bare": "true",\n            "c": "d=e"\n        }\n    }\n]\n\n',
			err: 'namespace nope: not found\n',
		});
		expect(await bench.run(['namespace', 'create', 'made'])).toMatchObject({code: 1, err: expect.stringContaining('already exists')});
		expect(await bench.run(['namespace', 'remove', 'made', 'never'])).toEqual({code: 0, out: 'made\nnever\n', err: ''});
	});

	test('what is in one that is to go is shown first, and goes only when somebody agrees', async () => {
		const shown = await bench.run(['namespace', 'remove', 'default'], {input: 'n\n'});
		expect(shown).toMatchObject({code: 0, err: ''});
		expect(shown.out).toMatch(/^WARNING! This will remove namespace default with 3 containers(, \d+ snapshots?)?:\n( {2}- container .*\n){3}Are you sure you want to continue\? \[y\/N\] $/);
		expect(await bench.run(['namespace', 'remove', 'default'])).toMatchObject({code: 1, err: expect.stringContaining('nobody answered the question — use --force')});
		expect((await bench.run(['namespace', 'ls', '-q'])).out).toBe('default\nk8s.io\n');
	});

	test.each([
		[['namespace', 'update', 'k8s.io'], 'required flag(s) "label" not set — say which with --label KEY=VALUE\n'],
		[['namespace', 'update', 'nope', '-l', 'a'], 'namespace nope: not found\n'],
		[['namespace', 'rm', '-c', 'x'], "flag -c is not supported: a namespace's cgroup is systemd's or the runtime's to delete\n"],
	] as const)('%j is refused', async (argv, err) => {
		expect(await bench.run(argv)).toEqual({code: 1, out: '', err});
	});
});

describe('events', () => {
	const watching = async (argv: readonly string[], act: () => void, count: number) => {
		const abort = new AbortController();
		const stdout = new Sink();
		const before = bench.fake.calls.filter(({method}) => method === 'Events.Subscribe').length;
		const watch = bench.run(['events', ...argv], {signal: abort.signal, stdout});
		await expect.poll(() => bench.fake.calls.filter(({method}) => method === 'Events.Subscribe').length).toBe(before + 1);
		act();
		await expect.poll(() => stdout.text.trim().split('\n').filter(Boolean).length).toBe(count);
		abort.abort();
		expect((await watch).code).toBe(130);
		return stdout.text;
	};
	const oom = () => bench.fake.oom({namespace: 'default', id: id('b')});

	test('one line each, as nerdctl has it', async () => {
		expect(await watching([], oom, 1)).toMatch(
			new RegExp(`^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\S* \\+0000 UTC default /tasks/oom \\{"container_id":"${id('b')}"\\}\\n$`),
		);
	});

	test('json', async () => {
		const text = await watching(['--format', '{{json .}}'], oom, 1);
		expect(JSON.parse(text)).toMatchObject({
			ID: id('b'),
			Namespace: 'default',
			Topic: '/tasks/oom',
			Action: 'unknown',
			Event: `{"container_id":"${id('b')}"}`,
			Labels: {},
		});
	});

	test('filters by action and by label', async () => {
		const both = () => {
			bench.fake.oom({namespace: 'default', id: id('a')});
			oom();
		};
		expect(await watching(['-f', `label=${labels.name}=db`, '--format', '{{.ID}}'], both, 1)).toBe(`${id('b')}\n`);
		expect(await watching(['-f', 'event=unknown', '--format', '{{.Topic}}'], oom, 1)).toBe('/tasks/oom\n');
	});

	test('in the words of docker, for programs that were written for it', async () => {
		expect(await watching(['--format', 'docker', '-f', 'event=oom'], oom, 1)).toMatch(new RegExp(`^\\d{4}-\\d\\d-\\d\\dT\\S+000000Z container oom ${id('b')} \\(image=.*name=db.*\\)\\n$`));
		const sent = await watching(['--format', 'docker-json', '-f', 'container=db'], oom, 1);
		expect(JSON.parse(sent)).toMatchObject({status: 'oom', id: id('b'), Type: 'container', Action: 'oom', Actor: {ID: id('b'), Attributes: {name: 'db'}}, scope: 'local'});
		expect(sent).toMatch(/"time":\d{10},"timeNano":\d{19}\}\n$/);
	});

	test('what is still known of the past, up to a time', async () => {
		const {code, out} = await bench.run(['events', '--since', '2000-01-01', '--until', '0s', '--format', 'docker', '-f', 'type=container']);
		expect(code).toBe(0);
		expect(out.split('\n').filter(line => line.includes(' container create ')).length).toBeGreaterThan(1);
		expect(await bench.run(['events', '--until', '1h'])).toEqual({code: 0, out: '', err: ''});
	});

	test.each([
		[['-f', 'color=red'], 'color is an invalid or unsupported filter'],
		[['-f', 'event'], 'event is an invalid filter'],
		[['--since', 'yesterday'], 'since'],
		[['--format', 'docker', '-f', 'color=red'], 'color=red is an invalid or unsupported filter'],
		[['--format', 'table'], 'unsupported format: "table"'],
	] as const)('%j is refused', async (argv, problem) => {
		expect(await bench.run(['events', ...argv])).toMatchObject({code: 1, err: expect.stringContaining(problem)});
	});
});

describe('info and version', () => {
	const run: NonNullable<RunOptions['host']>['run'] = async () => ({
		stdout: 'runc version 1.1.5\ncommit: abc\nspec: 1.0\n',
		stderr: '',
		exitCode: 0,
	});

	test('info says the daemon and the machine', async () => {
		const {code, out, err} = await bench.run(['info']);
		expect({code, err}).toEqual({code: 0, err: ''});
		expect(out).toContain(
			'Client:\n Namespace:\tdefault\n Debug Mode:\tfalse\n\nServer:\n Server Version: 2.1.9+fake\n Storage Driver: overlayfs\n',
		);
		expect(out).toContain(' Cgroup Driver: systemd\n Cgroup Version: 2\n');
		expect(out).toContain(' Security Options:\n  apparmor\n  seccomp\n   Profile: builtin\n  cgroupns\n Kernel Version:   6.1.0\n');
		expect(out).toContain(' CPUs:             2\n Total Memory:     8GiB\n Name:             box\n');
	});

	test('what the kernel does not offer is a warning', async () => {
		const facts = async () => ({
			...(await (await import('./surroundings.ts')).quietHost.facts()),
			controllers: ['cpu', 'memory', 'pids'],
			forwardsIpv4: false,
			cgroupVersion: 1 as const,
		});
		const {err, out} = await bench.run(['system', 'info'], {host: {facts}});
		expect(err).toBe('WARNING: No cpuset support\nWARNING: IPv4 forwarding is disabled\n');
		expect(out).toContain(' Cgroup Driver: cgroupfs\n Cgroup Version: 1\n');
	});

	test('by template, and native', async () => {
		expect((await bench.run(['info', '-f', '{{.Driver}} {{.NCPU}} {{.CPUCfsQuota}}'])).out).toBe('overlayfs 2 true\n');
		expect((await bench.run(['info', '--mode', 'native'])).out).toMatch(/^Namespace: {10}default\nSnapshotter: {8}overlayfs\n/);
	});

	test('version', async () => {
		const {code, out} = await bench.run(['version'], {host: {run}});
		expect(code).toBe(0);
		expect(out).toMatch(
			/^Client:\n Version:\t0\.1\.0\n OS\/Arch:\tlinux\/\w+\n\nServer:\n containerd:\n {2}Version:\t2\.1\.9\+fake\n {2}GitCommit:\t.*\n runc:\n {2}Version:\t1\.1\.5\n {2}GitCommit:\tabc\n$/,
		);
		expect((await bench.run(['version', '-f', '{{(index .Server.Components 0).Name}} {{.Client.Version}}'], {host: {run}})).out).toBe(
			'containerd 0.1.0\n',
		);
	});

	test('without a daemon the version is still ours to say', async () => {
		await bench.fake.goAway();
		const {code, out, err} = await bench.run(['version', '--format', 'json']);
		expect(code).toBe(1);
		expect(JSON.parse(out)).toMatchObject({Client: {Version: '0.1.0'}, Server: null});
		expect(err).toContain(bench.fake.address);
		await bench.fake.comeBack();
	});
});
