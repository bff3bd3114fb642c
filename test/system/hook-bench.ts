import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {buildShim} from '../../scripts/build.ts';
import {until} from '../../scripts/lab/processes.ts';
import {releasePorts} from '../../source/clients/host/port-reserver.ts';
import {installShim} from '../../source/clients/host/install-shim.ts';
import {bridgePlugins, conflistText, hostLocalIpam} from '../../source/model/cni-network.ts';
import type {PortMapping} from '../../source/model/docker-ports.ts';
import {networkHooks} from '../../source/services/networks/index.ts';

/** Debian's place for the plugins. */
export const pluginPath = '/usr/lib/cni';

export const arePluginsThere = (): boolean => process.geteuid?.() === 0 && ['bridge', 'host-local', 'portmap', 'firewall', 'tuning'].every(name => existsSync(join(pluginPath, name)));

export type Ran = {readonly code: number | null; readonly said: string; readonly ms: number};

export type HookContainer = {
	readonly id: string;
	readonly stateDir: string;
	/** The process whose network namespace stands for the container's; a new one each time. */
	start(): Promise<number>;
	end(): void;
	hook(event: 'createRuntime' | 'postStop', options?: {readonly cniPath?: string}): Ran;
	state(name: string): string;
	/** Files over HTTP on its port 80, until it ends. */
	serve(folder: string): void;
	/** Run a command in its network. */
	inside(...command: readonly string[]): string;
};

export type HookBench = {
	readonly network: string;
	readonly dataStore: string;
	readonly netconfPath: string;
	readonly folder: string;
	container(name: string, options?: {readonly ports?: readonly PortMapping[]; readonly annotations?: Readonly<Record<string, string>>}): HookContainer;
	/** Run a command in the network of the machine that all of this happens on. */
	outside(...command: readonly string[]): string;
	hosts(container: HookContainer): string;
	/** Everything of these containers that is anywhere. */
	leftovers(): readonly string[];
	remove(): void;
};

const run = (command: readonly string[], input = ''): {readonly status: number | null; readonly text: string} => {
	const {status, stdout, stderr} = spawnSync(command[0]!, command.slice(1), {input, encoding: 'utf8'});
	return {status, text: `${stdout}${stderr}`};
};

