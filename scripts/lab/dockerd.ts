import {existsSync, mkdirSync, rmdirSync, writeFileSync} from 'node:fs';
import {request} from 'node:http';
import {join} from 'node:path';
import type {LabContainerd} from './containerd.ts';
import {type LabDaemon, startDaemon} from './daemon.ts';
import {fetchPackage} from './fetch-package.ts';
import {toolsFolder} from './find-containerd.ts';
import {whyNoContainers} from './possible.ts';

/** 20.10 is the oldest BuildKit that is built with: it keeps images in a store of its own, and no history. */
export type DockerdVersion = '20.10' | '26.1';

export const dockerdVersions: readonly DockerdVersion[] = ['26.1', '20.10'];

const releases: Readonly<Record<DockerdVersion, {readonly folder: string; readonly suites: readonly string[]; readonly isOwnStore: boolean}>> = {
	'26.1': {folder: 'docker', suites: ['trixie', 'sid'], isOwnStore: false},
	'20.10': {folder: 'docker-20.10', suites: ['bookworm'], isOwnStore: true},
};

const folderOf = (version: DockerdVersion): string => join(toolsFolder, releases[version].folder);

/** No Debian release has buildkitd as a package, and every dockerd has all of it inside. */
export const findDockerd = (version: DockerdVersion = '26.1'): string | undefined => [join(folderOf(version), 'usr/sbin/dockerd')].find(path => existsSync(path));

/** Answers why it is not there, or undefined when it is. */
export const fetchDockerd = (version: DockerdVersion): string | undefined =>
	fetchPackage({name: 'docker.io', suites: {debian: releases[version].suites}, folder: folderOf(version), isThere: () => findDockerd(version) !== undefined});

/** Why nothing can be built here, for the name of a test that is skipped; undefined when all is there. */
export const whyNoBuilds = (version: DockerdVersion = '26.1'): string | undefined =>
	whyNoContainers() ?? (findDockerd(version) === undefined ? `no dockerd of ${releases[version].suites[0]} here` : undefined);

/** A BuildKit that was started for a test. */
export type LabBuilder = LabDaemon & {
	/** As BUILDKIT_HOST says it. */
	readonly address: string;
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
A dockerd on the lab's containerd, whose images it shares, but for 20.10: what it builds can be run there at once. It has no network for
builds, so they must ask for none. It lives in the lab's folder, and goes with it if we do not come to stop it.
*/
export const startDockerd = async (lab: LabContainerd, {version = '26.1', namespace = 'default'}: {readonly version?: DockerdVersion; readonly namespace?: string} = {}): Promise<LabBuilder> => {
	const binary = findDockerd(version);
	if (binary === undefined) throw new Error(`There is no dockerd of ${releases[version].suites[0]} on this machine; \`npm test\` fetches it`);
	const dir = join(lab.dir, 'docker');
	mkdirSync(dir, {recursive: true});
	// The old one would write a key of its own into /etc/docker.
	const settings = releases[version].isOwnStore ? {'deprecated-key-path': join(dir, 'key.json')} : {features: {'containerd-snapshotter': true}};
	writeFileSync(join(dir, 'daemon.json'), JSON.stringify(settings));
	const madeFolders = pluginFolders.filter(path => !existsSync(path));
	const isReady = async (): Promise<boolean> => answers(join(dir, 'docker.sock'));
	const daemon = await startDaemon({name: 'dockerd', binary, args: argumentsFor(dir, lab, namespace), logFile: join(dir, 'dockerd.log'), isReady});
	const kill = async (signal?: NodeJS.Signals): Promise<void> => {
		await daemon.kill(signal);
		for (const path of madeFolders) removeWhenEmpty(path);
	};
	return {...daemon, address: `docker://${join(dir, 'docker.sock')}`, kill, stop: async () => kill('SIGTERM')};
};
