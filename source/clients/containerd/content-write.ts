import {Failure, isFailure} from '../../errors.ts';
import {ContentService, WriteAction, type WriteContentRequest, type WriteContentResponse} from '../../protocol/generated/content.ts';
import {type Call, contextOf, decodeAnswer, identity, metadataFor, onGivenUp, timeoutOf} from './call.ts';
import {aborted, timedOut, translate} from './translate.ts';

/** Small enough to be fair to other calls on the connection, big enough that the round trip per message does not show. */
const chunkBytes = 1024 * 1024;

type Blob = {readonly ref: string; readonly totalBytes: number; readonly expected: string; readonly labels?: Readonly<Record<string, string>>};

type Conversation = {
	/** Every message is answered before the next may be sent. */
	ask(request: Partial<WriteContentRequest>): Promise<WriteContentResponse>;
	end(): void;
};

const converse = (call: Call): Conversation => {
	const method = ContentService.write;
	const context = contextOf(call, method.path);
	const signal = call.options?.signal;
	const stream = call.connection.client().makeBidiStreamRequest(method.path, method.requestSerialize, identity, metadataFor(call), {});
	const answers = stream[Symbol.asyncIterator]();
	stream.on('error', () => {});
	const forget = onGivenUp(call, () => stream.cancel());
	const timeoutMs = timeoutOf(call);
	return {
		ask: async request => {
			let silent = false;
			const timer = timeoutMs === undefined ? undefined : setTimeout(() => {
				silent = true;
				stream.cancel();
			}, timeoutMs);
			try {
				stream.write({action: WriteAction.STAT, ref: '', total: 0, expected: '', offset: 0, data: new Uint8Array(0), labels: {}, ...request});
				const {done, value} = await answers.next();
				if (done === true) throw new Failure('unavailable', 'containerd ended the upload before it was committed');
				call.connection.noteAnswer();
				return decodeAnswer(method.responseDeserialize, value as Buffer, context);
			} catch (error) {
				if (signal?.aborted) throw aborted(signal);
				throw silent ? timedOut(context, error) : await translate(error, contextOf(call, method.path));
			} finally {
				clearTimeout(timer);
			}
		},
		end: () => {
			forget();
			stream.end();
			stream.cancel();
		},
	};
};

const chunksOf = async function* (source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	for await (const piece of source) {
		for (let start = 0; start < piece.byteLength; start += chunkBytes) yield piece.subarray(start, start + chunkBytes);
	}
};

/**
Write a blob whole. A part that an earlier attempt left under the same ref is thrown away, because the source always begins at its
start; a ref that somebody else holds is refused by the daemon. The daemon hashes and compares with `expected` itself.
*/
export const writeContent = async (call: Call, blob: Blob, source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<{digest: string}> => {
	if (call.options?.signal?.aborted) throw aborted(call.options.signal);
	const {ref, totalBytes: total, expected} = blob;
	const labels = {...blob.labels};
	const conversation = converse(call);
	try {
		await conversation.ask({action: WriteAction.STAT, ref, total, expected});
		let offset = 0;
		for await (const data of chunksOf(source)) {
			await conversation.ask({action: WriteAction.WRITE, ref, total, expected, offset, data});
			offset += data.byteLength;
		}

		// A total of 0 means unknown to the daemon, so what is committed is always said in bytes.
		const {digest} = await conversation.ask({action: WriteAction.COMMIT, ref, total: offset, expected, offset, labels});
		return {digest};
	} catch (error) {
		if (isFailure(error, 'already-exists') && expected !== '') return {digest: expected};
		throw error;
	} finally {
		conversation.end();
	}
};
