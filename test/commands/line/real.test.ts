import {join} from 'node:path';
import {Readable} from 'node:stream';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage} from '../../../scripts/lab/busybox.ts';
import {type LabContainer, runContainer} from '../../../scripts/lab/container.ts';
import {type LabContainerd, startContainerd} from '../../../scripts/lab/containerd.ts';
import {importImage} from '../../../scripts/lab/import.ts';
import {titled, whyNoContainers} from '../../../scripts/lab/possible.ts';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import type {Containerd} from '../../../source/clients/containerd/types.ts';
import {createHost} from '../../../source/clients/host/index.ts';
import {createNetworkFiles} from '../../../source/clients/host/network-files.ts';
import {lineHost, lineSleep} from '../../../source/commands/line/host.ts';
import {runLine} from '../../../source/commands/line/index.ts';
import {createBuildRuns} from '../../../source/services/build-runs/index.ts';
import {createBuilds} from '../../../source/services/builds/index.ts';
import {createContainers} from '../../../source/services/containers/index.ts';
import {createFiles} from '../../../source/services/containers/files/index.ts';
import {createDisk} from '../../../source/services/disk/index.ts';
import {createImages} from '../../../source/services/images/index.ts';
import {createLogs} from '../../../source/services/logs/index.ts';
import {createNamespaces} from '../../../source/services/namespaces/index.ts';
import {createSnapshots} from '../../../source/services/snapshots/index.ts';
import {createNetworks} from '../../../source/services/networks/index.ts';
import {createVolumes} from '../../../source/services/volumes/index.ts';
import {noRegistries} from './no-registries.ts';
import {noCredentials, Sink} from './surroundings.ts';

const why = whyNoContainers();
const image = busyboxImage('docker.io/lab/line:1');

let lab: LabContainerd;
let containerd: Containerd;
let web: LabContainer;

const run = async (argv: readonly string[], input?: string) => {
	const [stdout, stderr] = [new Sink(), new Sink()];
	const host = createHost({address: lab.address, dataRoot: lab.dataRoot});
	const code = await runLine(argv, {
		stdout,
		stderr,
		version: '0.1.0',
		makeContext: async ({namespace}) => ({
			global: {address: lab.address, namespace: namespace ?? 'default', snapshotter: 'overlayfs', dataRoot: lab.dataRoot, cgroupManager: 'cgroupfs'},
			services: {
				containers: createContainers({containerd, host}),
				images: createImages({containerd}),
				disk: createDisk({containerd, host}),
				networks: createNetworks({
					containerd,
					files: createNetworkFiles({address: lab.address, dataRoot: lab.dataRoot}),
					places: {cniPath: '/usr/lib/cni', cniNetconfPath: join(lab.dataRoot, 'net.d'), cniCacheDir: join(lab.dataRoot, 'cni')},
				}),
				volumes: createVolumes({containerd, host}),
				files: createFiles({containerd, host}),
				logs: createLogs({host}),
				namespaces: createNamespaces({
					...{containerd, host},
					removeContainer: createContainers({containerd, host}).remove,
					removeVolume: createVolumes({containerd, host}).remove,
					listVolumes: createVolumes({containerd, host}).list,
				}),
				snapshots: createSnapshots({containerd}),
				registries: noRegistries,
				builds: createBuilds({containerd, images: createImages({containerd}), credentials: noCredentials}),
				buildRuns: createBuildRuns({stateDirectory: lab.dataRoot, builds: () => createBuilds({containerd, images: createImages({containerd}), credentials: noCredentials})}),
			},
			containerd,
			host: lineHost,
			stdout,
			stderr,
			stdin: Readable.from(input === undefined ? [] : [input]),
			terminal: {isTTY: false, isInputTTY: false, columns: 80, rows: 24, setRawMode: () => undefined, onResize: () => () => undefined},
			signal: new AbortController().signal,
			onSignal: () => () => undefined,
			env: {},
			clock: Date.now,
			sleep: lineSleep,
			version: '0.1.0',
		}),
	});
	return {code, out: stdout.text, err: stderr.text};
};

