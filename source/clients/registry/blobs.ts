import {createHash} from 'node:crypto';
import {type Failure, couldNot, isAbort, isFailure} from '../../errors.ts';
import type {Descriptor} from '../../model/image.ts';
import {familiarName, type Reference} from '../../model/reference.ts';
import {hashOf, mismatch, pullScope} from './manifests.ts';
import {pauseMs} from './retry.ts';
import type {Route} from './route.ts';
import {type Answer, type Ask, discard} from './send.ts';
import {troubleOf, unreachable} from './trouble.ts';
import type {FetchBlobOptions, RegistryClient} from './types.ts';

/** Less than this between two cuts is no progress: a server that cuts after every byte is given up. */
const progressBytes = 64 * 1024;

const short = (digest: string): string => digest.slice(0, digest.indexOf(':') + 13);

export type ForeignFetch = (url: string, ask: Ask) => Promise<Answer>;

export const createBlobs = (route: Route, fetchForeign: ForeignFetch): Pick<RegistryClient, 'fetchBlob' | 'hasBlob'> => ({
	fetchBlob: (reference, descriptor, options = {}) => fetchBlob(route, fetchForeign, reference, descriptor, options),
	hasBlob: async (reference, digest, {signal} = {}) => {
		hashOf(digest);
		const answer = await route.ask(reference.domain, 'push', {
			action: `look for ${short(digest)} in ${familiarName(reference)}`,
			method: 'HEAD',
			path: `/${reference.path}/blobs/${digest}`,
			scopes: [pullScope(reference)],
			accepts: [404],
			signal,
		});
		await answer.body.dump();
		return answer.status !== 404;
	},
});

async function* fetchBlob(
	route: Route,
	fetchForeign: ForeignFetch,
	reference: Reference,
	descriptor: Descriptor,
	{offset = 0, verify = true, signal}: FetchBlobOptions,
): AsyncGenerator<Uint8Array> {
	const {digest, sizeBytes} = descriptor;
	const action = `fetch ${short(digest)} of ${familiarName(reference)}`;
	const hash = verify && offset === 0 ? createHash(hashOf(digest)) : undefined;
	let position = offset;
	let failures = 0;
	let lastCut = -progressBytes;
	while (position < sizeBytes) {
		let isOpen = false;
		try {
			const answer = await open(route, fetchForeign, reference, descriptor, position, action, signal);
			isOpen = true;
			let skip = skipOf(answer, position, sizeBytes, action);
			for await (const data of answer.body) {
				let chunk = data as Uint8Array;
				if (skip > 0) {
					const dropped = Math.min(skip, chunk.byteLength);
					skip -= dropped;
					if (dropped === chunk.byteLength) continue;
					chunk = chunk.subarray(dropped);
				}
				if (position + chunk.byteLength > sizeBytes) throw wrongSize(action, sizeBytes, 'more');
				hash?.update(chunk);
				position += chunk.byteLength;
				yield chunk;
			}
			// A body without a length that ends early can't be told from a cut: the next question, by range, can tell.
			if (position < sizeBytes) throw Object.assign(new Error('the answer ended early'), {code: 'UND_ERR_SOCKET'});
		} catch (error) {
			signal?.throwIfAborted();
			if (isAbort(error)) throw error;
			if (troubleOf(error)?.status === 416) throw wrongSize(action, sizeBytes, 'less');
			// Asking has had its tries, at every mirror.
			if (!isOpen) throw error;
			failures = position - lastCut >= progressBytes ? 1 : failures + 1;
			lastCut = position;
			const pause = pauseMs(error, failures, route.retry);
			if (pause === undefined) throw unreachable(action, reference.domain, error);
			await route.retry.sleep(pause, signal);
		}
	}
	const found = hash === undefined ? digest : `${digest.slice(0, digest.indexOf(':'))}:${hash.digest('hex')}`;
	if (found !== digest) throw mismatch(action, digest, found);
}

const open = async (
	route: Route,
	fetchForeign: ForeignFetch,
	reference: Reference,
	{digest, urls = []}: Descriptor,
	position: number,
	action: string,
	signal: AbortSignal | undefined,
): Promise<Answer> => {
	const ask: Ask = {
		action,
		method: 'GET',
		path: `/${reference.path}/blobs/${digest}`,
		scopes: [pullScope(reference)],
		headers: position === 0 ? {} : {range: `bytes=${position}-`},
		mayLeaveTls: true,
		signal,
	};
	try {
		return await route.ask(reference.domain, 'pull', ask);
	} catch (error) {
		if (!isFailure(error, 'not-found')) throw error;
		let last: unknown = error;
		for (const url of urls.filter(text => /^https?:/.test(text)))
			try {
				return await fetchForeign(url, ask);
			} catch (foreign) {
				if (isAbort(foreign)) throw foreign;
				last = foreign;
			}
		throw last;
	}
};

/** How many bytes to drop: a server that knows no ranges begins at the beginning. Sizes that can't be right are refused before a byte is taken. */
const skipOf = ({status, headers, body}: Answer, position: number, sizeBytes: number, action: string): number => {
	const range = /^bytes (\d+)-\d+\/(\d+|\*)/.exec(headers['content-range'] ?? '');
	const whole = status === 206 ? range?.[2] : headers['content-length'];
	const size = whole === undefined || whole === '*' ? undefined : Number(whole);
	const begin = status === 206 ? Number(range?.[1] ?? position) : 0;
	const problem =
		size !== undefined && size !== sizeBytes
			? wrongSize(action, sizeBytes, size > sizeBytes ? 'more' : 'less')
			: begin > position
				? couldNot('invalid', action, `asked for byte ${position}, got byte ${begin}`)
				: undefined;
	if (problem === undefined) return position - begin;
	discard(body);
	throw problem;
};

const wrongSize = (action: string, sizeBytes: number, which: 'more' | 'less'): Failure =>
	couldNot('invalid', action, `the registry has ${which} than the ${sizeBytes} bytes that the manifest promises`, {
		hint: 'the registry, a mirror or something on the way changes content: do not use it',
	});
