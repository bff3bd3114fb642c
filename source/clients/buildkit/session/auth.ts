import {createHmac, createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign} from 'node:crypto';
import {Failure} from '../../../errors.ts';
import {plain} from '../../../model/sanitize.ts';
import {AuthService} from '../../../protocol/generated/buildkit-auth.ts';
import {type Handler, unaryHandler} from '../../grpc/index.ts';

/** As the daemon wants them: a token that stands for a login has no user name. */
export type RegistryLogin = {readonly username: string; readonly secret: string};

/** Whom to be at a registry; undefined: nobody. */
export type LoginReader = (host: string, signal: AbortSignal) => Promise<RegistryLogin | undefined>;

/** Asks a registry's token server, so that the daemon gets a token for an hour and no password. */
export type TokenReader = (
	host: string,
	ask: {readonly realm: string; readonly service: string; readonly scopes: readonly string[]},
	signal: AbortSignal,
) => Promise<{readonly token: string; readonly lifeSeconds: number}>;

/** Docker Hub goes by the name of its API here, and by its own everywhere else. */
const nameOf = (host: string): string => (host === 'registry-1.docker.io' ? 'docker.io' : host);

/** Where tokens are not asked for by name, the daemon gets names and secrets and asks by itself. */
export const authHandler = (find: LoginReader): readonly [string, Handler] =>
	unaryHandler(AuthService.credentials, async ({host}, {signal}) => (await find(nameOf(host), signal)) ?? {username: '', secret: ''});

/** What DER says before the 32 bytes of such a key (RFC 8410). */
const ed25519Head = Buffer.from('302e020100300506032b657004220420', 'hex');

const publicKeyBytes = 32;

/**
By its key the daemon knows whose tokens are whose, and gives nobody those of another. The key is made of what the daemon says and of what only
this session knows, so it tells nothing of the password; another session has to get tokens of its own.
*/
const keyFor = (seed: Uint8Array, host: string, salt: Uint8Array): KeyObject => {
	const bytes = createHmac('sha256', seed).update(salt).update(host).digest();
	return createPrivateKey({key: Buffer.concat([ed25519Head, bytes]), format: 'der', type: 'pkcs8'});
};

/** For who is logged in at a host; for others the daemon goes on as if there was nothing here, and asks as a guest. */
export const tokenHandlers = (find: LoginReader, fetch: TokenReader): ReadonlyArray<readonly [string, Handler]> => {
	const seed = randomBytes(32);
	const keyOf = async (host: string, salt: Uint8Array, signal: AbortSignal): Promise<KeyObject> => {
		if ((await find(nameOf(host), signal)) === undefined) throw new Failure('unavailable', `nobody is logged in at ${plain(host)}`);
		return keyFor(seed, host, salt);
	};

	return [
		unaryHandler(AuthService.getTokenAuthority, async ({host, salt}, {signal}) => {
			const key = createPublicKey(await keyOf(host, salt, signal)).export({type: 'spki', format: 'der'});
			return {publicKey: key.subarray(-publicKeyBytes)};
		}),
		unaryHandler(AuthService.verifyTokenAuthority, async ({host, payload, salt}, {signal}) => {
			const key = await keyOf(host, salt, signal);
			return {signed: Buffer.concat([sign(null, payload, key), payload])};
		}),
		unaryHandler(AuthService.fetchToken, async ({host, realm, service, scopes}, {signal}) => {
			const {token, lifeSeconds} = await fetch(nameOf(host), {realm, service, scopes}, signal);
			return {token, expiresIn: lifeSeconds, issuedAt: 0};
		}),
	];
};
