import type {Transform} from 'node:stream';
import * as zlib from 'node:zlib';
import {Failure} from '../../errors.ts';

/** A turn of the event loop for each chunk is what costs: node's own 16 KiB take half as long again. */
const chunkSize = 256 * 1024;

/**
What undoes the compression of bytes that begin like this, undefined for a plain tar. The bytes tell, not the media type: containerd
looks at them too, since builders and registries mislabel.
*/
export const decompressorFor = (head: Uint8Array, {createZstdDecompress}: Partial<Pick<typeof zlib, 'createZstdDecompress'>> = zlib): Transform | undefined => {
	if (head[0] === 0x1f && head[1] === 0x8b) return zlib.createGunzip({chunkSize});
	const magic = head.length < 4 ? 0 : new DataView(head.buffer, head.byteOffset).getUint32(0, true);
	// A frame, or a skippable frame: RFC 8878, 3.1.
	const isZstd = magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50;
	if (!isZstd) return undefined;
	if (createZstdDecompress === undefined)
		throw new Failure('unsupported', 'it is compressed with zstd, which this Node can not read', {hint: 'run gantry with Node 22.15 or newer'});
	return createZstdDecompress({chunkSize});
};

/** Node's code for a broken stream, Z_DATA_ERROR or ZSTD_error_checksum_wrong, says that the blob is at fault. */
export const isCompressionError = (error: unknown): boolean => error instanceof Error && /^(?:Z|ZSTD)_/.test(String((error as {code?: unknown}).code ?? ''));
