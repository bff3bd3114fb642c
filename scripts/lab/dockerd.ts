import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, existsSync, mkdirSync, openSync, readFileSync, rmdirSync, writeFileSync} from 'node:fs';
import {request} from 'node:http';
import {join} from 'node:path';
import type {LabContainerd} from './containerd.ts';
import {fetchPackage} from './fetch-package.ts';
import {toolsFolder} from './find-containerd.ts';
import {whyNoContainers} from './possible.ts';
import {until} from './processes.ts';

const folder = join(toolsFolder, 'docker');

const fetched = join(folder, 'usr/sbin/dockerd');

/** No Debian release has buildkitd as a package, and every dockerd has all of it inside. */
export const findDockerd = (): string | undefined => [fetched].find(path => existsSync(path));

/** Answers why it is not there, or undefined when it is. */
export const fetchDockerd = (): string | undefined => fetchPackage({name: 'docker.io', suites: {debian: ['trixie', 'sid']}, folder, isThere: () => findDockerd() !== undefined});

/** Why nothing can be built here, for the name of a test that is skipped; undefined when all is there. */
export const whyNoBuilds = (): string | undefined => whyNoContainers() ?? (findDockerd() === undefined ? 'no dockerd of trixie here' : undefined);

export type LabDockerd = {
	/** `docker://` and the socket. */
	readonly address: string;
	log(): string;
	/** Only the daemon; the lab's own end takes what is left. */
	kill(signal?: NodeJS.Signals): Promise<void>;
	stop(): Promise<void>;
};

const answers = async (socketPath: string): Promise<boolean> =>
	new Promise(resolve => {
		const asking = request({socketPath, path: '/_ping', agent: false}, answer => {
			answer.resume();
			resolve(answer.statusCode === 200);
		});
		asking.once('error', () => resolve(false));
		asking.end();
	});

const argumentsFor = (dir: string, {address, cgroup}: LabContainerd, namespace: string): readonly string[] => [
	...['--config-file', join(dir, 'daemon.json'), '--data-root', join(dir, 'data'), '--exec-root', join(dir, 'exec')],
	...['--pidfile', join(dir, 'dockerd.pid'), '-H', `unix://${join(dir, 'docker.sock')}`, '--cgroup-parent', cgroup],
	...['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false', '--userland-proxy=false'],
	...['--containerd', address, '--containerd-namespace', namespace],
];

/** Every dockerd looks for plugins there, and makes the place for them, whatever it is told. */
const pluginFolders = ['/run/docker/plugins', '/run/docker'];

const removeWhenEmpty = (path: string): void => {
	try {
		rmdirSync(path);
	} catch {
		// Somebody has something in it, or it is gone.
	}
};

/**
A dockerd on the lab's containerd, whose images it shares: what it builds can be run there at once. It has no network for builds, so they
must ask for none. It lives in the lab's folder, and goes with it if we do not come to stop it.
*/
export const startDockerd = async (lab: LabContainerd, namespace = 'default'): Promise<LabDockerd> => {
	const binary = findDockerd();
	if (binary === undefined) throw new Error('There is no dockerd of trixie on this machine; `npm test` fetches it');
	const dir = join(lab.dir, 'docker');
	mkdirSync(dir, {recursive: true});
	writeFileSync(join(dir, 'daemon.json'), JSON.stringify({features: {'containerd-snapshotter': true}}));
	const madeFolders = pluginFolders.filter(path => !existsSync(path));
	const logFile = join(dir, 'dockerd.log');
	const out = openSync(logFile, 'a');
	const child: ChildProcess = spawn(binary, argumentsFor(dir, lab, namespace), {
		detached: true,
		stdio: ['ignore', out, out],
		env: {...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`},
	});
	closeSync(out);
	child.unref();
	const log = (): string => readFileSync(logFile, 'utf8');
	const ended = new Promise<void>(resolve => {
		child.once('exit', () => resolve());
		child.once('error', () => resolve());
	});
	const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
		if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
		child.ref();
		child.kill(signal);
		await ended;
		for (const path of madeFolders) removeWhenEmpty(path);
	};

	const isReady = await until(async () => child.exitCode !== null || child.pid === undefined || answers(join(dir, 'docker.sock')), 30_000);
	if (!isReady || child.exitCode !== null || child.pid === undefined) {
		await kill();
		throw new Error(`dockerd did not start: ${log().slice(-1500)}`);
	}

	return {address: `docker://${join(dir, 'docker.sock')}`, log, kill, stop: async () => kill('SIGTERM')};
};
