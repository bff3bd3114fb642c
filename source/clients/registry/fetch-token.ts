import {Failure} from '../../errors.ts';
import type {Sender} from './send.ts';
import type {CallOptions, Hosts, RegistryToken, TokenAsk} from './types.ts';

/** For somebody else who was told by the registry what to ask for: the password goes to the token server, and the token to them. */
export const fetchToken = async (hosts: Hosts, sender: Sender, host: string, ask: TokenAsk, {signal}: CallOptions): Promise<RegistryToken> => {
	const endpoint = (await hosts.find(host)).at(-1);
	if (endpoint === undefined) throw new Failure('unsupported', `no host is configured for ${host}`, {hint: 'look into its hosts.toml'});
	return sender.token(endpoint, ask, signal);
};