describe.skipIf(why !== undefined)(titled('the command line on a real containerd', why), () => {
	beforeAll(async () => {
		lab = await startContainerd();
		containerd = createContainerd({address: lab.address});
		await importImage(containerd, 'default', image);
		const commandLine = ['/bin/sh', '-c', 'trap "exit 3" TERM; echo ready; echo trouble >&2; while :; do sleep 0.1; done'];
		web = await runContainer({lab, containerd}, {image, name: 'web', commandLine, memoryLimitBytes: 64 * 1024 * 1024});
	});

	afterAll(async () => {
		containerd?.close();
		await lab?.stop();
	});

	test('lists say what runs', async () => {
		expect((await run(['ps', '--format', '{{.ID}} {{.Names}} {{.Status}} {{.Image}}'])).out).toBe(`${web.id.slice(0, 12)} web Up docker.io/lab/line:1\n`);
		expect((await run(['images', '--format', '{{.Repository}}:{{.Tag}}'])).out).toBe('lab/line:1\n');
		expect((await run(['images'])).out).toMatch(/^lab\/line:1 +[0-9a-f]{12} +\S+MB +\S+MB +U$/m);
		expect((await run(['history', '-q', 'lab/line:1'])).out).toContain('sha256:');
		expect((await run(['stats', '--no-stream', '--format', '{{.Name}} {{.MemUsage}}'])).out).toMatch(/^web \S+KiB \/ 64MiB\n$/);
		expect((await run(['top', 'web'])).out).toMatch(/\n\S+ +\d+ .*\/bin\/sh -c trap/);
		expect((await run(['namespace', 'ls', '-q'])).out).toBe('default\n');
	});

	test('inspect reads what nerdctl keeps beside', async () => {
		const {out} = await run(['inspect', '-f', '{{.State.Pid}} {{.HostConfig.Memory}} {{.LogPath}} {{.HostnamePath}}', 'web']);
		expect(out).toBe(`${web.pid} 67108864 ${web.logPath} ${web.stateDir}/hostname\n`);
	});

	test('logs keep their streams apart', async () => {
		await expect.poll(() => run(['logs', 'web'])).toEqual({code: 0, out: 'ready\n', err: 'trouble\n'});
		expect((await run(['logs', '-t', '-n', '1', 'web'])).err).toMatch(/^\d{4}-\d\d-\d\dT\S+Z trouble\n$/);
	});

	test('exec passes input, output and the exit code', async () => {
		expect(await run(['exec', '-i', '-e', 'A=1', '-w', '/tmp', 'web', 'sh', '-c', 'cat; echo $A $PWD >&2; exit 7'], 'from here\n')).toEqual({
			code: 7,
			out: 'from here\n',
			err: '1 /tmp\n',
		});
		expect(await run(['exec', 'web', '/nope'])).toMatchObject({code: 1, err: expect.stringContaining('Could not run /nope in web')});
	});

	test('exec -d goes on by itself', async () => {
		expect(await run(['exec', '-d', 'web', 'sh', '-c', 'echo made > /made; exec sleep 100'])).toEqual({code: 0, out: '', err: ''});
		await expect.poll(async () => (await run(['exec', 'web', 'cat', '/made'])).out).toBe('made\n');
		expect((await run(['top', 'web'])).out).toContain('sleep 100');
	});

	test('follow ends with the container, which stops with its own exit code', async () => {
		const following = run(['logs', '-f', '-n', '0', 'web']);
		expect(await run(['stop', 'web', 'nope'])).toMatchObject({code: 1, out: 'web\n'});
		expect(await following).toMatchObject({code: 0, out: ''});
		expect((await run(['wait', 'web'])).out).toBe('3\n');
		expect((await run(['ps', '-a', '--format', '{{.Status}}'])).out).toMatch(/^Exited \(3\) /);
		expect(await run(['start', 'web'])).toEqual({code: 0, out: 'web\n', err: ''});
		expect(await run(['rm', 'web'])).toMatchObject({code: 1, out: ''});
		expect(await run(['rm', '-f', 'web'])).toEqual({code: 0, out: 'web\n', err: ''});
		expect((await run(['ps', '-aq'])).out).toBe('');
	});
});
