import type {Credential, CredentialPlace, SearchResult} from '../../clients/registry/types.ts';

export type {Credential, CredentialPlace, SearchResult} from '../../clients/registry/types.ts';

type Call = {readonly signal?: AbortSignal};

/** Everything that is about a registry and no image of ours. `server` is what a person types: a host, perhaps with scheme and path. */
export type RegistriesService = {
	/** What is kept for it; undefined when nothing is, and for a token, which no person can confirm. */
	known(server: string, options?: Call): Promise<(Credential & {readonly kind: 'basic'}) | undefined>;
	/** Asks the registry first: what it does not take is not kept. */
	login(server: string, credential: Credential, options?: Call): Promise<CredentialPlace & {readonly isPassword: boolean}>;
	/** Undefined: nobody was logged in. */
	logout(server: string, options?: Call): Promise<CredentialPlace | undefined>;
	/** A term may begin with a host: `registry.example:5000/web`. */
	search(term: string, options?: Call & {readonly most?: number}): Promise<readonly SearchResult[]>;
};
