import {createHash} from 'node:crypto';
import {readFile, stat} from 'node:fs/promises';
import {hostname} from 'node:os';
import {resolve} from 'node:path';
import type {Destination, SessionOffers} from '../../clients/buildkit/index.ts';
import type {Credentials, RegistryClient} from '../../clients/registry/types.ts';
import {couldNot, Failure, messageOf} from '../../errors.ts';
import {namedContexts} from '../../model/build-attributes.ts';
import {isRemoteContext} from '../../model/build-flags.ts';
import {checkFolder, type Dockerfile} from './dockerfile.ts';
import type {BuildRequest} from './types.ts';

/** Read when a step asks, and only then. */
const secretsOf = ({secrets, env, workingFolder}: BuildRequest): SessionOffers['secret'] => {
	const known = new Map(secrets.map(source => [source.id, source]));
	return async id => {
		const source = known.get(id);
		if (source === undefined) return undefined;
		if ('variable' in source) return env[source.variable] === undefined ? undefined : Buffer.from(env[source.variable]!);
		const path = resolve(workingFolder, source.file);
		try {
			return await readFile(path);
		} catch (error) {
			throw couldNot('not-found', `read the secret ${id} from ${path}`, messageOf(error), {cause: error});
		}
	};
};

/** Before anything is built: a mistyped file is not found out by a step in an hour. */
const checkSecrets = async ({secrets, env, workingFolder}: BuildRequest): Promise<void> => {
	for (const source of secrets) {
		if ('variable' in source) {
			if (env[source.variable] === undefined) throw new Failure('not-found', `there is no variable ${source.variable}, which is to be the secret ${source.id}`);
			continue;
		}

		const path = resolve(workingFolder, source.file);
		try {
			await stat(path);
		} catch (error) {
			throw couldNot('not-found', `read the secret ${source.id} from ${path}`, messageOf(error), {cause: error});
		}
	}
};

const agentsOf = async ({agents, env, workingFolder}: BuildRequest): Promise<ReadonlyMap<string, string>> => {
	const found = new Map<string, string>();
	for (const {id, socket} of agents) {
		const said = socket ?? env['SSH_AUTH_SOCK'];
		if (said === undefined || said === '') throw new Failure('not-found', 'there is no ssh agent: SSH_AUTH_SOCK is not set', {hint: 'start one with ssh-agent, or name its socket: --ssh NAME=SOCKET'});
		const path = resolve(workingFolder, said);
		let isSocket: boolean;
		try {
			isSocket = (await stat(path)).isSocket();
		} catch (error) {
			throw couldNot('not-found', `find the ssh agent at ${path}`, messageOf(error), {cause: error});
		}

		if (!isSocket) throw new Failure('unsupported', `${path} is a file, and keys are not read here`, {hint: 'add it to an ssh-agent and name its socket'});
		found.set(id, path);
	}

	return found;
};

const foldersOf = async ({context, archive, workingFolder, flags}: BuildRequest, dockerfile: Dockerfile): Promise<ReadonlyMap<string, string>> => {
	const folders = new Map<string, string>();
	if (archive === undefined && !isRemoteContext(context)) folders.set('context', dockerfile.emptyContext ?? resolve(workingFolder, context));
	if (dockerfile.folder !== undefined) folders.set('dockerfile', dockerfile.folder);
	for (const [name, path] of namedContexts(flags.buildContexts).folders) {
		const absolute = resolve(workingFolder, path);
		await checkFolder(absolute, `the context called ${name}`);
		folders.set(name, absolute);
	}

	return folders;
};

/** Go's truths: other clients of BuildKit have the same way out, for token servers that only the daemon can reach. */
const isTrue = (text: string | undefined): boolean => /^(?:1|t|true)$/i.test(text ?? '');

const loginOf = (credentials: Credentials): SessionOffers['login'] => async (host, signal) => {
	const found = await credentials.find(host, {signal});
	if (found === undefined) return undefined;
	return found.kind === 'basic' ? {username: found.username, secret: found.password} : {username: '', secret: found.token};
};

export type OfferedParts = {
	readonly ref: string;
	readonly credentials: Credentials;
	readonly fetchToken: RegistryClient['fetchToken'] | undefined;
	readonly dockerfile: Dockerfile;
	readonly destinations: readonly Destination[];
	readonly stores: SessionOffers['stores'];
};

/** What this build may ask of us, and nothing else of the machine. */
export const offersFor = async (
	request: BuildRequest,
	{ref, credentials, fetchToken, dockerfile, destinations, stores}: OfferedParts,
): Promise<SessionOffers> => {
	await checkSecrets(request);
	return {
		folders: await foldersOf(request, dockerfile),
		destinations,
		login: loginOf(credentials),
		...(fetchToken === undefined || isTrue(request.env['BUILDKIT_NO_CLIENT_TOKEN']) ? {} : {token: async (host, ask, signal) => fetchToken(host, ask, {signal})}),
		secret: secretsOf(request),
		agents: await agentsOf(request),
		stores,
		// By the build's own name: the daemon takes two archives of one name for one, also while another build still reads the first.
		uploads: request.archive === undefined ? new Map() : new Map([[ref, request.archive]]),
		sharedKey: createHash('sha256').update(`${hostname()}\n${resolve(request.workingFolder, request.context)}`).digest('hex'),
	};
};
