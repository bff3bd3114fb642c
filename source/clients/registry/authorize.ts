import {Failure} from '../../errors.ts';
import {type Challenge, parseChallenge} from './challenge.ts';
import type {Credential, RegistryToken, TokenAsk} from './types.ts';

export type Site = {
	/** What its credential is kept under. */
	readonly name: string;
	readonly isPlain: boolean;
};

export type TokenRequest = {
	readonly method: 'GET' | 'POST';
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
};

export type Authorizer = {
	/** What to send now: undefined before the host has asked for anything. */
	header(scopes: readonly string[], signal: AbortSignal | undefined): Promise<string | undefined>;
	/** Take in a 401. Answers what to try instead, undefined when nothing else can be tried. */
	answer(
		challenge: string | undefined,
		tried: string | undefined,
		scopes: readonly string[],
		signal: AbortSignal | undefined,
	): Promise<string | undefined>;
	/** A token for somebody else, straight from where they were told to ask. */
	token(ask: TokenAsk, signal: AbortSignal | undefined): Promise<RegistryToken>;
	hasCredential(): boolean;
	/** The refresh token that a token server gave, if it gave one. */
	identityToken(): string | undefined;
};

/** `staleAt` is a little before it expires: a request has a way to go. */
type Token = {readonly header: string; readonly text: string; readonly lifeMs: number; readonly staleAt: number};

export type AuthorizerOptions = {
	readonly site: Site;
	readonly find: (signal: AbortSignal | undefined) => Promise<Credential | undefined>;
	/** Asks a token server; answers the parsed body. */
	readonly ask: (request: TokenRequest, signal: AbortSignal | undefined) => Promise<unknown>;
	readonly clock: () => number;
	/** Ask for a refresh token, to keep it in place of the password. */
	readonly wantsIdentity: boolean;
};

/** Distribution's token specification: that long where the server does not say. */
const defaultLifeSeconds = 60;
const marginMs = 5_000;

const clientId = 'gantry';

