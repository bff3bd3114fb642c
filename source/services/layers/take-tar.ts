import {Buffer} from 'node:buffer';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {Failure} from '../../errors.ts';
import {decompressionOf} from './decompress.ts';

/** A daemon that sends everything in one piece still must not hold the event loop. */
const sliceBytes = 1024 * 1024;

/** Feeds `take` the tar until it has enough; then nothing more is asked of the daemon. */
export const takeTar = async (
	source: AsyncIterable<Uint8Array>,
	take: (chunk: Buffer) => boolean,
	{signal, onBytes}: {readonly signal?: AbortSignal; readonly onBytes: (count: number) => void},
): Promise<void> => {
	const counted = count(source, onBytes)[Symbol.asyncIterator]();
	const head = await headOf(counted);
	if (head.length === 0) throw new Failure('invalid', 'it has no bytes');
	const whole = prepend(head, counted);
	let hasEnough = false;
	const consume = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
		for await (const chunk of chunks) {
			hasEnough = !take(chunk);
			if (hasEnough) return;
		}
	};
	const options = signal === undefined ? {} : {signal};
	try {
		const decompression = decompressionOf(head);
		// Object mode, where pieces are never joined.
		if (decompression === undefined) await pipeline(Readable.from(whole), consume, options);
		else await pipeline(Readable.from(decompression.prepare(whole)), decompression.transform, consume, options);
	} catch (error) {
		// To leave before the end is an abort to the streams behind.
		if (!hasEnough) throw error;
	}
};

async function* count(source: AsyncIterable<Uint8Array>, onBytes: (count: number) => void): AsyncGenerator<Uint8Array> {
	let done = 0;
	for await (const chunk of source) {
		for (let at = 0; at < chunk.length; at += sliceBytes) {
			const slice = chunk.subarray(at, at + sliceBytes);
			done += slice.length;
			onBytes(done);
			yield slice;
		}
	}
}

/** Enough to tell the compression by. */
const headOf = async (chunks: AsyncIterator<Uint8Array>): Promise<Buffer> => {
	let head: Buffer = Buffer.alloc(0);
	while (head.length < 4) {
		const next = await chunks.next();
		if (next.done === true) break;
		head = Buffer.concat([head, next.value]);
	}
	return head;
};

async function* prepend(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
	try {
		for (let next: IteratorResult<Uint8Array> = {done: false, value: first}; next.done !== true; next = await rest.next()) {
			yield Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length);
		}
	} finally {
		await rest.return?.();
	}
}
