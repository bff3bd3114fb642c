import {isFailure} from '../../errors.ts';
import type {Descriptor} from '../../model/image.ts';
import {familiarName, type Reference} from '../../model/reference.ts';
import {plain} from '../../model/sanitize.ts';
import {acceptsManifests, isSchema1} from './media-types.ts';
import {hashOf, pullScope} from './manifests.ts';
import type {Route} from './route.ts';
import {parseJson, readText} from './send.ts';
import type {Referrer, RegistryClient} from './types.ts';

const mostIndexBytes = 10 * 1024 * 1024;
const indexType = 'application/vnd.oci.image.index.v1+json';

type Json = Readonly<Record<string, unknown>>;

const textMap = (value: unknown): Descriptor['annotations'] =>
	typeof value === 'object' && value !== null
		? Object.fromEntries(Object.entries(value).map(([name, text]) => [name, plain(String(text))]))
		: {};

const toReferrer = (entry: Json): Referrer => ({
	mediaType: plain(String(entry['mediaType'] ?? '')),
	digest: plain(String(entry['digest'] ?? '')),
	sizeBytes: Number(entry['size'] ?? 0),
	annotations: textMap(entry['annotations']),
	artifactType: plain(String(entry['artifactType'] ?? '')),
});

/** Distribution spec 1.1: the API, and where a registry has none, an index under a tag that is made of the digest. */
export const createReferrers = (route: Route): Pick<RegistryClient, 'referrers'> => {
	const read = async (
		reference: Reference,
		digest: string,
		path: string,
		signal: AbortSignal | undefined,
	): Promise<readonly Referrer[] | undefined> => {
		const action = `list what refers to ${digest.slice(0, 19)} of ${familiarName(reference)}`;
		try {
			const ask = {action, method: 'GET', path, scopes: [pullScope(reference)], headers: {accept: acceptsManifests}, signal} as const;
			const answer = await route.ask(reference.domain, 'resolve', ask);
			const type = (answer.headers['content-type'] ?? '').split(';')[0]!.trim();
			const text = await readText(answer.body, mostIndexBytes);
			// A registry that knows no such API may answer anything with a page of its own.
			if (type !== indexType || isSchema1(type)) return undefined;
			const {manifests} = (parseJson(action, text) ?? {}) as {manifests?: unknown};
			return Array.isArray(manifests) ? manifests.filter(entry => typeof entry === 'object' && entry !== null).map(toReferrer) : [];
		} catch (error) {
			if (isFailure(error, 'not-found') || isFailure(error, 'unsupported')) return undefined;
			throw error;
		}
	};
	return {
		referrers: async (reference, digest, {artifactType, signal} = {}) => {
			hashOf(digest);
			const query = artifactType === undefined ? '' : `?${new URLSearchParams({artifactType}).toString()}`;
			const found =
				(await read(reference, digest, `/${reference.path}/referrers/${digest}${query}`, signal)) ??
				(await read(reference, digest, `/${reference.path}/manifests/${digest.replace(':', '-')}`, signal)) ??
				[];
			// A registry may leave the filter to us.
			return artifactType === undefined ? found : found.filter(referrer => referrer.artifactType === artifactType);
		},
	};
};
