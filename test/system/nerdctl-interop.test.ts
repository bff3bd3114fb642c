import {spawn, spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, readdirSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {findContainerd} from '../../scripts/lab/find-containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {until} from '../../scripts/lab/processes.ts';
import {forgetNamespace} from '../../scripts/lab/services.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';

/** The judge: GANTRY_TEST_NERDCTL, or `nerdctl` on PATH. Without one there is nobody to ask. */
const nerdctlPath = (): string | undefined =>
	[process.env['GANTRY_TEST_NERDCTL'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, 'nerdctl'))].find(path => path !== '' && existsSync(path));

const nerdctl = nerdctlPath();
const gantry = fileURLToPath(new URL('../../dist/gantry', import.meta.url));

const why = (): string | undefined => {
	if (nerdctl === undefined) return 'nerdctl is neither on PATH nor named by GANTRY_TEST_NERDCTL';
	if (process.geteuid?.() !== 0) return 'containers need root';
	if (findContainerd() === undefined || !existsSync('/usr/lib/cni/bridge')) return 'there is no containerd, or no CNI plugins';
	return existsSync(gantry) ? undefined : 'the program is not built';
};

const reason = why();
const image = 'docker.io/lab/interop:1';

let lab: LabContainerd;
let namespace = '';
let network = '';

type Ran = {readonly code: number; readonly out: string; readonly err: string};

const globals = (): readonly string[] => [
	...['--address', lab.address, '--namespace', namespace, '--data-root', lab.dataRoot],
	...['--cni-path', '/usr/lib/cni', '--cni-netconfpath', join(lab.dir, 'net.d')],
];

const invoke = (program: string, args: readonly string[]): Ran => {
	const [first, ...rest] = [...lab.onItsNetwork, program, ...globals(), ...args];
	const {status, stdout, stderr} = spawnSync(first!, rest, {
		encoding: 'utf8',
		timeout: 60_000,
		env: {...process.env, GANTRY_NODE: process.execPath, XDG_CACHE_HOME: join(lab.dir, 'cache')},
	});
	return {code: status ?? -1, out: stdout.trim(), err: stderr.trim()};
};

const theirs = (...args: readonly string[]): Ran => invoke(nerdctl ?? '', args);
const ours = (...args: readonly string[]): Ran => invoke(gantry, args);

/** With exit code 0, or the test shows what was said. */
const well = ({code, out, err}: Ran): string => {
	expect(code, err).toBe(0);
	return out;
};

/** The parts of docker's `inspect` that are looked at one by one. */
type Details = {readonly State: object; readonly HostConfig: {readonly NetworkMode: string}; readonly Mounts: readonly object[]; readonly NetworkSettings: {readonly Ports: object}};

const freePort = (): number => 20_000 + Math.floor(Math.random() * 10_000);
const fetched = async (port: number): Promise<string> => {
	let text = '';
	await until(async () => {
		const [program, ...args] = [...lab.onItsNetwork, '/bin/busybox', 'wget', '-qO-', `http://127.0.0.1:${port}/`];
		text = spawnSync(program!, args, {encoding: 'utf8', timeout: 5000}).stdout;
		return text !== '';
	}, 10_000);
	return text.trim();
};

const server = 'mkdir -p /www; echo hello > /www/index.html; echo serving; exec httpd -f -p 80 -h /www';

/** What the stores still hold; their own bookkeeping aside. */
const left = (): Readonly<Record<string, readonly string[]>> => {
	const hash = readdirSync(lab.dataRoot).find(name => /^[0-9a-f]{8}$/.test(name)) ?? '';
	const names = (...path: readonly string[]) => {
		const folder = join(lab.dataRoot, hash, ...path);
		return existsSync(folder) ? readdirSync(folder).filter(name => name !== 'volume.json' && !name.startsWith('.')) : [];
	};
	const addresses = join('/var/lib/cni/networks', network);
	return {
		names: names('names', namespace),
		containers: names('containers', namespace),
		hosts: names('etchosts', namespace).filter(name => name.length === 64),
		volumes: names('volumes', namespace).filter(name => name.length === 64),
		addresses: existsSync(addresses) ? readdirSync(addresses).filter(name => /^[\d.]+$/.test(name)) : [],
	};
};

const nothing = {names: [], containers: [], hosts: [], volumes: [], addresses: []};

