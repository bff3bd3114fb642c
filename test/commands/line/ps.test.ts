import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {labels} from '../../../source/model/labels.ts';
import {hour, id, type LineBench, now, openLineBench} from './surroundings.ts';

let bench: LineBench;
const esc = '\u001b';

const spec = (...args: readonly string[]) => ({process: {args, env: ['PATH=/bin'], cwd: '/'}});

beforeAll(async () => {
	bench = await openLineBench();
	const {fake} = bench;
	const image = 'registry.test/shop/web:1';
	fake.addContainer({
		id: id('a'),
		image,
		labels: {
			[labels.name]: 'web',
			'com.example/tier': 'front',
			[labels.platform]: 'linux/amd64',
			[labels.networks]: '["bridge"]',
			[labels.ports]: JSON.stringify([
				{HostPort: 8080, ContainerPort: 80, Protocol: 'tcp', HostIP: '0.0.0.0'},
				{HostPort: 8081, ContainerPort: 81, Protocol: 'tcp', HostIP: '0.0.0.0'},
				{HostPort: 53, ContainerPort: 53, Protocol: 'udp', HostIP: '127.0.0.1'},
			]),
			[`${labels.mounts}.0`]: '{"Type":"volume","Name":"data","Source":"/vol/data","Destination":"/srv","RW":true}',
		},
		spec: spec('/bin/sh', '-c', 'while sleep 1; do date; done'),
		createdAt: now - 2 * hour,
	});
	fake.addContainer({
		id: id('b'),
		image,
		labels: {[labels.name]: 'job'},
		status: 'stopped',
		exitStatus: 3,
		exitedAt: now - 90_000,
		createdAt: now - 3 * hour,
		spec: spec('/job'),
	});
	fake.addContainer({id: id('c'), image, labels: {[labels.name]: 'held'}, status: 'paused', createdAt: now - 4 * hour});
	fake.addContainer({id: id('d'), image, labels: {[labels.name]: 'new'}, status: 'none', createdAt: now - 5 * hour, spec: undefined});
	fake.addContainer({
		id: id('e'),
		image,
		labels: {[labels.name]: 'again', [labels.restartStatus]: 'running', [labels.restartPolicy]: 'on-failure:3', [labels.restartCount]: '1'},
		status: 'stopped',
		exitStatus: 1,
		exitedAt: now - 5000,
		createdAt: now - 6 * hour,
	});
	fake.addContainer({
		id: id('f'),
		image,
		labels: {
			[labels.podNamespace]: 'kube',
			[labels.podName]: 'dns',
			[labels.podContainer]: 'cache',
			[labels.healthState]: '{"Status":"unhealthy"}',
		},
		createdAt: now - 7 * hour,
	});
	for (const letter of 'abcef') fake.addSnapshot({key: id(letter), parent: 'layer', kind: 'active', sizeBytes: 1536});
	fake.addSnapshot({key: 'layer', sizeBytes: 10 * 1024 * 1024});
});

afterAll(async () => bench.close());

const names = async (...argv: readonly string[]) => {
	const {code, out} = await bench.run(['ps', '--format', '{{.Names}}', ...argv]);
	expect(code).toBe(0);
	return out.trim().split('\n').filter(Boolean);
};