/** Credentials and tokens of one host. Tokens are kept by scope; the same one is asked for once, however many blobs wait for it. */
export const createAuthorizer = ({site, find, ask, clock, wantsIdentity}: AuthorizerOptions): Authorizer => {
	let challenge: Challenge | undefined;
	let credential: Promise<Credential | undefined> | undefined;
	let found: Credential | undefined;
	let identity: string | undefined;
	const tokens = new Map<string, Token>();
	const pending = new Map<string, Promise<Token>>();

	const findCredential = async (signal: AbortSignal | undefined): Promise<Credential | undefined> => {
		credential ??= find(signal);
		try {
			found = await credential;
			return found;
		} catch (error) {
			credential = undefined;
			throw error;
		}
	};

	const fetchToken = async (
		bearer: Challenge & {kind: 'bearer'},
		scopes: readonly string[],
		signal: AbortSignal | undefined,
	): Promise<Token> => {
		const known = await findCredential(signal);
		const realm = realmUrl(bearer.realm, site);
		const fields: [string, string][] = [
			...(bearer.service === '' ? [] : [['service', bearer.service] as [string, string]]),
			...(scopes.length === 0 && bearer.scope !== '' ? bearer.scope.split(' ') : scopes).map((scope): [string, string] => ['scope', scope]),
		];
		const request: TokenRequest =
			known?.kind === 'identity'
				? {
						method: 'POST',
						url: realm.href,
						headers: {'content-type': 'application/x-www-form-urlencoded'},
						body: new URLSearchParams([
							['grant_type', 'refresh_token'],
							['client_id', clientId],
							['refresh_token', known.token],
							...fields.filter(([name]) => name !== 'scope'),
							[
								'scope',
								fields
									.filter(([name]) => name === 'scope')
									.map(([, scope]) => scope)
									.join(' '),
							],
						]).toString(),
					}
				: {
						method: 'GET',
						url: withQuery(realm, [...fields, ...(known === undefined ? [] : accountFields(known.username, wantsIdentity))]),
						headers: known === undefined ? {} : {authorization: basic(known.username, known.password)},
					};
		const body = (await ask(request, signal)) as {
			token?: unknown;
			access_token?: unknown;
			expires_in?: unknown;
			refresh_token?: unknown;
		} | null;
		const text = [body?.token, body?.access_token].find(value => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value));
		if (text === undefined) throw new Failure('internal', `${realm.host} gave no token`, {hint: 'look into the log of the token server'});
		if (typeof body?.refresh_token === 'string') identity = body.refresh_token;
		const said = Number(body?.expires_in);
		const lifeMs = (said > 0 ? said : defaultLifeSeconds) * 1000;
		return {header: `Bearer ${String(text)}`, text: String(text), lifeMs, staleAt: clock() + lifeMs - Math.min(marginMs, lifeMs / 2)};
	};

	const tokenFor = async (
		bearer: Challenge & {kind: 'bearer'},
		scopes: readonly string[],
		signal: AbortSignal | undefined,
	): Promise<string> => {
		const key = [...scopes].sort().join(' ');
		const kept = tokens.get(key);
		if (kept !== undefined && kept.staleAt > clock()) return kept.header;
		// Whoever asks first may go away; the others' token must not go with it.
		const waiting = pending.get(key) ?? fetchToken(bearer, scopes, undefined);
		pending.set(key, waiting);
		try {
			const token = await abortable(waiting, signal);
			tokens.set(key, token);
			return token.header;
		} finally {
			pending.delete(key);
		}
	};

	const header = async (scopes: readonly string[], signal: AbortSignal | undefined): Promise<string | undefined> => {
		if (challenge === undefined) return undefined;
		if (challenge.kind === 'bearer') return tokenFor(challenge, scopes, signal);
		const known = await findCredential(signal);
		return known?.kind === 'basic' ? basic(known.username, known.password) : undefined;
	};

	return {
		header,
		token: async ({realm, service, scopes}, signal) => {
			const {text, lifeMs} = await fetchToken({kind: 'bearer', realm, service, scope: '', error: ''}, scopes, signal);
			return {token: text, lifeSeconds: Math.floor(lifeMs / 1000)};
		},
		hasCredential: () => found !== undefined,
		identityToken: () => identity,
		answer: async (text, tried, scopes, signal) => {
			const asked = parseChallenge(text);
			if (asked === undefined) return undefined;
			challenge = asked;
			// Somebody may have logged in since: a dashboard lives for days.
			credential = undefined;
			const key = [...scopes].sort().join(' ');
			if (tokens.get(key)?.header === tried) tokens.delete(key);
			const next = await header(scopes, signal);
			return next === tried ? undefined : next;
		},
	};
};

const basic = (username: string, password: string): string => `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

const accountFields = (username: string, wantsIdentity: boolean): [string, string][] => [
	['account', username],
	...(wantsIdentity ? [['offline_token', 'true'] as [string, string], ['client_id', clientId] as [string, string]] : []),
];

const withQuery = (url: URL, fields: ReadonlyArray<readonly [string, string]>): string => {
	const result = new URL(url);
	for (const [name, value] of fields) result.searchParams.append(name, value);
	return result.href;
};

/** A registry names any token server it likes, but one that is reached over TLS can not make us send a password in the clear. */
const realmUrl = (realm: string, site: Site): URL => {
	const url = URL.canParse(realm) ? new URL(realm) : undefined;
	if (url === undefined || !/^https?:$/.test(url.protocol))
		throw new Failure('invalid', `${site.name} names a token server that is no address: ${JSON.stringify(realm)}`);
	if (url.protocol === 'http:' && !site.isPlain)
		throw new Failure('denied', `${site.name} wants the password sent to ${url.host} without encryption`, {
			hint: 'the registry names its token server with http://; it must be https://',
		});
	return url;
};

const abortable = async <Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> => {
	if (signal === undefined) return promise;
	signal.throwIfAborted();
	let stop: (() => void) | undefined;
	const aborted = new Promise<never>((_, reject) => {
		stop = () => reject(signal.reason);
		signal.addEventListener('abort', stop, {once: true});
	});
	try {
		return await Promise.race([promise, aborted]);
	} finally {
		if (stop !== undefined) signal.removeEventListener('abort', stop);
	}
};
