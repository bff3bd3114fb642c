import {Failure} from '../../errors.ts';
import type {Sender} from './send.ts';
import type {CallOptions, Credential, Hosts} from './types.ts';

/** Asks the API's root, which every registry answers to whom it knows. With mirrors configured it is the registry itself that counts: the last. */
export const checkCredential = async (
	hosts: Hosts,
	sender: Sender,
	host: string,
	credential: Credential,
	{signal}: CallOptions,
): Promise<Credential> => {
	const endpoint = (await hosts.find(host)).at(-1);
	if (endpoint === undefined) throw new Failure('unsupported', `no host is configured for ${host}`, {hint: 'look into its hosts.toml'});
	const answer = await sender.send(endpoint, {action: `log in to ${host}`, method: 'GET', path: '/', scopes: [], signal});
	await answer.body.dump();
	const token = sender.identityToken(endpoint);
	return token === undefined ? credential : {kind: 'identity', token};
};
