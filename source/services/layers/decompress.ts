import type {Buffer} from 'node:buffer';
import type {Transform} from 'node:stream';
import * as zlib from 'node:zlib';
import {Failure} from '../../errors.ts';
import {isSkippableFrame, isZstdFrame, zstdFrames} from './zstd-frames.ts';

/** A turn of the event loop for each chunk is what costs: node's own 16 KiB take half as long again. */
const chunkSize = 256 * 1024;

/** `prepare` cuts the bytes as the transform needs them. */
export type Decompression = {readonly prepare: (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>; readonly transform: Transform};

/**
What undoes the compression of bytes that begin like this, undefined for a plain tar. The bytes tell, not the media type: containerd
looks at them too, since builders and registries mislabel.
*/
export const decompressionOf = (head: Uint8Array, {createZstdDecompress}: Partial<Pick<typeof zlib, 'createZstdDecompress'>> = zlib): Decompression | undefined => {
	if (head[0] === 0x1f && head[1] === 0x8b) return {prepare: source => source, transform: zlib.createGunzip({chunkSize})};
	const magic = head.length < 4 ? 0 : new DataView(head.buffer, head.byteOffset).getUint32(0, true);
	if (!isZstdFrame(magic) && !isSkippableFrame(magic)) return undefined;
	if (createZstdDecompress === undefined)
		throw new Failure('unsupported', 'it is compressed with zstd, which this Node can not read', {hint: 'run gantry with Node 22.15 or newer'});
	return {prepare: zstdFrames, transform: createZstdDecompress({chunkSize})};
};

/** Node's code for a broken stream, Z_DATA_ERROR or ZSTD_error_checksum_wrong, says that the blob is at fault. */
export const isCompressionError = (error: unknown): boolean => error instanceof Error && /^(?:Z|ZSTD)_/.test(String((error as {code?: unknown}).code ?? ''));
