import {Buffer} from 'node:buffer';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {Content} from '../../clients/containerd/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {Descriptor} from '../../model/image.ts';
import {createLayerIndexBuilder, type LayerIndex} from '../../model/layer-index.ts';
import {decompressionOf, isCompressionError} from './decompress.ts';
import {createTarHeaders} from './tar-headers.ts';
import type {IndexOptions} from './types.ts';

export type ReadsLayers = {readonly containerd: {readonly content: Pick<Content, 'read'>}};

/** A daemon that sends everything in one piece still must not hold the event loop. */
const sliceBytes = 1024 * 1024;

export const readLayer = async ({containerd}: ReadsLayers, namespace: string, layer: Descriptor, {signal, onProgress}: IndexOptions = {}): Promise<LayerIndex> => {
	const builder = createLayerIndexBuilder();
	const headers = createTarHeaders(entry => builder.add(entry));
	try {
		if (layer.mediaType.endsWith('+encrypted')) throw new Failure('unsupported', 'it is encrypted', {hint: 'decrypt the image first'});
		await takeTar(containerd.content.read(namespace, layer.digest, signal === undefined ? {} : {signal}), chunk => headers.push(chunk), {
			...(signal === undefined ? {} : {signal}),
			onBytes: doneBytes => onProgress?.({doneBytes, totalBytes: layer.sizeBytes}),
		});
		headers.end();
		return builder.build(layer.digest);
	} catch (error) {
		signal?.throwIfAborted();
		const cause = isCompressionError(error) ? new Failure('invalid', `its bytes do not decompress: ${(error as Error).message}`, {cause: error, hint: 'remove the image and pull it again'}) : error;
		throw failing(`read the files of layer ${layer.digest.replace(/^sha256:/, '').slice(0, 12)}`, cause);
	}
};

/** Feeds `take` the tar until it has enough; then nothing more is asked of the daemon. */
const takeTar = async (
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
