import {realpathSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {sha256Hex} from '../../model/sha256.ts';

/** nerdctl's default: `/var/lib/nerdctl`, rootless below XDG_DATA_HOME. */
export const defaultDataRoot = (env: NodeJS.ProcessEnv = process.env, uid = process.geteuid?.() ?? 0): string =>
	uid === 0 ? '/var/lib/nerdctl' : join(env['XDG_DATA_HOME'] || join(homedir(), '.local/share'), 'nerdctl');

/** Asked for with every path below the store. */
const hashes = new Map<string, string>();

/**
The first 8 hex digits of the SHA-256 of the socket's real path: nerdctl keeps one data store per daemon.
Inside a rootless daemon's namespaces the socket is always /run/containerd/containerd.sock, and that is what nerdctl hashes there.
*/
export const addressHash = (address: string): string => {
	const path = realPathOf(address.replace(/^unix:\/\//, ''));
	const known = hashes.get(path) ?? sha256Hex(path).slice(0, 8);
	hashes.set(path, known);
	return known;
};

const realPathOf = (path: string): string => {
	try {
		return realpathSync.native(path);
	} catch {
		// The daemon may be down: its socket is gone, but its files are still ours to show.
		return path;
	}
};

export {isIdentifier, pathIn} from './store-path.ts';
