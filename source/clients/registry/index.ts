import {createAgents} from './agents.ts';
import {createBlobs, type ForeignFetch} from './blobs.ts';
import {createManifests} from './manifests.ts';
import {createPushBlob} from './push-blob.ts';
import {createLists} from './lists.ts';
import {createReferrers} from './referrers.ts';
import {defaultRetry, retrying} from './retry.ts';
import {createRoute} from './route.ts';
import {createSender} from './send.ts';
import {checkCredential} from './check-credential.ts';
import {fetchToken} from './fetch-token.ts';
import type {Endpoint, RegistryClient, RegistryOptions} from './types.ts';

export {openCredentials} from './credentials.ts';
export {openHosts} from './hosts.ts';
export {troubleOf} from './trouble.ts';
export type * from './types.ts';

export const createRegistry = ({
	credentials,
	hosts,
	version,
	env = {},
	retry: given = {},
	clock = Date.now,
}: RegistryOptions): RegistryClient => {
	const retry = {...defaultRetry, ...given};
	const agents = createAgents(env);
	const userAgent = `gantry/${version}`;
	const find = async (host: string, signal: AbortSignal | undefined) => credentials.find(host, signal === undefined ? {} : {signal});
	const sender = createSender({agents, find, clock, userAgent});
	const route = createRoute(hosts, sender, retry);
	const stranger = createSender({agents, find: async () => undefined, clock, userAgent});
	const fetchForeign: ForeignFetch = async (url, ask) => {
		const {origin, pathname, search} = new URL(url);
		return retrying(retry, ask.signal, async () => stranger.send(foreignEndpoint(origin), {...ask, path: pathname + search, scopes: []}));
	};
	return {
		...createManifests(route),
		...createBlobs(route, fetchForeign),
		...createLists(route, fetchForeign),
		...createReferrers(route),
		pushBlob: createPushBlob(route),
		checkCredential: async (host, credential, options = {}) =>
			checkCredential(
				hosts,
				createSender({agents, find: async () => credential, clock, userAgent, wantsIdentity: true}),
				host,
				credential,
				options,
			),
		fetchToken: async (host, ask, options = {}) => fetchToken(hosts, sender, host, ask, options),
		close: agents.close,
	};
};

/** A place outside the registry: no credentials, no headers of ours, certificates checked. */
const foreignEndpoint = (base: string): Endpoint => ({
	base,
	capabilities: new Set(['pull']),
	headers: {},
	tls: {skipVerify: false, ca: [], client: undefined},
	mayFallBackToHttp: false,
	mirrorOf: undefined,
	connectTimeoutMs: undefined,
});
