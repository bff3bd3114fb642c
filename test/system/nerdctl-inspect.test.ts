import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, mkdirSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {forgetNamespace} from '../../scripts/lab/services.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';

/** The judge: GANTRY_TEST_NERDCTL, or `nerdctl` on PATH. Without one there is nobody to ask. */
const nerdctl = [process.env['GANTRY_TEST_NERDCTL'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, 'nerdctl'))].find(
	path => path !== '' && existsSync(path),
);
const gantry = fileURLToPath(new URL('../../dist/gantry', import.meta.url));

const why = (): string | undefined => {
	if (nerdctl === undefined) return 'nerdctl is neither on PATH nor named by GANTRY_TEST_NERDCTL';
	if (!existsSync('/usr/lib/cni/bridge')) return 'there are no CNI plugins';
	return whyNoContainers() ?? (existsSync(gantry) ? undefined : 'the program is not built');
};

const reason = why();
const image = 'docker.io/lab/inspect:1';
const tag = randomBytes(2).toString('hex');
const namespace = `inspect-${tag}`;
let lab: LabContainerd;

type Ran = {readonly code: number; readonly out: string; readonly err: string};

const invoke = (program: string, args: readonly string[]): Ran => {
	const globals = ['--address', lab.address, '--namespace', namespace, '--data-root', lab.dataRoot, '--cni-path', '/usr/lib/cni', '--cni-netconfpath', join(lab.dir, 'net.d'), '--cgroup-manager', 'cgroupfs'];
	const [first, ...rest] = [...lab.onItsNetwork, program, ...globals, ...args];
	const {status, stdout, stderr} = spawnSync(first!, rest, {
		encoding: 'utf8',
		timeout: 60_000,
		env: {...process.env, GANTRY_NODE: process.execPath, XDG_CACHE_HOME: join(lab.dir, 'cache')},
	});
	return {code: status ?? -1, out: stdout, err: stderr};
};

const theirs = (...args: readonly string[]): Ran => invoke(nerdctl ?? '', args);
const ours = (...args: readonly string[]): Ran => invoke(gantry, args);

const well = ({code, out, err}: Ran): string => {
	expect(code, err).toBe(0);
	return out;
};

/** Who makes, with the letter that ends the names of what it makes, and the addresses of its networks. */
const makers = [
	{letter: 'o', make: ours, subnet: 40, port: 21_000},
	{letter: 't', make: theirs, subnet: 50, port: 26_000},
] as const;
type Maker = (typeof makers)[number];

const plainNet = ({letter}: Maker): string => `plain${tag}${letter}`;
const dualNet = ({letter}: Maker): string => `also${tag}${letter}`;
const forever = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.2; done'];
const quiet = ['--net', 'none'];

