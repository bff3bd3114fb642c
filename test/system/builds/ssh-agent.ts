import {spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync} from 'node:fs';
import {dirname, join} from 'node:path';

export const hasSshAgent = existsSync('/usr/bin/ssh-add') && existsSync('/usr/bin/ssh-agent');

/** A context with `ssh-add`, what it is linked with, and a busybox: a step of it can ask an agent for its keys. */
export const writeSshContext = (folder: string): void => {
	const {stdout: libraries} = spawnSync('ldd', ['/usr/bin/ssh-add'], {encoding: 'utf8'});
	for (const file of ['/usr/bin/ssh-add', '/bin/busybox', ...[...libraries.matchAll(/(\/\S+) \(0x/g)].map(match => match[1]!)]) {
		mkdirSync(dirname(join(folder, file)), {recursive: true});
		copyFileSync(file, join(folder, file));
	}
};

/** An agent that knows one key, of this name; it lives as long as `use`. The key is made in `folder`. */
export const withSshAgent = async (folder: string, name: string, use: (socket: string) => Promise<void>): Promise<void> => {
	const {stdout: started} = spawnSync('ssh-agent', ['-s'], {encoding: 'utf8'});
	const socket = /SSH_AUTH_SOCK=([^;]+)/.exec(started)![1]!;
	try {
		const key = join(folder, name);
		spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', key]);
		const {status, stderr} = spawnSync('ssh-add', ['-q', key], {env: {...process.env, SSH_AUTH_SOCK: socket}, encoding: 'utf8'});
		if (status !== 0) throw new Error(`ssh-add did not take the key: ${stderr}`);
		await use(socket);
	} finally {
		process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(started)![1]));
	}
};
