import {randomBytes} from 'node:crypto';
import type {Duplex} from 'node:stream';
import {type Handler, serveGrpc} from '../../grpc/index.ts';
import {parseAddress, type Target} from '../address.ts';
import {dial, grpcUpgrade} from '../dial.ts';
import {contentHandlers, type Stores} from '../content/serve.ts';
import {type Destination, fileSendHandler} from '../files/file-send.ts';
import {fileSyncHandler} from '../files/file-sync.ts';
import {authHandler, type LoginReader, tokenHandlers, type TokenReader} from './auth.ts';
import {healthHandler} from './health.ts';
import {openPipe} from './pipe.ts';
import {type SecretReader, secretsHandler} from './secrets.ts';
import {type Agents, sshHandlers} from './ssh.ts';
import {uploadHandler, type Uploads} from './upload.ts';

/** What a build may ask of us. Nothing that is not here can be asked for. */
export type SessionOffers = {
	/** Folders that it may read, by its names for them. */
	readonly folders: ReadonlyMap<string, string>;
	readonly destinations: readonly Destination[];
	readonly login: LoginReader;
	/** Undefined: a daemon gets the password and asks for tokens by itself. */
	readonly token?: TokenReader;
	readonly secret: SecretReader;
	readonly agents: Agents;
	readonly stores: Stores;
	readonly uploads: Uploads;
	/** The same for the same client and context: by it a daemon finds what it was sent the last time, and asks for what has changed. */
	readonly sharedKey: string;
};

export type Session = {
	/** Goes into the build's request. */
	readonly id: string;
	/** Resolves when it is over: with what broke it, if something did. */
	readonly closed: Promise<Error | undefined>;
	/** Why we could not send what was asked for, if so: the daemon only hears of it. */
	failure(): unknown;
	close(): void;
};

const farewellMs = 500;

const handlersOf = ({folders, destinations, login, token, secret, agents, stores, uploads}: SessionOffers, onFailure: (error: unknown) => void): ReadonlyMap<string, Handler> =>
	new Map([
		healthHandler,
		authHandler(login),
		...(token === undefined ? [] : tokenHandlers(login, token)),
		secretsHandler(secret),
		...(folders.size > 0 ? [fileSyncHandler(folders, onFailure)] : []),
		...(destinations.length > 0 ? [fileSendHandler(destinations)] : []),
		...(agents.size > 0 ? sshHandlers(agents) : []),
		...(stores.size > 0 ? contentHandlers(stores) : []),
		...(uploads.size > 0 ? [uploadHandler(uploads, onFailure)] : []),
	]);

const pipeTo = async (target: Target, headers: Readonly<Record<string, string | readonly string[]>>, signal: AbortSignal | undefined): Promise<Duplex> => {
	// In dockerd's own way one layer of framing less.
	if (target.kind === 'docker') return dial(target, {path: '/session', headers}, signal);
	const socket = await dial(target, grpcUpgrade, signal);
	return openPipe(socket, target.kind === 'tcp' ? `${target.host}:${target.port}` : 'localhost', headers);
};

/** Open the connection on which the daemon calls back while it builds. */
export const openSession = async (address: string, offers: SessionOffers, {signal}: {readonly signal?: AbortSignal} = {}): Promise<Session> => {
	const id = randomBytes(12).toString('hex');
	let failure: unknown;
	const handlers = handlersOf(offers, error => {
		failure ??= error;
	});
	const pipe = await pipeTo(
		parseAddress(address),
		{
			'x-docker-expose-session-uuid': id,
			// What is not announced is never asked for.
			'x-docker-expose-session-grpc-method': [...handlers.keys()],
			'x-docker-expose-session-name': 'gantry',
			'x-docker-expose-session-sharedkey': offers.sharedKey,
		},
		signal,
	);
	const endpoint = serveGrpc(pipe, handlers);
	return {
		id,
		closed: endpoint.closed,
		failure: () => failure,
		close: () => {
			endpoint.close();
			// The good-bye gets a moment to leave; whoever does not read it or end its side has no say in when we end ours.
			const timer = setTimeout(() => pipe.destroy(), farewellMs);
			pipe.once('finish', () => pipe.destroy());
			pipe.once('close', () => clearTimeout(timer));
		},
	};
};