/**
The real program, as runc starts it, on a machine of its own: a network namespace with nothing in it, so that bridges, rules and ports are
nobody else's and vanish with it. What plugins keep in files has names of its own.
*/
export const createHookBench = async (): Promise<HookBench> => {
	const tag = randomBytes(4).toString('hex');
	const machine = `gantry-test-${tag}`;
	const network = `gt${tag}`;
	const namespace = `ns${tag}`;
	const folder = mkdtempSync(join(tmpdir(), 'gantry-hook-'));
	await buildShim(folder);
	const shimPath = await installShim(join(folder, 'gantry-shim'), join(folder, 'root'));
	const [dataStore, netconfPath] = [join(folder, 'root', '0123abcd'), join(folder, 'net.d')];
	mkdirSync(join(netconfPath, namespace), {recursive: true});
	const ipam = hostLocalIpam([[{subnet: '10.231.77.0/24', gateway: '10.231.77.1'}]], ['0.0.0.0/0']);
	const plugins = bridgePlugins(network, {ipam, isInternal: false, ipMasq: true, mtu: 0, ipv6: false, ingressPolicy: 'same-bridge'});
	writeFileSync(join(netconfPath, namespace, `nerdctl-${network}.conflist`), conflistText(network, {}, plugins));
	run(['ip', 'netns', 'add', machine]);
	const outside = (...command: readonly string[]): string => run(['ip', 'netns', 'exec', machine, ...command]).text;
	outside('ip', 'link', 'set', 'lo', 'up');
	const processes = new Set<ChildProcess>();
	const made: Array<{readonly id: string}> = [];

	const container: HookBench['container'] = (name, {ports = [], annotations = {}} = {}) => {
		const id = randomBytes(32).toString('hex');
		const stateDir = join(dataStore, 'containers', namespace, id);
		made.push({id});
		mkdirSync(stateDir, {recursive: true, mode: 0o700});
		if (ports.length > 0) writeFileSync(join(stateDir, 'network-config.json'), JSON.stringify({portMappings: ports}));
		let child: ChildProcess | undefined;
		let server: ChildProcess | undefined;
		const end = (): void => {
			server?.kill('SIGKILL');
			child?.kill('SIGKILL');
			child = undefined;
		};
		return {
			id,
			stateDir,
			end,
			async start() {
				end();
				const process = spawn('unshare', ['-n', 'sleep', '1000'], {stdio: 'ignore'});
				child = process;
				processes.add(process);
				const own = readlinkSync('/proc/self/ns/net');
				await until(() => readlinkSync(`/proc/${process.pid}/ns/net`) !== own && readFileSync(`/proc/${process.pid}/comm`, 'utf8') === 'sleep\n', 10_000);
				return process.pid!;
			},
			hook(event, {cniPath = pluginPath} = {}) {
				const hooks = networkHooks({shimPath, dataStore, cniPath, cniNetconfPath: netconfPath, stateDir});
				const [hook] = event === 'createRuntime' ? hooks.createRuntime : hooks.poststop;
				const state = {
					...{ociVersion: '1.0.2', id, pid: event === 'createRuntime' ? child?.pid : 0, bundle: folder},
					annotations: {
						'nerdctl/namespace': namespace,
						'nerdctl/name': name,
						'nerdctl/hostname': id.slice(0, 12),
						'nerdctl/state-dir': stateDir,
						'nerdctl/networks': JSON.stringify([network]),
						'nerdctl/extraHosts': '[]',
						...annotations,
					},
				};
				const beganAt = performance.now();
				const {status, stderr} = spawnSync('nsenter', [`--net=/run/netns/${machine}`, '--', 'env', '-i', ...hook!.env, hook!.path, ...hook!.args.slice(1)], {
					input: JSON.stringify(state),
					encoding: 'utf8',
				});
				return {code: status, said: stderr.trim(), ms: performance.now() - beganAt};
			},
			state: file => readFileSync(join(stateDir, file), 'utf8'),
			serve(served) {
				server = spawn('nsenter', [`--net=/proc/${child?.pid}/ns/net`, '--', '/bin/busybox', 'httpd', '-f', '-p', '80', '-h', served], {stdio: 'ignore'});
				processes.add(server);
			},
			inside: (...command) => run(['nsenter', `--net=/proc/${child?.pid}/ns/net`, '--', ...command]).text,
		};
	};

	const filesIn = (directory: string): readonly string[] => (existsSync(directory) ? readdirSync(directory).map(file => join(directory, file)) : []);
	const leases = `/var/lib/cni/networks/${network}`;

	return {
		...{network, dataStore, netconfPath, folder, container, outside},
		hosts: ({id}) => readFileSync(join(dataStore, 'etchosts', namespace, id, 'hosts'), 'utf8'),
		leftovers: () => [
			...filesIn('/var/lib/cni/results').filter(file => file.includes(`/${network}-`)),
			...filesIn(leases).filter(file => /\/\d+\.\d+\.\d+\.\d+$/.test(file)),
			...outside('iptables-save').split('\n').filter(line => line.includes(`id: \\"${namespace}-`) || /^:CNI-(DN-)?[\da-f]{20,}/.test(line)),
			...outside('ss', '-Hlntu').split('\n').filter(Boolean),
			...filesIn(`/run/nerdctl/${namespace}`),
			...filesIn(join(dataStore, 'names', namespace)),
			...filesIn(join(dataStore, 'etchosts', namespace)).map(directory => join(directory, 'meta.json')).filter(existsSync),
		],
		remove() {
			for (const child of processes) child.kill('SIGKILL');
			for (const {id} of made) releasePorts({namespace, id});
			run(['ip', 'netns', 'del', machine]);
			for (const path of [folder, leases, ...filesIn('/var/lib/cni/results').filter(file => file.includes(`/${network}-`))]) rmSync(path, {recursive: true, force: true});
		},
	};
};
