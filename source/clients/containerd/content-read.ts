import {ContentService} from '../../protocol/generated/content.ts';
import type {WireEnd} from '../grpc/index.ts';
import {type Call, contextOf, onGivenUp, timeoutOf, wireHeaders} from './call.ts';
import {createDataReader} from './content-read-frames.ts';
import {failureOf} from './http2-failure.ts';
import {aborted, timedOut} from './translate.ts';

const method = ContentService.read;

/** More than this is not fetched before somebody takes it. */
const aheadBytes = 256 * 1024;

export type ReadRange = {readonly digest: string; readonly offset: number; /** 0: to the end. */ readonly size: number};

/**
Bytes of content, in pieces as they come. As with every answer that streams, the timeout is the longest silence while somebody waits, and
leaving the loop ends the call.
*/
export const readContent = async function* (call: Call, range: ReadRange): AsyncGenerator<Uint8Array, void, void> {
	const signal = call.options?.signal;
	if (signal?.aborted) throw aborted(signal);
	const context = contextOf(call, method.path);
	let pieces: Buffer[] = [];
	let bytes = 0;
	let end: WireEnd | undefined;
	let hear = Promise.withResolvers<void>();
	const notify = (): void => {
		hear.resolve();
		hear = Promise.withResolvers();
	};

	const wire = call.connection.http2().open(method.path, {
		headers: wireHeaders(call),
		reader: createDataReader(),
		onMessage: piece => {
			pieces.push(piece);
			bytes += piece.length;
			if (bytes >= aheadBytes) wire.pause();
			notify();
		},
		onEnd: how => {
			end = how;
			notify();
		},
	});
	const forget = onGivenUp(call, () => wire.cancel());
	const timeoutMs = timeoutOf(call);

	/** False when nothing came for too long. */
	const wait = async (): Promise<boolean> => {
		let isSilent = false;
		const timer = timeoutMs === undefined ? undefined : setTimeout(() => {
			isSilent = true;
			notify();
		}, timeoutMs);
		await hear.promise;
		clearTimeout(timer);
		return !isSilent;
	};

	try {
		wire.send([method.requestSerialize(range)]);
		wire.end();
		for (;;) {
			while (pieces.length === 0 && end === undefined) if (!(await wait()) && pieces.length === 0 && end === undefined) throw timedOut(context);
			if (signal?.aborted) throw aborted(signal);
			if (pieces.length === 0) break;
			call.connection.noteAnswer();
			const come = pieces;
			pieces = [];
			bytes = 0;
			wire.resume();
			yield* come;
		}
		if (end !== undefined && end.code !== 0) {
			if (end.origin === 'daemon') call.connection.noteAnswer();
			throw await failureOf(end, contextOf(call, method.path));
		}
	} finally {
		forget();
		wire.cancel();
	}
};
