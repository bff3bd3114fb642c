import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import * as zlib from 'node:zlib';
import {Failure} from '../../../errors.ts';
import type {Compression} from './write-image.ts';

export type CompressOptions = {readonly compression: Compression; readonly level?: number | undefined; readonly signal: AbortSignal};

const chunkSize = 256 * 1024;

const transformOf = ({compression, level}: CompressOptions) => {
	if (compression === 'gzip') return zlib.createGzip({chunkSize, ...(level === undefined ? {} : {level})});
	if (zlib.createZstdCompress === undefined)
		throw new Failure('unsupported', 'this Node can not write zstd', {hint: 'run gantry with Node 22.15 or newer'});
	return zlib.createZstdCompress({
		chunkSize,
		params: {[zlib.constants.ZSTD_c_compressionLevel]: level ?? 3, [zlib.constants.ZSTD_c_checksumFlag]: 1},
	});
};

/** The same bytes, smaller. A failure of the source reaches whoever reads. */
export const compressed = (source: AsyncIterable<Uint8Array>, options: CompressOptions): AsyncIterable<Uint8Array> => {
	if (options.compression === 'none') return source;
	const transform = transformOf(options);
	pipeline(Readable.from(source, {objectMode: false}), transform, {signal: options.signal}).catch((error: Error) =>
		transform.destroy(error),
	);
	return transform as AsyncIterable<Uint8Array>;
};
