import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {delimiter, dirname, join} from 'node:path';
import type {LabContainerd} from './containerd.ts';
import {startDaemon} from './daemon.ts';
import type {LabBuilder} from './dockerd.ts';
import {whyNoContainers} from './possible.ts';

/** GANTRY_TEST_BUILDKITD, or `buildkitd` on PATH: no Debian package has it, and nothing fetches it. */
const findBuildkitd = (): string | undefined =>
	[process.env['GANTRY_TEST_BUILDKITD'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, 'buildkitd'))].find(path => path !== '' && existsSync(path));

/** Its own client: what the same build is held against. */
export const findBuildctl = (): string | undefined => [findBuildkitd() ?? ''].map(path => join(dirname(path), 'buildctl')).find(path => existsSync(path));

/** Why its tests do not run here, for their names; undefined when it is there. */
export const whyNoBuildkitd = (): string | undefined =>
	whyNoContainers() ?? (findBuildkitd() === undefined ? 'buildkitd is neither on PATH nor named by GANTRY_TEST_BUILDKITD' : undefined);

export type BuildkitdOptions = {
	/** Which of its two ways to keep and run things: in the lab's containerd, or in a folder of its own, with runc. */
	readonly worker: 'containerd' | 'oci';
	/** Paths of PEM files: it listens on this port of 127.0.0.1 as well, for nobody but those whose certificate `ca` has signed. */
	readonly tls?: {readonly port: number; readonly ca: string; readonly certificate: string; readonly key: string};
};

/** Nothing of the machine's own configuration, sockets and devices is used, and nothing is thrown away by itself. */
const configuration = (dir: string, {address, runcRoot, cgroup}: LabContainerd, {worker, tls}: BuildkitdOptions): string => {
	const listening = [`unix://${join(dir, 'buildkitd.sock')}`, ...(tls === undefined ? [] : [`tcp://127.0.0.1:${tls.port}`])];
	return [
		`root = ${JSON.stringify(join(dir, 'root'))}`,
		`provenanceEnvDir = ${JSON.stringify(join(dir, 'provenance.d'))}`,
		'[grpc]',
		`  address = ${JSON.stringify(listening)}`,
		...(tls === undefined ? [] : ['[grpc.tls]', `  ca = "${tls.ca}"`, `  cert = "${tls.certificate}"`, `  key = "${tls.key}"`]),
		'[otel]',
		`  socketPath = "${join(dir, 'otel.sock')}"`,
		'[cdi]',
		'  disabled = true',
		'[worker.oci]',
		`  enabled = ${worker === 'oci'}`,
		'  gc = false',
		'  networkMode = "host"',
		`  defaultCgroupParent = "${cgroup}"`,
		'[worker.containerd]',
		`  enabled = ${worker === 'containerd'}`,
		`  address = "${address}"`,
		'  namespace = "default"',
		'  gc = false',
		'  networkMode = "host"',
		`  defaultCgroupParent = "${cgroup}"`,
		'[worker.containerd.runtime]',
		'  name = "io.containerd.runc.v2"',
		`  options = {Root = "${runcRoot}"}`,
		'',
	].join('\n');
};

const takesConnections = async (path: string): Promise<boolean> =>
	new Promise(resolve => {
		const socket = connect(path);
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});

/** A buildkitd in the lab's folder, which goes with it if we do not come to stop it. */
export const startBuildkitd = async (lab: LabContainerd, options: BuildkitdOptions): Promise<LabBuilder> => {
	const binary = findBuildkitd();
	if (binary === undefined) throw new Error('There is no buildkitd on this machine: name one with GANTRY_TEST_BUILDKITD');
	const dir = join(lab.dir, 'buildkit');
	const socket = join(dir, 'buildkitd.sock');
	mkdirSync(dir, {recursive: true});
	writeFileSync(join(dir, 'buildkitd.toml'), configuration(dir, lab, options));
	const daemon = await startDaemon({
		name: 'buildkitd',
		binary,
		args: ['--config', join(dir, 'buildkitd.toml')],
		logFile: join(dir, 'buildkitd.log'),
		isReady: async () => takesConnections(socket),
	});
	return {...daemon, address: `unix://${socket}`, stop: async () => daemon.kill('SIGTERM')};
};
