import {once} from 'node:events';
import type {Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {pack} from 'tar-stream';

export type TarFile = {readonly path: string; readonly sizeBytes: number; readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>};

/** A moment that is always the same: what an image is does not depend on when it was saved. */
const mtime = new Date(0);

/** Write files one after another; whoever is slower, the store or the reader, sets the pace. The output is not ended: it may be stdout. */
export const writeTar = async (output: Writable, files: AsyncIterable<TarFile>, signal: AbortSignal): Promise<void> => {
	const archive = pack();
	const written = pipeline(archive as unknown as NodeJS.ReadableStream, output, {signal, end: false});
	// The failure is told below, by whoever waits first.
	written.catch(() => undefined);
	const broken = new Promise<never>((_, reject) => {
		written.catch(reject);
	});
	broken.catch(() => undefined);
	try {
		for await (const {path, sizeBytes, body} of files) {
			const finished = Promise.withResolvers<void>();
			const entry = archive.entry({name: path, size: sizeBytes, mode: 0o644, mtime}, error =>
				error ? finished.reject(error) : finished.resolve(),
			) as unknown as Writable;
			for await (const chunk of body) if (!entry.write(chunk)) await Promise.race([once(entry, 'drain', {signal}), broken]);
			entry.end();
			await Promise.race([finished.promise, broken]);
		}
		archive.finalize();
		await written;
	} catch (error) {
		archive.destroy(new Error('given up'));
		await written.catch(() => undefined);
		signal.throwIfAborted();
		throw error;
	}
};
