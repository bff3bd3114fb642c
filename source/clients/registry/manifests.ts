import {createHash} from 'node:crypto';
import {couldNot, Failure} from '../../errors.ts';
import {familiarName, formatReference, type Reference} from '../../model/reference.ts';
import {acceptsManifests, isSchema1, manifestTypes} from './media-types.ts';
import type {Route} from './route.ts';
import {type Answer, type Ask, discard} from './send.ts';
import {troubleOf} from './trouble.ts';
import type {CallOptions, RegistryClient} from './types.ts';

const mostManifestBytes = 10 * 1024 * 1024;
const digestPattern = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-f]{32,}$/;

export const pullScope = ({path}: Pick<Reference, 'path'>): string => `repository:${path}:pull`;
export const pushScope = ({path}: Pick<Reference, 'path'>): string => `repository:${path}:pull,push`;

/** What we can compute, so what we can check. */
export const hashOf = (digest: string): string => {
	const algorithm = digest.slice(0, digest.indexOf(':'));
	if (digestPattern.test(digest) && (algorithm === 'sha256' || algorithm === 'sha512')) return algorithm;
	throw new Failure('invalid', `${JSON.stringify(digest.slice(0, 100))} is no digest that can be checked`);
};

export const digestOf = (bytes: Uint8Array, algorithm = 'sha256'): string =>
	`${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;

const without = (text: string | undefined): string => (text ?? '').split(';')[0]!.trim();

/** The header, else what the document calls itself; the header of a file server is not to be believed. */
const mediaTypeOf = (answer: Answer, bytes: Uint8Array): string => {
	const said = without(answer.headers['content-type']);
	if ((manifestTypes as readonly string[]).includes(said) || isSchema1(said)) return said;
	try {
		const {mediaType, manifests} = JSON.parse(Buffer.from(bytes).toString('utf8')) as {mediaType?: unknown; manifests?: unknown};
		if (typeof mediaType === 'string') return mediaType;
		return Array.isArray(manifests) ? manifestTypes[0] : manifestTypes[2];
	} catch {
		return said;
	}
};

const readBounded = async (action: string, answer: Answer): Promise<Uint8Array> => {
	const chunks: Uint8Array[] = [];
	let size = Number(answer.headers['content-length'] ?? 0);
	const refuse = (): never => {
		discard(answer.body);
		throw couldNot('exhausted', action, 'the manifest has more than 10 MiB', {
			hint: 'no image needs that: ask whoever made it',
		});
	};
	if (size > mostManifestBytes) refuse();
	size = 0;
	for await (const chunk of answer.body) {
		chunks.push(chunk as Uint8Array);
		size += (chunk as Uint8Array).byteLength;
		if (size > mostManifestBytes) refuse();
	}
	return Buffer.concat(chunks);
};

const refuseSchema1 = (action: string, mediaType: string): void => {
	if (isSchema1(mediaType))
		throw couldNot('unsupported', action, "the image is in Docker's first schema", {
			hint: 'push it again with a tool of this decade',
		});
};

export const createManifests = (route: Route): Pick<RegistryClient, 'resolve' | 'fetchManifest' | 'pushManifest'> => {
	const asking = (reference: Reference, method: 'GET' | 'HEAD', action: string, what: string, {signal}: CallOptions): Ask => ({
		action,
		method,
		path: `/${reference.path}/manifests/${what}`,
		scopes: [pullScope(reference)],
		headers: {accept: acceptsManifests},
		signal,
	});

	/** An answer to HEAD has no body, so no words: a refusal is asked for again with GET. Not one for too many questions. */
	const askHead = async (reference: Reference, action: string, what: string, options: CallOptions): Promise<Answer> => {
		try {
			return await route.ask(reference.domain, 'resolve', {...asking(reference, 'HEAD', action, what, options), accepts: [405, 501]});
		} catch (error) {
			const {status = 0, errors = []} = troubleOf(error) ?? {};
			if (status < 400 || status === 429 || errors.length > 0) throw error;
			return route.ask(reference.domain, 'resolve', asking(reference, 'GET', action, what, options));
		}
	};

	const fetchManifest: RegistryClient['fetchManifest'] = async (reference, digest, options = {}) => {
		const action = `fetch the manifest ${digest} of ${familiarName(reference)}`;
		const algorithm = hashOf(digest);
		const ask = {...asking(reference, 'GET', action, digest, options), mayLeaveTls: true};
		const answer = await route.ask(reference.domain, 'pull', ask);
		const bytes = await readBounded(action, answer);
		if (digestOf(bytes, algorithm) !== digest) throw mismatch(action, digest, digestOf(bytes, algorithm));
		const mediaType = mediaTypeOf(answer, bytes);
		refuseSchema1(action, mediaType);
		return {mediaType, bytes};
	};

	return {
		fetchManifest,
		resolve: async (reference, options = {}) => {
			const what = reference.digest ?? reference.tag ?? 'latest';
			const action = `resolve ${formatReference(reference)}`;
			if (reference.digest !== undefined) hashOf(reference.digest);
			const head = await askHead(reference, action, what, options);
			head.body.dump().catch(() => undefined);
			const mediaType = without(head.headers['content-type']);
			const digest = head.headers['docker-content-digest'] ?? reference.digest;
			const sizeBytes = Number(head.headers['content-length'] ?? Number.NaN);
			if (
				head.status < 300 &&
				digest !== undefined &&
				digestPattern.test(digest) &&
				sizeBytes > 0 &&
				(manifestTypes as readonly string[]).includes(mediaType)
			) {
				if (reference.digest !== undefined && digest !== reference.digest) throw mismatch(action, reference.digest, digest);
				return {mediaType, digest, sizeBytes, annotations: {}, manifestBytes: undefined};
			}
			const answer = await route.ask(reference.domain, 'resolve', asking(reference, 'GET', action, what, options));
			const bytes = await readBounded(action, answer);
			const promised = reference.digest ?? answer.headers['docker-content-digest'] ?? '';
			const computed = digestOf(bytes, digestPattern.test(promised) ? hashOf(promised) : 'sha256');
			if (promised !== '' && promised !== computed) throw mismatch(action, promised, computed);
			const found = mediaTypeOf(answer, bytes);
			refuseSchema1(action, found);
			return {mediaType: found, digest: computed, sizeBytes: bytes.byteLength, annotations: {}, manifestBytes: bytes};
		},
		pushManifest: async (reference, bytes, mediaType, {signal} = {}) => {
			const digest = digestOf(bytes);
			const answer = await route.ask(reference.domain, 'push', {
				action: `push the manifest of ${formatReference(reference)}`,
				method: 'PUT',
				path: `/${reference.path}/manifests/${reference.tag ?? digest}`,
				scopes: [pushScope(reference)],
				headers: {'content-type': mediaType},
				body: () => bytes,
				signal,
			});
			await answer.body.dump();
			return {digest};
		},
	};
};

export const mismatch = (action: string, expected: string, found: string): Failure =>
	couldNot('invalid', action, `the bytes that came are ${found}, not ${expected}`, {
		hint: 'the registry, a mirror or something on the way changes content: do not use it',
	});
