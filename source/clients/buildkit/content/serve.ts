import {Failure} from '../../../errors.ts';
import {plain} from '../../../model/sanitize.ts';
import {ContentService, type Info, ReadContentResponse, WriteAction, type WriteContentRequest, type WriteContentResponse} from '../../../protocol/generated/content.ts';
import type {Timestamp} from '../../../protocol/generated/well-known.ts';
import {type Handler, type ServerCall, unaryHandler} from '../../grpc/index.ts';
import type {Blob, Ingest, Layout} from './layout.ts';

/** Layouts by the names that a build has for them: `local:…` is a cache, `oci:…` a named context. */
export type Stores = ReadonlyMap<string, Layout>;

const timestamp = (ms: number): Timestamp => ({seconds: Math.floor(ms / 1000), nanos: Math.floor(ms % 1000) * 1_000_000});

const infoOf = ({digest, sizeBytes, modifiedAt}: Blob): Info => ({digest, size: sizeBytes, createdAt: timestamp(modifiedAt), updatedAt: timestamp(modifiedAt), labels: {}});

const statusOf = (ingest: Ingest) => ({ref: ingest.ref, offset: ingest.offset(), total: 0, expected: '', startedAt: undefined, updatedAt: undefined});

/** Which store is meant stands beside the request. */
const storeOf = (stores: Stores, {metadata}: ServerCall): Layout => {
	const [id = ''] = metadata.get('buildkit-attachable-store-id') ?? [];
	const store = stores.get(id);
	if (store === undefined) throw new Failure('not-found', `there is no store called ${plain(id)} for this build`);
	return store;
};

const answerTo = ({action, total}: WriteContentRequest, ingest: Ingest, digest = ''): WriteContentResponse => ({
	...{action, total, digest, offset: ingest.offset()},
	startedAt: undefined,
	updatedAt: undefined,
});

/** One message of an upload: asked how far it is, given bytes, or told that these were all. */
const take = async (request: WriteContentRequest, ingest: Ingest): Promise<WriteContentResponse> => {
	if (request.action !== WriteAction.STAT && request.data.length > 0) {
		if (request.offset !== ingest.offset()) throw new Failure('invalid', `bytes from ${request.offset} on came where ${ingest.offset()} is next`);
		await ingest.append(request.data);
	}

	if (request.action !== WriteAction.COMMIT) return answerTo(request, ingest);
	return answerTo(request, ingest, await ingest.commit(request.total, request.expected));
};

const write = async (call: ServerCall, store: Layout): Promise<void> => {
	let ingest: Ingest | undefined;
	let expected = '';
	try {
		for await (const messages of call.messages()) {
			for (const message of messages) {
				const request = ContentService.write.requestDeserialize(message);
				expected ||= request.expected;
				ingest ??= await store.begin(request.ref, expected);
				const answer = await take({...request, expected}, ingest);
				await call.room();
				call.send(ContentService.write.responseSerialize(answer));
				// Nothing comes after it, but a client may wait for us to end.
				if (request.action === WriteAction.COMMIT) return;
			}
		}
	} finally {
		await ingest?.discard();
	}
};

/** Content of layouts for whoever builds: caches in folders here, and layouts as named contexts. Nothing is removed for anybody. */
export const contentHandlers = (stores: Stores): ReadonlyArray<readonly [string, Handler]> => [
	unaryHandler(ContentService.info, async ({digest}, call) => ({info: infoOf(await storeOf(stores, call).info(digest))})),
	// Labels are the daemon's way of keeping garbage away, and there is none here.
	unaryHandler(ContentService.update, async ({info}, call) => ({info: {...infoOf(await storeOf(stores, call).info(info?.digest ?? '')), labels: info?.labels ?? {}}})),
	unaryHandler(ContentService.status, async ({ref}, call) => {
		const found = storeOf(stores, call)
			.underWay()
			.find(ingest => ingest.ref === ref);
		if (found === undefined) throw new Failure('not-found', `nothing is written under ${plain(ref)}`);
		return {status: statusOf(found)};
	}),
	unaryHandler(ContentService.listStatuses, async (_, call) => ({statuses: storeOf(stores, call).underWay().map(statusOf)})),
	unaryHandler(ContentService.abort, async ({ref}, call) => {
		for (const ingest of storeOf(stores, call).underWay()) if (ingest.ref === ref) await ingest.discard();
		return {};
	}),
	[
		ContentService.read.path,
		async call => {
			const store = storeOf(stores, call);
			for await (const [message] of call.messages()) {
				if (message === undefined) continue;
				const {digest, offset, size} = ContentService.read.requestDeserialize(message);
				let at = offset;
				for await (const data of store.read(digest, offset, size)) {
					call.signal.throwIfAborted();
					await call.room();
					call.send(Buffer.from(ReadContentResponse.encode({offset: at, data}).finish()));
					at += data.length;
				}
				return;
			}
		},
	],
	[ContentService.write.path, async call => write(call, storeOf(stores, call))],
];
