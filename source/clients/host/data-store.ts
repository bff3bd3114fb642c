import {createHash} from 'node:crypto';
import {realpathSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {Failure} from '../../errors.ts';

/** nerdctl's default: `/var/lib/nerdctl`, rootless below XDG_DATA_HOME. */
export const defaultDataRoot = (env: NodeJS.ProcessEnv = process.env, uid = process.geteuid?.() ?? 0): string =>
	uid === 0 ? '/var/lib/nerdctl' : join(env['XDG_DATA_HOME'] || join(homedir(), '.local/share'), 'nerdctl');

/**
The first 8 hex digits of the SHA-256 of the socket's real path: nerdctl keeps one data store per daemon.
Inside a rootless daemon's namespaces the socket is always /run/containerd/containerd.sock, and that is what nerdctl hashes there.
*/
export const addressHash = (address: string): string => {
	const path = address.replace(/^unix:\/\//, '');
	return createHash('sha256').update(realPathOf(path)).digest('hex').slice(0, 8);
};

const realPathOf = (path: string): string => {
	try {
		return realpathSync(path);
	} catch {
		// The daemon may be down: its socket is gone, but its files are still ours to show.
		return path;
	}
};

/** nerdctl's rule for names of containers and volumes; no dot-dot and no slash can pass. */
const identifier = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

export const isIdentifier = (text: string): boolean => text.length <= 255 && identifier.test(text);

/** Join names below a store directory, refusing any that could climb out of it. */
export const pathIn = (store: string, ...names: readonly string[]): string => {
	for (const name of names) {
		if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
			throw new Failure('invalid', `${JSON.stringify(name)} can not be the name of a file`);
		}
	}
	return join(store, ...names);
};
