import {spawnSync} from 'node:child_process';
import {buffer} from 'node:stream/consumers';
import {Readable} from 'node:stream';
import {gunzipSync, gzipSync, zstdCompressSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {readStdinContext} from '../../../source/services/builds/stdin-context.ts';

const tar = spawnSync('tar', ['-cf', '-', '-C', '/etc', 'hostname']).stdout;

/** In pieces of so many bytes. */
const pieces = (bytes: Buffer, size: number): AsyncIterable<Uint8Array> => Readable.from(Array.from({length: Math.ceil(bytes.length / size)}, (_, at) => bytes.subarray(at * size, (at + 1) * size)));

describe('what comes from standard input', () => {
	test.each([
		['a packed tar', gzipSync(tar)],
		['bzip2', Buffer.from('BZh91AY&SY and more')],
		['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1, 2])],
	])('%s is a context, with all its bytes', async (_what, bytes) => {
		for (const size of [1, 7, 300, 100_000]) {
			const found = await readStdinContext(pieces(bytes, size));
			expect('archive' in found && (await buffer(Readable.from(found.archive))).equals(bytes)).toBe(true);
		}
	});

	test.each([
		['a tar', tar],
		['zstd', zstdCompressSync(tar)],
	])('%s is one too, and goes as what BuildKit knows at its first bytes', async (_what, bytes) => {
		for (const size of [1, 300, 100_000]) {
			const found = await readStdinContext(pieces(bytes, size));
			expect('archive' in found && gunzipSync(await buffer(Readable.from(found.archive))).equals(tar)).toBe(true);
		}
	});

	test('zstd that is cut is a failure, and no shorter archive', async () => {
		const found = await readStdinContext(pieces(zstdCompressSync(tar).subarray(0, -8), 100));
		await expect('archive' in found && buffer(Readable.from(found.archive))).rejects.toThrow();
	});

	test.each([
		['a Dockerfile', 'FROM scratch\n'.repeat(100)],
		['a short one', 'FROM x'],
		['nothing', ''],
	])('%s is a Dockerfile', async (_what, text) => {
		for (const size of [1, 300, 100_000]) {
			const found = await readStdinContext(pieces(Buffer.from(text), size));
			expect('dockerfile' in found && Buffer.from(found.dockerfile).toString()).toBe(text);
		}
	});
});
