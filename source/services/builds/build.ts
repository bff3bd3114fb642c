import {randomBytes} from 'node:crypto';
import {resolve} from 'node:path';
import {createBuildkit, openSession, type SolveRequest, uploadUrl} from '../../clients/buildkit/index.ts';
import type {Containerd} from '../../clients/containerd/types.ts';
import type {Credentials, RegistryClient} from '../../clients/registry/types.ts';
import {isAbort} from '../../errors.ts';
import type {BuildStatus} from '../../model/build.ts';
import {entitlementsOf, frontendAttributes, wantsInlineCache} from '../../model/build-attributes.ts';
import {type CacheEntry, isRemoteContext} from '../../model/build-flags.ts';
import type {ImagesService} from '../images/index.ts';
import {type Delivery, planDelivery} from './deliver.ts';
import {checkFolder, type Dockerfile, placeDockerfile} from './dockerfile.ts';
import {offersFor} from './offers.ts';
import {lastWord} from './last-word.ts';
import {type BuildStores, storesFor} from './stores.ts';
import type {BuildCall, BuildRequest, BuildResult} from './types.ts';
import {whileOpen} from './while-open.ts';

export type BuildDependencies = {
	readonly containerd: Pick<Containerd, 'server'>;
	readonly images: Pick<ImagesService, 'load'>;
	readonly credentials: Credentials;
	/** Undefined: daemons get names and passwords, and ask for tokens themselves. */
	readonly fetchToken?: RegistryClient['fetchToken'];
};

/** The last words of a build come after its answer; whoever does not send them is not waited for longer. */
const lastWordsMs = 5000;

const importsAttribute = (entries: readonly CacheEntry[]): Readonly<Record<string, string>> =>
	entries.length === 0 ? {} : {'cache-imports': JSON.stringify(entries.map(({type, attrs}) => ({Type: type, Attrs: attrs})))};

const solveRequest = (request: BuildRequest, ref: string, session: string, dockerfile: Dockerfile, {exporter}: Delivery, {cacheFrom, cacheTo, attrs}: BuildStores): SolveRequest => {
	const {flags, env, context, archive} = request;
	const hasInline = wantsInlineCache(flags) && !cacheTo.some(({type}) => type === 'inline');
	return {
		...{ref, session, frontend: 'dockerfile.v0'},
		frontendAttrs: {
			...frontendAttributes(flags, env),
			...(dockerfile.name === undefined ? {} : {filename: dockerfile.name}),
			...(archive !== undefined ? {context: uploadUrl(ref)} : isRemoteContext(context) ? {context} : {}),
			// Else the one that is in there is taken, and ours is never asked for.
			...(isRemoteContext(context) && dockerfile.folder !== undefined ? {dockerfilekey: 'dockerfile'} : {}),
			...attrs,
			...importsAttribute(cacheFrom),
		},
		exporters: exporter === undefined ? [] : [exporter],
		cacheImports: cacheFrom,
		cacheExports: hasInline ? [...cacheTo, {type: 'inline', attrs: {}}] : cacheTo,
		entitlements: entitlementsOf(flags),
	};
};

const resultOf = (response: Readonly<Record<string, string>>, {images}: Delivery): BuildResult => ({digest: response['containerimage.digest'], images: images(), response});

const warningsOf = (words: readonly string[]): BuildStatus => ({
	...{vertexes: [], statuses: [], logs: []},
	warnings: words.map(short => ({vertex: '', level: 1, short, detail: [], url: '', source: undefined})),
});

/** Build, and deliver what was built. Aborting ends the build on the other side too. */
export const build = async ({containerd, images, credentials, fetchToken}: BuildDependencies, request: BuildRequest, {ref = randomBytes(12).toString('hex'), signal, onStatus}: BuildCall = {}): Promise<BuildResult> => {
	if (request.context !== '-' && !isRemoteContext(request.context)) await checkFolder(resolve(request.workingFolder, request.context), 'the context');
	const call = signal === undefined ? {} : {signal};
	const buildkit = createBuildkit(request.address);
	const dockerfile = await placeDockerfile(request);
	const words = new AbortController();
	let delivery: Delivery | undefined;
	try {
		delivery = await planDelivery({buildkit, images, containerdId: async () => (await containerd.server(call)).uuid}, request, signal);
		const stores = await storesFor(request);
		const offers = await offersFor(request, {ref, credentials, fetchToken, dockerfile, destinations: delivery.destination === undefined ? [] : [delivery.destination], stores: stores.offered});
		const session = await openSession(request.address, offers, call);
		if (stores.missing.length > 0) onStatus?.(warningsOf(stores.missing));
		const watching = (async () => {
			for await (const status of buildkit.status(ref, {signal: words.signal})) onStatus?.(status);
		})().catch(() => {});
		let timer: NodeJS.Timeout | undefined;
		try {
			const solving = buildkit.solve(solveRequest(request, ref, session.id, dockerfile, delivery, stores), call).catch(async (error: unknown) => {
				throw await lastWord(request.address, ref, error);
			});
			const response = await whileOpen(session, solving, () => words.abort());
			await delivery.finish();
			await stores.finish(response);
			return resultOf(response, delivery);
		} catch (error) {
			throw (isAbort(error) ? undefined : (delivery.failure() ?? session.failure())) ?? error;
		} finally {
			timer = setTimeout(() => words.abort(), signal?.aborted ? 0 : lastWordsMs);
			await watching;
			clearTimeout(timer);
			session.close();
			await session.closed;
		}
	} catch (error) {
		await delivery?.discard();
		throw error;
	} finally {
		buildkit.close();
		await dockerfile.forget();
	}
};
