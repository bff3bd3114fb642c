import {createPublicKey, createSign, createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {account} from './docker-registry.ts';

export type TokenRequest = {
	readonly method: string;
	readonly scopes: readonly string[];
	readonly authorization: string | undefined;
	readonly body: string;
};

export type TokenServer = {
	readonly realm: string;
	readonly service: string;
	readonly issuer: string;
	readonly seen: readonly TokenRequest[];
	/** What tokens are given with from now on; the registry itself believes only in the token's own expiry. */
	setLife(seconds: {readonly said: number; readonly real: number}): void;
	/** Scopes that nobody gets. */
	refuse(isRefused: (scope: string) => boolean): void;
	stop(): Promise<void>;
};

export const refreshToken = 'refresh-me';

const encode = (value: object | Buffer): string =>
	(Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))).toString('base64url');

/** libtrust's key id: docker-registry 2.8 finds the key by it. */
const keyId = (certificate: string): string => {
	const der = createPublicKey(certificate).export({type: 'spki', format: 'der'});
	const bits = createHash('sha256').update(der).digest().subarray(0, 30);
	return base32(bits).match(/.{4}/g)!.join(':');
};

const base32 = (bytes: Uint8Array): string => {
	const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
	const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('');
	return bits
		.match(/.{5}/g)!
		.map(five => digits[Number.parseInt(five, 2)]!)
		.join('');
};

/** Distribution's token specification, for a real docker-registry: signed tokens that it checks by itself. Guests may pull, bob may push. */
export const startTokenServer = async (signer: {readonly certificate: string; readonly key: string}): Promise<TokenServer> => {
	const [certificate, key] = await Promise.all([readFile(signer.certificate, 'utf8'), readFile(signer.key, 'utf8')]);
	const seen: TokenRequest[] = [];
	const [service, issuer] = ['lab-registry', 'lab-issuer'];
	let life = {said: 300, real: 300};
	let isRefused: (scope: string) => boolean = () => false;
	const sign = (scopes: readonly string[], isKnown: boolean): string => {
		const now = Math.floor(Date.now() / 1000);
		const access = scopes
			.filter(scope => scope !== '' && !isRefused(scope))
			.map(scope => {
				const [type, name, actions] = [
					scope.slice(0, scope.indexOf(':')),
					scope.slice(scope.indexOf(':') + 1, scope.lastIndexOf(':')),
					scope.slice(scope.lastIndexOf(':') + 1),
				];
				return {type, name, actions: actions.split(',').filter(action => isKnown || action === 'pull')};
			});
		// docker-registry allows a minute of difference between clocks.
		const claims = {
			iss: issuer,
			sub: '',
			aud: service,
			exp: now + life.real,
			nbf: now - 600,
			iat: now - 600,
			jti: String(seen.length),
			access,
		};
		const text = `${encode({typ: 'JWT', alg: 'ES256', kid: keyId(certificate)})}.${encode(claims)}`;
		return `${text}.${createSign('sha256').update(text).sign({key, dsaEncoding: 'ieee-p1363'}).toString('base64url')}`;
	};
	const bob = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
	const server = createServer(async (incoming, outgoing) => {
		let body = '';
		for await (const chunk of incoming) body += String(chunk);
		const query = incoming.method === 'POST' ? new URLSearchParams(body) : new URL(incoming.url ?? '', 'http://x').searchParams;
		const scopes = query.getAll('scope').flatMap(scope => scope.split(' '));
		const {authorization} = incoming.headers;
		seen.push({method: incoming.method ?? '', scopes, authorization, body});
		const isKnown = authorization === bob || query.get('refresh_token') === refreshToken;
		if (!isKnown && (authorization !== undefined || incoming.method === 'POST')) {
			outgoing
				.writeHead(401, {'content-type': 'application/json'})
				.end(JSON.stringify({errors: [{code: 'UNAUTHORIZED', message: 'wrong user or password'}]}));
			return;
		}
		const answer = {
			token: sign(scopes, isKnown),
			expires_in: life.said,
			...(query.get('offline_token') === 'true' ? {refresh_token: refreshToken} : {}),
		};
		outgoing.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(answer));
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as {port: number};
	return {
		realm: `http://127.0.0.1:${port}/token`,
		service,
		issuer,
		seen,
		setLife: next => {
			life = next;
		},
		refuse: next => {
			isRefused = next;
		},
		stop: async () => {
			server.closeAllConnections();
			await new Promise(resolve => server.close(resolve));
		},
	};
};
