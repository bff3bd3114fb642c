import type {Credentials, RegistryClient} from '../../clients/registry/types.ts';
import {splitTerm, serverHost} from './server.ts';
import type {RegistriesService} from './types.ts';

export {serverHost} from './server.ts';
export type {Credential, CredentialPlace, RegistriesService, SearchResult} from './types.ts';

export type RegistriesDependencies = {
	readonly registry: Pick<RegistryClient, 'checkCredential' | 'search'>;
	readonly credentials: Credentials;
};

export const createRegistries = ({registry, credentials}: RegistriesDependencies): RegistriesService => ({
	known: async (server, options) => {
		const found = await credentials.find(serverHost(server), options);
		return found?.kind === 'basic' ? found : undefined;
	},
	login: async (server, credential, options) => {
		const host = serverHost(server);
		const kept = await registry.checkCredential(host, credential, options);
		return {...(await credentials.store(host, kept, options)), isPassword: kept.kind === 'basic'};
	},
	logout: (server, options) => credentials.erase(serverHost(server), options),
	search: (term, options) => {
		const {host, rest} = splitTerm(term);
		return registry.search(host, rest, options);
	},
});