/** By the name that its letter is added to: the verb, the flags, the command. */
const cases: Readonly<Record<string, readonly [verb: string, flags: (maker: Maker) => readonly string[], command: readonly string[]]>> = {
	plain: ['run', () => quiet, forever],
	made: ['create', () => ['--net', 'none', '-l', 'x=y'], forever],
	ended: ['run', () => quiet, ['sh', '-c', 'exit 3']],
	ports: [
		'run',
		maker => [
			...['--net', plainNet(maker), '-p', `127.0.0.1:${maker.port}:80`, '-p', `${maker.port + 1}:53/udp`, '-p', `${maker.port + 2}-${maker.port + 3}:81-82`],
			...['-l', 'x=y', '-l', 'a.b=c', '--hostname', 'box', '--domainname', 'dom', '--dns', '1.1.1.1', '--dns-search', 's.x', '--dns-option', 'ndots:2', '--add-host', 'a:1.2.3.4'],
		],
		forever,
	],
	// The second network is the first by its name.
	both: ['run', maker => ['--net', plainNet(maker), '--net', dualNet(maker)], forever],
	host: ['run', () => ['--net', 'host'], forever],
	limits: [
		'run',
		() => [
			...quiet,
			...['-m', '64m', '--memory-reservation', '32m', '--memory-swap', '100m', '--cpus', '0.5', '--cpu-shares', '100', '--cpuset-cpus', '0', '--pids-limit', '50'],
			...['--ulimit', 'nofile=50:60', '--ulimit', 'core=-1', '--oom-score-adj', '100', '--shm-size', '10m', '--sysctl', 'net.core.somaxconn=99'],
		],
		forever,
	],
	powers: [
		'run',
		() => [
			...quiet,
			...['--cap-add', 'NET_ADMIN', '--cap-drop', 'CHOWN', '--read-only', '--tmpfs', '/t:size=1m', '--tmpfs', '/u', '-u', 'nobody', '-w', '/tmp'],
			...['--annotation', 'k=v', '--device', '/dev/null:/dev/x:r', '--security-opt', 'no-new-privileges', '--stop-signal', 'INT', '--stop-timeout', '3'],
		],
		forever,
	],
	privileged: ['run', () => [...quiet, '--privileged', '--pid', 'host', '--cgroupns', 'host'], forever],
	volumes: [
		'run',
		({letter}) => [
			...quiet,
			...['-v', `named-${letter}:/data`, '-v', '/anonymous', '-v', '/var:/host:ro', '--mount', 'type=tmpfs,target=/tm,tmpfs-size=1m'],
			...['--mount', 'type=bind,source=/var,target=/b', '--mount', `type=volume,source=named-${letter},target=/again,readonly`],
		],
		forever,
	],
	logged: ['run', () => [...quiet, '-l', 'x=y', '--log-opt', 'labels=x,from,nope', '--log-opt', 'env=X,NOPE', '--log-opt', 'max-size=1m'], ['sh', '-c', 'echo said; echo oops >&2']],
	heir: ['run', ({letter}) => [...quiet, '--volumes-from', `volumes-${letter}`], forever],
	always: ['run', () => [...quiet, '--restart', 'always', '--log-opt', 'max-size=1m', '--log-opt', 'max-file=2'], forever],
	healthy: ['run', () => [...quiet, '--health-cmd', 'echo hi', '--health-interval', '1h', '--health-retries', '2', '--health-timeout', '3s', '--health-start-period', '1s'], forever],
	placed: ['run', maker => ['--net', plainNet(maker), '--ip', `10.231.${maker.subnet}.77`, '--mac-address', `02:42:ac:11:00:${maker.subnet}`], forever],
};
const all = makers.flatMap(({letter}) => Object.keys(cases).map(name => `${name}-${letter}`));

type Json = Record<string, unknown>;

/** nerdctl says what was dropped in any order, and from a later version on what an image exposes and what a snapshot is. */
const objectsOf = (text: string): unknown =>
	(JSON.parse(text.replaceAll('18446744073709551615', '-1')) as Json[]).map(({SnapshotInfo: _, ...object}) => {
		const dropped = (object['HostConfig'] as Json | undefined)?.['CapDrop'];
		if (Array.isArray(dropped)) dropped.sort();
		return JSON.stringify(object, undefined, 1);
	});

/** Time goes by between the two, and moves columns. */
const still = (text: string): string => text.replaceAll(/(\d+ seconds?|Less than a second|About a minute|\d+ minutes?) ago/g, 'just now').replaceAll(/ {2,}/g, '  ');

/** Labels and what nerdctl keeps in maps come in any order. */
const ordered = (list: string): string => list.split(',').toSorted().join();
const unordered = (text: string): readonly string[] =>
	text
		.split('\n')
		.map(line => (line.startsWith('{') ? JSON.stringify(JSON.parse(line, (key, value: unknown) => (key === 'Labels' && typeof value === 'string' ? ordered(value) : value))) : ordered(line)))
		.toSorted();

/** Of a network's containers nerdctl leaves the ports out, whatever they are. */
const shapeOfNetwork = (text: string): unknown =>
	(JSON.parse(text) as ReadonlyArray<Json & {readonly Containers: ReadonlyArray<{readonly Process: {readonly NetNS: Json}}> | null}>).map(({Containers, ...rest}) => ({
		...rest,
		Containers: objectsOf(JSON.stringify((Containers ?? []).map(each => ({...each, Process: {...each.Process, NetNS: {...each.Process.NetNS, PortMappings: null}}})))),
	}));

const agree = (args: readonly string[], shape: (text: string) => unknown = text => text): Ran => {
	const [mine, judge] = [ours(...args), theirs(...args)];
	expect([mine.code, shape(mine.out)], judge.err).toEqual([judge.code, shape(judge.out)]);
	return judge;
};

