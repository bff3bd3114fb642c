import {AuthService} from '../../../protocol/generated/buildkit-auth.ts';
import {type Handler, unaryHandler} from '../../http2/index.ts';

/** As the daemon wants them: a token that stands for a login has no user name. */
export type RegistryLogin = {readonly username: string; readonly secret: string};

/** Whom to be at a registry; undefined: nobody. */
export type LoginReader = (host: string, signal: AbortSignal) => Promise<RegistryLogin | undefined>;

/** Docker Hub goes by the name of its API here, and by its own everywhere else. */
const nameOf = (host: string): string => (host === 'registry-1.docker.io' ? 'docker.io' : host);

/**
Names and secrets only. That a client could fetch tokens for the daemon is not offered: the daemon does it itself then, and no token
passes through here.
*/
export const authHandler = (find: LoginReader): readonly [string, Handler] =>
	unaryHandler(AuthService.credentials, async ({host}, {signal}) => (await find(nameOf(host), signal)) ?? {username: '', secret: ''});
