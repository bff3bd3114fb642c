import type {Readable} from 'node:stream';
import {type Dispatcher, request} from 'undici';
import {type Failure, couldNot} from '../../errors.ts';
import type {Agents} from './agents.ts';
import {type Authorizer, createAuthorizer} from './authorize.ts';
import {retryAfterMs} from './retry.ts';
import {isNotTls, networkCode, refused, unreachable} from './trouble.ts';
import type {Credential, Endpoint, RegistryToken, TokenAsk} from './types.ts';

export type Ask = {
	/** Completes "Could not …". */
	readonly action: string;
	readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** Below the endpoint's base, or absolute: where an upload goes on, or the next page of a list. */
	readonly path: string;
	readonly scopes: readonly string[];
	readonly headers?: Readonly<Record<string, string>>;
	/** Made anew for each try. A stream needs its length in `headers`. */
	readonly body?: () => Uint8Array | AsyncIterable<Uint8Array>;
	/** What is checked by digest may come from a plain storage server that a registry with TLS sends us to. */
	readonly mayLeaveTls?: boolean;
	/** Statuses beyond 2xx that are an answer. */
	readonly accepts?: readonly number[];
	/** For an answer: a registry that stores away a gigabyte takes its time. */
	readonly patienceMs?: number;
	readonly signal?: AbortSignal | undefined;
};

/** The body must be read or dumped, else its connection is lost. */
export type Answer = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: Readable & {dump(): Promise<void>; text(): Promise<string>};
	/** After redirects. */
	readonly url: string;
};

export type Sender = {
	/** Anything but 2xx and what the question accepts is thrown. */
	send(endpoint: Endpoint, ask: Ask): Promise<Answer>;
	identityToken(endpoint: Endpoint): string | undefined;
	token(endpoint: Endpoint, ask: TokenAsk, signal: AbortSignal | undefined): Promise<RegistryToken>;
};

export type SenderOptions = {
	readonly agents: Agents;
	readonly find: (host: string, signal: AbortSignal | undefined) => Promise<Credential | undefined>;
	readonly clock: () => number;
	readonly userAgent: string;
	readonly wantsIdentity?: boolean;
};

const mostRedirects = 5;
const mostErrorBytes = 64 * 1024;
const mostTokenBytes = 1024 * 1024;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Docker Hub's registry has another name than the references to it. */
export const credentialHost = (host: string): string =>
	host === 'registry-1.docker.io' || host === 'index.docker.io' ? 'docker.io' : host;

