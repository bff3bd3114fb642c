import {couldNot, Failure, isAbort} from '../../errors.ts';
import {familiarName} from '../../model/reference.ts';
import {hashOf, pullScope, pushScope} from './manifests.ts';
import {pauseMs, retrying} from './retry.ts';
import type {Route} from './route.ts';
import type {Answer, Ask} from './send.ts';
import {troubleOf, unreachable} from './trouble.ts';
import type {BlobSource, Endpoint, RegistryClient} from './types.ts';

/** Where proxies before a registry limit bodies, this much usually passes. */
const pieceBytes = 64 * 1024 * 1024;
const progressBytes = 64 * 1024;
/** A registry hashes and moves the whole blob before it answers the last request. */
const commitMs = 10 * 60_000;

type Upload = {
	readonly endpoint: Endpoint;
	readonly common: Pick<Ask, 'action' | 'scopes' | 'signal'>;
	readonly digest: string;
	readonly sizeBytes: number;
	readonly source: BlobSource;
};

/** Where an upload stands. */
type Session = {readonly url: string; readonly offset: number};

export const createPushBlob =
	(route: Route): RegistryClient['pushBlob'] =>
	async (reference, {digest, sizeBytes}, source, {mountFrom = [], signal} = {}) => {
		hashOf(digest);
		const action = `push ${digest.slice(0, 19)} of ${familiarName(reference)}`;
		const common = {action, scopes: [pushScope(reference)], signal};
		const uploads = `/${reference.path}/blobs/uploads/`;
		const head = await route.ask(reference.domain, 'push', {
			...common,
			method: 'HEAD',
			path: `/${reference.path}/blobs/${digest}`,
			accepts: [404],
		});
		await head.body.dump();
		if (head.status !== 404) return 'existed';
		const begin = async (from?: string): Promise<{readonly session: Session | undefined; readonly endpoint: Endpoint}> => {
			const query = from === undefined ? '' : `?${new URLSearchParams({mount: digest, from}).toString()}`;
			const scopes = from === undefined ? common.scopes : [...common.scopes, pullScope({path: from})];
			const {answer, endpoint} = await route.askFrom(reference.domain, 'push', {
				...common,
				scopes,
				method: 'POST',
				path: uploads + query,
				headers: {'content-length': '0'},
			});
			await answer.body.dump();
			return {session: answer.status === 201 ? undefined : {url: locationOf(answer, action), offset: 0}, endpoint};
		};
		let begun: Awaited<ReturnType<typeof begin>> | undefined;
		for (const from of mountFrom) {
			if (from === reference.path) continue;
			try {
				const tried = await begin(from);
				if (tried.session === undefined) return 'mounted';
				// A registry that can't mount opens an upload instead: it serves, and the next try at mounting would open another.
				begun = tried;
				break;
			} catch (error) {
				// No right to read that repository, or no such: its bytes are here, too.
				if (troubleOf(error)?.status !== 401 && troubleOf(error)?.status !== 403 && troubleOf(error)?.status !== 404) throw error;
			}
		}
		begun ??= await begin();
		const upload = {endpoint: begun.endpoint, common, digest, sizeBytes, source};
		await send(route, upload, begun.session, async () => (await begin()).session);
		return 'uploaded';
	};

