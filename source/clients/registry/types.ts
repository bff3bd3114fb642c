import type {Descriptor} from '../../model/image.ts';
import type {Reference} from '../../model/reference.ts';

export type CallOptions = {readonly signal?: AbortSignal};

/** What a name leads to now. */
export type Resolved = Descriptor & {
	/** Only where the registry had to be asked with GET: it counts those against a limit, so a name is resolved with HEAD first. */
	readonly manifestBytes: Uint8Array | undefined;
};

export type FetchedManifest = {readonly mediaType: string; readonly bytes: Uint8Array};

export type FetchBlobOptions = CallOptions & {
	/** Where to begin; what comes before it is taken as good, so a resumed blob's digest is not checked here. */
	readonly offset?: number;
	/** Hash what passes: true unless said. containerd hashes what is committed to it, so a pull into its store need not. Sizes are always checked. */
	readonly verify?: boolean;
};

/** Bytes from an offset on. It is called again with a later (or the same) offset after a cut, so it must be able to start anew. */
export type BlobSource = (offset: number) => AsyncIterable<Uint8Array>;

export type PushBlobOptions = CallOptions & {
	/** Paths of repositories on the same registry that may have the blob, likeliest first. */
	readonly mountFrom?: readonly string[];
};

export type Pushed = 'existed' | 'mounted' | 'uploaded';

export type ListOptions = CallOptions & {
	/** Stop after so many: 10 000 unless said. */
	readonly most?: number;
};

export type Referrer = Descriptor & {readonly artifactType: string};

export type SearchResult = {
	readonly name: string;
	readonly description: string;
	/** Undefined where the registry has no such idea. */
	readonly stars: number | undefined;
	readonly isOfficial: boolean;
};

/**
A registry client for any host: endpoints, TLS, credentials and tokens are found per host and remembered until `close`.

It holds no blob in memory and limits nothing: how many blobs are under way at once is the caller's choice. What fails for a passing reason
(no connection, a cut, 429, 5xx) is tried again with back-off; what it throws is a `Failure` whose `trouble` (see `troubleOf`) has the
registry's own words.
*/
export type RegistryClient = {
	/** One request when nothing has to be authorized. Image manifests and indexes, Docker's and OCI's. */
	resolve(reference: Reference, options?: CallOptions): Promise<Resolved>;
	/** Digest and size are checked; more than 10 MiB is `exhausted`. */
	fetchManifest(reference: Reference, digest: string, options?: CallOptions): Promise<FetchedManifest>;
	/** Lazy: nothing is asked before the first `next`, and leaving the loop ends the request. Foreign layers come from their `urls`. */
	fetchBlob(reference: Reference, descriptor: Descriptor, options?: FetchBlobOptions): AsyncIterable<Uint8Array>;
	hasBlob(reference: Reference, digest: string, options?: CallOptions): Promise<boolean>;
	pushBlob(reference: Reference, descriptor: Descriptor, source: BlobSource, options?: PushBlobOptions): Promise<Pushed>;
	/** Under the reference's tag; under the digest of the bytes where it has none. */
	pushManifest(reference: Reference, bytes: Uint8Array, mediaType: string, options?: CallOptions): Promise<{readonly digest: string}>;
	tags(reference: Reference, options?: ListOptions): Promise<readonly string[]>;
	/** Paths of the repositories on a host. Many registries refuse: `unsupported` or `denied`. */
	catalog(host: string, options?: ListOptions): Promise<readonly string[]>;
	/** Docker Hub's search for `docker.io`; the catalog, filtered, elsewhere. */
	search(host: string, term: string, options?: ListOptions): Promise<readonly SearchResult[]>;
	/** What refers to a manifest (signatures, SBOMs …): the referrers API, or the `sha256-<hex>` tag where a registry lacks it. */
	referrers(reference: Reference, digest: string, options?: CallOptions & {readonly artifactType?: string}): Promise<readonly Referrer[]>;
	/** Whether a host takes these credentials; throws `denied` when it does not. An identity token that it gives instead of a password is answered. */
	checkCredential(host: string, credential: Credential, options?: CallOptions): Promise<Credential>;
	/** A token with what the host's credential allows, for what the host asked somebody else for. Never kept here. */
	fetchToken(host: string, ask: TokenAsk, options?: CallOptions): Promise<RegistryToken>;
	/** Ends idle connections. What is under way is cut. */
	close(): Promise<void>;
};

/** What a 401 says: where tokens are given, for which service, and for what. */
export type TokenAsk = {readonly realm: string; readonly service: string; readonly scopes: readonly string[]};

export type RegistryToken = {readonly token: string; readonly lifeSeconds: number};

/** An identity token is an OAuth2 refresh token: good for tokens, never sent as a password. */
export type Credential =
	| {readonly kind: 'basic'; readonly username: string; readonly password: string}
	| {readonly kind: 'identity'; readonly token: string};

/** Where a credential is kept: in docker's config file as plain base64, or with a `docker-credential-*` program. */
export type CredentialPlace = {readonly kind: 'file'; readonly path: string} | {readonly kind: 'helper'; readonly program: string};

/** `host` is a reference's domain: `docker.io`, `registry.example:5000`. */
export type Credentials = {
	find(host: string, options?: CallOptions): Promise<Credential | undefined>;
	store(host: string, credential: Credential, options?: CallOptions): Promise<CredentialPlace>;
	/** Undefined: there was none. */
	erase(host: string, options?: CallOptions): Promise<CredentialPlace | undefined>;
};

export type Capability = 'pull' | 'resolve' | 'push';

export type TlsSettings = {
	readonly skipVerify: boolean;
	/** PEM texts. They come beside the system's authorities. */
	readonly ca: readonly string[];
	readonly client: {readonly certificate: string; readonly key: string} | undefined;
};

/** One place that may serve a registry's name: a mirror or the registry itself. */
export type Endpoint = {
	/** With the API's path and no slash at the end: `https://registry.example/v2`. */
	readonly base: string;
	readonly capabilities: ReadonlySet<Capability>;
	readonly headers: Readonly<Record<string, string>>;
	readonly tls: TlsSettings;
	/** Plain http is tried where https finds a server that does not speak TLS, or nobody. */
	readonly mayFallBackToHttp: boolean;
	/** The registry that it stands for, which a mirror is told (`?ns=`); undefined: it is the registry. */
	readonly mirrorOf: string | undefined;
	readonly connectTimeoutMs: number | undefined;
};

/** Mirrors in their order, the registry last. */
export type Hosts = {find(host: string): Promise<readonly Endpoint[]>};

/** What a registry answered when it did not do what it was asked; as `cause` of the `Failure`. */
export type Trouble = {
	readonly status: number;
	readonly host: string;
	/** From the body's `errors`, already safe to print. */
	readonly errors: ReadonlyArray<{readonly code: string; readonly message: string}>;
	readonly retryAfterMs: number | undefined;
};

export type Retry = {
	/** Tries in a row without any progress. */
	readonly most: number;
	readonly sleep: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
	/** In [0, 1): spreads those who were refused together. */
	readonly random: () => number;
};

export type RegistryOptions = {
	readonly credentials: Pick<Credentials, 'find'>;
	readonly hosts: Hosts;
	/** For the User-Agent. */
	readonly version: string;
	/** For HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	readonly retry?: Partial<Retry>;
	/** Epoch ms, for the expiry of tokens. */
	readonly clock?: () => number;
};
