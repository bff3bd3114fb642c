import {pipeline} from 'node:stream';
import {createGzip, createZstdDecompress} from 'node:zlib';
import {archiveHeadBytes, type ArchiveKind, archiveKindOf} from '../../model/archive-head.ts';

/** What `build -` is given: an archive, or a Dockerfile with nothing to copy from. */
export type StdinContext = {readonly archive: AsyncIterable<Uint8Array>} | {readonly dockerfile: Uint8Array};

/**
BuildKit knows gzip, bzip2 and xz by their first bytes, and a tar by its first two blocks, which are not enough where a tar begins with an
extended header. So a tar goes as gzip without compression, and so does zstd, which it does not know at all.
*/
const asBuildkitKnows = async function* (kind: ArchiveKind, bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
	if (kind !== 'tar' && kind !== 'zstd') return yield* bytes;
	const gzip = createGzip({level: 0, chunkSize: 256 * 1024});
	// What breaks on the way is thrown by the last part, which is read here.
	if (kind === 'tar') pipeline(bytes, gzip, () => {});
	else pipeline(bytes, createZstdDecompress(), gzip, () => {});
	yield* gzip as AsyncIterable<Uint8Array>;
};

export const readStdinContext = async (stdin: AsyncIterable<Uint8Array>): Promise<StdinContext> => {
	const iterator = stdin[Symbol.asyncIterator]();
	const head: Uint8Array[] = [];
	let isOver = false;
	for (let size = 0; size < archiveHeadBytes && !isOver; ) {
		const next = await iterator.next();
		isOver = next.done === true;
		if (next.done === true) break;
		head.push(Buffer.from(next.value));
		size += next.value.length;
	}

	const rest = async function* (): AsyncGenerator<Uint8Array> {
		yield* head;
		while (!isOver) {
			const next = await iterator.next();
			if (next.done === true) return;
			yield Buffer.from(next.value);
		}
	};
	const kind = archiveKindOf(Buffer.concat(head));
	if (kind !== undefined) return {archive: asBuildkitKnows(kind, rest())};
	const all: Uint8Array[] = [];
	for await (const bytes of rest()) all.push(bytes);
	return {dockerfile: Buffer.concat(all)};
};