export const createSender = ({agents, find, clock, userAgent, wantsIdentity = false}: SenderOptions): Sender => {
	const authorizers = new Map<string, Authorizer>();
	/** Bases whose servers turned out not to speak TLS. */
	const plainBases = new Set<string>();

	const baseOf = ({base}: Endpoint): string => (plainBases.has(base) ? base.replace(/^https:/, 'http:') : base);

	const exchange = async (
		endpoint: Endpoint,
		url: URL,
		options: Omit<Dispatcher.RequestOptions, 'origin' | 'path'>,
		patienceMs?: number,
	): Promise<Answer> => {
		const {statusCode, headers, body} = await request(url, {
			...options,
			...(patienceMs === undefined ? {} : {headersTimeout: patienceMs}),
			dispatcher: agents.of(endpoint, url.protocol === 'http:'),
		});
		const flat: Record<string, string | undefined> = {};
		for (const [name, value] of Object.entries(headers)) flat[name] = Array.isArray(value) ? value.join(', ') : value;
		return {status: statusCode, headers: flat, body, url: url.href};
	};

	const refusal = async (action: string, answer: Answer, hasCredential: boolean): Promise<Failure> =>
		refused(action, {
			status: answer.status,
			host: credentialHost(new URL(answer.url).host),
			body: await readText(answer.body, mostErrorBytes),
			retryAfterMs: retryAfterMs(answer.headers['retry-after'], clock()),
			hasCredential,
		});

	const makeAuthorizer = (endpoint: Endpoint, isPlain = false): Authorizer => {
		const base = baseOf(endpoint);
		const {host, protocol} = new URL(base);
		const name = credentialHost(host);
		return createAuthorizer({
			site: {name, isPlain: isPlain || protocol === 'http:'},
			find: async signal => find(name, signal),
			clock,
			wantsIdentity,
			ask: async ({method, url, headers, body}, signal) => {
				const action = `get a token for ${name}`;
				try {
					const answer = await exchange(endpoint, new URL(url), {
						method,
						headers: {...headers, 'user-agent': userAgent, accept: 'application/json'},
						...(body === undefined ? {} : {body}),
						...(signal === undefined ? {} : {signal}),
					});
					if (answer.status !== 200) throw await refusal(action, answer, headers['authorization'] !== undefined || method === 'POST');
					return parseJson(action, await readText(answer.body, mostTokenBytes));
				} catch (error) {
					throw unreachable(action, new URL(url).host, error);
				}
			},
		});
	};

	const authorizerOf = (endpoint: Endpoint): Authorizer => {
		const base = baseOf(endpoint);
		const kept = authorizers.get(base) ?? makeAuthorizer(endpoint);
		authorizers.set(base, kept);
		return kept;
	};

	const once = async (endpoint: Endpoint, ask: Ask, authorization: string | undefined): Promise<Answer> => {
		const origin = new URL(baseOf(endpoint));
		let url = targetOf(origin, ask.path, endpoint);
		for (let hops = 0; ; hops++) {
			const isHome = url.origin === origin.origin;
			const answer = await exchange(
				endpoint,
				url,
				{
					method: ask.method,
					headers: {
						'user-agent': userAgent,
						'accept-encoding': 'identity',
						...(isHome ? endpoint.headers : {}),
						...ask.headers,
						...(isHome && authorization !== undefined ? {authorization} : {}),
					},
					...(ask.body === undefined ? {} : {body: ask.body() as Dispatcher.RequestOptions['body']}),
					...(ask.signal === undefined ? {} : {signal: ask.signal}),
				},
				ask.patienceMs,
			);
			const location = answer.headers['location'];
			if (!redirects.has(answer.status) || location === undefined) return answer;
			await answer.body.dump();
			if (hops >= mostRedirects) throw couldNot('invalid', ask.action, `${origin.host} sends us round in a circle`);
			url = followed(url, location, ask);
		}
	};

	const attempt = async (endpoint: Endpoint, ask: Ask): Promise<Answer> => {
		const authorizer = authorizerOf(endpoint);
		let authorization = await authorizer.header(ask.scopes, ask.signal);
		let answer = await once(endpoint, ask, authorization);
		// Once for a token that is no longer taken, and once more for a host that changes its way of asking.
		for (let tries = 0; answer.status === 401 && tries < 2; tries++) {
			const next = await authorizer.answer(answer.headers['www-authenticate'], authorization, ask.scopes, ask.signal);
			if (next === undefined) break;
			await answer.body.dump();
			authorization = next;
			answer = await once(endpoint, ask, authorization);
		}
		if ((answer.status >= 200 && answer.status < 300) || ask.accepts?.includes(answer.status) === true) return answer;
		throw await refusal(ask.action, answer, authorizer.hasCredential());
	};

	return {
		// Whoever asks has spoken with the registry, and we have not: it may be one without TLS where that is allowed.
		token: async (endpoint, ask, signal) => makeAuthorizer(endpoint, endpoint.mayFallBackToHttp).token(ask, signal),
		identityToken: endpoint => authorizerOf(endpoint).identityToken(),
		send: async (endpoint, ask) => {
			try {
				return await attempt(endpoint, ask);
			} catch (error) {
				ask.signal?.throwIfAborted();
				const host = new URL(endpoint.base).host;
				const isTls = baseOf(endpoint).startsWith('https:');
				if (
					!isTls ||
					!endpoint.mayFallBackToHttp ||
					!(isNotTls(error) || networkCode(error) === 'ECONNREFUSED' || networkCode(error) === 'ECONNRESET')
				)
					throw unreachable(ask.action, credentialHost(host), error, isTls);
				plainBases.add(endpoint.base);
				try {
					return await attempt(endpoint, ask);
				} catch (second) {
					if (networkCode(second) !== undefined) plainBases.delete(endpoint.base);
					throw unreachable(ask.action, host, second);
				}
			}
		},
	};
};

const targetOf = (origin: URL, path: string, {mirrorOf}: Endpoint): URL => {
	if (/^https?:/.test(path)) return upgraded(new URL(path), origin);
	const url = new URL(`${origin.href.replace(/\/$/, '')}${path}`);
	if (mirrorOf !== undefined) url.searchParams.set('ns', mirrorOf);
	return url;
};

/** A registry behind a proxy that ends TLS often calls itself `http://`; it is the same host, so it is asked the same way. */
const upgraded = (url: URL, origin: URL): URL => {
	if (
		url.protocol === 'http:' &&
		origin.protocol === 'https:' &&
		url.hostname === origin.hostname &&
		(url.port === '' || url.port === origin.port)
	) {
		const result = new URL(url);
		result.protocol = 'https:';
		result.port = origin.port;
		return result;
	}
	return url;
};

const followed = (from: URL, location: string, ask: Ask): URL => {
	if (!URL.canParse(location, from.href))
		throw couldNot('invalid', ask.action, `${from.host} redirects to ${JSON.stringify(location.slice(0, 200))}`);
	const to = upgraded(new URL(location, from.href), from);
	if (!/^https?:$/.test(to.protocol) || (from.protocol === 'https:' && to.protocol === 'http:' && ask.mayLeaveTls !== true))
		throw couldNot('denied', ask.action, `${from.host} redirects to ${to.protocol}//${to.host}`, {
			hint: 'TLS must not be left on the way',
		});
	return to;
};

/** Gives the connection up. undici tells a body that is left so with an `error`, which nobody else would hear. */
export const discard = (body: Readable): void => {
	body.on('error', () => undefined).destroy();
};

export const readText = async (body: AsyncIterable<Uint8Array>, mostBytes: number): Promise<string> => {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of body) {
		chunks.push(chunk);
		size += chunk.byteLength;
		if (size >= mostBytes) break;
	}
	return Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8');
};

export const parseJson = (action: string, text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw couldNot('invalid', action, 'the answer is not JSON', {cause: error});
	}
};
