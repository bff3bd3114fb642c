import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {killCgroup, removeCgroup} from '../../scripts/lab/cgroups.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {whyNoContainers} from '../../scripts/lab/possible.ts';
import {until} from '../../scripts/lab/processes.ts';
import {forgetNamespace} from '../../scripts/lab/services.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';

const program = fileURLToPath(new URL('../../dist/gantry', import.meta.url));

/** Why no project can be brought up here by the program; undefined when all is there. */
export const whyNoProjects = (): string | undefined =>
	whyNoContainers() ?? (existsSync('/usr/lib/cni/bridge') ? (existsSync(program) ? undefined : 'the program is not built') : 'no CNI plugins here');

export type Ran = {readonly code: number | null; readonly out: string; readonly err: string};

export type Running = {readonly child: ChildProcess; /** What it has said on stderr so far. */ said(): string; readonly ended: Promise<Ran>};

/** A machine of its own for projects: a containerd and a network that hold nothing else. */
export type ComposeLab = {
	readonly lab: LabContainerd;
	readonly namespace: string;
	/** The image that is there: busybox. */
	readonly image: string;
	/** A name that no other test's networks have. */
	readonly name: string;
	/** Makes or replaces files of a project; answers its folder. */
	project(folder: string, files: Readonly<Record<string, string>>): string;
	gantry(cwd: string, ...args: readonly string[]): Ran;
	/** Another program that takes the same flags: nerdctl. */
	other(path: string, cwd: string, ...args: readonly string[]): Ran;
	start(cwd: string, ...args: readonly string[]): Running;
	/** The words that start the program in a folder, where a terminal starts it. */
	words(cwd: string): readonly [string, ...string[]];
	/** A command on the lab's network, as the machine's own programs would see it. */
	outside(...command: readonly string[]): string;
	/** What there still is of any project, by what it is; every list is empty when nothing is left. */
	leftovers(): Readonly<Record<string, readonly string[]>>;
	stop(): Promise<void>;
};

type Options = {
	/** How often containerd looks for containers that are to come back. */
	readonly restartInterval?: string;
	/** Variables for the program; may start what they name. */
	readonly env?: (lab: LabContainerd) => Promise<Readonly<Record<string, string>>>;
};

export const createComposeLab = async ({restartInterval, env = async () => ({})}: Options = {}): Promise<ComposeLab> => {
	const tag = randomBytes(3).toString('hex');
	const [namespace, name, image] = [`compose-${tag}`, `c${tag}`, 'docker.io/lab/compose:1'];
	const lab = await startContainerd({hasOwnNetwork: true, ...(restartInterval === undefined ? {} : {restartInterval})});
	const containerd = createContainerd({address: lab.address});
	await importImage(containerd, namespace, busyboxImage(image));
	containerd.close();
	const more = await env(lab);
	const places = ['--address', lab.address, '--namespace', namespace, '--data-root', lab.dataRoot, '--cni-path', '/usr/lib/cni', '--cni-netconfpath', join(lab.dir, 'net.d')];
	const inside = lab.onItsNetwork.slice(1);
	const surroundings = {...process.env, GANTRY_NODE: process.execPath, XDG_CACHE_HOME: join(lab.dir, 'cache'), ...more};
	const outside = (...command: readonly string[]): string => {
		const {stdout, stderr} = spawnSync('nsenter', [...inside, ...command], {encoding: 'utf8', timeout: 10_000});
		return `${stdout}${stderr}`.trim();
	};
	const run = (path: string, cwd: string, args: readonly string[]): Ran => {
		const {status, stdout, stderr} = spawnSync('nsenter', [...inside, path, ...places, ...args], {cwd, encoding: 'utf8', timeout: 90_000, env: surroundings});
		return {code: status, out: stdout.trim(), err: stderr.trim()};
	};
	const ctr = (...args: readonly string[]): readonly string[] =>
		spawnSync('ctr', ['--address', lab.address, '--namespace', namespace, ...args], {encoding: 'utf8'}).stdout.split('\n').filter(line => line !== '');
	const store = (...path: readonly string[]): readonly string[] => {
		const hash = (existsSync(lab.dataRoot) ? readdirSync(lab.dataRoot) : []).find(entry => /^[0-9a-f]{8}$/.test(entry)) ?? '';
		const folder = join(lab.dataRoot, hash, ...path);
		return existsSync(folder) ? readdirSync(folder) : [];
	};
	return {
		lab,
		namespace,
		image,
		name,
		project(folder, files) {
			const whole = join(lab.dir, 'projects', folder);
			for (const [path, text] of Object.entries(files)) {
				mkdirSync(dirname(join(whole, path)), {recursive: true});
				writeFileSync(join(whole, path), text);
			}
			return whole;
		},
		gantry: (cwd, ...args) => run(program, cwd, args),
		other: (path, cwd, ...args) => run(path, cwd, args),
		start(cwd, ...args) {
			const child = spawn('nsenter', [...inside, program, ...places, ...args], {cwd, env: surroundings, stdio: ['ignore', 'pipe', 'pipe']});
			const [out, err]: [string[], string[]] = [[], []];
			child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
			child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()));
			const ended = new Promise<Ran>(resolve => {
				child.once('close', code => resolve({code, out: out.join('').trim(), err: err.join('').trim()}));
			});
			return {child, said: () => err.join(''), ended};
		},
		words: cwd => ['env', '-C', cwd, ...Object.entries({GANTRY_NODE: process.execPath, XDG_CACHE_HOME: join(lab.dir, 'cache'), XDG_STATE_HOME: join(lab.dir, 'state'), ...more}).map(([variable, value]) => `${variable}=${value}`), 'nsenter', ...inside, program, ...places],
		outside,
		leftovers: () => ({
			containers: ctr('containers', 'ls', '-q'),
			tasks: ctr('tasks', 'ls', '-q'),
			snapshots: ctr('snapshots', '--snapshotter', 'overlayfs', 'ls').slice(1).filter(line => !/Committed\s*$/.test(line)),
			leases: ctr('leases', 'ls', '-q'),
			networks: existsSync(join(lab.dir, 'net.d', namespace)) ? readdirSync(join(lab.dir, 'net.d', namespace)).filter(file => file.endsWith('.conflist')) : [],
			bridges: outside('ip', '-o', 'link', 'show').split('\n').filter(line => !/^1: lo:/.test(line)),
			rules: outside('iptables-save').split('\n').filter(line => line.includes(name)),
			addresses: existsSync('/var/lib/cni/networks') ? readdirSync('/var/lib/cni/networks').filter(entry => entry.startsWith(name)) : [],
			volumes: store('volumes', namespace).filter(entry => !entry.startsWith('.')),
			hosts: store('etchosts', namespace).filter(entry => /^[0-9a-f]{64}$/.test(entry)),
			names: store('names', namespace),
			states: store('containers', namespace),
			secrets: store('compose', namespace).flatMap(project => store('compose', namespace, project)),
		}),
		async stop() {
			// What a test that failed left running is in no cgroup of the lab's.
			killCgroup(`/${namespace}`);
			await lab.stop();
			await until(async () => removeCgroup(`/${namespace}`), 10_000);
			forgetNamespace(namespace);
		},
	};
};