/** What two containers made alike do not share: who they are, and the labels, of which each program has its own. */
const likeness = (text: string, {letter}: Maker): unknown => {
	const anybody = text
		.replaceAll(/[0-9a-f]{64}/g, 'ID')
		.replaceAll(/\b[0-9a-f]{12}\b/g, 'id')
		.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
		.replaceAll(/"Pid": \d+/g, '"Pid": 1')
		.replaceAll(/\b2[16]00([0-3])\b/g, 'PORT$1')
		.replaceAll(/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, 'MAC')
		.replaceAll(/\b10\.231\.\d+\./g, '10.231.N.')
		.replaceAll(/\bfd12:\d+:/g, 'fd12:N:')
		.replaceAll(new RegExp(`\\b(\\w+-|plain${tag}|also${tag})${letter}\\b`, 'g'), '$1X');
	const [{NetworkSettings, ...details}] = JSON.parse(anybody) as [{readonly Config: {readonly Labels: Json}; readonly NetworkSettings: {readonly Networks: Json; readonly Ports: Json}}];
	const Labels = Object.fromEntries(Object.entries(details.Config.Labels).filter(([key]) => !/^(nerdctl|containerd\.io)\//.test(key)));
	// Which of several is the first interface is a matter of luck with nerdctl.
	const {Networks, Ports} = NetworkSettings;
	return {...details, Config: {...details.Config, Labels}, Networks, Ports};
};

describe.skipIf(reason !== undefined)(titled('what is told of containers, networks and volumes, beside nerdctl', reason), {timeout: 120_000}, () => {
	beforeAll(async () => {
		lab = await startContainerd({hasOwnNetwork: true});
		const containerd = createContainerd({address: lab.address});
		await importImage(containerd, namespace, busyboxImage(image, {settings: {labels: {from: 'image'}, environment: ['PATH=/bin', 'X=a b']}}));
		containerd.close();
		mkdirSync('/var', {recursive: true});
		for (const maker of makers) {
			const {letter, make, subnet} = maker;
			well(make('network', 'create', '--subnet', `10.231.${subnet}.0/24`, '--ip-range', `10.231.${subnet}.64/26`, '--label', 'of=us', plainNet(maker)));
			well(make('network', 'create', '--ipv6', '--subnet', `fd12:${subnet}::/64`, '--subnet', `10.231.${subnet + 1}.0/24`, dualNet(maker)));
			well(make('volume', 'create', '--label', 'of=us', '--label', 'b=1', `labelled-${letter}`));
			for (const [name, [verb, flags, command]] of Object.entries(cases))
				well(make(verb, ...(verb === 'run' ? ['-d'] : []), '--name', `${name}-${letter}`, ...flags(maker), image, ...command));
			for (const name of ['ended', 'logged']) well(make('wait', `${name}-${letter}`));
		}
	}, 120_000);

	afterAll(async () => {
		if (lab === undefined) return;
		ours('rm', '-f', '-v', ...all);
		ours('network', 'rm', ...makers.flatMap(maker => [plainNet(maker), dualNet(maker)]));
		await lab.stop();
		forgetNamespace(namespace);
	}, 60_000);

	test.each(all)('inspect and port of %s, to the letter', name => {
		agree(['inspect', name], objectsOf);
		agree(['inspect', '--mode=native', name], objectsOf);
		agree(['port', name]);
	});

	test.each(Object.keys(cases))('a container of either’s is the same: %s', name => {
		const [mine, judge] = makers.map(maker => likeness(well(theirs('inspect', `${name}-${maker.letter}`)), maker));
		expect(mine).toEqual(judge);
	});

	// A mount with the option rbind is one whatever its type: nerdctl calls it none.
	test('--volumes-from: the same mounts in the spec', () => {
		const inherited = new Set(['/data', '/anonymous', '/host', '/tm', '/b', '/again']);
		const [mine, judge] = makers.map(({letter}) =>
			(JSON.parse(well(theirs('inspect', '--mode=native', '--format', '{{json .Spec.mounts}}', `heir-${letter}`))) as ReadonlyArray<{readonly destination: string; readonly source: string; readonly type: string; readonly options: readonly string[]}>)
				.filter(({destination}) => inherited.has(destination))
				.map(mount => ({...mount, type: mount.type.replace('none', 'bind'), source: mount.source.replace(/[0-9a-f]{64}/, 'ID').replace(`named-${letter}`, 'named'), options: mount.options.toSorted()}))
				.toSorted((a, b) => (a.destination < b.destination ? -1 : 1)),
		);
		expect(mine).toHaveLength(inherited.size);
		expect(mine).toEqual(judge);
	});

	test.each(makers.map(({letter}) => `logged-${letter}`))('logs --details of %s: the labels and variables that its options name', name => {
		expect(agree(['logs', '--details', name]).out).toBe('X=a b,from=image,x=y said\n');
	});

	test('inspect -s', () => {
		agree(['inspect', '-s', 'plain-o', 'volumes-t'], objectsOf);
	});

	test.each([
		'{{.State.Status}}',
		'{{.State}}',
		'{{.State.Running}} {{.State.StartedAt}} {{.State.FinishedAt}} {{.State.ExitCode}}',
		'{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
		'{{range $name, $at := .NetworkSettings.Networks}}{{$name}} {{$at.MacAddress}} {{$at.GlobalIPv6Address}}{{end}}',
		'{{.NetworkSettings.IPAddress}}/{{.NetworkSettings.IPPrefixLen}}',
		'{{json .NetworkSettings.Ports}}',
		'{{range $port, $at := .NetworkSettings.Ports}}{{$port}} {{$at}} {{(index $at 0).HostPort}}\n{{end}}',
		'{{.HostConfig.PortBindings}}',
		'{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.MemorySwappiness}} {{.HostConfig.PidsLimit}} {{.HostConfig.ShmSize}}',
		'{{.HostConfig.CPUShares}} {{.HostConfig.CPUQuota}}',
		'{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy}}',
		'{{.HostConfig.LogConfig}} {{.HostConfig.LogConfig.LogURI}}',
		'{{.HostConfig.CapAdd}} {{.HostConfig.Tmpfs}} {{.HostConfig.Devices}} {{.HostConfig.Annotations}}',
		'{{json .HostConfig.Ulimits}} {{json .HostConfig.DNS}}',
		'{{json .HostConfig.Dns}}',
		'{{index .Config.Labels "x"}}',
		'{{.Config.Labels.x}}',
		'{{index .Config.Labels "a.b"}}',
		'{{.Config.Labels}}',
		'{{.Config.Env}} {{.Config.Hostname}} {{.Config.User}} {{.Config.Cmd}}',
		'{{.ID}} {{.Name}} {{.Image}} {{.Driver}}',
		'{{.Id}}',
		'{{.Created}}',
		'{{.Mounts}}',
		'{{range .Mounts}}{{.Type}} {{.Source}}:{{.Destination}} {{.RW}} {{.Propagation}};{{end}}',
		'{{len .Mounts}} {{.LogPath}}',
		'{{.Args}} {{join .Args " "}} {{upper .Name}}',
		'{{.SizeRw}} {{.SizeRootFs}} {{.Config.Healthcheck}}',
		'{{if .State.Running}}yes{{else}}no{{end}}{{println .ID}}',
		'{{.NetworkSettings.Nope}}',
		'{{.Nope}}',
		'{{',
		'raw',
		'table',
	])('inspect --format %s', format => {
		const named = format.includes('Healthcheck') ? all.filter(name => !name.startsWith('healthy')) : all;
		agree(['inspect', '--format', format, ...named]);
	});

	test.each(['json', '{{json .}}'])('inspect --format %s', format => {
		agree(['inspect', '--format', format, ...all], text => text.trim().split('\n').flatMap(line => objectsOf(`[${line}]`)));
	});

	test.each(['{{.ID}} {{.Labels}} {{.CreatedAt}} {{.SnapshotKey}}', '{{.Spec.process.args}}', '{{.Spec.Process.Args}} {{.Spec.Root.Path}}', '{{.Labels.nope}}'])(
		'inspect --mode=native --format %s',
		format => {
			agree(['inspect', '--mode=native', '--format', format, ...all]);
		},
	);

	test.each([
		['inspect', 'nope'],
		['inspect', '--type', 'image', 'plain-o'],
		['inspect', '--type', 'nope', 'plain-o'],
		['inspect', '--mode', 'nope', 'plain-o'],
		['inspect'],
		['container', 'inspect', 'nope'],
		['port', 'nope'],
		['port', 'ports-o', '80'],
		['port', 'ports-t', '80/tcp'],
		['port', 'ports-o', '53/udp'],
		['port', 'ports-o', '53'],
		['port', 'ports-o', '99'],
		['port', 'ports-o', 'abc'],
		['network', 'inspect', 'nope'],
		['network', 'inspect'],
		['network', 'inspect', '--mode', 'nope', 'host'],
		['volume', 'inspect', 'nope', 'labelled-o'],
		['volume', 'inspect'],
		['ps', '--format', '{{.Nope}}'],
		['ps', '--format', 'raw'],
		['ps', '-aq', '--format', 'json'],
		['network', 'ls', '--format', '{{.Nope}}'],
		['network', 'ls', '--format', 'raw'],
		['volume', 'ls', '--format', 'raw'],
	])('%s %s %s %s: the same answer and exit code', (...args) => {
		agree(args.filter(arg => arg !== undefined));
	});

	test.each([
		[],
		['-a'],
		['-aq'],
		['-a', '--no-trunc'],
		['-a', '-s'],
		['-n', '2'],
		['-l'],
		['-a', '--format', 'json'],
		['-a', '--format', '{{json .}}'],
		['-a', '--format', 'wide'],
		['-a', '--format', '{{.ID}} {{.Names}} {{.Image}} {{.Command}} {{.Status}} {{.Ports}} {{.Runtime}} {{.Platform}} {{.Size}}'],
		['-a', '--format', '{{.Labels}}'],
		['-a', '--format', '{{.Label "x"}}'],
		['-a', '--format', '{{.CreatedAt}}'],
		['-a', '-s', '--format', '{{.Size}}'],
		['-a', '-f', 'status=exited'],
		['-a', '-f', 'name=ports'],
		['-a', '-f', 'label=x'],
		['-a', '-f', 'label=x=y'],
		['-a', '-f', 'exited=3'],
		['-a', '-f', 'volume=named-o'],
		['-a', '-f', 'before=ports-o'],
		['-a', '-f', 'since=ports-o'],
		['-f', 'status=paused'],
	])('ps %s %s %s', (...args) => {
		agree(['ps', ...args.filter(arg => arg !== undefined)], text => (/json|Labels/.test(args.join(' ')) ? unordered(still(text)) : still(text)));
	});

	test.each([[], ['-q'], ['--format', 'json'], ['--format', '{{json .}}'], ['--format', 'wide'], ['--format', '{{.ID}} {{.Name}} {{.Labels}} {{.File}}'], ['-f', 'name=plain'], ['-f', 'label=of=us'], ['-f', 'nope=1']])(
		'network ls %s %s',
		(...args) => {
			agree(['network', 'ls', ...args.filter(arg => arg !== undefined)]);
		},
	);

	test.each(['0:80', '0-1:80-81', '0:80-81', '127.0.0.1:0:80', '80:0', '0'])('-p %s is run by neither', port => {
		for (const {letter, make} of makers) {
			expect(make('run', '-d', '--name', `zero-${letter}`, '-p', port, image, 'true').code).toBe(1);
			make('rm', '-f', `zero-${letter}`);
		}
	});

	test('network inspect, in both modes and by templates', () => {
		const networks = [...makers.flatMap(maker => [plainNet(maker), dualNet(maker)]), 'bridge', 'host', 'none'];
		for (const name of networks) {
			agree(['network', 'inspect', name]);
			agree(['network', 'inspect', '--mode=native', name], shapeOfNetwork);
		}
		for (const format of ['json', '{{json .}}', '{{.Name}} {{.ID}} {{.Labels}} {{range .IPAM.Config}}{{.Subnet}} {{.Gateway}} {{.IPRange}}{{end}} {{.Containers}}', '{{.Nope}}', '{{.Labels.nope}}'])
			agree(['network', 'inspect', '--format', format, ...networks], unordered);
	});

	test.each([[], ['-q'], ['-s'], ['--format', 'json'], ['--format', '{{json .}}'], ['--format', 'wide'], ['-s', '--format', '{{.Name}} {{.Size}}'], ['--format', '{{.Name}} {{.Driver}} {{.Mountpoint}} {{.Scope}} {{.Size}}'], ['-f', 'label=of'], ['-s', '-f', 'size>=0']])(
		'volume ls %s %s',
		(...args) => {
			agree(['volume', 'ls', ...args.filter(arg => arg !== undefined)], unordered);
		},
	);

	test('volume inspect, with its size and by templates', () => {
		for (const name of ['labelled-o', 'labelled-t', 'named-o', 'named-t']) {
			agree(['volume', 'inspect', name]);
			agree(['volume', 'inspect', '-s', name]);
			for (const format of ['json', '{{json .}}', '{{.Name}} {{.Mountpoint}} {{.Labels}} {{.Size}}', '{{.Labels.of}}', '{{.Driver}}']) agree(['volume', 'inspect', '--format', format, name]);
		}
	});
});
