import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {killCgroup, removeCgroup} from './cgroups.ts';
import {hasTerminal, isAlive, killQuietly, processesUnder, until} from './processes.ts';

/** Mount points under a folder, deepest first. mountinfo writes blanks as octal escapes; our folders have none. */
export const mountsUnder = (folder: string): readonly string[] =>
	readFileSync('/proc/self/mountinfo', 'utf8')
		.split('\n')
		.map(line => line.split(' ')[4] ?? '')
		.filter(path => path.startsWith(`${folder}/`))
		.sort((left, right) => right.length - left.length);

/** The sockets of our shims live outside the folder, in /run/containerd/s; each bundle names its own. */
const shimSockets = (folder: string): readonly string[] => {
	const tasks = join(folder, 'state', 'io.containerd.runtime.v2.task');
	if (!existsSync(tasks)) return [];
	return readdirSync(tasks).flatMap(namespace =>
		readdirSync(join(tasks, namespace)).flatMap(id =>
			['address', 'bootstrap.json'].flatMap(name => {
				const file = join(tasks, namespace, id, name);
				const found = existsSync(file) ? /unix:\/\/([^"\s]+)/.exec(readFileSync(file, 'utf8')) : undefined;
				return found?.[1] === undefined ? [] : [found[1]];
			}),
		),
	);
};

/**
Take a lab down by nothing but its folder and its cgroup, so that a process which knows no more than that (the reaper, after a
crash) can do it too. Order matters: the daemon first, or it would tidy up behind us; the sockets' names before the folder that holds them.
A dashboard that looks at the lab is only asked to go: killed, it would leave its terminal as it is.
*/
export const removeLab = async (folder: string, cgroup: string): Promise<void> => {
	const sockets = shimSockets(folder);
	const ours = (): readonly number[] => processesUnder(folder).filter(pid => !hasTerminal(pid));
	for (const pid of processesUnder(folder).filter(hasTerminal)) killQuietly(pid, 'SIGTERM');
	const processes = ours();
	for (const pid of processes) killQuietly(pid);
	const gone = await until(() => {
		killCgroup(cgroup);
		for (const pid of ours()) killQuietly(pid);
		return !processes.some(isAlive) && removeCgroup(cgroup);
	}, 10_000);
	for (const socket of sockets) rmSync(socket, {force: true});
	const mounts = mountsUnder(folder);
	if (mounts.length > 0) spawnSync('umount', ['--lazy', ...mounts], {stdio: 'ignore'});
	rmSync(folder, {recursive: true, force: true, maxRetries: 3});
	if (!gone) throw new Error(`Could not take down ${folder}: a process or the cgroup ${cgroup} is still there`);
};
