import {rmSync} from 'node:fs';
import {mkdtemp} from 'node:fs/promises';
import {createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pipeline} from 'node:stream';
import type {Target} from './address.ts';
import {dial, grpcUpgrade} from './dial.ts';
import {unreachable} from './unreachable.ts';

export type Relay = {
	/** A unix socket, in a folder that only we may enter. */
	readonly path: string;
	/** Why the last connection did not come about. */
	failure(): unknown;
	close(): void;
};

/**
A door for grpc-js, which opens its connections itself and can not be given one that has been upgraded from HTTP/1.1: whatever connects here
is connected to what `dial` gave.
*/
export const openRelay = async (target: Target): Promise<Relay> => {
	const folder = await mkdtemp(join(tmpdir(), 'gantry-relay-'));
	const path = join(folder, 'grpc.sock');
	const open = new Set<Socket>();
	let failure: unknown;
	const server = createServer({pauseOnConnect: true}, near => {
		open.add(near);
		near.once('close', () => open.delete(near));
		near.once('error', () => near.destroy());
		dial(target, grpcUpgrade).then(
			far => {
				if (near.destroyed) return void far.destroy();
				near.resume();
				// Only then it is a connection: whether a certificate of ours is taken, TLS 1.3 says when all is agreed on already.
				let isAnswered = false;
				far.once('data', () => {
					isAnswered = true;
					failure = undefined;
				});
				const end = (error?: unknown): void => {
					if (!isAnswered && error instanceof Error) failure = unreachable(target, error);
					near.destroy();
					far.destroy();
				};
				far.once('error', end);
				pipeline(near, far, end);
				pipeline(far, near, end);
			},
			(error: unknown) => {
				failure = error;
				near.destroy();
			},
		);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(path, resolve);
	});
	// It serves calls, which keep the process themselves.
	server.unref();
	return {
		path,
		failure: () => failure,
		close: () => {
			server.close();
			for (const socket of open) socket.destroy();
			// At once: a verb closes what it has and ends, and what is begun then is never done.
			rmSync(folder, {recursive: true, force: true});
		},
	};
};