describe('ps', () => {
	test('prints what runs, newest first', async () => {
		expect(await bench.run(['ps'])).toEqual({
			code: 0,
			err: '',
			out: `CONTAINER ID    IMAGE                       COMMAND                   CREATED        STATUS            PORTS                                                 NAMES
aaaaaaaaaaaa    registry.test/shop/web:1    "/bin/sh -c while sl…"    2 hours ago    Up                0.0.0.0:8080-8081->80-81/tcp, 127.0.0.1:53->53/udp    web
ffffffffffff    registry.test/shop/web:1    "sleep infinity"          7 hours ago    Up (unhealthy)                                                          k8s://kube/dns/cache
`,
		});
	});

	test('-a prints every state', async () => {
		const {out} = await bench.run(['ps', '-a', '--format', '{{.Names}}|{{.Status}}|{{.Command}}']);
		expect(out).toBe(`web|Up|"/bin/sh -c while sl…"
job|Exited (3) About a minute ago|"/job"
held|Paused|"sleep infinity"
new|Created|
again|Restarting (1) 5 seconds ago|"sleep infinity"
k8s://kube/dns/cache|Up (unhealthy)|"sleep infinity"
`);
	});

	test('-q, --no-trunc', async () => {
		expect((await bench.run(['ps', '-q'])).out).toBe('aaaaaaaaaaaa\nffffffffffff\n');
		expect((await bench.run(['container', 'ls', '-q', '--no-trunc'])).out).toBe(`${id('a')}\n${id('f')}\n`);
		expect((await bench.run(['ps', '--no-trunc', '--format', '{{.Command}}'])).out).toContain(
			'"/bin/sh -c while sleep 1; do date; done"\n',
		);
	});

	test('--format json is one object a line, in the order of nerdctl', async () => {
		const {out} = await bench.run(['ps', '-l', '--format', 'json']);
		expect(Object.keys(JSON.parse(out) as object)).toEqual([
			'Command',
			'CreatedAt',
			'ID',
			'Image',
			'Platform',
			'Names',
			'Ports',
			'Status',
			'Runtime',
			'Size',
			'Labels',
		]);
		expect(JSON.parse(out)).toMatchObject({
			CreatedAt: '2024-05-01T10:00:00Z',
			ID: 'aaaaaaaaaaaa',
			Platform: 'linux/amd64',
			Runtime: 'io.containerd.runc.v2',
		});
		expect((await bench.run(['ps', '-a', '--format', '{{json .Names}}'])).out.split('\n')).toHaveLength(7);
	});

	test('templates know labels and methods; table has a header', async () => {
		expect((await bench.run(['ps', '-l', '--format', '{{.Label "com.example/tier"}} {{.CreatedAt}}'])).out).toBe(
			'front 2024-05-01 10:00:00 +0000 UTC\n',
		);
		expect((await bench.run(['ps', '--format', 'table {{.ID}}\\t{{.Names | upper}}\\t{{.RunningFor}}'])).err).toContain(
			"can't evaluate field RunningFor",
		);
		expect(
			(await bench.run(['ps', '--format', 'table {{.ID}}\\t{{.Names}}\\t{{.Label "com.example/tier"}}'])).out,
		).toBe(`CONTAINER ID        NAMES                  example/tier
aaaaaaaaaaaa        web                    front
ffffffffffff        k8s://kube/dns/cache${' '.repeat(3)}
`);
	});

	test.each([
		['{{.Names}} {{.Status}}', false],
		['{{.Command}}', true],
		['{{json .}}', true],
		['{{. | printf "%v"}}', true],
		['{{with .}}{{.ID}}{{end}}', true],
		['table {{.ID}}\\t{{.Image}}', false],
		['', true],
	])('--format %j asks for the specs: %s', async (format, asks) => {
		const gets = () => bench.fake.calls.filter(({method}) => method === 'Containers.Get').length;
		const before = gets();
		await bench.run(['ps', '-a', '--format', format]);
		expect(gets() - before).toBe(asks ? 6 : 0);
	});

	test('sizes', async () => {
		expect((await bench.run(['ps', '-l', '-s', '--format', '{{.Size}}'])).out).toBe('1.5 KiB (virtual 10.0 MiB)\n');
		const {out} = await bench.run(['ps', '-l', '--format', 'wide']);
		expect(out).toMatch(/NAMES +RUNTIME +PLATFORM +SIZE\n/);
		expect(out).toMatch(/web +io\.containerd\.runc\.v2 +linux\/amd64 +1\.5 KiB \(virtual 10\.0 MiB\)\n$/);
	});

	test.each([
		[['-f', 'name=^w'], ['web']],
		[
			['-a', '-f', 'name=job|held'],
			['job', 'held'],
		],
		[['-f', 'id=ffff'], ['k8s://kube/dns/cache']],
		[['-f', 'label=com.example/tier'], ['web']],
		[['-f', 'label=com.example/tier=back'], []],
		[
			['-f', 'status=exited'],
			['job', 'again'],
		],
		[
			['-f', 'status=paused', '-f', 'status=created'],
			['held', 'new'],
		],
		[['-f', 'status=restarting'], ['again']],
		[['-a', '-f', 'exited=3'], ['job']],
		[
			['-a', '-f', 'before=held'],
			['new', 'again', 'k8s://kube/dns/cache'],
		],
		[
			['-a', '-f', 'since=held'],
			['web', 'job'],
		],
		[['-f', 'volume=data'], ['web']],
		[['-f', 'volume=/srv'], ['web']],
		[['-f', 'network=bridge'], ['web']],
		[['-f', 'network=none'], []],
		[
			['-n', '3'],
			['web', 'job', 'held'],
		],
		[
			['-n', '2', '-f', 'name=e'],
			['web', 'held'],
		],
		[['--latest'], ['web']],
	] as const)('%j', async (argv, wanted) => {
		expect(await names(...argv)).toEqual(wanted);
	});

	test.each([
		[
			['-f', 'ancestor=x'],
			"invalid filter 'ancestor=x' — filters are id, name, label, exited, status, before, since, volume, network, as in name=web\n",
		],
		[['-f', 'name'], 'invalid argument "name" for "-f, --filter": bad format of filter (expected name=value)'],
		[['-f', 'status=happy'], "invalid filter 'status=happy'"],
		[['-f', 'name=('], "invalid filter 'name=(': it is not a regular expression"],
		[['-f', 'before=nobody'], 'no such container nobody\n'],
		[['--format', 'raw'], 'unsupported format: "raw"\n'],
		[['-q', '--format', '{{.ID}}'], 'format and quiet must not be specified together\n'],
		[['--format', '{{.ID'], 'Could not use the format "{{.ID": an action is not closed with }} (column 1)\n'],
	] as const)('%j is refused', async (argv, problem) => {
		const {code, out, err} = await bench.run(['ps', ...argv]);
		expect({code, out}).toEqual({code: 1, out: ''});
		expect(err).toContain(problem);
	});

	test('hostile names do not reach a terminal, and break no table', async () => {
		bench.fake.addContainer({
			id: id('9'),
			namespace: 'evil',
			image: `x${esc}[2J`,
			labels: {[labels.name]: `a\n${esc}]0;owned\u0007b\tc`},
			createdAt: now,
		});
		const options = {terminal: {isTTY: true}};
		const table = await bench.run(['-n', 'evil', 'ps'], options);
		expect(table.out).not.toContain(esc);
		expect(table.out).toMatch(/^999999999999 +x +"sleep infinity" +Less than a second ago +Up +a b c\n$/m);
		expect((await bench.run(['-n', 'evil', 'ps', '--format', '{{.Names}}'], options)).out).not.toContain(esc);
		const json = await bench.run(['-n', 'evil', 'ps', '--format', 'json'], options);
		expect(JSON.parse(json.out)).toMatchObject({Names: `a\n${esc}]0;owned\u0007b\tc`});
	});

	test('no container is a header alone', async () => {
		expect((await bench.run(['--namespace', 'empty', 'ps'])).out).toBe(
			'CONTAINER ID    IMAGE    COMMAND    CREATED    STATUS    PORTS    NAMES\n',
		);
		expect((await bench.run(['ps', '-q', '--namespace', 'empty'])).out).toBe('');
		expect((await bench.run(['ps', '--namespace', 'empty', '--format', 'table {{.ID}}\\t{{.Image}}'])).out).toBe(
			'CONTAINER ID        IMAGE\n',
		);
	});
});
