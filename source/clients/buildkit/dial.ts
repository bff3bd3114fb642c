import {readFile} from 'node:fs/promises';
import {request} from 'node:http';
import {connect, isIP, type Socket} from 'node:net';
import {connect as connectTls} from 'node:tls';
import {couldNot, Failure, messageOf} from '../../errors.ts';
import {spokenTarget, type Target, type TlsFiles} from './address.ts';
import {unreachable} from './unreachable.ts';

/** A daemon on this machine answers in milliseconds, one across the world in a second. */
const patienceMs = 10_000;

/** What an upgrade of HTTP/1.1 is for: dockerd has its BuildKit behind these. */
export type Upgrade = {readonly path: string; readonly headers: Readonly<Record<string, string | readonly string[]>>};

export const grpcUpgrade: Upgrade = {path: '/grpc', headers: {}};

const readTls = async (files: TlsFiles): Promise<{readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer}> => {
	const read = async (path: string): Promise<Buffer> => {
		try {
			return await readFile(path);
		} catch (error) {
			throw couldNot('invalid', `read ${path} for the connection to BuildKit`, messageOf(error), {cause: error});
		}
	};

	const [ca, cert, key] = await Promise.all([files.ca, files.cert, files.key].map(async path => (path === undefined ? undefined : read(path))));
	return {...(ca === undefined ? {} : {ca}), ...(cert === undefined ? {} : {cert}), ...(key === undefined ? {} : {key})};
};

/** Resolves with the socket once it is connected, or rejects; nothing is left open then. */
const ready = async (socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<Socket> =>
	new Promise((resolve, reject) => {
		const give = (error: Error): void => {
			socket.destroy();
			reject(error);
		};

		const onAbort = (): void => give(signal.reason as Error);
		const settled = (): void => {
			socket.off('error', give);
			signal.removeEventListener('abort', onAbort);
		};

		socket.once('error', give);
		socket.once(event, () => {
			settled();
			resolve(socket);
		});
		signal.addEventListener('abort', onAbort, {once: true});
		socket.once('close', settled);
	});

const dialTcp = async ({host, port, tls}: Extract<Target, {kind: 'tcp'}>, signal: AbortSignal): Promise<Socket> => {
	if (tls === undefined) return ready(connect({host, port, noDelay: true}), 'connect', signal);
	const files = await readTls(tls);
	// An address is no name that a server could be asked for by; its certificate is checked for it all the same.
	const servername = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
	const socket = connectTls({host, port, ALPNProtocols: ['h2'], ...(servername === undefined ? {} : {servername}), ...files});
	socket.setNoDelay(true);
	return ready(socket, 'secureConnect', signal);
};

const dialDocker = async (path: string, {path: place, headers}: Upgrade, signal: AbortSignal): Promise<Socket> =>
	new Promise((resolve, reject) => {
		const asking = request({
			...{socketPath: path, path: place, method: 'POST', signal, agent: false},
			headers: {host: 'docker', connection: 'Upgrade', upgrade: 'h2c', ...(headers as Record<string, string | string[]>)},
		});
		asking.once('upgrade', (_answer, socket, rest) => {
			if (rest.length > 0) socket.unshift(rest);
			resolve(socket as Socket);
		});
		asking.once('response', answer => {
			answer.resume();
			reject(new Failure('unsupported', `What listens at ${path} has no BuildKit at ${place}: it answers HTTP ${answer.statusCode}`, {hint: 'name the socket of a dockerd'}));
		});
		asking.once('error', reject);
		asking.end();
	});

/** A connected socket, with whatever stands before HTTP/2 dealt with. */
export const dial = async (target: Target, upgrade: Upgrade, signal?: AbortSignal): Promise<Socket> => {
	signal?.throwIfAborted();
	const timeout = AbortSignal.timeout(patienceMs);
	const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
	try {
		if (target.kind === 'unix') return await ready(connect({path: target.path}), 'connect', either);
		if (target.kind === 'tcp') return await dialTcp(target, either);
		return await dialDocker(target.path, upgrade, either);
	} catch (error) {
		signal?.throwIfAborted();
		if (timeout.aborted) throw couldNot('timeout', `reach BuildKit at ${spokenTarget(target)}`, `no answer within ${patienceMs / 1000} s`, {cause: error});
		throw unreachable(target, error);
	}
};