/** In one request while all goes well; after a cut from where the registry says it stands; in pieces where one request is too big. */
const send = async (route: Route, upload: Upload, first: Session | undefined, begin: () => Promise<Session | undefined>): Promise<void> => {
	const {common, sizeBytes} = upload;
	let session = first;
	let isInPieces = false;
	let failures = 0;
	let furthest = 0;
	while (session !== undefined) {
		try {
			const reached: Session | undefined =
				isInPieces && session.offset < sizeBytes
					? await sendPiece(route, upload, session, Math.min(pieceBytes, sizeBytes - session.offset))
					: await finish(route, upload, session);
			if (reached === undefined) return;
			if (reached.offset > furthest + progressBytes) failures = 0;
			furthest = Math.max(furthest, reached.offset);
			session = reached;
		} catch (error) {
			common.signal?.throwIfAborted();
			if (isAbort(error)) throw error;
			const status = troubleOf(error)?.status;
			failures++;
			const canCut: boolean = status === 413 && !isInPieces;
			const pause = canCut || status === 416 || status === 404 ? 0 : pauseMs(error, failures, route.retry);
			if (pause === undefined || failures >= route.retry.most) throw unreachable(common.action, new URL(upload.endpoint.base).host, error);
			if (pause > 0) await route.retry.sleep(pause, common.signal);
			isInPieces ||= canCut || session.offset > 0;
			session = (await standing(route, upload, session)) ?? (await begin());
			if (session !== undefined && session.offset > furthest + progressBytes) failures = 0;
			furthest = Math.max(furthest, session?.offset ?? 0);
			isInPieces ||= session !== undefined && session.offset > 0;
		}
	}
};

/** The registry's word on how far an upload has come; undefined when it has forgotten it. */
const standing = async (route: Route, {endpoint, common, sizeBytes}: Upload, {url}: Session): Promise<Session | undefined> => {
	try {
		const answer = await retrying(route.retry, common.signal, async () => route.send(endpoint, {...common, method: 'GET', path: url}));
		await answer.body.dump();
		const end = /^(?:bytes=)?0-(\d+)$/.exec(answer.headers['range'] ?? '')?.[1];
		// `0-0` is what registries say of an upload with no byte and of one with a single byte alike.
		const offset = end === undefined || end === '0' ? 0 : Number(end) + 1;
		return offset > sizeBytes ? undefined : {url: locationOf(answer, common.action, url), offset};
	} catch (error) {
		if (troubleOf(error) === undefined || troubleOf(error)!.status >= 500) throw error;
		return undefined;
	}
};

const sendPiece = async (route: Route, {endpoint, common, source}: Upload, {url, offset}: Session, length: number): Promise<Session> => {
	const answer = await route.send(endpoint, {
		...common,
		method: 'PATCH',
		path: url,
		headers: {
			'content-type': 'application/octet-stream',
			'content-length': String(length),
			'content-range': `${offset}-${offset + length - 1}`,
		},
		body: () => exactly(source, offset, length),
		patienceMs: commitMs,
	});
	await answer.body.dump();
	return {url: locationOf(answer, common.action), offset: offset + length};
};

/** The rest of the blob, which may be nothing, and the digest that makes it one. */
const finish = async (route: Route, {endpoint, common, digest, sizeBytes, source}: Upload, {url, offset}: Session): Promise<undefined> => {
	const target = new URL(url);
	target.searchParams.set('digest', digest);
	const rest = sizeBytes - offset;
	const answer = await route.send(endpoint, {
		...common,
		method: 'PUT',
		path: target.href,
		headers: {'content-type': 'application/octet-stream', 'content-length': String(rest)},
		...(rest === 0 ? {} : {body: () => exactly(source, offset, rest)}),
		patienceMs: commitMs,
	});
	await answer.body.dump();
	return undefined;
};

async function* exactly(source: BlobSource, offset: number, length: number): AsyncGenerator<Uint8Array> {
	let left = length;
	for await (const chunk of source(offset)) {
		const piece = chunk.byteLength > left ? chunk.subarray(0, left) : chunk;
		left -= piece.byteLength;
		if (piece.byteLength > 0) yield piece;
		if (left === 0) return;
	}
	if (left > 0)
		throw new Failure('invalid', `the content ends ${left} bytes early`, {hint: 'pull the image again: what is stored of it is damaged'});
}

const locationOf = ({headers, url}: Answer, action: string, otherwise?: string): string => {
	const location = headers['location'] ?? otherwise;
	if (location === undefined || !URL.canParse(location, url))
		throw couldNot('invalid', action, `${new URL(url).host} does not say where to upload to`);
	return new URL(location, url).href;
};