describe.skipIf(reason !== undefined)(`in peace with nerdctl${reason === undefined ? '' : ` (skipped: ${reason})`}`, {timeout: 120_000}, () => {
	beforeAll(async () => {
		namespace = `interop-${randomBytes(3).toString('hex')}`;
		network = `interop${randomBytes(2).toString('hex')}`;
		lab = await startContainerd({hasOwnNetwork: true});
		const containerd = createContainerd({address: lab.address});
		await importImage(containerd, namespace, busyboxImage(image, {settings: {labels: {from: 'image'}, exposedPorts: ['80/tcp']}}));
		containerd.close();
	}, 60_000);

	afterAll(async () => {
		if (lab === undefined) return;
		ours('network', 'rm', network);
		await lab.stop();
		forgetNamespace(namespace);
	}, 60_000);

	test('a network made here is a network there', () => {
		well(ours('network', 'create', '--subnet', `10.230.${Math.floor(Math.random() * 250)}.0/24`, network));
		expect(well(theirs('network', 'ls', '--format', '{{.Name}}')).split('\n')).toContain(network);
	});

	test('a container made here lives its life under nerdctl', async () => {
		const port = freePort();
		const id = well(ours('run', '-d', '--name', 'web', '--net', network, '-p', `127.0.0.1:${port}:80`, '-v', '/data', '-e', 'A=1', '-l', 'of=us', image, 'sh', '-c', server));
		expect(id).toMatch(/^[0-9a-f]{64}$/);
		expect(await fetched(port)).toBe('hello');
		expect(well(theirs('ps', '--format', '{{.Names}} {{.Image}} {{.Status}} {{.Ports}}'))).toBe(`web ${image} Up 127.0.0.1:${port}->80/tcp`);
		expect(well(theirs('port', 'web'))).toBe(`80/tcp -> 127.0.0.1:${port}`);
		expect(well(theirs('exec', 'web', 'sh', '-c', 'echo $A $(hostname)'))).toBe(`1 ${id.slice(0, 12)}`);
		expect(well(theirs('logs', 'web'))).toBe('serving');
		const [details] = JSON.parse(well(theirs('inspect', 'web'))) as [Details];
		expect(details).toMatchObject({Id: id, Name: 'web', Platform: 'linux', State: {Status: 'running'}, Config: {Labels: {of: 'us', from: 'image'}}});
		expect(details.Mounts).toContainEqual(expect.objectContaining({Type: 'volume', Destination: '/data', Driver: 'local', RW: true}));
		expect(details.NetworkSettings.Ports).toEqual({'80/tcp': [{HostIp: '127.0.0.1', HostPort: String(port)}]});
		expect(well(theirs('network', 'inspect', network))).toContain(id);
		expect(theirs('network', 'rm', network).code).not.toBe(0);

		well(theirs('stop', '-t', '1', 'web'));
		expect(well(theirs('ps', '-a', '--format', '{{.Status}}'))).toMatch(/^Exited/);
		well(theirs('start', 'web'));
		expect(await fetched(port)).toBe('hello');
		well(theirs('restart', '-t', '1', 'web'));
		expect(await fetched(port)).toBe('hello');
		expect(well(ours('logs', 'web'))).toBe('serving\nserving\nserving');
		well(theirs('rename', 'web', 'web-2'));
		expect(well(ours('ps', '--format', '{{.Names}}'))).toBe('web-2');
		well(theirs('rm', '-f', '-v', 'web-2'));
		expect(left()).toEqual(nothing);
	});

	test('one that nerdctl starts finds a container of ours by its aliases, and that one finds it', () => {
		well(ours('run', '-d', '--name', 'aliased', '--net', network, '--network-alias', 'database', image, 'sleep', '100'));
		const asked = well(theirs('run', '--rm', '--name', 'asks', '--net', network, image, 'cat', '/etc/hosts')).split('\n');
		expect(asked.find(line => / aliased /.test(line))).toMatch(/ database aliased database aliased\./);
		well(theirs('run', '-d', '--name', 'stays', '--net', network, image, 'sleep', '100'));
		expect(well(ours('exec', 'aliased', 'cat', '/etc/hosts'))).toContain(' stays ');
		expect(well(ours('exec', 'stays', 'cat', '/etc/hosts'))).toContain(' database aliased ');
		well(ours('rm', '-f', 'aliased'));
		expect(well(theirs('exec', 'stays', 'cat', '/etc/hosts'))).not.toContain('database');
		well(theirs('rm', '-f', 'stays'));
		expect(left()).toEqual(nothing);
	});

	test('nerdctl follows a log that our driver writes, and stops when it ends', async () => {
		well(ours('run', '-d', '--name', 'talk', '--net', 'none', image, 'sh', '-c', 'for i in 1 2 3; do echo word $i; sleep 0.3; done; echo oops >&2'));
		const follower = spawn(nerdctl ?? '', [...globals(), 'logs', '-f', 'talk'], {stdio: ['ignore', 'pipe', 'pipe']});
		const said = {out: '', err: ''};
		follower.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
		follower.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
		const code = await new Promise(resolve => follower.once('close', resolve));
		expect({code, ...said}).toEqual({code: 0, out: 'word 1\nword 2\nword 3\n', err: 'oops\n'});
		well(theirs('rm', 'talk'));
		expect(left()).toEqual(nothing);
	});

	test.each([
		['in the foreground', ['--net', 'none'], 'none'],
		['in the machine’s network', ['--net', 'host'], 'host'],
		['with limits', ['--net', 'none', '--memory', '64m', '--cpus', '0.5', '--pids-limit', '50'], 'none'],
	])('one that ran %s is whole for nerdctl', (_, flags, mode) => {
		const ran = ours('run', '--name', 'once', ...flags, image, 'sh', '-c', 'echo said; exit 3');
		expect(ran).toEqual({code: 3, out: 'said', err: ''});
		const [details] = JSON.parse(well(theirs('inspect', 'once'))) as [Details];
		expect(details.HostConfig.NetworkMode).toBe(mode);
		expect(details.State).toMatchObject({Status: 'exited', ExitCode: 3});
		expect(well(theirs('logs', 'once'))).toBe('said');
		well(theirs('start', 'once'));
		expect(well(theirs('wait', 'once'))).toBe('3');
		well(theirs('rm', 'once'));
		expect(left()).toEqual(nothing);
	});

	test('what can not be run is told by both with the same exit code', () => {
		const port = freePort();
		well(ours('run', '-d', '--name', 'taken', '--net', network, '-p', `127.0.0.1:${port}:80`, image, 'sleep', '100'));
		for (const run of [ours, theirs]) {
			expect(run('run', '--rm', '--name', 'taken', '--net', 'none', image, 'true').code).toBe(1);
			expect(run('run', '--rm', '--net', network, '-p', `127.0.0.1:${port}:80`, image, 'true').code).toBe(1);
			expect(run('run', '--rm', '--net', 'none', image, 'nosuchprogram').code).toBe(1);
			expect(run('run', '--rm', '--net', 'none', '--user', 'nosuchuser', image, 'true').code).toBe(1);
			expect(run('run', '--rm', '--net', 'none', image, 'sh', '-c', 'exit 42').code).toBe(42);
		}

		well(ours('rm', '-f', 'taken'));
		// What nerdctl leaves of its own failures is its own.
		expect(left()['addresses']).toEqual([]);
	});

	test('a container made by nerdctl lives its life here', async () => {
		const port = freePort();
		const id = well(theirs('run', '-d', '--name', 'their', '--net', network, '-p', `127.0.0.1:${port}:80`, '-v', '/data', image, 'sh', '-c', server));
		expect(await fetched(port)).toBe('hello');
		expect(well(ours('ps', '--format', '{{.Names}} {{.Status}} {{.Ports}}'))).toBe(`their Up 127.0.0.1:${port}->80/tcp`);
		expect(JSON.parse(well(ours('inspect', 'their')))).toMatchObject([{Id: id, State: {Status: 'running'}}]);
		expect(well(ours('logs', 'their'))).toBe('serving');
		expect(well(ours('exec', 'their', 'cat', '/www/index.html'))).toBe('hello');
		well(ours('stop', '-t', '1', 'their'));
		well(ours('start', 'their'));
		expect(await fetched(port)).toBe('hello');
		well(ours('rm', '-f', '-v', 'their'));
		const {volumes, addresses, names, hosts, containers} = left();
		expect({volumes, addresses, names, hosts, containers}).toEqual(nothing);
	});
});
