import {readFile, stat} from 'node:fs/promises';
import {connect} from 'node:net';
import type {DiscoverIo} from './types.ts';

const patienceMs = 1000;

const errnoOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'EIO';

export const machine: DiscoverIo = {
	async stat(path) {
		try {
			const found = await stat(path);
			return {isSocket: found.isSocket(), gid: found.gid, mode: found.mode & 0o777, identity: `${found.dev}:${found.ino}`};
		} catch (error) {
			return {errno: errnoOf(error)};
		}
	},
	connect: async path =>
		new Promise(resolve => {
			const socket = connect(path);
			const finish = (answer: string | undefined): void => {
				socket.destroy();
				resolve(answer);
			};
			socket.setTimeout(patienceMs, () => finish('ETIMEDOUT'));
			socket.once('connect', () => finish(undefined));
			socket.once('error', error => finish(errnoOf(error)));
		}),
	async readText(path) {
		try {
			return await readFile(path, 'utf8');
		} catch {
			// Only hints are read this way: without them the sentence is shorter.
			return undefined;
		}
	},
};
