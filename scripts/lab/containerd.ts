import {type ChildProcess, spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, mkdtempSync, openSync, closeSync, writeFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import net from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {type ContainerdBinary, type ContainerdVersion, findContainerd} from './find-containerd.ts';
import {killQuietly, until} from './processes.ts';
import {removeLab} from './remove.ts';

export {type ContainerdVersion, findContainerd} from './find-containerd.ts';

export type LabContainerd = {
	/** The socket's path. */
	readonly address: string;
	/** What the binary calls itself, such as `1.6.20~ds1`. */
	readonly version: string;
	/** Everything the lab owns lives under here. */
	readonly dir: string;
	/** For the runtime options: without a root of its own, equal ids in two daemons kill each other's containers. */
	readonly runcRoot: string;
	/** The parent of all cgroups; unique, because `k8s.io` and `default` exist on the machine as well. */
	readonly cgroup: string;
	/** nerdctl's data root for this lab. */
	readonly dataRoot: string;
	/** Of the daemon that runs now. */
	pid(): number;
	/** Runs a command where the daemon's containers publish their ports: in the lab's own network, when it has one. */
	readonly onItsNetwork: readonly string[];
	/** The daemon's log so far. */
	log(): Promise<string>;
	/** Only the daemon goes; containers stay, as in a crash or an upgrade. */
	kill(signal?: NodeJS.Signals): Promise<void>;
	restart(): Promise<void>;
	/** Everything goes. */
	stop(): Promise<void>;
};

const configuration = (binary: ContainerdBinary, dir: string, restartInterval: string): string => {
	// 2.1 with more of CRI disabled fails to load its sandbox controllers; the gRPC face alone is enough to keep it quiet.
	const disabled = ['io.containerd.grpc.v1.cri', 'io.containerd.internal.v1.opt'];
	return [
		`version = ${binary.major >= 2 ? 3 : 2}`,
		`root = "${dir}/root"`,
		`state = "${dir}/state"`,
		`disabled_plugins = ${JSON.stringify(disabled)}`,
		'[grpc]',
		`  address = "${dir}/containerd.sock"`,
		'[ttrpc]',
		`  address = "${dir}/containerd.sock.ttrpc"`,
		`[plugins."io.containerd.${binary.major >= 2 ? 'monitor.container' : 'internal'}.v1.restart"]`,
		`  interval = "${restartInterval}"`,
		'',
	].join('\n');
};

const answers = async (socketPath: string): Promise<boolean> =>
	new Promise(resolve => {
		const socket = net.connect(socketPath);
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});

/** A shell that does nothing until our end of its input closes, however we die; a megabyte, where a waiting Node would be forty. */
const startReaper = (dir: string, cgroup: string, hasOwnNetwork: boolean): ChildProcess => {
	const script = fileURLToPath(new URL('reap.ts', import.meta.url));
	const waiting = ['sh', '-c', `${hasOwnNetwork ? 'ip link set lo up && : > "$2/network";' : ''} read -r _; exec "$0" "$@"`, process.execPath, script, dir, cgroup];
	const [program, ...args] = hasOwnNetwork ? ['unshare', '--net', ...waiting] : waiting;
	const child = spawn(program!, args, {
		detached: true,
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	child.unref();
	(child.stdin as unknown as net.Socket).unref();
	return child;
};

const missing = (version: string): Error =>
	new Error(`There is no containerd ${version} on this machine; \`npm test\` fetches 1.7 and 2.1, the package containerd is the system's own`);

/**
A private containerd: own root, state, socket, runc root and cgroup, in memory where the machine has /dev/shm (an import is four times
as fast there). Without a version it is the system's own daemon, else the first there is. A reaper takes everything down if this process dies.
*/
export const startContainerd = async (
	options: {
		readonly version?: ContainerdVersion;
		readonly dir?: string;
		/** How often the restart monitor looks; a minute of ours has six of its ticks. */
		readonly restartInterval?: string;
		/** In a network namespace of its own, with nothing but lo: bridges, rules and ports of its containers are nobody else's, and go with the lab. */
		readonly hasOwnNetwork?: boolean;
	} = {},
): Promise<LabContainerd> => {
	const binary = findContainerd(options.version);
	if (binary === undefined) throw missing(options.version ?? 'of any version');
	const dir = options.dir ?? mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'gantry-lab-'));
	mkdirSync(dir, {recursive: true});
	const cgroup = `/gantry-lab-${process.pid}-${randomBytes(4).toString('hex')}`;
	const address = join(dir, 'containerd.sock');
	const logFile = join(dir, 'containerd.log');
	writeFileSync(join(dir, 'config.toml'), configuration(binary, dir, options.restartInterval ?? '10s'));
	const hasOwnNetwork = options.hasOwnNetwork === true;
	const reaper = startReaper(dir, cgroup, hasOwnNetwork);
	// The reaper lives as long as the lab, so the network outlives a daemon that is killed.
	const onItsNetwork = hasOwnNetwork ? ['nsenter', `--net=/proc/${reaper.pid}/ns/net`, '--'] : [];
	if (hasOwnNetwork && !(await until(() => existsSync(join(dir, 'network')), 10_000))) throw new Error('the lab got no network of its own');
	let daemon: ChildProcess | undefined;

	const log = async (): Promise<string> => readFile(logFile, 'utf8');

	const start = async (): Promise<void> => {
		const out = openSync(logFile, 'a');
		const [program, ...args] = [...onItsNetwork, binary.path, '--config', join(dir, 'config.toml')];
		// Its own folder first on PATH: a daemon must start the shim of its own version.
		const child = spawn(program!, args, {
			detached: true,
			stdio: ['ignore', out, out],
			env: {...process.env, PATH: `${dirname(binary.path)}:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`},
		});
		closeSync(out);
		const failure = new Promise<Error>(resolve => {
			child.once('error', resolve);
		});
		let failed: Error | undefined;
		void failure.then(error => {
			failed = error;
		});
		child.unref();
		daemon = child;
		const ready = await until(async () => failed !== undefined || child.exitCode !== null || answers(address), 20_000);
		if (failed !== undefined || child.exitCode !== null || !ready) {
			throw new Error(`containerd ${binary.version} did not start: ${failed?.message ?? (await log()).slice(-1500)}`);
		}
	};

	const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
		const child = daemon;
		if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
		child.ref();
		const exited = new Promise(resolve => {
			child.once('exit', resolve);
		});
		child.kill(signal);
		await exited;
	};

	const stop = async (): Promise<void> => {
		if (reaper.pid !== undefined) killQuietly(reaper.pid);
		await kill();
		await removeLab(dir, cgroup);
	};

	try {
		await start();
	} catch (error) {
		await stop();
		throw error;
	}

	return {
		address,
		version: binary.version,
		dir,
		runcRoot: join(dir, 'runc'),
		cgroup,
		dataRoot: join(dir, 'nerdctl'),
		pid: () => daemon?.pid ?? 0,
		onItsNetwork,
		log,
		kill,
		async restart() {
			await kill();
			await start();
		},
		stop,
	};
};
