import {Buffer} from 'node:buffer';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {extract} from 'tar-stream';
import {Failure} from '../../../errors.ts';
import {decompressionOf, isCompressionError} from '../../layers/index.ts';

export type ArchiveEntry = {
	/** Without a leading `./`. */
	readonly path: string;
	readonly kind: 'file' | 'link' | 'other';
	/** Of a link, as written. */
	readonly target: string;
	readonly sizeBytes: number;
	/** Must be read to its end before the next entry comes. */
	readonly body: AsyncIterable<Uint8Array>;
};

const headBytes = 512;

/** The first bytes, and the stream with them still in it. */
export const peek = async (
	source: AsyncIterable<Uint8Array>,
	atLeast = headBytes,
): Promise<{readonly head: Buffer; readonly all: AsyncIterable<Buffer>}> => {
	const iterator = source[Symbol.asyncIterator]();
	const first: Buffer[] = [];
	let length = 0;
	while (length < atLeast) {
		const {done, value} = await iterator.next();
		if (done === true) break;
		first.push(Buffer.from(value));
		length += value.byteLength;
	}
	const all = async function* (): AsyncGenerator<Buffer> {
		try {
			yield* first;
			for (;;) {
				const {done, value} = await iterator.next();
				if (done === true) return;
				yield Buffer.from(value.buffer, value.byteOffset, value.byteLength);
			}
		} finally {
			await iterator.return?.();
		}
	};
	return {head: Buffer.concat(first), all: all()};
};

/** The bytes without their compression, whichever it is. */
export const decompressed = async (source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<AsyncIterable<Buffer>> => {
	const {head, all} = await peek(source);
	const decompression = decompressionOf(head);
	if (decompression === undefined) return all;
	const {prepare, transform} = decompression;
	const flowing = pipeline(Readable.from(prepare(all), {objectMode: false}), transform, {signal});
	flowing.catch(() => undefined);
	return transform;
};

const kinds: Readonly<Record<string, ArchiveEntry['kind']>> = {file: 'file', 'contiguous-file': 'file', symlink: 'link', link: 'link'};

/** The entries of a tar, compressed or not, one after another. */
export async function* readTar(source: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<ArchiveEntry> {
	const parser = extract();
	const feeding = (async () =>
		pipeline(Readable.from(await decompressed(source, signal), {objectMode: false}), parser as unknown as NodeJS.WritableStream, {
			signal,
		}))();
	feeding.catch((error: Error) => parser.destroy(error));
	let count = 0;
	try {
		for await (const entry of parser) {
			count++;
			const {name, type, linkname, size} = entry.header;
			let isRead = false;
			const body = async function* (): AsyncGenerator<Uint8Array> {
				isRead = true;
				try {
					yield* entry as unknown as AsyncIterable<Uint8Array>;
				} catch (error) {
					signal.throwIfAborted();
					throw translated(error);
				}
			};
			yield {
				path: name.replace(/^(?:\.?\/)+/, ''),
				kind: kinds[type ?? 'file'] ?? 'other',
				target: linkname ?? '',
				sizeBytes: size ?? 0,
				body: {[Symbol.asyncIterator]: body},
			};
			if (!isRead) entry.resume();
		}
		await feeding;
	} catch (error) {
		signal.throwIfAborted();
		throw translated(error);
	} finally {
		parser.destroy();
	}
	if (count === 0) throw new Failure('invalid', 'it is empty, or no tar archive');
}

const translated = (error: unknown): unknown => {
	if (error instanceof Failure) return error;
	if (isCompressionError(error))
		return new Failure('invalid', 'its compressed bytes are broken', {cause: error, hint: 'copy or make the archive again'});
	const text = error instanceof Error ? error.message : '';
	// tar-stream's errors have no codes.
	if (/\btar\b|header|Unexpected end of data|size mismatch|Writable stream closed prematurely/i.test(text))
		return new Failure('invalid', `it is no whole tar archive (${text})`, {cause: error, hint: 'copy or make the archive again'});
	return error;
};
